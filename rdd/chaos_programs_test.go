package rdd

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// chaosProgram is a program with an answer that plain Go computes too. How it may end besides, whatever the fault, is in
// allowed.
type chaosProgram struct {
	name    string
	run     func(r *chaosRun) error
	allowed func(err error) bool
}

// chaosPrograms are the programs.
var chaosPrograms = []chaosProgram{
	{name: "word count", run: chaosWordCount},
	{name: "joins", run: chaosJoins},
	{name: "page rank", run: chaosPageRank},
	{name: "sort by key", run: chaosSort},
	{name: "cogroup", run: chaosCoGroup},
	{name: "group by key", run: chaosGroup},
	{name: "sets", run: chaosSets},
	{name: "aggregate by key", run: chaosAggregateByKey},
	{name: "round robin", run: chaosRoundRobin},
	{name: "indeterminate", run: chaosIndeterminate, allowed: isError(errIndeterminateResult)},
	{name: "aggregate", run: chaosAggregate},
	{name: "take", run: chaosTake},
	{name: "k-means", run: chaosKMeans},
	{name: "exchange", run: chaosExchange},
	{name: "stream", run: chaosStream, allowed: func(err error) bool { return errors.As(err, new(*ResultLostError)) }},
}

// user is called by the functions of programs: anything may happen in them.
func (r *chaosRun) user() {
	if err := r.inject.at(hookUser, nil); err != nil {
		panic(err)
	}
}

// parts draws a number of partitions.
func (r *chaosRun) parts() int { return 1 + r.random.IntN(6) }

// level draws where to keep something.
func (r *chaosRun) level() StorageLevel {
	levels := []StorageLevel{MemoryOnly, MemoryOnly2, MemoryOnlySer, MemoryAndDisk, MemoryAndDiskSer2, DiskOnly, DiskOnly2, OffHeap}
	return levels[r.random.IntN(len(levels))]
}

// numbers draws n numbers below limit.
func (r *chaosRun) numbers(n, limit int) []int64 {
	vs := make([]int64, n)
	for i := range vs {
		vs[i] = r.random.Int64N(int64(limit))
	}
	return vs
}

// pairs draws n pairs of keys below keys and values.
func (r *chaosRun) pairs(n, keys int) []Pair[int64, int64] {
	ps := make([]Pair[int64, int64], n)
	for i := range ps {
		ps[i] = KV(r.random.Int64N(int64(keys)), int64(i))
	}
	return ps
}

// same compares an answer with what plain Go computed.
func same[T any](what string, got, want T) error {
	if reflect.DeepEqual(got, want) {
		return nil
	}
	clip := func(v any) string { s := fmt.Sprint(v); return s[:min(len(s), 1500)] }
	return &wrongAnswer{fmt.Sprintf("wrong answer: %s\n got %s\nwant %s", what, clip(got), clip(want))}
}

// byKey sorts pairs.
func byKey[K cmp.Ordered, V any](ps []Pair[K, V]) []Pair[K, V] {
	slices.SortStableFunc(ps, func(a, b Pair[K, V]) int { return cmp.Compare(a.Key, b.Key) })
	return ps
}

// asPairs lists a map by key.
func asPairs[K cmp.Ordered, V any](m map[K]V) []Pair[K, V] {
	ps := []Pair[K, V]{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		ps = append(ps, KV(k, m[k]))
	}
	return ps
}

// asText prints elements and sorts the prints, for answers whose order is not promised.
func asText[T any](vs []T) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = fmt.Sprint(v)
	}
	slices.Sort(out)
	return out
}

func chaosWordCount(r *chaosRun) error {
	words := strings.Fields("to be or not that is the question whether it nobler in mind suffer")
	var lines []string
	want := map[string]int{}
	for range 50 + r.random.IntN(100) {
		var line []string
		for range r.random.IntN(8) {
			w := words[r.random.IntN(len(words))]
			line = append(line, w)
			want[w]++
		}
		lines = append(lines, strings.Join(line, " "))
	}
	split := FlatMap(Parallelize(r.sc, lines, r.parts()), func(s string) iter.Seq[string] { r.user(); return strings.FieldsSeq(s) })
	ones := Map(split, func(w string) Pair[string, int] { return KV(w, 1) })
	counts := ReduceByKey(ones, func(a, b int) int { return a + b }, NumPartitions(r.parts()))
	got, err := counts.Collect(r.ctx)
	if err != nil {
		return err
	}
	return same("counts", byKey(got), asPairs(want))
}

func chaosJoins(r *chaosRun) error {
	left, right := r.pairs(60+r.random.IntN(60), 40), r.pairs(60, 40)
	var inner, outer []string
	matched := map[int64]bool{}
	for _, a := range left {
		found := false
		for _, b := range right {
			if a.Key == b.Key {
				found, matched[b.Key] = true, true
				inner = append(inner, fmt.Sprint(KV(a.Key, KV(a.Val, b.Val))))
				outer = append(outer, fmt.Sprint(KV(a.Key, KV(Maybe[int64]{a.Val, true}, Maybe[int64]{b.Val, true}))))
			}
		}
		if !found {
			outer = append(outer, fmt.Sprint(KV(a.Key, KV(Maybe[int64]{a.Val, true}, Maybe[int64]{}))))
		}
	}
	for _, b := range right {
		if !matched[b.Key] {
			outer = append(outer, fmt.Sprint(KV(b.Key, KV(Maybe[int64]{}, Maybe[int64]{b.Val, true}))))
		}
	}
	slices.Sort(inner)
	slices.Sort(outer)
	a := Parallelize(r.sc, left, r.parts()).Filter(func(Pair[int64, int64]) bool { r.user(); return true })
	b := Parallelize(r.sc, right, r.parts())
	in, err := Join(a, b, NumPartitions(r.parts())).Collect(r.ctx)
	if err != nil {
		return err
	}
	if err := same("inner", asText(in), inner); err != nil {
		return err
	}
	out, err := FullOuterJoin(a, b, NumPartitions(r.parts())).Collect(r.ctx)
	if err != nil {
		return err
	}
	return same("outer", asText(out), outer)
}

func chaosSort(r *chaosRun) error {
	data := r.pairs(200+r.random.IntN(200), 100)
	var opts []Option
	compare := func(a, b Pair[int64, int64]) int { return cmp.Compare(a.Key, b.Key) }
	if r.random.IntN(2) == 0 {
		opts = append(opts, Descending())
		compare = func(a, b Pair[int64, int64]) int { return cmp.Compare(b.Key, a.Key) }
	}
	in := Parallelize(r.sc, data, r.parts()).Filter(func(Pair[int64, int64]) bool { r.user(); return true })
	got, err := SortByKey(in, append(opts, NumPartitions(r.parts()))...).Collect(r.ctx)
	if err != nil {
		return err
	}
	want := slices.Clone(data)
	slices.SortStableFunc(want, compare)
	return same("sorted", got, want)
}

func chaosCoGroup(r *chaosRun) error {
	left, right := r.pairs(100, 30), r.pairs(100, 50)
	want := map[int64]Groups[int64, int64]{}
	for _, p := range left {
		g := want[p.Key]
		g.Left = append(g.Left, p.Val)
		want[p.Key] = g
	}
	for _, p := range right {
		g := want[p.Key]
		g.Right = append(g.Right, p.Val)
		want[p.Key] = g
	}
	a := Parallelize(r.sc, left, r.parts())
	b := Parallelize(r.sc, right, r.parts()).Filter(func(Pair[int64, int64]) bool { r.user(); return true })
	got, err := CoGroup(a, b, NumPartitions(r.parts())).Collect(r.ctx)
	if err != nil {
		return err
	}
	return same("groups", byKey(got), asPairs(want))
}

func chaosGroup(r *chaosRun) error {
	data := r.pairs(300, 1+r.random.IntN(60))
	want := map[int64]string{}
	for _, p := range data {
		want[p.Key] += fmt.Sprint(p.Val, " ")
	}
	groups := GroupByKey(Parallelize(r.sc, data, r.parts()), NumPartitions(r.parts()))
	text := MapValues(groups, func(vs []int64) (s string) {
		r.user()
		for _, v := range vs {
			s += fmt.Sprint(v, " ")
		}
		return s
	})
	got, err := text.Collect(r.ctx)
	if err != nil {
		return err
	}
	return same("groups, in order", byKey(got), asPairs(want))
}

func chaosSets(r *chaosRun) error {
	a, b := r.numbers(200, 80), r.numbers(150, 120)
	want := map[int64]bool{}
	for _, v := range append(slices.Clone(a), b...) {
		want[v] = true
	}
	ra := Map(Parallelize(r.sc, a, r.parts()), func(v int64) int64 { r.user(); return v })
	all := ra.Union(Parallelize(r.sc, b, r.parts()))
	got, err := Distinct(all, NumPartitions(r.parts())).Collect(r.ctx)
	if err != nil {
		return err
	}
	slices.Sort(got)
	if err := same("distinct", got, slices.Sorted(maps.Keys(want))); err != nil {
		return err
	}
	var only []int64
	for _, v := range a {
		if !slices.Contains(b, v) {
			only = append(only, v)
		}
	}
	unit := func(v int64) Pair[int64, struct{}] { return Pair[int64, struct{}]{Key: v} }
	rest, err := Keys(SubtractByKey(Map(ra, unit), Map(Parallelize(r.sc, b, r.parts()), unit))).Collect(r.ctx)
	if err != nil {
		return err
	}
	return same("subtract", asText(rest), asText(only))
}

// chaosSum is an aggregate of several fields.
type chaosSum struct {
	N        int64
	Sum      int64
	Least    int64
	Seen     []int64
	Greatest string
}

func (s chaosSum) add(v int64) chaosSum {
	return s.join(chaosSum{1, v, v, []int64{v}, fmt.Sprintf("%08d", v)})
}

func (s chaosSum) join(o chaosSum) chaosSum {
	if s.N == 0 {
		return o
	}
	if o.N == 0 {
		return s
	}
	return chaosSum{s.N + o.N, s.Sum + o.Sum, min(s.Least, o.Least), append(slices.Clip(s.Seen), o.Seen...), max(s.Greatest, o.Greatest)}
}

func chaosAggregateByKey(r *chaosRun) error {
	data := r.pairs(300, 40)
	want := map[int64]chaosSum{}
	for _, p := range data {
		want[p.Key] = want[p.Key].add(p.Val)
	}
	sums := AggregateByKey(Parallelize(r.sc, data, r.parts()), func() chaosSum { return chaosSum{} },
		func(s chaosSum, v int64) chaosSum { r.user(); return s.add(v) }, chaosSum.join, NumPartitions(r.parts()))
	got, err := sums.Collect(r.ctx)
	if err != nil {
		return err
	}
	for _, p := range got { // the order in which partitions of values are joined is not promised
		slices.Sort(p.Val.Seen)
	}
	return same("sums", byKey(got), asPairs(want))
}
