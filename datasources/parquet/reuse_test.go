package parquet

import (
	"path/filepath"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

// keptBatch is a batch that was kept while the scan went on, and where its rows are in the file.
type keptBatch struct {
	columnar.Batch
	rows []int
}

// keeping is which batches are kept, and how.
type keeping struct {
	name string
	want func(i int) bool
	sel  []int32
	how  func(b columnar.Batch) columnar.Batch
}

func joined(b columnar.Batch) columnar.Batch {
	cols := make([]columnar.Vector, len(b.Cols))
	for c, v := range b.Cols {
		cols[c] = columnar.Concat(v.Type(), []columnar.Vector{v, v.Slice(0, 1)})
	}
	return columnar.NewBatch(b.Schema, b.Len+1, cols...)
}

// Batches that are kept stay as they were, whichever they are, while the buffers of the pages of the others are filled anew.
func TestKeptBatches(t *testing.T) {
	batch := pickBatch(t, 60_500)
	all := func(int) bool { return true }
	ways := []keeping{
		{"all", all, nil, columnar.Batch.Retain},
		{"every fifth", func(i int) bool { return i%5 == 0 }, nil, columnar.Batch.Retain},
		{"all but some", func(i int) bool { return i%29 != 3 }, nil, columnar.Batch.Retain},
		{"some rows", func(i int) bool { return i%7 == 1 }, []int32{0, 3, 77}, columnar.Batch.Retain},
		{"joined", func(i int) bool { return i%11 == 2 }, nil, joined},
	}
	for _, codec := range []string{"snappy", "uncompressed"} {
		path := filepath.Join(t.TempDir(), codec+".parquet")
		writeFile(t, path, codec, batch)
		for _, way := range ways {
			t.Run(codec+", "+way.name, func(t *testing.T) {
				for _, k := range readKept(t, path, way) {
					checkKept(t, k, batch)
				}
			})
		}
	}
}

// readKept reads all columns of a file and keeps some of the batches.
func readKept(t *testing.T, path string, way keeping) (kept []keptBatch) {
	t.Helper()
	s := scanOf(t, path)
	task := &sourcetest.Task{Context: t.Context(), Lend: new(columnar.Pool)}
	i, first := 0, 0
	for _, split := range s.Splits() {
		for b, err := range s.Read(task, split) {
			if err != nil {
				t.Fatal(err)
			}
			if way.want(i) {
				b.Sel = way.sel
				k := keptBatch{Batch: way.how(b)}
				for r := range b.Live() {
					k.rows = append(k.rows, first+b.LiveRows().Row(r))
				}
				kept = append(kept, k)
			}
			i, first = i+1, first+b.Len
		}
	}
	return kept
}

// checkKept looks at some rows of a batch: all of a small one.
func checkKept(t *testing.T, k keptBatch, want columnar.Batch) {
	t.Helper()
	for i := 0; i < len(k.rows); i += 1 + len(k.rows)/100 {
		row := k.rows[i]
		for c, v := range k.Cols {
			if got, w := text(v, i), text(want.Cols[c], row); got != w {
				t.Fatalf("row %d column %s: %q, want %q", row, want.Schema.Fields[c].Name, got, w)
			}
		}
	}
}
