package rdd

import (
	"context"
	"fmt"
	"maps"
	"testing"
)

// tally is a combined value with something to be changed at every depth.
type tally struct {
	n        int64
	parts    []int64
	names    map[string][]int64
	next     *tally
	quarters map[int]int
}

func newTally() *tally {
	return &tally{parts: make([]int64, 2), names: map[string][]int64{}, next: &tally{}, quarters: map[int]int{}}
}

func (t *tally) add(v int64) *tally {
	t.n++
	t.parts[v%2]++
	name := fmt.Sprint(v % 5)
	t.names[name] = append(t.names[name], v)
	t.next.n += v
	t.quarters[int(v%4)]++
	return t
}

// join changes a, and keeps slices of b in it.
func (t *tally) join(o *tally) *tally {
	t.n += o.n
	for i, n := range o.parts {
		t.parts[i] += n
	}
	for name, vs := range o.names {
		if mine, ok := t.names[name]; ok {
			t.names[name] = append(mine, vs...)
		} else {
			t.names[name] = vs
		}
	}
	t.next.n += o.next.n
	for k, n := range o.quarters {
		t.quarters[k] += n
	}
	return t
}

func (t *tally) String() string {
	sizes := map[string]int{}
	for name, vs := range t.names {
		sizes[name] = len(vs)
	}
	return fmt.Sprint(t.n, t.parts, sizes, t.next.n, t.quarters)
}

// TestCombinedValuesMayBeChanged: functions that change their first argument change nothing that is read again, by
// another action or by another attempt.
func TestCombinedValuesMayBeChanged(t *testing.T) {
	ctx := context.Background()
	addTo := func(a, b []int64) []int64 {
		for i := range b {
			a[i] += b[i]
		}
		return a
	}
	one := func(v int64) []int64 { return []int64{1, v} }
	programs := map[string]func(r *RDD[Pair[int64, int64]]) func() (string, error){
		"aggregateByKey": func(r *RDD[Pair[int64, int64]]) func() (string, error) {
			sums := AggregateByKey(r, newTally, (*tally).add, (*tally).join)
			return func() (string, error) { vs, err := sums.Collect(ctx); return fmt.Sprint(vs), err }
		},
		"reduceByKey": func(r *RDD[Pair[int64, int64]]) func() (string, error) {
			sums := ReduceByKey(MapValues(r, one), addTo)
			return func() (string, error) { vs, err := sums.Collect(ctx); return fmt.Sprint(vs), err }
		},
		"foldByKey": func(r *RDD[Pair[int64, int64]]) func() (string, error) {
			sums := FoldByKey(MapValues(r, one), make([]int64, 2), addTo)
			return func() (string, error) { vs, err := sums.Collect(ctx); return fmt.Sprint(vs), err }
		},
		"fold": func(r *RDD[Pair[int64, int64]]) func() (string, error) {
			all, zero := Map(Values(r), one), make([]int64, 2)
			return func() (string, error) { v, err := all.Fold(ctx, zero, addTo); return fmt.Sprint(v), err }
		},
		"treeAggregate": func(r *RDD[Pair[int64, int64]]) func() (string, error) {
			return func() (string, error) {
				return resultText(TreeAggregate(ctx, Values(r), newTally, (*tally).add, (*tally).join, 3))
			}
		},
		"treeReduce": func(r *RDD[Pair[int64, int64]]) func() (string, error) {
			return func() (string, error) { return resultText(TreeReduce(ctx, Map(Values(r), one), addTo, 3)) }
		},
	}
	for name, program := range programs {
		want := ""
		for _, opts := range [][]ContextOption{{}, {WithShuffleFiles()}, {WithFaults(1, 0.4)}, {WithFaults(2, 0.4)}} {
			sc := newTestContext(t, append(opts, WithThreads(2))...)
			run := program(KeyBy(Range(sc, 0, 1200, 1, 12), func(v int64) int64 { return v % 3 }))
			for i := range 3 {
				got, err := run()
				if want == "" {
					want = got
				}
				if err != nil || got != want {
					t.Errorf("%s, action %d: %s %v, want %s", name, i, got, err, want)
				}
			}
		}
	}
}

// resultText prints a result.
func resultText[T any](v T, err error) (string, error) { return fmt.Sprint(v), err }

// TestClones: what assignment copies has no cloner; a clone shares nothing that can be changed, and keeps its shape.
func TestClones(t *testing.T) {
	type flat struct {
		A [3]int
		S string
		F func()
	}
	if clonerOf[flat]() != nil || clonerOf[Pair[string, float64]]() != nil {
		t.Error("flat types are cloned")
	}
	type loop struct {
		tally
		any  any
		next *loop
	}
	ring := &loop{tally: tally{names: map[string][]int64{"x": {1, 2}}, parts: []int64{3}}, any: []int{4}}
	ring.next = ring
	c := clonerOf[*loop]()(ring)
	if c == ring || c.next != c {
		t.Error("a value that holds itself lost its shape")
	}
	c.names["x"][0], c.parts[0], c.any.([]int)[0] = 9, 9, 9
	c.names["y"] = nil
	if fmt.Sprint(ring.names, ring.parts, ring.any) != "map[x:[1 2]] [3] [4]" {
		t.Errorf("the original was changed: %v %v %v", ring.names, ring.parts, ring.any)
	}
	if none := clonerOf[map[string]int]()(nil); none != nil {
		t.Error("a nil map is no longer nil")
	}
	if m := clonerOf[map[string]int]()(map[string]int{"a": 1}); !maps.Equal(m, map[string]int{"a": 1}) {
		t.Errorf("%v", m)
	}
}
