package rdd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
)

// chaosPageRank keeps its links and, now and then, the ranks.
func chaosPageRank(r *chaosRun) error {
	const nodes, rounds = 24, 3
	var edges []Pair[int64, int64]
	links := map[int64][]int64{}
	for n := range int64(nodes) {
		for range 1 + r.random.IntN(4) {
			to := r.random.Int64N(nodes)
			edges = append(edges, KV(n, to))
			links[n] = append(links[n], to)
		}
	}
	p := NewHashPartitioner[int64](r.parts())
	grouped := GroupByKey(Parallelize(r.sc, edges, r.parts()), PartitionedBy(p)).Persist(r.level())
	defer grouped.Unpersist()
	ranks := MapValues(grouped, func([]int64) float64 { return 1 })
	plain := map[int64]float64{}
	for n := range links {
		plain[n] = 1
	}
	for i := range rounds {
		shares := FlatMap(Values(Join(grouped, ranks, PartitionedBy(p))), func(v Pair[[]int64, float64]) iter.Seq[Pair[int64, float64]] {
			r.user()
			return func(yield func(Pair[int64, float64]) bool) {
				for _, to := range v.Key {
					if !yield(KV(to, v.Val/float64(len(v.Key)))) {
						return
					}
				}
			}
		})
		sums := ReduceByKey(shares, func(a, b float64) float64 { return a + b }, PartitionedBy(p))
		ranks = MapValues(sums, func(s float64) float64 { return 0.15 + 0.85*s })
		if i == 1 {
			ranks.Persist(r.level())
			defer ranks.Unpersist()
		}
		next := map[int64]float64{}
		for n, rank := range plain {
			for _, to := range links[n] {
				next[to] += rank / float64(len(links[n]))
			}
		}
		for n := range next {
			next[n] = 0.15 + 0.85*next[n]
		}
		plain = next
	}
	got, err := ranks.Collect(r.ctx)
	if err != nil {
		return err
	}
	return sameFloats(byKey(got), asPairs(plain))
}

// sameFloats compares sums that were added up in different orders.
func sameFloats(got, want []Pair[int64, float64]) error {
	if len(got) != len(want) {
		return same("ranks", got, want)
	}
	for i := range got {
		if got[i].Key != want[i].Key || math.Abs(got[i].Val-want[i].Val) > 1e-9 {
			return same("ranks", got, want)
		}
	}
	return nil
}

// chaosRoundRobin numbers what was dealt out.
func chaosRoundRobin(r *chaosRun) error {
	data := r.numbers(150+r.random.IntN(100), 1000)
	dealt := Map(Parallelize(r.sc, data, r.parts()), func(v int64) int64 { r.user(); return v }).Repartition(r.parts())
	numbered := ZipWithIndex(dealt)
	if r.random.IntN(2) == 0 {
		numbered = numbered.Repartition(r.parts())
	}
	got, err := numbered.Collect(r.ctx)
	if err != nil {
		return err
	}
	var vs, at []int64
	for _, p := range got {
		vs, at = append(vs, p.Key), append(at, p.Val)
	}
	slices.Sort(vs)
	slices.Sort(at)
	want := make([]int64, len(data))
	for i := range want {
		want[i] = int64(i)
	}
	if err := same("positions", at, want); err != nil {
		return err
	}
	return same("values", vs, slices.Sorted(slices.Values(data)))
}

// chaosIndeterminate reads one shuffle of random values in two ways. Whatever is computed again, both must have seen the
// same values: the documented promise for what is indeterminate.
func chaosIndeterminate(r *chaosRun) error {
	n := int64(60 + r.random.IntN(60))
	keyed := MapPartitions(Range(r.sc, 0, n, 1, r.parts()), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[Pair[int64, int64], error] {
		return func(yield func(Pair[int64, int64], error) bool) {
			for v, err := range in {
				if !yield(KV(v, rand.Int64()), err) || err != nil {
					return
				}
			}
		}
	}, WithDeterminacy(Indeterminate))
	once := PartitionBy(keyed, NewHashPartitioner[int64](r.parts()))
	plain := Map(once, func(p Pair[int64, int64]) Pair[int64, int64] { r.user(); return p })
	summed := ReduceByKey(Map(once, func(p Pair[int64, int64]) Pair[int64, int64] { return KV(p.Key, p.Val/2) }), add, NumPartitions(r.parts()))
	got, err := Join(plain, summed, NumPartitions(r.parts())).Collect(r.ctx)
	if err != nil {
		return err
	}
	if int64(len(got)) != n {
		return &wrongAnswer{fmt.Sprintf("%d rows, want %d", len(got), n)}
	}
	for i, p := range byKey(got) {
		if p.Key != int64(i) || p.Val.Key/2 != p.Val.Val {
			return &wrongAnswer{fmt.Sprintf("row %d: %v comes from two different computations", i, p)}
		}
	}
	return nil
}

// chaosAggregate counts in tasks, with a broadcast factor.
func chaosAggregate(r *chaosRun) error {
	data := r.numbers(300, 1000)
	factors, err := NewBroadcast(r.sc, []int64{2, 3, 5, 7})
	if err != nil {
		return err
	}
	defer factors.Destroy()
	seen := NewCounter(r.sc, "seen")
	want := int64(0)
	for _, v := range data {
		want += v * []int64{2, 3, 5, 7}[v%4]
	}
	scaled := MapPartitions(Parallelize(r.sc, data, 2*r.parts()), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			for v, err := range in {
				r.user()
				if err == nil {
					seen.Add(tc, 1)
				}
				if !yield(v*factors.Value()[v%4], err) || err != nil {
					return
				}
			}
		}
	})
	got, err := Aggregate(r.ctx, scaled, func() int64 { return 0 }, add, add)
	if err != nil {
		return err
	}
	if err := same("sum", got, want); err != nil {
		return err
	}
	return same("counter", seen.Value(), int64(len(data)))
}

// chaosTake stops early.
func chaosTake(r *chaosRun) error {
	data := r.numbers(200, 1000)
	in := Map(Parallelize(r.sc, data, 2+2*r.parts()), func(v int64) int64 { r.user(); return v })
	var want []int64
	for _, v := range data {
		if v%3 == 0 {
			want = append(want, v)
		}
	}
	n := 1 + r.random.IntN(len(want))
	got, err := in.Filter(func(v int64) bool { return v%3 == 0 }).Take(r.ctx, n)
	if err != nil {
		return err
	}
	if err := same("taken", got, want[:n]); err != nil {
		return err
	}
	first, err := in.Repartition(r.parts()).Filter(func(v int64) bool { return v >= 1000 }).First(r.ctx)
	if !errors.Is(err, ErrEmpty) {
		if err == nil {
			return &wrongAnswer{fmt.Sprintf("first of nothing: %d", first)}
		}
		return err
	}
	largest, err := in.Reduce(r.ctx, func(a, b int64) int64 { return max(a, b) })
	if err != nil {
		return err
	}
	return same("largest", largest, slices.Max(data))
}

// chaosKMeans moves centres over points that are kept.
func chaosKMeans(r *chaosRun) error {
	points := r.numbers(200, 10000)
	kept := Map(Parallelize(r.sc, points, r.parts()), func(v int64) int64 { r.user(); return v }).Persist(r.level())
	defer kept.Unpersist()
	centres, plain := []int64{0, 3000, 9000}, []int64{0, 3000, 9000}
	for range 3 {
		now := slices.Clone(centres)
		sums, err := ReduceByKey(Map(kept, func(v int64) Pair[int, Pair[int64, int64]] { return KV(nearest(now, v), KV(v, int64(1))) }),
			func(a, b Pair[int64, int64]) Pair[int64, int64] { return KV(a.Key+b.Key, a.Val+b.Val) }, NumPartitions(r.parts())).Collect(r.ctx)
		if err != nil {
			return err
		}
		for _, s := range sums {
			centres[s.Key] = s.Val.Key / s.Val.Val
		}
		var total, count [3]int64
		for _, v := range points {
			at := nearest(plain, v)
			total[at] += v
			count[at]++
		}
		for i := range plain {
			if count[i] > 0 {
				plain[i] = total[i] / count[i]
			}
		}
	}
	return same("centres", centres, plain)
}

// nearest is the index of the centre nearest to v.
func nearest(centres []int64, v int64) (at int) {
	for i, c := range centres {
		if max(v-c, c-v) < max(v-centres[at], centres[at]-v) {
			at = i
		}
	}
	return at
}

// chaosBatch is an element that is lent, as the batches of a query: when its maker goes on, the numbers are overwritten.
type chaosBatch struct {
	values []int64
	kept   bool
}

// Retain implements Retainer.
func (b *chaosBatch) Retain() *chaosBatch {
	if b.kept {
		return b
	}
	return &chaosBatch{slices.Clone(b.values), true}
}

// Bytes and Rows implement Sizer.
func (b *chaosBatch) Bytes() int64 { return int64(8 * len(b.values)) }
func (b *chaosBatch) Rows() int64  { return int64(len(b.values)) }

// chaosBatchCodec writes batches as their lengths and numbers.
type chaosBatchCodec struct{}

func (chaosBatchCodec) Encode(w io.Writer, bs []*chaosBatch) error {
	for _, b := range bs {
		if err := binary.Write(w, binary.LittleEndian, int64(len(b.values))); err != nil {
			return err
		}
		if err := binary.Write(w, binary.LittleEndian, b.values); err != nil {
			return err
		}
	}
	return nil
}

func (chaosBatchCodec) Decode(in io.Reader) iter.Seq2[*chaosBatch, error] {
	return func(yield func(*chaosBatch, error) bool) {
		for {
			var n int64
			err := binary.Read(in, binary.LittleEndian, &n)
			if err == io.EOF {
				return
			}
			b := &chaosBatch{kept: true}
			if err == nil {
				b.values = make([]int64, n)
				err = binary.Read(in, binary.LittleEndian, b.values)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// chaosExchange moves batches by remainder.
func chaosExchange(r *chaosRun) error {
	n := r.parts()
	limit := int64(500 + r.random.IntN(500))
	split := MapPartitions(Range(r.sc, 0, limit, 1, r.parts()), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[Pair[int, *chaosBatch], error] {
		return func(yield func(Pair[int, *chaosBatch], error) bool) {
			lent := &chaosBatch{values: make([]int64, 0, 4)}
			for v, err := range in {
				r.user()
				lent.values = append(lent.values[:0], v, v*v)
				if !yield(KV(int(v)%n, lent), err) || err != nil {
					return
				}
				lent.values[0], lent.values[1] = -1, -1
			}
		}
	})
	moved := Exchange(split, n, Encoding[*chaosBatch](chaosBatchCodec{}))
	sums, err := MapPartitions(moved, func(tc *TaskContext, in iter.Seq2[*chaosBatch, error]) iter.Seq2[[3]int64, error] {
		return func(yield func([3]int64, error) bool) {
			sum := [3]int64{int64(tc.Partition())}
			for b, err := range in {
				if err != nil {
					yield(sum, err)
					return
				}
				sum[1] += b.values[0]
				sum[2] += b.values[1]
			}
			yield(sum, nil)
		}
	}).Collect(r.ctx)
	if err != nil {
		return err
	}
	want := make([][3]int64, n)
	for i := range want {
		want[i][0] = int64(i)
	}
	for v := range limit {
		want[v%int64(n)][1] += v
		want[v%int64(n)][2] += v * v
	}
	return same("sums", sums, want)
}

// chaosStream reads slowly, and leaves early now and then.
func chaosStream(r *chaosRun) error {
	data := r.numbers(200, 1000)
	in := Map(Parallelize(r.sc, data, 1+2*r.parts()), func(v int64) int64 { r.user(); return v + 1 })
	limit := len(data)
	if r.random.IntN(3) == 0 {
		limit = r.random.IntN(len(data)) + 1
	}
	var got []int64
	for v, err := range Stream(r.ctx, in, 1+r.random.IntN(3), Encoding(coderFor[int64](settings{}).codec)) {
		if err != nil {
			return err
		}
		got = append(got, v)
		if len(got)%16 == 0 {
			runtime.Gosched()
		}
		if len(got) == limit {
			break
		}
	}
	want := make([]int64, limit)
	for i := range want {
		want[i] = data[i] + 1
	}
	return same("stream", got, want)
}
