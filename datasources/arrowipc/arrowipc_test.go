package arrowipc

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestSuite(t *testing.T) {
	schema, err := columnar.ParseSchema("i bigint, b boolean, t tinyint, n int, f float, d double, dec decimal(12,2), wide decimal(30,2), s string, " +
		"dt date, ts timestamp, nt timestamp_ntz, bin binary, a array<int>, m map<string,double>, st struct<x:int,y:array<string>>")
	if err != nil {
		t.Fatal(err)
	}
	for _, compression := range []string{"none", "zstd"} {
		t.Run(compression, func(t *testing.T) {
			sourcetest.Suite{Format: Format{}, Schema: schema, Write: map[string]string{"compression": compression}}.Run(t)
		})
	}
}

// A batch that uses little of a big buffer must not be written with all of it.
func TestWriteBatchesOfOneBuffer(t *testing.T) {
	const rows = 4096
	b := columnar.NewStringsBuilder(nil, columnar.StringType, rows)
	for i := range rows {
		b.AppendString(fmt.Sprintf("a value that is not inlined, number %d", i))
	}
	values := b.Build()
	whole := columnar.Batch{Schema: columnar.NewSchema(columnar.Field{Name: "s", Type: columnar.StringType}), Cols: []columnar.Vector{values}, Len: rows}
	sink, err := Format{}.Create("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc, err := sink.(*datasources.FileSink).NewEncoder(&out, whole.Schema)
	if err != nil {
		t.Fatal(err)
	}
	for lo := 0; lo < rows; lo += 64 {
		if err := enc.Write(whole.Slice(lo, lo+64)); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	if limit := rows * 100; out.Len() > limit {
		t.Errorf("%d bytes for %d rows, want at most %d", out.Len(), rows, limit)
	}
	r, err := ipc.NewFileReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range r.NumRecords() {
		record, err := r.RecordAt(i)
		if err != nil {
			t.Fatal(err)
		}
		for k := range int(record.NumRows()) {
			if got, want := record.Column(0).ValueStr(k), string(values.At(i*64+k)); got != want {
				t.Fatalf("record %d row %d: %q, want %q", i, k, got, want)
			}
		}
	}
}

// TestWriteForms writes batches whose columns are codes, one value, or selected, several times over: what one record took from the pool must not
// show in another.
func TestWriteForms(t *testing.T) {
	words := columnar.NewStringsBuilder(nil, columnar.StringType, 3)
	for _, w := range []string{"short", "a word that is too long to be in a view", ""} {
		words.AppendString(w)
	}
	dict := words.Build()
	schema := columnar.NewSchema(columnar.Field{Name: "s", Type: columnar.StringType, Nullable: true}, columnar.Field{Name: "n", Type: columnar.BigIntType})
	sink, err := Format{}.Create("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc, err := sink.(*datasources.FileSink).NewEncoder(&out, schema)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for k := range 20 {
		codes, valid := make([]int32, 50), columnar.FullBitmap(50)
		for i := range codes {
			codes[i] = int32((i + k) % 3)
		}
		valid.Clear(k)
		b := columnar.Batch{Schema: schema, Len: 50, Cols: []columnar.Vector{&columnar.Dict{Codes: codes, Values: dict, Valid: valid},
			columnar.NewConst(columnar.ScalarOf(int64(k)), 50)}}
		if k%2 == 1 {
			b.Sel = []int32{1, 7, 30, int32(k)}
		}
		for i := range b.Live() {
			r := b.LiveRows().Row(i)
			want = append(want, fmt.Sprint(columnar.FormatValue(b.Cols[0], r), b.Cols[0].IsNull(r), k))
		}
		if err := enc.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewFileReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err != nil {
			t.Fatal(err)
		}
		b, err := columnar.FromRecord(rec)
		if err != nil {
			t.Fatal(err)
		}
		for row := range b.Len {
			got = append(got, fmt.Sprint(columnar.FormatValue(b.Cols[0], row), b.Cols[0].IsNull(row), columnar.Int64At(b.Cols[1], row)))
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
