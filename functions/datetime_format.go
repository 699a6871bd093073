package functions

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// defaultPattern is the pattern of functions that are called without one.
const defaultPattern = "yyyy-MM-dd HH:mm:ss"

// datetimeFormats are the functions between timestamps and text by patterns.
var datetimeFormats = []*logical.Function{
	{
		Name:     "date_format",
		Usage:    "date_format(timestamp, pattern) - the timestamp as text by a pattern of datetime letters.",
		Examples: []logical.Example{{SQL: "SELECT date_format('2016-04-08', 'y')", Result: "2016"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			of := columnar.TimestampType
			if len(args) > 0 && args[0].Kind == columnar.Time {
				of = args[0]
			}
			return fixed("date_format", columnar.StringType, of, columnar.StringType)(args)
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if args[0].Type().Kind == columnar.Time { // a time on the first day
				ec, args = &logical.EvalContext{Context: ec.Context, Pool: ec.Pool, Zone: time.UTC, ZoneName: "UTC"}, slices.Clone(args)
				args[0] = columnar.Unary(ec.Pool, args[0], columnar.TimestampType, rows, func(nanos int64) int64 { return nanos / nanosPerMicro })
			}
			return formatTimestamps(ec, rows, args[0], args[1], 1)
		}),
	},
	{
		Name: "to_char", Aliases: []string{"to_varchar"},
		Usage:    "to_char(timestamp, pattern) - date_format(timestamp, pattern).",
		Examples: []logical.Example{{SQL: "SELECT to_char(DATE'2016-04-08', 'y')", Result: "2016"}},
		PrettyExprs: func(name string, args []logical.Expr) string {
			if len(args) == 2 && args[0].Type().IsDatetime() {
				name = "date_format"
			}
			return name + "(" + logical.JoinStrings(args) + ")"
		},
		Kind: logical.Rewrite(toChar),
	},
	{
		Name:     "from_unixtime",
		Usage:    "from_unixtime(seconds[, pattern]) - the moment so many seconds after 1970-01-01 00:00:00 UTC as text.",
		Examples: []logical.Example{{SQL: "SELECT from_unixtime(0, 'yyyy')", Result: "1969"}},
		Type:     optional("from_unixtime", 1, columnar.StringType, columnar.BigIntType, columnar.StringType),
		Pretty:   withDefaults(2, defaultPattern),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return formatTimestamps(ec, rows, args[0], patternOf(args, rows), columnar.MicrosPerSecond)
		}),
	},
	{
		Name:  "to_date",
		Usage: "to_date(text[, pattern]) - the date that text says, by a pattern of datetime letters or as a cast reads it.",
		Examples: []logical.Example{
			{SQL: "SELECT to_date('2009-07-30 04:17:52')", Result: "2009-07-30"},
			{SQL: "SELECT to_date('2016-12-31', 'yyyy-MM-dd')", Result: "2016-12-31"},
		},
		Type: parsedType("to_date", columnar.DateType), Nullable: alwaysNullable,
		Kind: parseWith(columnar.DateType, "try_to_date"),
	},
	{
		Name:     "try_to_date",
		Usage:    "try_to_date(text[, pattern]) - to_date, but NULL where text is no date.",
		Examples: []logical.Example{{SQL: "SELECT try_to_date('foo', 'yyyy-MM-dd')", Result: "NULL"}},
		Type:     parsedType("try_to_date", columnar.DateType), Nullable: alwaysNullable,
		Kind: parseWith(columnar.DateType, ""),
	},
	{
		Name:     "to_timestamp_ltz",
		Usage:    "to_timestamp_ltz(text[, pattern]) - the timestamp with the session's time zone that text says.",
		Examples: []logical.Example{{SQL: "SELECT to_timestamp_ltz('2016-12-31 00:12:00')", Result: "2016-12-31 00:12:00"}},
		Type:     parsedType("to_timestamp_ltz", columnar.TimestampType), Nullable: alwaysNullable,
		Kind: parseWith(columnar.TimestampType, "try_to_timestamp"),
	},
	{
		Name:     "to_timestamp_ntz",
		Usage:    "to_timestamp_ntz(text[, pattern]) - the timestamp without time zone that text says.",
		Examples: []logical.Example{{SQL: "SELECT to_timestamp_ntz('2016-12-31 00:12:00')", Result: "2016-12-31 00:12:00"}},
		Type:     parsedType("to_timestamp_ntz", columnar.TimestampNTZType), Nullable: alwaysNullable,
		Kind: parseWith(columnar.TimestampNTZType, "try_to_timestamp"),
	},
	{
		Name:     "unix_timestamp",
		Usage:    "unix_timestamp([time[, pattern]]) - seconds from 1970-01-01 00:00:00 UTC to a time given as text, date or timestamp, or to now.",
		Examples: []logical.Example{{SQL: "SELECT unix_timestamp('2016-04-08 UTC', 'yyyy-MM-dd VV')", Result: "1460073600"}},
		Type:     unixType("unix_timestamp", 0), Nullable: alwaysNullable,
		Pretty: withDefaults(2, "current_timestamp()", defaultPattern),
		Kind:   logical.Scalar(unixTimestamp),
	},
	{
		Name:     "to_unix_timestamp",
		Usage:    "to_unix_timestamp(time[, pattern]) - seconds from 1970-01-01 00:00:00 UTC to a time given as text, date or timestamp.",
		Examples: []logical.Example{{SQL: "SELECT to_unix_timestamp('2016-04-08 UTC', 'yyyy-MM-dd VV')", Result: "1460073600"}},
		Type:     unixType("to_unix_timestamp", 1), Nullable: alwaysNullable,
		Pretty: withDefaults(2, defaultPattern),
		Kind:   logical.Scalar(unixTimestamp),
	},
}

// parsedTimestamps are to_timestamp and try_to_timestamp, for the one kind of timestamp or the other.
func parsedTimestamps(t columnar.Type) []*logical.Function {
	return []*logical.Function{
		{
			Name:     "to_timestamp",
			Usage:    "to_timestamp(text[, pattern]) - the timestamp that text says, by a pattern of datetime letters or as a cast reads it.",
			Examples: []logical.Example{{SQL: "SELECT to_timestamp('2016-12-31', 'yyyy-MM-dd')", Result: "2016-12-31 00:00:00"}},
			Type:     parsedType("to_timestamp", t), Nullable: alwaysNullable,
			Kind: parseWith(t, "try_to_timestamp"),
		},
		{
			Name:     "try_to_timestamp",
			Usage:    "try_to_timestamp(text[, pattern]) - to_timestamp, but NULL where text is no timestamp.",
			Examples: []logical.Example{{SQL: "SELECT try_to_timestamp('foo', 'yyyy-MM-dd')", Result: "NULL"}},
			Type:     parsedType("try_to_timestamp", t), Nullable: alwaysNullable,
			Kind: parseWith(t, ""),
		},
	}
}

// toChar is date_format for dates and timestamps, decode, base64 or hex for binary values, and the writing of numbers by a format for everything else.
func toChar(args []logical.Expr) (logical.Expr, error) {
	if err := arity("to_char", len(args), 2, 2); err != nil {
		return nil, err
	}
	switch t := args[0].Type(); {
	case t.Kind == columnar.Binary:
		return binaryToChar(args)
	case !t.IsDatetime():
		return logical.NewCall("to_char_number", args...), nil
	}
	return logical.NewCall("date_format", args...), nil
}

// binaryToChar writes binary values as base64, hex or UTF-8 text.
func binaryToChar(args []logical.Expr) (logical.Expr, error) {
	l, ok := args[1].(*logical.Literal)
	if !ok {
		return nil, columnar.Errorf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "the input `format` should be a foldable \"STRING\" expression; however, got %q.", args[1].String())
	}
	switch format := strings.ToLower(columnar.FormatValue(l.Value, 0)); format {
	case "base64", "hex":
		return logical.NewCall(format, args[0]), nil
	case "utf-8":
		return logical.NewCall("decode", args...), nil
	default:
		return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.BINARY_FORMAT", "The value of parameter(s) `format` in `to_char` is invalid: expects one of binary formats 'base64', 'hex', 'utf-8', but got '%s'.", format)
	}
}

// patternOf is the second argument, or the default.
func patternOf(args []columnar.Vector, rows columnar.Rows) columnar.Vector {
	if len(args) > 1 {
		return args[1]
	}
	return columnar.NewConst(columnar.NewStrings(defaultPattern), rows.N)
}

// patterns compiles patterns, remembering the last one: it is nearly always a constant.
type patterns struct {
	purpose javafmt.Purpose
	text    string
	last    *javafmt.Formatter
}

func (p *patterns) compile(text string) (*javafmt.Formatter, error) {
	if p.last == nil || p.text != text {
		f, err := javafmt.NewFormatter(text, p.purpose)
		if err != nil {
			return nil, fromJava(err)
		}
		p.text, p.last = strings.Clone(text), f
	}
	return p.last, nil
}

// fromJava makes an error of ours of one that has a condition already.
func fromJava(err error) error {
	var e *javafmt.Error
	if errors.As(err, &e) {
		return columnar.Errorf(e.Condition, "%s", e.Message)
	}
	return err
}

// formatTimestamps writes moments, given in a unit of microseconds, by patterns.
func formatTimestamps(ec *logical.EvalContext, rows columnar.Rows, times, formats columnar.Vector, unit int64) (columnar.Vector, error) {
	zone := columnar.NewZone(ec.Zone)
	compiled := patterns{purpose: javafmt.ForFormatting}
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if times.IsNull(r) || formats.IsNull(r) {
			return dst, false, nil
		}
		f, err := compiled.compile(columnar.StringAt(formats, r))
		if err != nil {
			return dst, false, err
		}
		us := columnar.Int64At(times, r) * unit
		z := javafmt.Zoned{LocalMicros: zone.ToLocal(us), Zone: zoneName(ec)}
		z.Offset = int((z.LocalMicros - us) / columnar.MicrosPerSecond)
		if f.HasZone() && ec.Zone != nil {
			z.DST = time.UnixMicro(us).In(ec.Zone).IsDST()
		}
		dst, err = f.Format(dst, z)
		return dst, err == nil, fromJava(err)
	})
}

// parsedType is the typing of functions of a text and perhaps a pattern; what is a date or a timestamp already stays it.
func parsedType(name string, result columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 2); err != nil {
			return nil, result, err
		}
		coerced := append([]columnar.Type(nil), args...)
		if t := args[0]; !t.IsDatetime() && t.Kind != columnar.String {
			if len(args) == 1 && columnar.CanCast(t, result, columnar.CastANSI) {
				return coerced, result, nil
			}
			if !logical.ImplicitCast(t, columnar.StringType) {
				return nil, result, unexpectedRaw(0, `("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP WITHOUT TIME ZONE")`, t)
			}
			coerced[0] = columnar.StringType
		}
		if len(args) == 2 {
			if !logical.ImplicitCast(args[1], columnar.StringType) {
				return nil, result, unexpectedType(1, "STRING", args[1])
			}
			coerced[1] = columnar.StringType
		}
		return coerced, result, nil
	}
}

// parseWith makes a to_ function: of text by a pattern, or else a cast. try names the function that gives NULL in place of errors; ""
// is such a function itself.
func parseWith(t columnar.Type, try string) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		cc := columnar.CastContext{Pool: ec.Pool, Zone: ec.Zone, Mode: castMode(ec)}
		if try == "" {
			cc.Mode = columnar.CastTry
		}
		if len(args) == 1 || args[0].Type().Kind != columnar.String {
			return columnar.Cast(cc, args[0], t, rows)
		}
		as := t
		if t.Kind == columnar.Date {
			as = columnar.TimestampType
		}
		us, err := parseTimestamps(ec, rows, args[0], args[1], as, cc.Mode, try)
		if err != nil {
			return nil, err
		}
		return columnar.Cast(cc, us, t, rows)
	}
}

// castMode is the mode of casts in a session.
func castMode(ec *logical.EvalContext) columnar.CastMode {
	if ec.ANSI {
		return columnar.CastANSI
	}
	return columnar.CastLegacy
}

// parseTimestamps reads text by patterns. In ANSI mode what does not fit is an error that names the function to try.
func parseTimestamps(ec *logical.EvalContext, rows columnar.Rows, texts, formats columnar.Vector, t columnar.Type, mode columnar.CastMode,
	try string) (columnar.Vector, error) {
	zone := columnar.NewZone(ec.Zone)
	compiled := patterns{purpose: javafmt.ForParsing}
	return perRow(ec, t, rows, []columnar.Vector{texts, formats}, func(r int) (int64, bool, error) {
		f, err := compiled.compile(columnar.StringAt(formats, r))
		if err != nil {
			return 0, false, err
		}
		parsed, err := f.Parse(columnar.StringAt(texts, r))
		var unfit *javafmt.ParseError
		switch {
		case errors.As(err, &unfit):
			if mode != columnar.CastANSI {
				return 0, false, nil
			}
			return 0, false, columnar.Errorf("CANNOT_PARSE_TIMESTAMP", "%s. Use `%s` to tolerate invalid input string and return NULL instead.",
				strings.TrimSuffix(unfit.Error(), "."), try)
		case err != nil:
			return 0, false, fromJava(err)
		case t.Kind == columnar.TimestampNTZ:
			return parsed.LocalMicros, true, nil
		}
		us, ok := instantOf(parsed, zone)
		return us, ok, nil
	})
}

// instantOf is the moment of a time read with or without its zone.
func instantOf(p javafmt.Parsed, session *columnar.Zone) (int64, bool) {
	switch {
	case p.HasOffset:
		return p.LocalMicros - int64(p.Offset)*columnar.MicrosPerSecond, true
	case p.Zone != "":
		loc, err := columnar.ParseZone(p.Zone)
		if err != nil {
			return 0, false
		}
		return columnar.NewZone(loc).FromLocal(p.LocalMicros)
	}
	return session.FromLocal(p.LocalMicros)
}

// unixType is the typing of unix_timestamp and to_unix_timestamp.
func unixType(name string, required int) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), required, 2); err != nil || len(args) == 0 {
			return nil, columnar.BigIntType, err
		}
		coerced, _, err := parsedType(name, columnar.TimestampType)(args)
		return coerced, columnar.BigIntType, err
	}
}

func unixTimestamp(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	if len(args) == 0 {
		return columnar.NewConst(columnar.ScalarOf(ec.Now.Unix()), rows.N), nil
	}
	us := args[0]
	var err error
	cc := columnar.CastContext{Pool: ec.Pool, Zone: ec.Zone, Mode: castMode(ec)}
	if us.Type().Kind == columnar.String {
		us, err = parseTimestamps(ec, rows, us, patternOf(args, rows), columnar.TimestampType, cc.Mode, "try_to_timestamp")
	} else {
		us, err = columnar.Cast(cc, us, columnar.TimestampType, rows)
	}
	if err != nil {
		return nil, err
	}
	return columnar.Unary(ec.Pool, us, columnar.BigIntType, rows, func(us int64) int64 { return floorDiv(us, columnar.MicrosPerSecond) }), nil
}
