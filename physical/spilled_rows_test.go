package physical

import (
	"errors"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// TestSpilledRows reads what was written, as often as it likes, and notices a byte that is another.
func TestSpilledRows(t *testing.T) {
	in := randomSide(rand.New(rand.NewPCG(41, 42)), 5000, 3000, 1, 700, 0.1)
	dir := t.TempDir()
	sc, err := rdd.NewContext(rdd.WithThreads(1), rdd.WithSpillDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer sc.Close()
	one := rdd.MapPartitions(rdd.Parallelize(sc, []int{1}, 1), func(tc *rdd.TaskContext, _ iter.Seq2[int, error]) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			s := newSpilledRows(tc, "test", schemaOf(in.attrs), nil)
			for _, b := range in.batches {
				if err := s.add(b); err != nil {
					yield(0, err)
					return
				}
			}
			for range 2 {
				if n, err := countRows(s); n != 5000 || err != nil {
					t.Errorf("%d rows, %v", n, err)
				}
			}
			damage(t, dir)
			if _, err := countRows(s); !errors.Is(err, errDamaged) {
				t.Errorf("a damaged file: %v", err)
			}
			yield(1, nil)
		}
	})
	if _, err := one.Collect(t.Context()); err != nil {
		t.Error(err)
	}
}

func countRows(s *spilledRows) (n int, err error) {
	for b, err := range s.batches() {
		if err != nil {
			return n, err
		}
		n += b.Len
	}
	return n, nil
}

// damage changes a byte near the end of the one temporary file.
func damage(t *testing.T, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "spill-of-test-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("temporary files %v, %v", files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-columnar.InlineLen] ^= 1
	if err := os.WriteFile(files[0], raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
