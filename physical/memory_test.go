package physical

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// TestTasksTakeTurns runs tasks that each want most of the memory and cannot spill: they run one after the other.
func TestTasksTakeTurns(t *testing.T) {
	const limit = 8 << 20
	for _, threads := range []int{2, 8} {
		sc, err := rdd.NewContext(rdd.WithMemory(limit), rdd.WithThreads(threads))
		if err != nil {
			t.Fatal(err)
		}
		numbers := make([]int, 24)
		for i := range numbers {
			numbers[i] = i
		}
		r := rdd.MapPartitions(rdd.Parallelize(sc, numbers, len(numbers)), func(tc *rdd.TaskContext, in iter.Seq2[int, error]) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				reserve := tc.Reserve("test", nil)
				for range 10 {
					if err := reserve.Grow(limit / 16); err != nil {
						yield(0, err)
						return
					}
				}
				for v, err := range in {
					if !yield(v, err) {
						return
					}
				}
			}
		})
		got, err := r.Collect(t.Context())
		if err != nil || !slices.Equal(got, numbers) {
			t.Errorf("%d threads: %v, %v", threads, got, err)
		}
		if u := sc.Memory().Usage(); u.Execution != 0 {
			t.Errorf("%d threads: %d bytes are still held", threads, u.Execution)
		}
		sc.Close()
	}
}

// TestOutOfResources gives the errors of people's queries Spark's conditions.
func TestOutOfResources(t *testing.T) {
	memory := &rdd.MemoryError{Owner: "sort", Wanted: 10, Limit: 20, Largest: []rdd.MemoryUse{{Owner: "window", Bytes: 15}}}
	for _, c := range []struct {
		err       error
		condition string
		state     string
	}{
		{&rdd.TaskError{Err: memory}, "UNABLE_TO_ACQUIRE_MEMORY", "53200"},
		{columnar.Errorf("FAILED_READ_FILE.NO_HINT", "Reading: %w.", memory), "UNABLE_TO_ACQUIRE_MEMORY", "53200"},
		{&rdd.SpillLimitError{Kind: "sort", Wanted: 1, Used: 2, Limit: 2}, "SPILL_OUT_OF_MEMORY", "82003"},
		{&rdd.TaskError{Err: &rdd.ScratchError{Op: "write", Kind: "sort", Err: errors.New("no space left on device")}}, "SPILL_OUT_OF_MEMORY", "82003"},
		{columnar.Errorf("DIVIDE_BY_ZERO", "Division by zero."), "DIVIDE_BY_ZERO", "22012"},
	} {
		var e *columnar.Error
		if err := cleanError(c.err); !errors.As(err, &e) || e.Condition != c.condition || columnar.SQLState(e.Condition) != c.state {
			t.Errorf("%v: %v, want %s", c.err, err, c.condition)
		}
	}
}
