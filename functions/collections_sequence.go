package functions

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

var sequences = []*logical.Function{
	{
		Name:  "sequence",
		Usage: "sequence(start, stop[, step]) - Returns the array of start, start + step and so on up to stop, of integers, dates or timestamps. The step is 1 or one day by default, downwards if stop is less than start.",
		Examples: []logical.Example{
			{SQL: "SELECT sequence(5, 1)", Result: "[5, 4, 3, 2, 1]"},
			{SQL: "SELECT sequence(DATE '2018-01-01', DATE '2018-03-01', INTERVAL 1 MONTH)", Result: "[2018-01-01, 2018-02-01, 2018-03-01]"},
		},
		Type: sequenceTypes,
		Kind: logical.Scalar(makeSequence),
	},
}

func sequenceTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("sequence", len(args), 2, 3); err != nil {
		return nil, columnar.VoidType, err
	}
	wrong := columnar.Errorf("DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES",
		"`sequence` uses the wrong parameter type. The parameter type must conform to:\n1. The start and stop expressions must resolve to the same type.\n2. If start and stop expressions resolve to the \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\" type, then the step expression must resolve to the (\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\") type.\n3. Otherwise, if start and stop expressions resolve to the \"INTEGRAL\" type, then the step expression must resolve to the same type.")
	t, ok := logical.CommonTypeNoStrings(args[0], args[1])
	switch {
	case !ok:
		return nil, t, wrong
	case t.IsInteger():
		if len(args) == 3 {
			if t, ok = logical.CommonTypeNoStrings(t, args[2]); !ok || !t.IsInteger() {
				return nil, t, wrong
			}
		}
		return repeatType(t, len(args)), columnar.ArrayOf(t), nil
	case t.IsDatetime():
		coerced := []columnar.Type{t, t}
		if len(args) == 3 {
			if !args[2].IsInterval() {
				return nil, t, wrong
			}
			coerced = append(coerced, args[2])
		}
		return coerced, columnar.ArrayOf(t), nil
	}
	return nil, t, wrong
}

// sequenceOf appends the numbers of a row to out.
type sequenceOf func(out []int64, start, stop int64, step columnar.Vector, r int) ([]int64, error)

func makeSequence(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := args[0].Type()
	var f sequenceOf = numbersBetween
	if t.IsDatetime() {
		f = timesBetween(ec, t)
	}
	var step columnar.Vector
	if len(args) == 3 {
		step = args[2]
	}
	var values []int64
	offsets, valid, err := buildRanges(rows, func() int { return len(values) }, func(r int) (bool, error) {
		if anyNull(args, r) {
			return false, nil
		}
		var err error
		values, err = f(values, columnar.Int64At(args[0], r), columnar.Int64At(args[1], r), step, r)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return &columnar.List{Typ: columnar.ArrayOf(t), Offsets: offsets, Elems: integersOf(t, values), Valid: valid}, nil
}

// integersOf is a vector of an integer, date or timestamp type.
func integersOf(t columnar.Type, values []int64) columnar.Vector {
	switch t.Layout() {
	case columnar.LayoutInt8:
		return columnar.NewFixed(t, narrow[int8](values), nil)
	case columnar.LayoutInt16:
		return columnar.NewFixed(t, narrow[int16](values), nil)
	case columnar.LayoutInt32:
		return columnar.NewFixed(t, narrow[int32](values), nil)
	}
	return columnar.NewFixed(t, values, nil)
}

func narrow[T int8 | int16 | int32](values []int64) []T {
	out := make([]T, len(values))
	for i, v := range values {
		out[i] = T(v)
	}
	return out
}

func numbersBetween(out []int64, start, stop int64, step columnar.Vector, r int) ([]int64, error) {
	by := int64(1)
	switch {
	case step != nil:
		by = columnar.Int64At(step, r)
	case start > stop:
		by = -1
	}
	return count(out, start, stop, by)
}

// count appends start, start + by and so on up to stop.
func count(out []int64, start, stop, by int64) ([]int64, error) {
	if by == 0 && start == stop {
		return append(out, start), nil
	}
	if by == 0 || by > 0 && start > stop || by < 0 && start < stop {
		return nil, illegalSequence(start, stop, by)
	}
	n := (uint64(stop) - uint64(start)) / uint64(by)
	if by < 0 {
		n = (uint64(start) - uint64(stop)) / -uint64(by)
	}
	if n >= maxArrayLen {
		return nil, tooManyElements(int(min(n, math.MaxInt64-1)) + 1)
	}
	for i := range int64(n) + 1 {
		out = append(out, start+i*by)
	}
	return out, nil
}

func illegalSequence(start, stop, by int64) error {
	return columnar.Errorf("ILLEGAL_SEQUENCE_BOUNDARIES", "Illegal sequence boundaries: %d to %d by %d.", start, stop, by)
}

const microsPerDay = 86_400_000_000

// timesBetween is the sequence of dates or timestamps: each is start plus a multiple of the interval, on the clock of the time zone.
func timesBetween(ec *logical.EvalContext, t columnar.Type) sequenceOf {
	zone, unit := columnar.NewZone(nil), int64(1)
	switch t.Kind {
	case columnar.Timestamp:
		zone = columnar.NewZone(ec.Zone)
	case columnar.Date:
		unit = microsPerDay
	}
	return func(out []int64, start, stop int64, step columnar.Vector, r int) ([]int64, error) {
		by := columnar.Interval{Days: 1}
		switch {
		case step != nil:
			by = intervalAt(step, r)
		case start > stop:
			by.Days = -1
		}
		if unit > 1 && by.Months == 0 && (int64(by.Days)*microsPerDay+by.Micros)%microsPerDay != 0 {
			return nil, columnar.Errorf("ILLEGAL_DAY_OF_INTERVAL", "sequence step must be an interval of day granularity if start and end values are dates.")
		}
		if by.Months == 0 && by.Days == 0 && unit == 1 {
			return count(out, start, stop, by.Micros)
		}
		start, stop = start*unit, stop*unit
		rough := int64(by.Months)*28*microsPerDay + int64(by.Days)*microsPerDay + by.Micros
		if rough == 0 && start != stop || rough > 0 && start > stop || rough < 0 && start < stop {
			return nil, illegalSequence(start, stop, rough)
		}
		for i := int64(0); ; i++ {
			at, ok := addInterval(zone, start, columnar.Interval{Months: by.Months * int32(i), Days: by.Days * int32(i), Micros: by.Micros * i})
			if !ok || rough >= 0 && at > stop || rough < 0 && at < stop {
				return out, nil
			}
			out = append(out, floorDivide(at, unit))
			if rough == 0 || i >= maxArrayLen {
				return out, nil
			}
		}
	}
}

// intervalAt is row r of a vector of any of the interval types.
func intervalAt(v columnar.Vector, r int) columnar.Interval {
	switch t := v.Type(); t.Kind {
	case columnar.YearMonthInterval:
		return columnar.Interval{Months: int32(columnar.Int64At(v, r))}
	case columnar.DayTimeInterval:
		return columnar.Interval{Micros: columnar.Int64At(v, r)}
	}
	one, ok := columnar.Flatten(nil, columnar.Take(nil, v, []int32{int32(r)}), columnar.AllRows(1)).(*columnar.Fixed[columnar.Interval])
	if !ok {
		return columnar.Interval{}
	}
	return one.Values[0]
}
