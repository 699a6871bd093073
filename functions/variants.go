package functions

import (
	"strings"
	"sync"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Settings are those of a session that change which function a name means. The zero value is Spark's default.
type Settings struct {
	TimestampNTZ         bool // spark.sql.timestampType=TIMESTAMP_NTZ: to_timestamp and make_timestamp make timestamps without zone
	ExactDecimals        bool // spark.sql.decimalOperations.allowPrecisionLoss=false
	ConcatBinaryAsString bool // spark.sql.function.concatBinaryAsString
	EltOutputAsString    bool // spark.sql.function.eltOutputAsString
}

// Lookup is the function that name means, in any case, under the settings, or nil.
func (s Settings) Lookup(name string) *logical.Function {
	name = strings.ToLower(name)
	v := variants()
	for _, x := range []struct {
		on  bool
		set map[string]*logical.Function
	}{{s.TimestampNTZ, v.ntz}, {s.ExactDecimals, v.exact}, {s.ConcatBinaryAsString, v.concat}, {s.EltOutputAsString, v.elt}} {
		if f := x.set[name]; x.on && f != nil {
			return f
		}
	}
	return Lookup(name)
}

// variantSets are the functions that each setting puts in the places of others.
type variantSets struct{ ntz, exact, concat, elt map[string]*logical.Function }

var variants = sync.OnceValue(func() variantSets {
	v := variantSets{ntz: map[string]*logical.Function{}, exact: map[string]*logical.Function{}}
	for _, f := range makeTimestamps("", true) {
		v.ntz[f.Name] = f
	}
	for _, f := range parsedTimestamps(columnar.TimestampNTZType) {
		v.ntz[f.Name] = f
	}
	for _, f := range arithmeticOf(true) {
		v.exact[f.Name] = f
		for _, a := range f.Aliases {
			v.exact[a] = f
		}
	}
	v.concat = map[string]*logical.Function{"concat": binaryAsString("concat"), "||": binaryAsString("concat")}
	v.elt = map[string]*logical.Function{"elt": binaryAsString("elt")}
	return v
})

// binaryAsString is the function where binary values become strings.
func binaryAsString(name string) *logical.Function {
	f := *Lookup(name)
	typing := f.Type
	f.Type = func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		texts := make([]columnar.Type, len(args))
		for i, a := range args {
			if texts[i] = a; a.Kind == columnar.Binary {
				texts[i] = columnar.StringType
			}
		}
		return typing(texts)
	}
	return &f
}
