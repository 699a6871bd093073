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
