package rdd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCoalescePacksByPlace(t *testing.T) {
	sc := newTestContext(t)
	x, y, z := []string{"x"}, []string{"y"}, []string{"z"}
	for _, c := range []struct {
		name   string
		at     [][]string
		n      int
		groups string
		places string
	}{
		{"a group for each place", [][]string{x, y, x, y, x, y}, 2, "[[0 2 4] [1 3 5]]", "[[x] [y]]"},
		{"no preferences: neighbours", [][]string{nil, nil, nil, nil, nil}, 2, "[[0 1] [2 3 4]]", "[[] []]"},
		{"second choices count", [][]string{{"x", "y"}, {"x", "y"}, {"x", "y"}, {"x", "y"}}, 2, "", "[[x] [y]]"},
		{"more groups than places", [][]string{x, x, x, x}, 2, "", "[[x] [x]]"},
		{"fewer partitions than asked for", [][]string{x, y}, 5, "[[0] [1]]", "[[x] [y]]"},
		{"every group gets something", [][]string{x, nil, nil}, 3, "", "[[x] [x] [x]]"},
		{"three places in two groups", [][]string{x, y, z, x, y}, 2, "", "[[x] [y]]"},
	} {
		r := placed(sc, c.at...).Coalesce(c.n)
		parts := must[[][]int](t)(Glom(r).Collect(context.Background()))
		if c.groups != "" && fmt.Sprint(parts) != c.groups {
			t.Errorf("%s: %v, want %s", c.name, parts, c.groups)
		}
		if got := fmt.Sprint(locationsOf(t, r)); got != c.places {
			t.Errorf("%s: at %s, want %s", c.name, got, c.places)
		}
		var all []int
		for i, p := range parts {
			if len(p) == 0 || !slices.Equal(p, r.Dependencies()[0].(*Narrow).Parents(i)) {
				t.Errorf("%s: partition %d holds %v", c.name, i, p)
			}
			all = append(all, p...)
		}
		if slices.Sort(all); len(all) != len(c.at) || len(slices.Compact(all)) != len(c.at) {
			t.Errorf("%s: %v", c.name, parts)
		}
	}
}

// TestCoalesceBalances gives one place far more partitions than the others: they must not all end in one group.
func TestCoalesceBalances(t *testing.T) {
	sc := newTestContext(t)
	at := make([][]string, 200)
	for i := range at {
		at[i] = []string{"crowded"}
		if i%20 == 0 {
			at[i] = []string{fmt.Sprint("quiet", i%4)}
		}
	}
	at[20], at[40] = []string{"quiet1"}, []string{"quiet2"}
	parts := must[[][]int](t)(Glom(placed(sc, at...).Coalesce(4)).Collect(context.Background()))
	for _, p := range parts {
		if len(p) > 50+20+10 || len(p) < 10 {
			t.Errorf("sizes are uneven by more than the slack: %d, %d, %d, %d", len(parts[0]), len(parts[1]), len(parts[2]), len(parts[3]))
			break
		}
	}
}

func TestCoalesceSeesPlacesBelowNarrowDependencies(t *testing.T) {
	sc := newTestContext(t)
	below := placed(sc, []string{"x"}, []string{"y"}, []string{"x"}, []string{"y"})
	mapped := Map(below, func(v int) int { return v }).Union(placed(sc, nil))
	if got := fmt.Sprint(locationsOf(t, Map(mapped, func(v int) int { return v }).Coalesce(2))); got != "[[x] [y]]" {
		t.Error(got)
	}
}

// fixedGroups is a coalescer that always gives the same groups.
type fixedGroups [][]int

func (g fixedGroups) Coalesce(context.Context, int, Lineage) (groups []PartitionGroup, err error) {
	for _, parents := range g {
		groups = append(groups, PartitionGroup{Parents: parents, Location: "here"})
	}
	return groups, nil
}

func TestCoalesceByRule(t *testing.T) {
	sc := newTestContext(t)
	r := Range(sc, 0, 6, 1, 3)
	odd := r.Coalesce(2, CoalescedBy(fixedGroups{{2, 0}, {1}}))
	if got := show(t, odd); got != "[[4 5 0 1] [2 3]]" {
		t.Error(got)
	}
	if got := fmt.Sprint(locationsOf(t, odd)); got != "[[here] [here]]" {
		t.Error(got)
	}
	for want, bad := range map[string]fixedGroups{"does not exist": {{0, 1}, {3}}, "two groups": {{0, 1}, {1, 2}}, "in no group": {{0}, {2}}} {
		if _, err := r.Coalesce(2, CoalescedBy(bad)).Count(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestCoalesceByShuffle(t *testing.T) {
	sc := newTestContext(t)
	more := must[[][]int64](t)(Glom(Range(sc, 0, 100, 1, 1).Coalesce(5, Shuffled())).Collect(context.Background()))
	if len(more) != 5 {
		t.Fatalf("%d partitions", len(more))
	}
	for _, p := range more {
		if len(p) != 20 {
			t.Errorf("elements were not dealt out evenly: %v", more)
		}
	}
	both := Range(sc, 0, 9, 1, 1).Coalesce(3, Shuffled(), CoalescedBy(fixedGroups{{0, 1, 2}}))
	if got := must[[][]int64](t)(Glom(both).Collect(context.Background())); len(got) != 1 || len(got[0]) != 9 {
		t.Error(got)
	}
	nobody := Range(sc, 0, 9, 1, 3).Coalesce(-1)
	if got := len(must[[][]int64](t)(Glom(nobody).Collect(context.Background()))); got != 1 {
		t.Errorf("less than one partition made %d", got)
	}
}
