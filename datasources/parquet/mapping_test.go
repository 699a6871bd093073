package parquet

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
	"github.com/gosql-engine/gosql/logical"
)

// scanOf opens a file and returns a scan of all its columns.
func scanOf(t *testing.T, path string) logical.Scan {
	t.Helper()
	table, err := Format{}.Open(t.Context(), []string{path}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	columns := make([]int, table.Schema().Len())
	for i := range columns {
		columns[i] = i
	}
	s, err := table.Scan(t.Context(), logical.ScanRequest{Columns: columns, Limit: -1, Slots: 1, Batch: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A file gives the same rows wherever its bytes are read: in place, into buffers, or some so and some so; the second time too.
func TestMapped(t *testing.T) {
	batch := pickBatch(t, 6_500)
	for _, codec := range []string{"snappy", "uncompressed"} {
		path := filepath.Join(t.TempDir(), codec+".parquet")
		writeFile(t, path, codec, batch.Slice(0, 3_000), batch.Slice(3_000, 6_500))
		for name, budget := range map[string]int64{"all": 1 << 30, "a part": 100_000, "nothing": 0} {
			t.Run(codec+", "+name, func(t *testing.T) {
				s := scanOf(t, path)
				maps := logical.NewMapBudget(budget)
				for range 2 {
					first := 0
					task := &sourcetest.Task{Context: t.Context(), Lend: new(columnar.Pool), Map: maps}
					for _, split := range s.Splits() {
						for b, err := range s.Read(task, split) {
							if err != nil {
								t.Fatal(err)
							}
							k := keptBatch{Batch: b}
							for r := range b.Len {
								k.rows = append(k.rows, first+r)
							}
							checkKept(t, k, batch)
							first += b.Len
						}
					}
					if first != batch.Len {
						t.Errorf("%d rows, want %d", first, batch.Len)
					}
				}
				if taken := !maps.Take(budget); taken != (budget > 0 && canMap) {
					t.Errorf("of a budget of %d bytes something was taken: %v", budget, taken)
				}
			})
		}
	}
}

// A file that is cut while it is read is an error, not the end of the process.
func TestCutWhileMapped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.parquet")
	writeFile(t, path, "uncompressed", pickBatch(t, 60_500))
	s := scanOf(t, path)
	task := &sourcetest.Task{Context: t.Context(), Lend: new(columnar.Pool), Map: logical.NewMapBudget(1 << 30)}
	var failed error
	for _, split := range s.Splits() {
		for _, err := range s.Read(task, split) {
			if err != nil {
				failed = err
			} else if err := os.Truncate(path, 4096); err != nil {
				t.Fatal(err)
			}
		}
	}
	if e, ok := failed.(*columnar.Error); !ok || e.Condition != "FAILED_READ_FILE.FILE_CHANGED" && (canMap || e.Condition != "FAILED_READ_FILE.NO_HINT") {
		t.Errorf("the error is %v", failed)
	}
}

// What a table took of the budget is free again when nobody uses the table any more.
func TestMappingsEnd(t *testing.T) {
	const most = 1 << 30
	path := filepath.Join(t.TempDir(), "f.parquet")
	writeFile(t, path, "snappy", pickBatch(t, 1000))
	maps := logical.NewMapBudget(most)
	func() {
		s := scanOf(t, path)
		for _, split := range s.Splits() {
			for _, err := range s.Read(&sourcetest.Task{Context: t.Context(), Map: maps}, split) {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}()
	for end := time.Now().Add(10 * time.Second); !maps.Take(most); time.Sleep(time.Millisecond) {
		if runtime.GC(); time.Now().After(end) {
			t.Fatal("the budget is not whole again")
		}
	}
}
