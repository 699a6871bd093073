package columnar

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// table reads the lines of a file in testdata that are not comments, split at tabs.
func table(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

var castModes = map[string]CastMode{"ansi": CastANSI, "try": CastTry, "legacy": CastLegacy}

func mustParseType(t *testing.T, s string) Type {
	t.Helper()
	typ, err := ParseType(s)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

// shown is row i as the spark-sql shell prints it, or the error.
func shown(v Vector, i int, err error) string {
	var e *Error
	if errors.As(err, &e) {
		if strings.HasPrefix(e.Condition, "DATATYPE_MISMATCH") {
			return "[" + e.Condition + "]"
		}
		return "[" + e.Condition + "] " + e.Message
	}
	return string(AppendHive(nil, v, i, time.UTC, BinaryUTF8))
}

func TestCastAnswersOfSpark(t *testing.T) {
	unescape := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t")
	for _, row := range table(t, "casts.tsv") {
		mode, from, to := castModes[row[0]], mustParseType(t, row[1]), mustParseType(t, row[3])
		text, want := unescape.Replace(row[2]), unescape.Replace(row[4])
		in, err := Cast(CastContext{}, NewStrings("", text, ""), from, Rows{3, []int32{1}})
		if err != nil {
			t.Errorf("%q as %s: %v", text, from, err)
			continue
		}
		cc := CastContext{Mode: mode}
		forms := map[string]Vector{
			"flat": in, "const": NewConst(Take(nil, in, []int32{1}), 3), "dict": &Dict{Codes: []int32{0, 1, 1}, Values: in},
		}
		for form, v := range forms {
			out, err := Cast(cc, v, to, Rows{3, []int32{1}})
			if got := shown(out, 1, err); got != want {
				t.Errorf("%s %s: CAST(%s %q AS %s) = %s, want %s", row[0], form, from, text, to, got, want)
			}
			if form != "const" && err != nil {
				if _, err := Cast(cc, v, to, Rows{3, []int32{}}); err != nil && !strings.HasPrefix(want, "[DATATYPE") {
					t.Errorf("%s: CAST(%q AS %s) fails for rows that are not selected: %v", form, text, to, err)
				}
			}
		}
	}
}

func TestCanCast(t *testing.T) {
	rows := table(t, "castable.tsv")
	targets := rows[0][2:]
	for _, row := range rows[1:] {
		mode, from := castModes[row[0]], mustParseType(t, row[1])
		for i, name := range targets {
			to, want := mustParseType(t, name), row[2][i]
			if got := CanCast(from, to, mode); got != (want == 'y') {
				t.Errorf("CanCast(%s, %s) in mode %s = %v", from, to, row[0], got)
			}
			_, err := Cast(CastContext{Mode: mode}, NullVector(from, 2), to, AllRows(2))
			got := byte('y')
			if err != nil {
				got = map[string]byte{"WITHOUT": '.', "WITH_CO": 'c', "WITH_FU": 'f'}[err.(*Error).Condition[len("DATATYPE_MISMATCH.CAST_"):][:7]]
			}
			if got != want {
				t.Errorf("cast of %s to %s in mode %s: %v, want %c", from, to, row[0], err, want)
			}
		}
	}
}

// Every pair of types that can be cast is cast, so that none is missing from the dispatch.
func TestCastEveryPair(t *testing.T) {
	for _, mode := range castModes {
		for _, row := range table(t, "castable.tsv")[1:] {
			from := mustParseType(t, row[1])
			b := NewBuilder(from, 2)
			b.AppendNull()
			in := b.Build()
			if v, err := Cast(CastContext{Mode: CastTry}, NewStrings("1"), from, AllRows(1)); err == nil {
				in = v
			}
			for _, row := range table(t, "castable.tsv")[1:] {
				to := mustParseType(t, row[1])
				if !CanCast(from, to, mode) || to.Kind == Void {
					continue
				}
				out, err := Cast(CastContext{Mode: mode}, in, to, AllRows(1))
				if err != nil && strings.Contains(err.Error(), "Cannot resolve") {
					t.Errorf("%s to %s: %v", from, to, err)
				}
				if err == nil && (out.Type() != to || out.Len() != 1) {
					t.Errorf("%s to %s: a vector of %d %s", from, to, out.Len(), out.Type())
				}
			}
		}
	}
}

func TestCastNested(t *testing.T) {
	ints := NewFixed(IntType, []int32{1, 2, 3, 4}, nil)
	words := NewStrings("1", "x", "3", "4")
	lists := &List{Typ: ArrayOf(StringType), Offsets: []int32{0, 1, 2, 4}, Elems: words}
	f := func(v Vector, to string, sel []int32, row int, want string) {
		t.Helper()
		out, err := Cast(CastContext{}, v, mustParseType(t, to), Rows{v.Len(), sel})
		if got := shown(out, row, err); !strings.HasPrefix(got, want) {
			t.Errorf("cast to %s: %s, want %s", to, got, want)
		}
	}
	f(lists, "array<int>", []int32{0, 2}, 2, "[3,4]")
	f(lists, "array<int>", nil, 2, "[CAST_INVALID_INPUT] The value 'x' of the type \"STRING\" cannot be cast to \"INT\"")
	f(lists, "string", nil, 2, "[3, 4]")
	maps := &MapVector{Typ: MapOf(StringType, IntType), Offsets: []int32{0, 1, 4}, Keys: words, Values: ints}
	f(maps, "map<string,bigint>", nil, 1, `{"3":3,"4":4,"x":2}`)
	f(maps, "string", nil, 1, "{x -> 2, 3 -> 3, 4 -> 4}")
	nulls := NewBitmap(2)
	nulls.Set(0)
	structs := &StructVector{Typ: StructOf(Field{Name: "a", Type: StringType}, Field{Name: "b", Type: IntType}), N: 2,
		Fields: []Vector{words.Slice(0, 2), NewFixed(IntType, []int32{7, 8}, nil)}, Valid: nulls}
	f(structs, "struct<x:int,y:double>", nil, 0, `{"x":1,"y":7.0}`)
	f(structs, "struct<x:int,y:double>", nil, 1, "NULL")
	f(structs, "string", nil, 0, "{1, 7}")
	f(structs, "struct<x:int>", nil, 0, "[DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION]")
}

func TestCastTimeZones(t *testing.T) {
	paris, err := ParseZone("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	cc := CastContext{Zone: paris}
	f := func(in, from, to, want string) {
		t.Helper()
		v, err := Cast(cc, NewStrings(in), mustParseType(t, from), AllRows(1))
		if err != nil {
			t.Fatal(err)
		}
		out, err := Cast(cc, v, mustParseType(t, to), AllRows(1))
		if err != nil {
			t.Fatal(err)
		}
		if got := FormatValue(out, 0); got != want {
			t.Errorf("%s %s as %s = %s, want %s", from, in, to, got, want)
		}
	}
	f("2024-03-31 02:30:00", "timestamp", "string", "2024-03-31 03:30:00") // the clock skips the hour
	f("2024-03-31 02:30:00", "timestamp", "bigint", "1711848600")
	f("2024-10-27 02:30:00", "timestamp", "bigint", "1729989000") // the earlier of two
	f("2024-10-27 02:30:00", "timestamp_ntz", "timestamp", "2024-10-27 00:30:00")
	f("2024-07-01", "date", "timestamp", "2024-06-30 22:00:00")
	f("2024-06-30 23:30:00 UTC", "timestamp", "date", "2024-07-01")
	f("2024-06-30 23:30:00 UTC", "timestamp", "timestamp_ntz", "2024-07-01 01:30:00")
	f("1800-01-01 00:00:00", "timestamp", "bigint", "-5364662961") // local mean time, nine minutes
}
