package functions

import (
	"slices"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// datetimeGroup are the functions of dates, times and intervals.
var datetimeGroup = slices.Concat(currentTimes, datetimeFields, dateShifts, datetimeTruncations, datetimeFormats, parsedTimestamps(columnar.TimestampType), datetimeUnits, datetimeMakers, timeFunctions,
	datetimeZones)

// currentTimes are the functions that tell when and where the query runs. They have one value for the whole query.
var currentTimes = []*logical.Function{
	{
		Name: "current_date", Aliases: []string{"curdate"},
		Usage:    "current_date() - the date at the start of the query.",
		Examples: []logical.Example{{SQL: "SELECT current_date() = CAST(now() AS DATE)", Result: "true"}},
		Type:     fixed("current_date", columnar.DateType),
		Pretty:   named("current_date"),
		Kind: atStart(func(ec *logical.EvalContext) columnar.Vector {
			local := columnar.NewZone(ec.Zone).ToLocal(ec.Now.UnixMicro())
			return columnar.NewFixed(columnar.DateType, []int32{int32(floorDiv(local, columnar.MicrosPerDay))}, nil)
		}),
	},
	{
		Name:     "current_timestamp",
		Usage:    "current_timestamp() - the moment at which the query started.",
		Examples: []logical.Example{{SQL: "SELECT current_timestamp() = now()", Result: "true"}},
		Type:     fixed("current_timestamp", columnar.TimestampType),
		Kind:     atStart(startTimestamp),
	},
	{
		Name:     "now",
		Usage:    "now() - the moment at which the query started.",
		Examples: []logical.Example{{SQL: "SELECT now() > TIMESTAMP'2020-01-01 00:00:00'", Result: "true"}},
		Type:     fixed("now", columnar.TimestampType),
		Kind:     atStart(startTimestamp),
	},
	{
		Name:     "localtimestamp",
		Usage:    "localtimestamp() - what the clock of the session's time zone showed at the start of the query.",
		Examples: []logical.Example{{SQL: "SELECT typeof(localtimestamp())", Result: "timestamp_ntz"}},
		Type:     fixed("localtimestamp", columnar.TimestampNTZType),
		Kind: atStart(func(ec *logical.EvalContext) columnar.Vector {
			local := columnar.NewZone(ec.Zone).ToLocal(ec.Now.UnixMicro())
			return columnar.NewFixed(columnar.TimestampNTZType, []int64{local}, nil)
		}),
	},
	{
		Name:     "current_timezone",
		Usage:    "current_timezone() - the session's time zone.",
		Examples: []logical.Example{{SQL: "SELECT length(current_timezone()) > 0", Result: "true"}},
		Type:     fixed("current_timezone", columnar.StringType),
		Kind:     atStart(func(ec *logical.EvalContext) columnar.Vector { return columnar.NewStrings(zoneName(ec)) }),
	},
}

// named prints a call under this name whatever alias it was written with.
func named(name string) func(string, []string) string {
	return func(_ string, args []string) string { return callText(name, args) }
}

// callText is name(args).
func callText(name string, args []string) string {
	s := name + "("
	for i, a := range args {
		if i > 0 {
			s += ", "
		}
		s += a
	}
	return s + ")"
}

// withDefaults prints a call with the parameters that were left out: defaults are those of the last parameters.
func withDefaults(params int, defaults ...string) func(string, []string) string {
	return func(name string, args []string) string {
		if missing := params - len(args); missing > 0 && missing <= len(defaults) {
			args = append(slices.Clone(args), defaults[len(defaults)-missing:]...)
		}
		return callText(name, args)
	}
}

// atStart makes a function of the one value that a query has.
func atStart(value func(ec *logical.EvalContext) columnar.Vector) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, _ []columnar.Vector) (columnar.Vector, error) {
		return columnar.NewConst(value(ec), rows.N), nil
	}
}

func startTimestamp(ec *logical.EvalContext) columnar.Vector {
	return columnar.NewFixed(columnar.TimestampType, []int64{ec.Now.UnixMicro()}, nil)
}

// zoneName is the session's time zone as SET spells it.
func zoneName(ec *logical.EvalContext) string {
	switch {
	case ec.ZoneName != "":
		return ec.ZoneName
	case ec.Zone != nil:
		return ec.Zone.String()
	}
	return time.UTC.String()
}

// timestampOr is the typing of a function of one timestamp, with or without zone; anything else is cast to TIMESTAMP.
func timestampOr(name string, result columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, result, err
		}
		t, err := clockParam(0, args[0])
		return []columnar.Type{t}, result, err
	}
}

// clockParam is the type to which argument i, a timestamp or a time of day, is cast.
func clockParam(i int, t columnar.Type) (columnar.Type, error) {
	if t.Kind == columnar.Time {
		return t, nil
	}
	return timestampParam(i, t)
}

// timestampParam is the type to which argument i, a timestamp with or without zone, is cast.
func timestampParam(i int, t columnar.Type) (columnar.Type, error) {
	if t.Kind == columnar.TimestampNTZ {
		return t, nil
	}
	if !logical.ImplicitCast(t, columnar.TimestampType) {
		return t, unexpectedType(i, "(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)", t)
	}
	return columnar.TimestampType, nil
}

// localClock gives the conversion of the values of a timestamp type or TIME to what the session's clock shows, in microseconds.
func localClock(ec *logical.EvalContext, t columnar.Type) func(int64) int64 {
	if t.Kind == columnar.Time {
		return func(nanos int64) int64 { return nanos / nanosPerMicro }
	}
	if t.Kind == columnar.TimestampNTZ {
		return func(us int64) int64 { return us }
	}
	return columnar.NewZone(ec.Zone).ToLocal
}

// fromClock is the way back from localClock; ok is false for times beyond the range of timestamps.
func fromClock(ec *logical.EvalContext, t columnar.Type) func(int64) (int64, bool) {
	if t.Kind == columnar.TimestampNTZ {
		return func(us int64) (int64, bool) { return us, true }
	}
	return columnar.NewZone(ec.Zone).FromLocal
}

// floorDiv is a / b rounded down; b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// floorMod is what floorDiv leaves, in [0, b).
func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// perRow computes f for each selected row in which no argument is NULL; false makes a NULL. It is for functions of several arguments,
// which f reads with columnar.Int64At and the like.
func perRow[R columnar.Native](ec *logical.EvalContext, t columnar.Type, rows columnar.Rows, args []columnar.Vector,
	f func(r int) (R, bool, error)) (columnar.Vector, error) {
	out := columnar.MakeFixed[R](ec.Pool, t, rows.N)
	for k := range rows.Count() {
		r := rows.Row(k)
		ok := true
		for _, a := range args {
			ok = ok && !a.IsNull(r)
		}
		if ok {
			var err error
			if out.Values[r], ok, err = f(r); err != nil {
				return nil, err
			}
		}
		if !ok {
			if out.Valid == nil {
				out.Valid = columnar.AllocBitmap(ec.Pool, rows.N)
				out.Valid.SetAll(rows.N)
			}
			out.Valid.Clear(r)
		}
	}
	return out, nil
}
