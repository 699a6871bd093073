package rdd

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// version is a key without an order of its own.
type version struct{ major, minor int }

func compareVersions(a, b version) int {
	return cmp.Or(cmp.Compare(a.major, b.major), cmp.Compare(a.minor, b.minor))
}

func TestSortByCustomOrder(t *testing.T) {
	sc := newTestContext(t)
	versions := Parallelize(sc, []version{{1, 10}, {1, 9}, {0, 3}, {2, 0}, {1, 2}, {0, 1}}, 3)
	self := func(v version) version { return v }
	for _, c := range []struct {
		name, got, want string
	}{
		{"ascending", show(t, SortByFunc(versions, self, compareVersions, NumPartitions(2))), "[[{0 1} {0 3} {1 2}] [{1 9} {1 10} {2 0}]]"},
		{"descending", show(t, SortByFunc(versions, self, compareVersions, NumPartitions(2), Descending())), "[[{2 0} {1 10} {1 9}] [{1 2} {0 3} {0 1}]]"},
		{"stable", show(t, SortByFunc(Parallelize(sc, strings.Fields("b A a B"), 2), strings.ToLower, strings.Compare, NumPartitions(1))), "[[A a b B]]"},
		{"nothing", show(t, SortByFunc(versions.Filter(func(version) bool { return false }), self, compareVersions)), "[[]]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s\n want %s", c.name, c.got, c.want)
		}
	}
}

func TestRangePartitionerForPartitionBy(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	keys := []float64{5, 1, math.NaN(), 3, 2, 4, 0, math.Inf(-1)}
	pairs := KeyBy(Parallelize(sc, keys, 3), func(k float64) float64 { return k })
	for _, c := range []struct {
		name string
		p    *RangePartitioner[float64]
		want string
	}{
		{"ascending", NewRangePartitioner(pairs, 3), "[[1 0 -Inf] [3 2 4] [5 NaN]]"},
		{"descending", NewRangePartitioner(pairs, 3, Descending()), "[[5 NaN] [3 2 4] [1 0 -Inf]]"},
		{"by absolute value", NewRangePartitionerFunc(pairs, 2, func(a, b float64) int {
			return compareKeys(math.Abs(a), math.Abs(b))
		}), "[[1 3 2 0] [5 NaN 4 -Inf]]"},
		{"one range", NewRangePartitioner(pairs, 1), "[[5 1 NaN 3 2 4 0 -Inf]]"},
	} {
		moved := PartitionBy(pairs, c.p)
		if got := show(t, Keys(moved)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if moved.Partitioner() != Partitioner(c.p) || PartitionBy(moved, c.p) != moved {
			t.Errorf("%s: the partitioner does not hold", c.name)
		}
	}
	same := Keys(PartitionBy(KeyBy(Parallelize(sc, make([]int, 50), 4), func(int) int { return 7 }), NewRangePartitioner(KeyBy(Parallelize(sc, []int{7, 7}, 1), func(k int) int { return k }), 5)))
	parts := must[[][]int](t)(Glom(same).Collect(ctx))
	if full := slices.IndexFunc(parts, func(p []int) bool { return len(p) == 50 }); full < 0 {
		t.Errorf("one key in several ranges: %v", fmt.Sprint(parts))
	}
}
