package rdd

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
)

// TakeSample gives n elements chosen at random, in random order: without replacement all different positions (all of
// them when there are no more than n), with replacement n independent draws (none from an RDD without elements). The
// choice depends on the seed and on the elements alone, so it repeats. A negative n is ErrNegativeCount.
//
// One job does it: each task keeps a uniform sample of n and counts, and the caller draws from those by the counts.
// (Spark counts first and then samples a little more than n, again if that was too few.)
func TakeSample[T any](ctx context.Context, r *RDD[T], withReplacement bool, n int, seed uint64, opts ...Option) ([]T, error) {
	if n < 0 {
		return nil, ErrNegativeCount
	}
	if n == 0 {
		return []T{}, nil
	}
	parts := map[int]*reservoirOf[T]{}
	err := RunJob(ctx, r, nil, func(tc *TaskContext, in iter.Seq2[T, error]) (*reservoirOf[T], error) {
		s := &reservoirOf[T]{n: n, random: rand.New(rand.NewPCG(seed, uint64(tc.Partition())))}
		add := s.addOnce
		if withReplacement {
			add = s.addOften
		}
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			add(v, r.kind)
		}
		s.shuffle()
		return s, nil
	}, func(p int, s *reservoirOf[T]) bool { parts[p] = s; return true }, opts...)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, math.MaxUint64))
	var all []*reservoirOf[T]
	for _, s := range inOrder(parts) {
		all = append(all, s)
	}
	return drawFrom(all, n, withReplacement, random), nil
}

// reservoirOf is a uniform sample of a stream whose length is not known before its end.
type reservoirOf[T any] struct {
	n      int
	random *rand.Rand
	kept   []T
	seen   int64
}

// addOnce keeps a sample of n positions without replacement.
func (s *reservoirOf[T]) addOnce(v T, kind *elementKind[T]) {
	s.seen++
	if len(s.kept) < s.n {
		s.kept = append(s.kept, kind.keep(v))
	} else if at := s.random.Int64N(s.seen); at < int64(s.n) {
		s.kept[at] = kind.keep(v)
	}
}

// addOften keeps n samples of one position each: a new element takes each of the n places with probability 1/seen. How
// many places are passed over before the next one that it takes is drawn at once, so that late elements cost one draw.
func (s *reservoirOf[T]) addOften(v T, kind *elementKind[T]) {
	s.seen++
	if s.seen == 1 {
		v = kind.keep(v)
		s.kept = make([]T, s.n)
		for i := range s.kept {
			s.kept[i] = v
		}
		return
	}
	kept := false
	for at := s.skip(); at < float64(s.n); at += 1 + s.skip() {
		if !kept {
			v, kept = kind.keep(v), true
		}
		s.kept[int(at)] = v
	}
}

// skip draws from the geometric distribution with probability 1/seen.
func (s *reservoirOf[T]) skip() float64 {
	return math.Floor(math.Log1p(-s.random.Float64()) / math.Log1p(-1/float64(s.seen)))
}

// shuffle makes the order random, too: a place in a reservoir says something of when an element came.
func (s *reservoirOf[T]) shuffle() {
	s.random.Shuffle(len(s.kept), func(i, j int) { s.kept[i], s.kept[j] = s.kept[j], s.kept[i] })
}

// drawFrom draws n elements: each from a part with the probability of its share of what is left.
func drawFrom[T any](parts []*reservoirOf[T], n int, withReplacement bool, random *rand.Rand) []T {
	var left int64
	for _, s := range parts {
		left += s.seen
	}
	drawn := []T{}
	for len(drawn) < n && left > 0 {
		at, i := random.Int64N(left), 0
		for at >= parts[i].seen {
			at -= parts[i].seen
			i++
		}
		s := parts[i]
		drawn = append(drawn, s.kept[len(s.kept)-1])
		s.kept = s.kept[:len(s.kept)-1]
		if !withReplacement {
			s.seen--
			left--
		}
	}
	return drawn
}
