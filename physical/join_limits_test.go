package physical

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// TestSingleJoin joins like a scalar subquery: each left row has one match at most, or the query fails.
func TestSingleJoin(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	left, many := randomSide(r, 50, 10, 1, 8, 0), randomSide(r, 50, 10, 1, 8, 0)
	one := randomSide(r, 1, 1, 1, 1, 0)
	for _, right := range []*side{one, many} {
		n := &logical.Join{Type: logical.LeftSingle, Left: left.node(), Right: right.node(), Cond: joinCases[0].cond(left, right)}
		for name, op := range joinAlgorithms(n, left, right) {
			got, err := testRows(t, op, Conf{ShufflePartitions: 2})
			if right == one {
				outer := *n
				outer.Type = logical.LeftOuter
				slices.Sort(got)
				if want := naive(&outer, joinCases[0], left, right); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s: %v, %d rows, want %d", name, err, len(got), len(want))
				}
				continue
			}
			var e *columnar.Error
			if !errors.As(err, &e) || e.Condition != "SCALAR_SUBQUERY_TOO_MANY_ROWS" {
				t.Errorf("%s with several matches: %v", name, err)
			}
		}
	}
}

// TestJoinBeyondMemory joins partitions whose tables do not fit: they are sorted, with spilling, and merged.
func TestJoinBeyondMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	left, right := randomSide(r, 20_000, 15_000, 3, 500, 0.05), randomSide(r, 40_000, 15_000, 3, 500, 0.05)
	for _, kind := range joinKinds {
		n := &logical.Join{Type: kind, Left: left.node(), Right: right.node(), Cond: testCall("=", left.attrs[0], right.attrs[0]),
			Mark: logical.NewAttr("mark", columnar.BooleanType, true)}
		s := newJoinSpec(n, left.attrs, right.attrs)
		for _, buildLeft := range []bool{false, true} {
			if _, ok := modeOf(s, buildLeft); !ok {
				continue
			}
			op := newHashJoin(s, left.op(), right.op(), buildLeft, false)
			want, err := testRows(t, op, Conf{ShufflePartitions: 1})
			if err != nil {
				t.Fatal(err)
			}
			got, err := testRows(t, op, Conf{ShufflePartitions: 1}, rdd.WithMemory(6<<20), rdd.WithThreads(1))
			slices.Sort(want)
			slices.Sort(got)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v, build left %v: %v; %d rows with little memory, %d with enough", kind, buildLeft, err, len(got), len(want))
			}
		}
	}
}

func TestJoinChoice(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	small, large := randomSide(r, 20, 10, 1, 20, 0), randomSide(r, 2000, 10, 1, 500, 0)
	equal := func(l, r *side) logical.Expr { return testCall("=", l.attrs[0], r.attrs[0]) }
	f := func(l, r *side, kind logical.JoinType, cond logical.Expr, hint string, aware bool, limit int64, want string) {
		t.Helper()
		n := &logical.Join{Type: kind, Left: l.node(), Right: r.node(), Cond: cond, Hint: hint, NullAware: aware}
		conf := Conf{BroadcastThreshold: limit}
		p := &planner{conf: &conf, planned: map[logical.Node]Operator{}}
		op, err := p.join(n)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		switch op := op.(type) {
		case *HashJoin:
			got = "shuffled"
			if op.Broadcast {
				got = "broadcast"
			}
			if op.BuildLeft {
				got += " left"
			} else {
				got += " right"
			}
		case *MergeJoin:
			got = "merge"
		case *NestedLoopJoin:
			got = "nested loop"
		}
		if got != want {
			t.Errorf("%v with hint %q and threshold %d: %s, want %s", kind, hint, limit, got, want)
		}
	}
	f(large, small, logical.Inner, equal(large, small), "", false, 0, "broadcast right")
	f(small, large, logical.Inner, equal(small, large), "", false, 0, "broadcast left")
	f(small, large, logical.LeftOuter, equal(small, large), "", false, 0, "broadcast right")
	f(large, small, logical.RightOuter, equal(large, small), "", false, 0, "broadcast left")
	f(large, small, logical.FullOuter, equal(large, small), "", false, 0, "shuffled right")
	f(small, large, logical.FullOuter, equal(small, large), "", false, 0, "shuffled left")
	f(large, small, logical.Inner, equal(large, small), "", false, -1, "shuffled right")
	f(small, large, logical.LeftSemi, equal(small, large), "", false, -1, "shuffled left")
	f(large, small, logical.Inner, equal(large, small), "merge", false, 0, "merge")
	f(large, small, logical.Inner, equal(large, small), "broadcastleft", false, 0, "broadcast left")
	f(large, small, logical.Inner, equal(large, small), "shuffle_hash", false, 0, "shuffled right")
	f(large, small, logical.Inner, testCall("<", large.attrs[0], small.attrs[0]), "", false, 0, "nested loop")
	f(large, small, logical.LeftAnti, equal(large, small), "", true, -1, "broadcast right")
	f(large, small, logical.Inner, equal(large, small), "shuffle_replicate_nl", false, 0, "nested loop")
	f(large, small, logical.Cross, nil, "", false, 0, "nested loop")
}
