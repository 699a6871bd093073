package columnar

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// allTypes is a value in text for each type that a cast from STRING can make.
var allTypes = map[string]string{
	"boolean": "true", "tinyint": "1", "smallint": "-2", "int": "3", "bigint": "4", "float": "1.5", "double": "-2.5", "decimal(10,2)": "12.34",
	"decimal(30,2)": "123456789012345678901.23", "string": "a longer text than a view holds", "binary": "bytes", "date": "2024-02-29",
	"timestamp": "2024-02-29 12:34:56.789", "timestamp_ntz": "2024-02-29 12:34:56.789", "interval year to month": "1-2",
	"interval day to second": "1 02:03:04.5", "interval": "1 year 2 days 3.5 seconds",
}

// sampleBatch has a column of each type and form, with NULLs, and nested ones.
func sampleBatch(t *testing.T) Batch {
	t.Helper()
	s := &Schema{}
	var cols []Vector
	add := func(v Vector) {
		s.Fields = append(s.Fields, Field{Name: v.Type().String(), Type: v.Type(), Nullable: true})
		cols = append(cols, v)
	}
	for name, text := range allTypes {
		b := NewStringsBuilder(nil, StringType, 3)
		b.AppendString(text)
		b.AppendNull()
		b.AppendString(text)
		v, err := Cast(CastContext{}, b.Build(), mustParseType(t, name), AllRows(3))
		if err != nil {
			t.Fatal(err)
		}
		add(v)
		add(&List{Typ: ArrayOf(v.Type()), Offsets: []int32{1, 1, 2, 3}, Elems: v})
		add(&Dict{Codes: []int32{2, 0, 1}, Values: v})
		add(NewConst(v.Slice(0, 1), 3))
	}
	keys := NewStrings("a", "b", "a rather long key of the map", "d")
	add(&MapVector{Typ: MapOf(StringType, BigIntType), Offsets: []int32{0, 2, 2, 4}, Keys: keys,
		Values: NewFixed(BigIntType, []int64{1, 2, 3, 4}, nil)})
	valid := FullBitmap(3)
	valid.Clear(1)
	add(&StructVector{Typ: StructOf(Field{Name: "x", Type: StringType}, Field{Name: "y", Type: IntType}), N: 3, Valid: valid,
		Fields: []Vector{keys.Slice(1, 4), NewFixed(IntType, []int32{1, 2, 3}, valid)}})
	return NewBatch(s, 3, cols...)
}

func checkSameRows(t *testing.T, what string, got, want Batch) {
	t.Helper()
	if err := Validate(got); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	want = want.Compact(nil)
	if got.Len != want.Len {
		t.Fatalf("%s: %d rows, want %d", what, got.Len, want.Len)
	}
	for c := range want.Cols {
		for i := range want.Len {
			if g, w := FormatValue(got.Cols[c], i), FormatValue(want.Cols[c], i); g != w {
				t.Errorf("%s: column %s row %d = %s, want %s", what, want.Schema.Fields[c].Name, i, g, w)
			}
		}
	}
}

func TestArrowRoundTrip(t *testing.T) {
	for _, sel := range [][]int32{nil, {0, 2}, {}} {
		b := sampleBatch(t)
		b.Sel = sel
		rec, err := ToRecord(b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rec.MarshalJSON(); err != nil { // Arrow's own code reads every value
			t.Error(err)
		}
		back, err := FromRecord(rec)
		if err != nil {
			t.Fatal(err)
		}
		checkSameRows(t, "Arrow", back, b)
		if sel == nil {
			back, err = FromRecord(rec.NewSlice(1, 3))
			if err != nil {
				t.Fatal(err)
			}
			checkSameRows(t, "Arrow slice", back, b.Slice(1, 3))
		}
	}
}

func TestArrowSharesBuffers(t *testing.T) {
	v := NewFixed(BigIntType, []int64{1, 2, 3}, nil)
	a, err := ToArrow(v)
	if err != nil {
		t.Fatal(err)
	}
	back, err := FromArrow(a)
	if err != nil {
		t.Fatal(err)
	}
	if &back.(*Fixed[int64]).Values[0] != &v.Values[0] {
		t.Error("BIGINT values were copied on the way to Arrow and back")
	}
}

func TestFromForeignArrow(t *testing.T) {
	f := func(dt arrow.DataType, json, want string) {
		t.Helper()
		a, _, err := array.FromJSON(memory.DefaultAllocator, dt, bytes.NewReader([]byte(json)))
		if err != nil {
			t.Fatal(err)
		}
		v, err := FromArrow(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := Validate(NewBatch(nil, v.Len(), v)); err != nil {
			t.Errorf("%s: %v", dt, err)
		}
		got := v.Type().String() + ":"
		for i := range v.Len() {
			got += " " + FormatValue(v, i)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", dt, got, want)
		}
	}
	f(arrow.BinaryTypes.String, `["a", null, "a string of many bytes"]`, "string: a NULL a string of many bytes")
	f(arrow.BinaryTypes.LargeString, `["", "a string of many bytes"]`, "string:  a string of many bytes")
	f(arrow.PrimitiveTypes.Uint8, `[255, null]`, "smallint: 255 NULL")
	f(arrow.PrimitiveTypes.Uint64, `[12, null]`, "decimal(20,0): 12 NULL")
	f(arrow.FixedWidthTypes.Timestamp_ns, `["1969-12-31 23:59:59.999999999"]`, "timestamp: 1969-12-31 23:59:59.999999")
	f(&arrow.TimestampType{Unit: arrow.Second}, `["2024-01-01 00:00:01"]`, "timestamp_ntz: 2024-01-01 00:00:01")
	f(arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int32), `[[1, 2], [3, null]]`, "array<int>: [1, 2] [3, null]")
	f(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, `["x", null, "x", "y"]`,
		"string: x NULL x y")
	f(arrow.StructOf(arrow.Field{Name: "a", Type: arrow.Null, Nullable: true}), `[{"a": null}]`, "struct<a:void>: {null}")
}

func TestEncodeBatch(t *testing.T) {
	var file bytes.Buffer
	b := sampleBatch(t)
	selected := b
	selected.Sel = []int32{1, 2}
	for _, x := range []Batch{b, selected, {Schema: b.Schema, Cols: b.Slice(0, 0).Cols}} {
		if err := EncodeBatch(&file, x); err != nil {
			t.Fatal(err)
		}
	}
	whole := bytes.Clone(file.Bytes())
	for _, want := range []Batch{b, selected, b.Slice(0, 0)} {
		got, err := DecodeBatch(&file, b.Schema)
		if err != nil {
			t.Fatal(err)
		}
		checkSameRows(t, "block", got, want)
	}
	if _, err := DecodeBatch(&file, b.Schema); !errors.Is(err, io.EOF) {
		t.Errorf("at the end of the file: %v, want EOF", err)
	}
	if _, err := DecodeBatch(bytes.NewReader(whole[:len(whole)/8]), b.Schema); err == nil {
		t.Error("half a block was read without an error")
	}
}

// Damaged blocks give an error or another batch, but neither a panic nor reads out of bounds.
func TestDecodeDamagedBlock(t *testing.T) {
	var file bytes.Buffer
	b := sampleBatch(t)
	if err := EncodeBatch(&file, b); err != nil {
		t.Fatal(err)
	}
	for i := 8; i < file.Len(); i++ {
		damaged := bytes.Clone(file.Bytes())
		damaged[i] ^= 0x55
		if got, err := DecodeBatch(bytes.NewReader(damaged), b.Schema); err == nil {
			if err := Validate(got); err != nil {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
}

func TestValidateFindsFaults(t *testing.T) {
	s := NewSchema(Field{Name: "a", Type: IntType})
	ints := NewFixed(IntType, []int32{1, 2}, nil)
	f := func(what string, b Batch) {
		t.Helper()
		if Validate(b) == nil {
			t.Errorf("no fault found: %s", what)
		}
	}
	f("length", Batch{Schema: s, Cols: []Vector{ints}, Len: 3})
	f("type", Batch{Schema: s, Cols: []Vector{NewFixed(BigIntType, []int64{1, 2}, nil)}, Len: 2})
	f("layout", Batch{Schema: s, Cols: []Vector{NewFixed(IntType, []int64{1, 2}, nil)}, Len: 2})
	f("selection", Batch{Schema: s, Cols: []Vector{ints}, Len: 2, Sel: []int32{1, 1}})
	f("code", Batch{Schema: s, Cols: []Vector{&Dict{Codes: []int32{0, 2}, Values: ints}}, Len: 2})
	f("offset", Batch{Cols: []Vector{&List{Typ: ArrayOf(IntType), Offsets: []int32{0, 3}, Elems: ints}}, Len: 1})
	f("view", Batch{Cols: []Vector{&Strings{Typ: StringType, Views: []View{{Length: 20}}}}, Len: 1})
	if err := Validate(NewBatch(s, 2, ints)); err != nil {
		t.Error(err)
	}
}
