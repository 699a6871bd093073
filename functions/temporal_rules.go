package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// temporalRule is one meaning of an arithmetic operator over dates, timestamps and intervals.
type temporalRule struct {
	ops    []columnar.ArithOp
	match  func(a, b columnar.Type) bool
	coerce func(a, b columnar.Type) (columnar.Type, columnar.Type) // nil: as they are
	result func(a, b columnar.Type) columnar.Type                  // of the coerced types
	eval   func(c temporalCall, a, b columnar.Vector) (columnar.Vector, error)
	pretty func(symbol string, a, b logical.Expr) string // nil: (a + b)
}

// temporalCall is one evaluation of a rule.
type temporalCall struct {
	ec   *logical.EvalContext
	rows columnar.Rows
	op   columnar.ArithOp
	try  bool
	t    columnar.Type
}

// sign is -1 for a subtraction.
func (c temporalCall) sign() int64 {
	if c.op == columnar.Sub {
		return -1
	}
	return 1
}

// fail is an error, or nothing in a try_ function, which makes a NULL then.
func (c temporalCall) fail(err error) error {
	if c.try {
		return nil
	}
	return err
}

// temporal finds the rule for operands of the types, and what it casts them to.
func (o arithmetic) temporal(a, b columnar.Type) (*temporalRule, []columnar.Type) {
	for i := range temporalRules {
		r := &temporalRules[i]
		for _, op := range r.ops {
			if op == o.op && r.match(a, b) {
				if r.coerce != nil {
					a, b = r.coerce(a, b)
				}
				return r, []columnar.Type{a, b}
			}
		}
	}
	return nil, nil
}

// temporalMismatch is Spark's error for operands of which one is a date or an interval but for which there is no rule: it has chosen the
// function by that operand, and the other is not for it.
func (o arithmetic) temporalMismatch(a, b columnar.Type) error {
	const days = `("INT" or "SMALLINT" or "TINYINT")`
	switch {
	case o.op == columnar.Div && a.IsInterval():
		return unexpectedType(1, "NUMERIC", b)
	case o.op != columnar.Add && o.op != columnar.Sub:
		return nil
	case a.IsInterval() && b.IsInterval():
		return unexpectedRaw(0, `("TIMESTAMP" or "TIMESTAMP_NTZ")`, b)
	case a.Kind == columnar.Date:
		return unexpectedRaw(1, days, b)
	case b.Kind == columnar.Date && o.op == columnar.Add:
		return unexpectedRaw(1, days, a)
	case b.Kind == columnar.Date:
		return unexpectedType(0, "DATE", a)
	}
	return nil
}

var (
	plus      = []columnar.ArithOp{columnar.Add}
	minus     = []columnar.ArithOp{columnar.Sub}
	plusMinus = []columnar.ArithOp{columnar.Add, columnar.Sub}
)

var (
	wholeInterval  = columnar.DayTimeType(0, 3)
	monthsInterval = columnar.YearMonthType(0, 1)
	daysInterval   = columnar.DayTimeType(0, 0)
)

// temporalRules are tried in order.
var temporalRules = []temporalRule{
	{ // DATE ± days
		ops:    plusMinus,
		match:  func(a, b columnar.Type) bool { return a.Kind == columnar.Date && days(b) },
		coerce: func(a, _ columnar.Type) (columnar.Type, columnar.Type) { return a, columnar.IntType },
		result: firstType, eval: shiftDateByDays, pretty: prettyShiftDate,
	},
	{ // days + DATE
		ops:    plus,
		match:  func(a, b columnar.Type) bool { return b.Kind == columnar.Date && days(a) },
		coerce: func(_, b columnar.Type) (columnar.Type, columnar.Type) { return columnar.IntType, b },
		result: secondType, eval: swapped(shiftDateByDays), pretty: prettySwapped(prettyShiftDate),
	},
	{ // DATE ± INTERVAL DAY
		ops:    plusMinus,
		match:  func(a, b columnar.Type) bool { return a.Kind == columnar.Date && b == daysInterval },
		result: firstType, eval: shiftDateByInterval, pretty: prettyShiftDateByInterval,
	},
	{
		ops:    plus,
		match:  func(a, b columnar.Type) bool { return b.Kind == columnar.Date && a == daysInterval },
		result: secondType, eval: swapped(shiftDateByInterval), pretty: prettySwapped(prettyShiftDateByInterval),
	},
	{ // TIME ± INTERVAL DAY TO SECOND
		ops:    plusMinus,
		match:  func(a, b columnar.Type) bool { return a.Kind == columnar.Time && b.Kind == columnar.DayTimeInterval },
		result: firstType, eval: shiftTime, pretty: prettyShift,
	},
	{
		ops:    plus,
		match:  func(a, b columnar.Type) bool { return b.Kind == columnar.Time && a.Kind == columnar.DayTimeInterval },
		result: secondType, eval: swapped(shiftTime), pretty: prettySwapped(prettyShift),
	},
	{ // DATE ± months, or an interval of all fields; a day-time interval makes it a timestamp
		ops: plusMinus, match: func(a, b columnar.Type) bool { return movable(a) && b.IsInterval() },
		coerce: coerceMoved, result: movedType, eval: moveBy, pretty: prettyShift,
	},
	{
		ops: plus, match: func(a, b columnar.Type) bool {
			return a.IsInterval() && (b.IsDatetime() || a.Kind != columnar.YearMonthInterval && b.Kind == columnar.String)
		},
		coerce: func(a, b columnar.Type) (columnar.Type, columnar.Type) { b, a = coerceMoved(b, a); return a, b },
		result: func(a, b columnar.Type) columnar.Type { return movedType(b, a) }, eval: swapped(moveBy), pretty: prettySwapped(prettyShift),
	},
	{ // DATE - DATE
		ops: minus, match: func(a, b columnar.Type) bool {
			return a.Kind == columnar.Date && dateOrString(b) || dateOrString(a) && b.Kind == columnar.Date
		},
		coerce: func(_, _ columnar.Type) (columnar.Type, columnar.Type) { return columnar.DateType, columnar.DateType },
		result: func(_, _ columnar.Type) columnar.Type { return daysInterval }, eval: dateDifference,
	},
	{ // TIMESTAMP - TIMESTAMP
		ops:    minus,
		match:  func(a, b columnar.Type) bool { return (a.IsDatetime() || b.IsDatetime()) && instant(a) && instant(b) },
		coerce: coerceDifference,
		result: func(_, _ columnar.Type) columnar.Type { return wholeInterval }, eval: timestampDifference,
	},
	{ // INTERVAL ± INTERVAL
		ops: plusMinus, match: func(a, b columnar.Type) bool {
			return a.IsInterval() && (a.Kind == b.Kind || b.Kind == columnar.Void) || a.Kind == columnar.Void && b.IsInterval()
		},
		coerce: coerceIntervals, result: firstType, eval: addIntervals,
	},
	{ // INTERVAL div INTERVAL
		ops: []columnar.ArithOp{columnar.IntDiv},
		match: func(a, b columnar.Type) bool {
			return a.IsInterval() && a.Kind == b.Kind && a.Kind != columnar.CalendarInterval
		},
		coerce: coerceIntervals,
		result: func(_, _ columnar.Type) columnar.Type { return columnar.BigIntType }, eval: divideIntervals,
	},
	{ // INTERVAL × number, INTERVAL / number
		ops:    []columnar.ArithOp{columnar.Mul, columnar.Div},
		match:  func(a, b columnar.Type) bool { return a.IsInterval() && factor(b) },
		coerce: coerceFactor, result: scaledType, eval: scaleInterval, pretty: prettyScaled,
	},
	{
		ops: []columnar.ArithOp{columnar.Mul}, match: func(a, b columnar.Type) bool { return b.IsInterval() && factor(a) },
		coerce: func(a, b columnar.Type) (columnar.Type, columnar.Type) { b, a = coerceFactor(b, a); return a, b },
		result: func(a, b columnar.Type) columnar.Type { return scaledType(b, a) },
		eval:   swapped(scaleInterval), pretty: prettySwapped(prettyScaled),
	},
}

func firstType(a, _ columnar.Type) columnar.Type  { return a }
func secondType(_, b columnar.Type) columnar.Type { return b }

// days are the types that count days beside a date.
func days(t columnar.Type) bool {
	return t.Kind == columnar.Void || t.Kind == columnar.TinyInt || t.Kind == columnar.SmallInt || t.Kind == columnar.Int
}

func dateOrString(t columnar.Type) bool {
	return t.Kind == columnar.Date || t.Kind == columnar.String || t.Kind == columnar.Void
}

// movable are the types that an interval moves; a string is taken for a timestamp.
func movable(t columnar.Type) bool { return t.IsDatetime() || t.Kind == columnar.String }

// instant are the types that a difference of timestamps takes.
func instant(t columnar.Type) bool { return movable(t) || t.Kind == columnar.Void }

func factor(t columnar.Type) bool {
	return t.IsNumeric() || t.Kind == columnar.String || t.Kind == columnar.Void
}

// coerceMoved: a date stays one for intervals without hours, but for a day-time interval of any other fields it becomes a timestamp.
func coerceMoved(a, b columnar.Type) (columnar.Type, columnar.Type) {
	if a.Kind == columnar.Date && b.Kind == columnar.DayTimeInterval {
		return columnar.TimestampType, b
	}
	return a, b
}

func movedType(a, _ columnar.Type) columnar.Type { return a }

func coerceDifference(a, b columnar.Type) (columnar.Type, columnar.Type) {
	t := columnar.TimestampType
	local := func(t columnar.Type) bool {
		return t.Kind == columnar.TimestampNTZ || t.Kind == columnar.Date || t.Kind == columnar.Void
	}
	if local(a) && local(b) {
		t = columnar.TimestampNTZType
	}
	return t, t
}

func coerceIntervals(a, b columnar.Type) (columnar.Type, columnar.Type) {
	t, _ := logical.CommonType(a, b)
	return t, t
}

// coerceFactor: integers become BIGINT, strings and floating numbers DOUBLE, decimals stay exact.
func coerceFactor(a, b columnar.Type) (columnar.Type, columnar.Type) {
	switch {
	case a.Kind == columnar.CalendarInterval || b.IsFloating() || b.Kind == columnar.String:
		return a, columnar.DoubleType
	case b.Kind != columnar.Decimal:
		return a, columnar.BigIntType
	}
	return a, b
}

func scaledType(a, _ columnar.Type) columnar.Type {
	switch a.Kind {
	case columnar.YearMonthInterval:
		return monthsInterval
	case columnar.DayTimeInterval:
		return wholeInterval
	}
	return a
}

func swapped(eval func(c temporalCall, a, b columnar.Vector) (columnar.Vector, error)) func(temporalCall, columnar.Vector, columnar.Vector) (columnar.Vector, error) {
	return func(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) { return eval(c, b, a) }
}

func prettySwapped(pretty func(symbol string, a, b logical.Expr) string) func(string, logical.Expr, logical.Expr) string {
	return func(symbol string, a, b logical.Expr) string { return pretty(symbol, b, a) }
}

func prettyShiftDate(symbol string, a, b logical.Expr) string {
	if symbol == "-" {
		return "date_sub(" + a.String() + ", " + b.String() + ")"
	}
	return "date_add(" + a.String() + ", " + b.String() + ")"
}

func prettyShiftDateByInterval(symbol string, a, b logical.Expr) string {
	days := "extractansiintervaldays(" + b.String() + ")"
	if symbol == "-" {
		days = "(- " + days + ")"
	}
	return "date_add(" + a.String() + ", " + days + ")"
}

func prettyShift(symbol string, a, b logical.Expr) string {
	return a.String() + " " + symbol + " " + b.String()
}

func prettyScaled(symbol string, a, b logical.Expr) string {
	switch {
	case a.Type().Kind != columnar.CalendarInterval:
		return "(" + a.String() + " " + symbol + " " + b.String() + ")"
	case symbol == "/":
		return "divide_interval(" + a.String() + ", " + b.String() + ")"
	}
	return "multiply_interval(" + a.String() + ", " + b.String() + ")"
}
