package functions

import (
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// textOptions are the options of functions that read and write JSON, and the patterns of times that they name.
type textOptions struct {
	ec        *logical.EvalContext
	zone      *columnar.Zone
	given     map[string]string // in lower case
	compiling patterns
}

// newTextOptions reads the map of options that is argument i, if there is one; it is the same for all rows.
func newTextOptions(ec *logical.EvalContext, args []columnar.Vector, i int, purpose javafmt.Purpose) *textOptions {
	o := &textOptions{ec: ec, zone: columnar.NewZone(ec.Zone), given: map[string]string{}, compiling: patterns{purpose: purpose}}
	if i >= len(args) || args[i].Len() == 0 || args[i].IsNull(0) {
		return o
	}
	parts := entryVectors(args[i])
	lo, hi := rangesOf(args[i]).at(0)
	for k := int(lo); k < int(hi) && len(parts) == 2; k++ {
		if !parts[1].IsNull(k) {
			o.given[strings.ToLower(columnar.StringAt(parts[0], k))] = columnar.StringAt(parts[1], k)
		}
	}
	return o
}

// optionsType checks the type of argument i, if there is one: a map of strings.
func optionsType(args []columnar.Type, i int) error {
	if i >= len(args) {
		return nil
	}
	t := args[i]
	if t.Kind != columnar.Map {
		return columnar.Errorf("INVALID_OPTIONS.NON_MAP_FUNCTION", "Invalid options: Must use the `map()` function for options.")
	}
	if t.Key().Kind != columnar.String || t.Elem().Kind != columnar.String {
		return columnar.Errorf("INVALID_OPTIONS.NON_STRING_TYPE", "Invalid options: A type of keys and values in `map()` must be string, but got %q.", t.SQL())
	}
	return nil
}

// isTrue says what an option of that name is set to, or what it is by default.
func (o *textOptions) isTrue(name string, byDefault bool) bool {
	v, ok := o.given[name]
	if !ok {
		return byDefault
	}
	return strings.EqualFold(v, "true")
}

// pattern is the pattern of a type of dates or timestamps; "" if none is given.
func (o *textOptions) pattern(t columnar.Type) string {
	switch t.Kind {
	case columnar.Date:
		return o.given["dateformat"]
	case columnar.TimestampNTZ:
		return o.given["timestampntzformat"]
	}
	return o.given["timestampformat"]
}

// appendTime writes a date or a timestamp.
func (o *textOptions) appendTime(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	t, pattern, at := v.Type(), o.pattern(v.Type()), columnar.Int64At(v, i)
	z := javafmt.Zoned{LocalMicros: at, Zone: zoneName(o.ec)}
	switch t.Kind {
	case columnar.Date:
		if pattern == "" {
			return columnar.AppendString(dst, v, i, o.ec.Zone), nil
		}
		z.LocalMicros = at * columnar.MicrosPerDay
	case columnar.Timestamp:
		z.LocalMicros = o.zone.ToLocal(at)
		z.Offset = int((z.LocalMicros - at) / columnar.MicrosPerSecond)
		z.DST = o.ec.Zone != nil && time.UnixMicro(at).In(o.ec.Zone).IsDST()
		if pattern == "" {
			pattern = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
		}
	case columnar.TimestampNTZ:
		if pattern == "" {
			pattern = "yyyy-MM-dd'T'HH:mm:ss.SSS"
		}
	}
	f, err := o.compiling.compile(pattern)
	if err != nil {
		return dst, err
	}
	dst, err = f.Format(dst, z)
	return dst, fromJava(err)
}

// parseTime reads a date or a timestamp by the pattern given; ok is false where the text does not fit.
func (o *textOptions) parseTime(t columnar.Type, pattern, text string) (value int64, ok bool, err error) {
	f, err := o.compiling.compile(pattern)
	if err != nil {
		return 0, false, err
	}
	p, err := f.Parse(text)
	switch {
	case err != nil:
		return 0, false, nil
	case t.Kind == columnar.Timestamp:
		value, ok = instantOf(p, o.zone)
		return value, ok, nil
	case t.Kind == columnar.Date:
		return floorDivide(p.LocalMicros, columnar.MicrosPerDay), true, nil
	}
	return p.LocalMicros, true, nil
}
