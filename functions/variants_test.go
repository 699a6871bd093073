package functions_test

import (
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
)

// TestSettings checks what the settings of a session make of a name.
func TestSettings(t *testing.T) {
	d := func(p, s int) columnar.Type { return columnar.DecimalType(p, s) }
	f := func(s functions.Settings, name, want string, args ...columnar.Type) {
		t.Helper()
		fn := s.Lookup(name)
		if fn == nil {
			t.Errorf("there is no %s", name)
			return
		}
		exprs := make([]logical.Expr, len(args))
		for i, a := range args {
			exprs[i] = logical.NewAttr("c", a, true)
		}
		var got columnar.Type
		var err error
		if fn.TypeExprs != nil {
			_, got, err = fn.TypeExprs(exprs)
		} else {
			_, got, err = fn.Type(args)
		}
		if err != nil || got.String() != want {
			t.Errorf("%s under %+v is %s (%v), want %s", name, s, got, err, want)
		}
	}
	text, bin := columnar.StringType, columnar.BinaryType
	f(functions.Settings{}, "to_timestamp", "timestamp", text)
	f(functions.Settings{TimestampNTZ: true}, "TO_TIMESTAMP", "timestamp_ntz", text)
	f(functions.Settings{TimestampNTZ: true}, "try_make_timestamp", "timestamp_ntz", columnar.DateType)
	f(functions.Settings{TimestampNTZ: true}, "to_timestamp_ltz", "timestamp", text)
	f(functions.Settings{}, "*", "decimal(38,15)", d(38, 18), d(2, 0))
	exact := functions.Settings{ExactDecimals: true}
	f(exact, "*", "decimal(38,18)", d(38, 18), d(2, 0))
	f(exact, "+", "decimal(38,18)", d(38, 18), d(38, 18))
	f(exact, "/", "decimal(38,19)", d(38, 18), d(2, 0))
	f(exact, "mod", "decimal(3,2)", d(5, 2), d(3, 2))
	f(functions.Settings{}, "concat", "binary", bin, bin)
	f(functions.Settings{ConcatBinaryAsString: true}, "||", "string", bin, bin)
	f(functions.Settings{EltOutputAsString: true}, "elt", "string", columnar.IntType, bin)
}
