package physical

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// littleMemory is what the joins of these tests do not fit in.
const littleMemory = 3 << 20

// agree runs a plan with all memory and with little, and wants the same rows in some order.
func agree(t *testing.T, name string, op Operator, partitions int) {
	t.Helper()
	op = ensure(op, &Conf{ShufflePartitions: partitions})
	want, err := testRows(t, op, Conf{ShufflePartitions: partitions})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, threads := range []int{1, 3} {
		got, err := testRows(t, op, Conf{ShufflePartitions: partitions, Slots: threads}, rdd.WithMemory(littleMemory), rdd.WithThreads(threads))
		slices.Sort(want)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, %d threads: %v; %d rows with little memory, %d with enough", name, threads, err, len(got), len(want))
		}
	}
}

// TestBroadcastBeyondMemory broadcasts sides that do not fit: the plan becomes one without the broadcast.
func TestBroadcastBeyondMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	left, right := randomSide(r, 3000, 20_000, 1, 500, 0.05), randomSide(r, 45_000, 20_000, 1, 500, 0.05)
	for _, kind := range joinKinds {
		n := &logical.Join{Type: kind, Left: left.node(), Right: right.node(), Cond: testCall("=", left.attrs[0], right.attrs[0]),
			Mark: logical.NewAttr("mark", columnar.BooleanType, true)}
		s := newJoinSpec(n, left.attrs, right.attrs)
		if broadcasts(s, false) {
			agree(t, kind.String(), newHashJoin(s, left.op(), right.op(), false, true), 3)
		}
		n.NullAware = kind == logical.LeftAnti || kind == logical.LeftMark
		if n.NullAware {
			agree(t, "null-aware "+kind.String(), newHashJoin(newJoinSpec(n, left.attrs, right.attrs), left.op(), right.op(), false, true), 3)
		}
	}
}

// TestGiantKey joins sides of which most rows have one key, or NULL, so that no partition by keys would be smaller.
func TestGiantKey(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	for _, sizes := range [][2]int{{8, 40_000}, {40_000, 8}, {300, 400}} {
		for _, nulls := range []float64{0.02, 0.8} {
			left, right := randomSide(r, sizes[0], 2, 1, 30, nulls), randomSide(r, sizes[1], 2, 1, 500, nulls)
			for _, kind := range joinKinds {
				n := &logical.Join{Type: kind, Left: left.node(), Right: right.node(),
					Cond: testCall("and", testCall("=", left.attrs[0], right.attrs[0]), testCall("<", left.attrs[2], right.attrs[2])),
					Mark: logical.NewAttr("mark", columnar.BooleanType, true)}
				s := newJoinSpec(n, left.attrs, right.attrs)
				agree(t, kind.String(), newMergeJoin(s, left.op(), right.op()), 2)
				agree(t, kind.String(), newHashJoin(s, left.op(), right.op(), false, false), 2)
			}
		}
	}
}

// TestLoopBeyondMemory holds rows against a side that does not fit.
func TestLoopBeyondMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	left, right := randomSide(r, 60, 40, 700, 20, 0.05), randomSide(r, 45_000, 30_000, 1, 500, 0.05)
	for _, kind := range joinKinds {
		for _, aware := range []bool{false, kind == logical.LeftAnti || kind == logical.LeftMark} {
			cond := testCall("and", testCall("=", left.attrs[0], right.attrs[0]), testCall("<", left.attrs[2], right.attrs[2]))
			n := &logical.Join{Type: kind, Left: left.node(), Right: right.node(), Cond: cond, NullAware: aware,
				Mark: logical.NewAttr("mark", columnar.BooleanType, true)}
			agree(t, kind.String(), newNestedLoopJoin(newJoinSpec(n, left.attrs, right.attrs), cond, left.op(), right.op()), 2)
		}
	}
}
