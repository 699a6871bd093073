package rdd

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// anyCase is a name that is the same in any case.
type anyCase string

func (n anyCase) Hash() uint64         { return hashString(strings.ToLower(string(n))) }
func (n anyCase) Equal(o anyCase) bool { return strings.EqualFold(string(n), string(o)) }

// TestOwnKeys: a type's own equality goes before what is derived from it, in tables, partitions and joins.
func TestOwnKeys(t *testing.T) {
	ctx := context.Background()
	for _, opts := range [][]ContextOption{{}, {WithShuffleFiles()}, {WithMemory(64 << 10)}} {
		sc := newTestContext(t, append(opts, WithThreads(2))...)
		words := Parallelize(sc, []anyCase{"Go", "gO", "sql", "SQL", "GO", "Spark"}, 3)
		counts := must[[]Pair[anyCase, int]](t)(ReduceByKey(Map(words, func(w anyCase) Pair[anyCase, int] { return KV(w, 1) }), func(a, b int) int { return a + b },
			NumPartitions(7)).Collect(ctx))
		got := map[string]int{}
		for _, c := range counts {
			got[strings.ToLower(string(c.Key))] += 10 + c.Val
		}
		if len(counts) != 3 || got["go"] != 13 || got["sql"] != 12 || got["spark"] != 11 {
			t.Errorf("counts %v", counts)
		}
		keyed := KeyBy(words, func(w anyCase) anyCase { return w })
		if n := must[int64](t)(Join(keyed, keyed, NumPartitions(5)).Count(ctx)); n != 9+4+1 {
			t.Errorf("%d pairs of equal names", n)
		}
		if vs := must[[]anyCase](t)(Lookup(ctx, PartitionBy(keyed, NewHashPartitioner[anyCase](4)), "sQL")); len(vs) != 2 {
			t.Errorf("lookup found %v", vs)
		}
		if n := must[int64](t)(Distinct(words).Count(ctx)); n != 3 {
			t.Errorf("%d distinct names", n)
		}
	}
}

// person is a key by its name; its methods are those of the pointer.
type person struct{ name string }

func (p *person) Hash() uint64         { return hashString(p.name) }
func (p *person) Equal(o *person) bool { return p.name == o.name }

// TestPointersAsOwnKeys: pointers with an equality of their own are compared by it, and not by where they point.
func TestPointersAsOwnKeys(t *testing.T) {
	ctx := context.Background()
	sc := newTestContext(t, WithThreads(2))
	people := Map(Range(sc, 0, 60, 1, 4), func(i int64) Pair[*person, int64] { return KV(&person{string('a' + rune(i%3))}, int64(1)) })
	counts := must[[]Pair[*person, int64]](t)(ReduceByKey(people, add, NumPartitions(3)).Collect(ctx))
	if len(counts) != 3 || counts[0].Val != 20 || counts[1].Val != 20 || counts[2].Val != 20 {
		t.Errorf("counts %v", counts)
	}
	if n := must[int64](t)(Join(people, people, NumPartitions(2)).Count(ctx)); n != 1200 {
		t.Errorf("%d pairs of equal names", n)
	}
}

// TestSlicesAsKeys: slices, and what holds them, are equal when their elements are.
func TestSlicesAsKeys(t *testing.T) {
	ctx := context.Background()
	sc := newTestContext(t, WithThreads(2), WithMemory(256<<10))
	r := Map(Range(sc, 0, 6000, 1, 5), func(i int64) Pair[[]byte, int64] {
		return KV([]byte{'k', byte(i % 300 % 7), byte(i % 300 / 7)}, int64(1))
	})
	sums := must[[]Pair[[]byte, int64]](t)(ReduceByKey(r, add, NumPartitions(4)).Collect(ctx))
	if len(sums) != 300 || slices.ContainsFunc(sums, func(p Pair[[]byte, int64]) bool { return p.Val != 20 }) {
		t.Errorf("%d keys: %v", len(sums), sums[:min(len(sums), 5)])
	}
	if n := must[int64](t)(Join(r, ReduceByKey(r, add)).Count(ctx)); n != 6000 {
		t.Errorf("%d joined", n)
	}
	if vs := must[[]int64](t)(Lookup(ctx, r, []byte{'k', 0, 0})); len(vs) != 20 {
		t.Errorf("lookup found %d", len(vs))
	}
	type tree []tree
	type path struct {
		names  []string
		scores []float64
		below  tree
	}
	paths := Map(r, func(p Pair[[]byte, int64]) path {
		return path{[]string{"a", string(p.Key[:1])}, []float64{float64(p.Key[1])}, tree{{}, tree{{}}}}
	})
	if n := must[int64](t)(Distinct(paths).Count(ctx)); n != 7 {
		t.Errorf("%d paths", n)
	}
}

// TestKeysWithoutEquality: maps and functions as keys are an error that names the type.
func TestKeysWithoutEquality(t *testing.T) {
	ctx := context.Background()
	r := Map(Range(newTestContext(t), 0, 10, 1, 2), func(i int64) Pair[map[int64]bool, int64] { return KV(map[int64]bool{i: true}, i) })
	_, reduced := ReduceByKey(r, add).Collect(ctx)
	_, joined := Join(r, r).Count(ctx)
	_, found := Lookup(ctx, PartitionBy(r, NewHashPartitioner[map[int64]bool](2)), nil)
	for what, err := range map[string]error{"reduceByKey": reduced, "join": joined, "lookup": found} {
		if err == nil || !strings.Contains(err.Error(), "values of type map[int64]bool cannot be keys") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
