package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// giant says whether the rows held, which have one key, are more than a merge may hold.
func (s *mergeSide) giant() bool { return s.reserve.Used() > s.plan.limit && !s.over }

// giantKey joins the rows of one key that has too many of them to be held: both sides go to files, and each block of the build side is held
// against all of the probe side. first is the side with the many rows; the other has that key and greater ones.
func (m *mergePlan) giantKey(tc *rdd.TaskContext, s *pairSink, a, b, first *mergeSide) (more bool) {
	key := make([]columnar.Vector, len(first.keys))
	for i, k := range first.keys {
		key[i] = columnar.Take(nil, k, []int32{0})
	}
	probe, err := a.spoolEqual(tc, m.probeSchema, key)
	if err != nil {
		return s.fail(err)
	}
	build, err := b.spoolEqual(tc, m.buildSchema, key)
	if err != nil {
		return s.fail(err)
	}
	s.build = columnar.ConcatBatches(m.buildSchema, nil)
	if m.unknown(key, 0) {
		return m.unmatched(s, probe, build)
	}
	more = true
	given := s.yield
	s.yield = func(b columnar.Batch, err error) bool {
		more = given(b, err) && err == nil
		return more
	}
	defer func() { s.yield = given }()
	j := &blockJoin{sink: s, tc: tc, reserve: tc.Reserve("merge join", nil), probe: probe.batches(), limit: m.limit,
		open: func(columnar.Batch, bool) error { return nil },
		look: func(_ int, b columnar.Batch) bool { return m.allPairs(s, b.Len) }}
	j.run(build.batches())
	return more
}

// spoolEqual moves the rows with a key, which come first, to a file.
func (s *mergeSide) spoolEqual(tc *rdd.TaskContext, schema *columnar.Schema, key []columnar.Vector) (*spilledRows, error) {
	out := newSpilledRows(tc, "merge join", schema, nil)
	for s.rows.Len > 0 {
		n := s.equalTo(key)
		if err := out.add(s.rows.Slice(0, n)); err != nil {
			return nil, err
		}
		s.drop(n)
		if s.rows.Len > 0 {
			break
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	return out, out.finish()
}

// equalTo is the number of rows, from the first on, with a key that is the least.
func (s *mergeSide) equalTo(key []columnar.Vector) int {
	lo, hi := 0, s.rows.Len
	for lo < hi {
		mid := (lo + hi) / 2
		if compareRows(s.plan.order, s.keys, mid, key, 0) == 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// allPairs makes candidates of a probe batch of n rows with the whole block.
func (m *mergePlan) allPairs(s *pairSink, n int) bool {
	once := !m.mode.pairs && s.matched == nil // one match is enough
	for i := range int32(n) {
		if once && s.probeMatched.Get(int(i)) {
			continue
		}
		for k := range int32(s.build.Len) {
			if !s.add(i, k) {
				continue
			}
			if !s.flush() {
				return false
			}
			if once && s.probeMatched.Get(int(i)) {
				break
			}
		}
	}
	return true
}

// unmatched gives what becomes of rows whose key is equal to nothing.
func (m *mergePlan) unmatched(s *pairSink, probe, build *spilledRows) (more bool) {
	each := func(in iter.Seq2[columnar.Batch, error], give func(columnar.Batch) bool) bool {
		for b, err := range in {
			if err != nil {
				return s.fail(err)
			}
			if !give(b) {
				return false
			}
		}
		return true
	}
	return each(probe.batches(), func(b columnar.Batch) bool {
		s.start(b)
		return s.finish()
	}) && each(build.batches(), func(b columnar.Batch) bool {
		s.build = b
		if m.mode.tracksBuild() {
			s.matched = columnar.NewBitmap(b.Len)
		}
		return s.end()
	})
}
