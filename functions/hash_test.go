package functions

import (
	"testing"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// The answers are those of Spark 4.3 in UTC.
func TestHashAnswersOfSpark(t *testing.T) {
	f := func(arg, hash, xxhash string) {
		t.Helper()
		if got := evalCall(t, time.UTC, "hash", arg); got != hash {
			t.Errorf("hash(%s) = %s, want %s", arg, got, hash)
		}
		if got := evalCall(t, time.UTC, "xxhash64", arg); got != xxhash {
			t.Errorf("xxhash64(%s) = %s, want %s", arg, got, xxhash)
		}
	}
	f("true@boolean", "-559580957", "-6698625589789238999")
	f("1@tinyint", "-559580957", "-6698625589789238999")
	f("2@smallint", "1765031574", "8420071140774656230")
	f("3@int", "-1823081949", "6258084186791473711")
	f("4@bigint", "1344313940", "404280023041566627")
	f("1.5@float", "-221251528", "6163473420726370430")
	f("-2.5@double", "2027713531", "-2274979855732426304")
	f("-0.0@double", "-1670924195", "-5252525462095825812")
	f("nan@double", "-1281358385", "-3127944061524951246")
	f("nan@float", "-349261430", "2692338816207849720")
	f("12.34@decimal(4,2)", "-1028144669", "-3802813071951760351")
	f("123456789012345678901.23@decimal(30,2)", "-434902821", "1409737168217643118")
	f("-123456789012345678901.23@decimal(30,2)", "-769998348", "93767350383175058")
	f("abc@string", "1322437556", "1423657621850124518")
	f("\x00\xff@binary", "1246198977", "879945414100663330")
	f("2024-02-29@date", "653915859", "4183429117450946631")
	f("2024-02-29 12:34:56.789@timestamp", "-291204334", "5436342251284905688")
	f("1-2@interval year to month", "335551368", "-3715488255824917081")
	f("1 02:03:04.5@interval day to second", "1326975016", "-5867921652851782348")
	f("1 year 2 months 25 days 5 hours 6 minutes 7.5 seconds@interval", "-504672070", "6449704631820846915")
	f("0@decimal(38,0)", "-783713497", "-8959994473701255385")
}

func TestHashOfNested(t *testing.T) {
	valid := columnar.FullBitmap(3)
	valid.Clear(1)
	array := &columnar.List{Typ: columnar.ArrayOf(columnar.IntType), Offsets: []int32{0, 3},
		Elems: columnar.NewFixed(columnar.IntType, []int32{1, 0, 3}, valid)}
	record := &columnar.StructVector{N: 1, Fields: []columnar.Vector{columnar.ScalarOf(int32(1)), columnar.NewStrings("x")},
		Typ: columnar.StructOf(columnar.Field{Name: "a", Type: columnar.IntType}, columnar.Field{Name: "b", Type: columnar.StringType})}
	documented := &columnar.List{Typ: columnar.ArrayOf(columnar.IntType), Offsets: []int32{0, 1}, Elems: columnar.ScalarOf(int32(123))}
	f := func(hash int32, xxhash int64, args ...columnar.Vector) {
		t.Helper()
		for name, want := range map[string]int64{"hash": int64(hash), "xxhash64": xxhash} {
			v, err := Lookup(name).Kind.(logical.Scalar)(&logical.EvalContext{}, columnar.AllRows(1), args)
			if err != nil {
				t.Fatal(err)
			}
			if got := columnar.Int64At(v, 0); got != want {
				t.Errorf("%s = %d, want %d", name, got, want)
			}
		}
	}
	f(1066699649, -3383274367486667931, array)
	f(-1305545736, 8510603489595372987, record)
	f(-559580957, -6698625589789238999, columnar.NullVector(columnar.IntType, 1), columnar.ScalarOf(int32(1)))
	f(-1321691492, 5602566077635097486, columnar.NewStrings("Spark"), documented, columnar.ScalarOf(int32(2)))
}
