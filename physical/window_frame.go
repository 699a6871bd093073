package physical

import (
	"cmp"
	"math"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// partitions says where partitions and peer groups begin and end, for each of n sorted rows.
type partitions struct {
	n                  int
	First, Last        []int32
	PeerStart, PeerEnd []int32
}

// newPartitions compares neighbouring rows. Without ordering all rows of a partition are peers.
func newPartitions(keys, order []columnar.Vector, n int) *partitions {
	p := &partitions{n: n}
	starts := make([]bool, n+1)
	markChanges(keys, starts, n)
	p.First, p.Last = bordersOf(starts, n)
	markChanges(order, starts, n)
	p.PeerStart, p.PeerEnd = bordersOf(starts, n)
	return p
}

// markChanges sets starts[i] where row i differs from the row before.
func markChanges(cols []columnar.Vector, starts []bool, n int) {
	for _, c := range cols {
		for i := 1; i < n; i++ {
			if !starts[i] && !columnar.EqualAt(c, i-1, c, i) {
				starts[i] = true
			}
		}
	}
}

// bordersOf is, for each row, the first row of its run and the row after its last.
func bordersOf(starts []bool, n int) (first, last []int32) {
	first, last = make([]int32, n), make([]int32, n)
	at := int32(0)
	for i := range first {
		if starts[i] {
			at = int32(i)
		}
		first[i] = at
	}
	at = int32(n)
	for i := n - 1; i >= 0; i-- {
		last[i] = at
		if starts[i] {
			at = int32(i)
		}
	}
	return first, last
}

// truncate leaves the first n rows, which are whole partitions.
func (p *partitions) truncate(n int) {
	p.n = n
	p.First, p.Last, p.PeerStart, p.PeerEnd = p.First[:n], p.Last[:n], p.PeerStart[:n], p.PeerEnd[:n]
}

// frames computes the frames of rows.
type frames struct {
	*partitions
	key  columnar.Vector // the ordering, where it is one expression
	desc bool
	zone *time.Location
}

// of is the frame of each row: from lo up to but not including hi.
func (f *frames) of(c *windowCall, cols []columnar.Vector) (lo, hi []int32, err error) {
	if lo, err = f.border(c.frame.Unit, c.frame.Start, c.start, cols, false); err != nil {
		return nil, nil, err
	}
	if hi, err = f.border(c.frame.Unit, c.frame.End, c.end, cols, true); err != nil {
		return nil, nil, err
	}
	for i := range hi {
		if hi[i] < lo[i] {
			hi[i] = lo[i]
		}
	}
	return lo, hi, nil
}

// border is one end of the frames; with end, the row after the last.
func (f *frames) border(unit logical.FrameUnit, b logical.Bound, offset int, cols []columnar.Vector, end bool) ([]int32, error) {
	switch {
	case b.Kind == logical.UnboundedPreceding:
		return f.First, nil
	case b.Kind == logical.UnboundedFollowing:
		return f.Last, nil
	case b.Kind == logical.CurrentRow && unit == logical.FrameRange && end:
		return f.PeerEnd, nil
	case b.Kind == logical.CurrentRow && unit == logical.FrameRange:
		return f.PeerStart, nil
	case b.Kind == logical.CurrentRow:
		return f.rowBorder(0, end), nil
	}
	v := cols[offset]
	if f.n == 0 || v.IsNull(0) {
		return nil, columnar.Errorf("INTERNAL_ERROR", "the offset of a window frame is NULL.")
	}
	sign := int64(1)
	if b.Kind == logical.Preceding {
		sign = -1
	}
	if unit == logical.FrameRows {
		return f.rowBorder(sign*columnar.Int64At(v, 0), end), nil
	}
	return f.rangeBorder(v, sign, end)
}

// rowBorder counts rows from the current one.
func (f *frames) rowBorder(offset int64, end bool) []int32 {
	if end {
		offset++
	}
	out := make([]int32, f.n)
	for i := range out {
		out[i] = int32(min(max(int64(i)+offset, int64(f.First[i])), int64(f.Last[i])))
	}
	return out
}

// rangeBorder finds the rows whose key is at most offset before or behind the current one's. Keys are put on a line of numbers of the kind that
// holds them exactly.
func (f *frames) rangeBorder(offset columnar.Vector, sign int64, end bool) ([]int32, error) {
	if f.key == nil {
		return nil, columnar.Errorf("INTERNAL_ERROR", "a range frame with offsets needs one ordering expression.")
	}
	if f.desc {
		sign = -sign
	}
	switch t := f.key.Type(); {
	case t.IsFloating():
		keys := onLine(f, func(i int) float64 { return columnar.Float64At(f.key, i) })
		by := float64(sign) * columnar.Float64At(offset, 0)
		return search(f, keys, compareFloats, func(x float64) float64 { return x + by }, end), nil
	case t.Kind == columnar.Decimal:
		scale := max(int(t.Scale), int(offset.Type().Scale))
		keys := onLine(f, func(i int) columnar.Int128 { return rescaled(columnar.DecimalAt(f.key, i), int(t.Scale), scale) })
		by := rescaled(columnar.DecimalAt(offset, 0), int(offset.Type().Scale), scale)
		if sign < 0 {
			by = by.Neg()
		}
		return search(f, keys, columnar.Int128.Cmp, func(x columnar.Int128) columnar.Int128 {
			y, _ := x.Add(by) // of two values of 38 digits each
			return y
		}, end), nil
	}
	keys := onLine(f, func(i int) int64 { return columnar.Int64At(f.key, i) })
	shift, err := f.shifter(offset, sign)
	if err != nil {
		return nil, err
	}
	return search(f, keys, cmp.Compare[int64], shift, end), nil
}

func rescaled(v columnar.Int128, from, to int) columnar.Int128 {
	if r, ok := v.Rescale(from, to); ok {
		return r
	}
	return v
}

// compareFloats orders NaN last, as sorting does.
func compareFloats(a, b float64) int {
	switch {
	case a != a && b != b:
		return 0
	case a != a:
		return 1
	case b != b:
		return -1
	}
	return cmp.Compare(a, b)
}

// onLine is the keys of all rows, with zeros for NULLs.
func onLine[T any](f *frames, at func(i int) T) []T {
	keys := make([]T, f.n)
	for i := range keys {
		if !f.key.IsNull(i) {
			keys[i] = at(i)
		}
	}
	return keys
}

// search finds, for each row, the first row of its partition whose key does not come before (with end: comes behind) the row's shifted one. A
// NULL is near its peers only.
func search[T any](f *frames, keys []T, order func(a, b T) int, shift func(T) T, end bool) []int32 {
	out := make([]int32, f.n)
	for i := 0; i < f.n; {
		first, last := f.First[i], f.Last[i]
		// The rows with values lie together: NULLs come first or last.
		from, to := first, last
		for from < to && f.key.IsNull(int(from)) {
			from++
		}
		for to > from && f.key.IsNull(int(to-1)) {
			to--
		}
		for ; i < int(last); i++ {
			switch {
			case i > 0 && i > int(f.PeerStart[i]):
				out[i] = out[i-1]
			case f.key.IsNull(i) && end:
				out[i] = f.PeerEnd[i]
			case f.key.IsNull(i):
				out[i] = f.PeerStart[i]
			default:
				out[i] = searchIn(keys, from, to, shift(keys[i]), order, f.desc, end)
			}
		}
	}
	return out
}

func searchIn[T any](keys []T, lo, hi int32, want T, order func(a, b T) int, desc, end bool) int32 {
	for lo < hi {
		mid := (lo + hi) / 2
		c := order(keys[mid], want)
		if desc {
			c = -c
		}
		if c < 0 || end && c == 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// shifter moves integers, dates, timestamps and intervals by an offset.
func (f *frames) shifter(offset columnar.Vector, sign int64) (func(int64) int64, error) {
	t, by := f.key.Type(), offset.Type()
	switch {
	case by.Kind == columnar.CalendarInterval:
		iv := columnar.Flatten(nil, offset, columnar.AllRows(offset.Len())).(*columnar.Fixed[columnar.Interval]).Values[0]
		return f.calendar(sign*int64(iv.Months), sign*int64(iv.Days), sign*iv.Micros), nil
	case by.Kind == columnar.YearMonthInterval && t.IsDatetime():
		return f.calendar(sign*columnar.Int64At(offset, 0), 0, 0), nil
	case by.Kind == columnar.DayTimeInterval && t.Kind == columnar.Date:
		return f.calendar(0, 0, sign*columnar.Int64At(offset, 0)), nil
	}
	n := sign * columnar.Int64At(offset, 0)
	return func(x int64) int64 { return saturated(x, n) }, nil
}

// saturated adds without wrapping around.
func saturated(x, n int64) int64 {
	switch {
	case n > 0 && x > math.MaxInt64-n:
		return math.MaxInt64
	case n < 0 && x < math.MinInt64-n:
		return math.MinInt64
	}
	return x + n
}

// calendar moves dates and timestamps by months, days and microseconds: a day too late for its month becomes the month's last.
func (f *frames) calendar(months, days, micros int64) func(int64) int64 {
	zone := f.zone
	if zone == nil || f.key.Type().Kind != columnar.Timestamp {
		zone = time.UTC
	}
	move := func(at time.Time) time.Time {
		y, m, d := at.Date()
		last := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC).Day()
		if months != 0 {
			d = min(d, last)
		}
		h, mi, s := at.Clock()
		return time.Date(y, m+time.Month(months), d+int(days), h, mi, s, at.Nanosecond(), zone).Add(time.Duration(micros) * time.Microsecond)
	}
	if f.key.Type().Kind == columnar.Date {
		return func(x int64) int64 {
			seconds := move(time.Unix(x*86400, 0).UTC()).Unix()
			return int64(math.Floor(float64(seconds) / 86400))
		}
	}
	return func(x int64) int64 { return move(time.UnixMicro(x).In(zone)).UnixMicro() }
}
