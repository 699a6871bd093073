package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// datetimeZones are the functions that move timestamps between time zones.
var datetimeZones = []*logical.Function{
	{
		Name:     "from_utc_timestamp",
		Usage:    "from_utc_timestamp(timestamp, timezone) - what a clock in the zone shows when a clock in UTC shows the timestamp.",
		Examples: []logical.Example{{SQL: "SELECT from_utc_timestamp('2016-08-31', 'Asia/Seoul')", Result: "2016-08-31 09:00:00"}},
		Type:     fixed("from_utc_timestamp", columnar.TimestampType, columnar.TimestampType, columnar.StringType),
		Kind:     inZone(func(z *columnar.Zone, us int64) (int64, bool) { return z.ToLocal(us), true }),
	},
	{
		Name:     "to_utc_timestamp",
		Usage:    "to_utc_timestamp(timestamp, timezone) - what a clock in UTC shows when a clock in the zone shows the timestamp.",
		Examples: []logical.Example{{SQL: "SELECT to_utc_timestamp('2016-08-31', 'Asia/Seoul')", Result: "2016-08-30 15:00:00"}},
		Type:     fixed("to_utc_timestamp", columnar.TimestampType, columnar.TimestampType, columnar.StringType),
		Kind:     inZone((*columnar.Zone).FromLocal),
	},
	{
		Name: "convert_timezone",
		Usage: "convert_timezone([sourceTz, ]targetTz, timestamp_ntz) - what a clock in the target zone shows when one in the source zone, or the session's, " +
			"shows the timestamp.",
		Examples: []logical.Example{{
			SQL:    "SELECT convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00')",
			Result: "2021-12-05 15:00:00",
		}},
		Type: convertZoneTypes,
		Pretty: func(name string, args []string) string {
			if len(args) == 2 {
				args = append([]string{"current_timezone()"}, args...)
			}
			return callText(name, args)
		},
		Kind: logical.Scalar(convertZone),
	},
}

// zones finds time zones, remembering the last one: it is nearly always a constant.
type zones struct {
	name string
	last *columnar.Zone
}

func (z *zones) find(name string) (*columnar.Zone, error) {
	if z.last == nil || z.name != name {
		loc, err := columnar.ParseZone(name)
		if err != nil {
			return nil, err
		}
		z.name, z.last = string([]byte(name)), columnar.NewZone(loc)
	}
	return z.last, nil
}

// inZone computes a timestamp of each timestamp and zone.
func inZone(f func(z *columnar.Zone, us int64) (int64, bool)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		var cache zones
		return perRow(ec, columnar.TimestampType, rows, args, func(r int) (int64, bool, error) {
			z, err := cache.find(columnar.StringAt(args[1], r))
			if err != nil {
				return 0, false, err
			}
			us, ok := f(z, columnar.Int64At(args[0], r))
			if !ok {
				return 0, false, datetimeOverflow("move a timestamp to another time zone")
			}
			return us, true, nil
		})
	}
}

func convertZoneTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	params := []columnar.Type{columnar.StringType, columnar.StringType, columnar.TimestampNTZType}
	if len(args) == 2 {
		params = params[1:]
	}
	return fixed("convert_timezone", columnar.TimestampNTZType, params...)(args)
}

func convertZone(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	var from, to zones
	session := columnar.NewZone(ec.Zone)
	return perRow(ec, columnar.TimestampNTZType, rows, args, func(r int) (int64, bool, error) {
		source, n := session, len(args)
		if n == 3 {
			z, err := from.find(columnar.StringAt(args[0], r))
			if err != nil {
				return 0, false, err
			}
			source = z
		}
		target, err := to.find(columnar.StringAt(args[n-2], r))
		if err != nil {
			return 0, false, err
		}
		us, ok := source.FromLocal(columnar.Int64At(args[n-1], r))
		if !ok {
			return 0, false, datetimeOverflow("move a timestamp to another time zone")
		}
		return target.ToLocal(us), true, nil
	})
}
