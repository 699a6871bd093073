package logical

import (
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

// The answers are Spark's: typeof(coalesce(a, b)).
func TestCommonType(t *testing.T) {
	f := func(a, b, want string) {
		t.Helper()
		ta, err := columnar.ParseType(a)
		if err != nil {
			t.Fatal(err)
		}
		tb, err := columnar.ParseType(b)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, ok := CommonType(ta, tb)
			if text := got.String(); ok != (want != "") || ok && text != want {
				t.Errorf("%s and %s: %s (%v), want %s", ta, tb, text, ok, want)
			}
			ta, tb = tb, ta
		}
	}
	f("int", "bigint", "bigint")
	f("tinyint", "tinyint", "tinyint")
	f("int", "double", "double")
	f("float", "int", "double")
	f("float", "bigint", "double")
	f("float", "float", "float")
	f("float", "decimal(2,1)", "double")
	f("bigint", "decimal(2,1)", "decimal(21,1)")
	f("int", "string", "bigint")
	f("tinyint", "string", "bigint")
	f("decimal(5,2)", "string", "double")
	f("float", "string", "double")
	f("date", "string", "date")
	f("boolean", "string", "boolean")
	f("binary", "string", "binary")
	f("boolean", "int", "")
	f("date", "timestamp", "timestamp")
	f("date", "timestamp_ntz", "timestamp_ntz")
	f("timestamp", "timestamp_ntz", "timestamp")
	f("array<int>", "array<bigint>", "array<bigint>")
	f("array<int>", "array<string>", "array<bigint>")
	f("int", "array<int>", "")
	f("map<int,int>", "map<bigint,decimal(2,1)>", "map<bigint,decimal(11,1)>")
	f("struct<a:int>", "struct<a:bigint>", "struct<a:bigint>")
	f("struct<a:int>", "struct<b:bigint>", "")
	f("interval day", "interval hour", "interval day to hour")
	f("interval year", "interval month", "interval year to month")
	f("interval day", "string", "")
	f("interval day", "interval month", "")
	f("void", "int", "int")
	f("void", "void", "void")
	f("decimal(20,10)", "decimal(20,0)", "decimal(30,10)")
	f("decimal(38,10)", "decimal(38,0)", "decimal(38,0)")
}

func TestCommonTypeNoStrings(t *testing.T) {
	if got, ok := CommonTypeNoStrings(columnar.StringType, columnar.IntType); ok {
		t.Errorf("a string and an int meet in %s", got)
	}
	if got, _ := CommonTypeNoStrings(columnar.IntType, columnar.DecimalType(2, 1)); got != columnar.DecimalType(11, 1) {
		t.Errorf("int and decimal(2,1): %s", got)
	}
}

func TestImplicitCast(t *testing.T) {
	f := func(from, to columnar.Type, want bool) {
		t.Helper()
		if ImplicitCast(from, to) != want {
			t.Errorf("%s to %s: %v", from, to, !want)
		}
	}
	f(columnar.BigIntType, columnar.IntType, true)
	f(columnar.IntType, columnar.StringType, true)
	f(columnar.StringType, columnar.DateType, true)
	f(columnar.TimestampType, columnar.DateType, true)
	f(columnar.IntType, columnar.BooleanType, false)
	f(columnar.IntType, columnar.DateType, false)
	f(columnar.ArrayOf(columnar.IntType), columnar.StringType, false)
	f(columnar.ArrayOf(columnar.IntType), columnar.ArrayOf(columnar.DoubleType), true)
	f(columnar.VoidType, columnar.MapOf(columnar.IntType, columnar.IntType), true)
}
