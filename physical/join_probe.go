package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// pairPlan is what the tasks of a join share: how candidate pairs of a probe and a build row become the result. The algorithms differ in
// how they find the candidates.
type pairPlan struct {
	mode     joinMode
	schema   *columnar.Schema
	cols     []joinColumn
	residual predicate    // over the pair's columns that it reads
	reads    []joinColumn // which those are
	filtered bool         // there is a residual
	single   error        // raised where mode.single is violated
}

// newPairPlan binds the residual condition. probe and build are the columns of the two sides as the pairs' batches have them.
func newPairPlan(x *Exec, s *joinSpec, mode joinMode, probe, build []*logical.Attr) (*pairPlan, error) {
	p := &pairPlan{mode: mode, schema: schemaOf(s.out), cols: joinColumns(s.out, probe, build), single: errScalarRows}
	if len(s.residual) == 0 {
		return p, nil
	}
	set := columnsOf(s.residual...)
	fromProbe, _ := pickAttrs(probe, set)
	fromBuild, _ := pickAttrs(build, set)
	input := append(fromProbe, fromBuild...)
	p.filtered, p.reads = true, joinColumns(input, probe, build)
	var err error
	p.residual.bound, err = x.Bind(s.residual, input)
	return p, err
}

// pairBatch is about how many pairs are looked at, and given on, at a time.
const pairBatch = 4096

// pairSink turns the candidate pairs of one task into the join's result. It has a batch of the probe side at a time.
type pairSink struct {
	*pairPlan
	filter func(columnar.Batch) (columnar.Batch, error)
	yield  func(columnar.Batch, error) bool
	pool   *columnar.Pool // of results, until they have been taken
	temp   *columnar.Pool // of candidates

	build   columnar.Batch
	matched columnar.Bitmap // build rows that have had a match, where the mode wants to know

	probe        columnar.Batch
	probeMatched columnar.Bitmap // the same of probe rows
	// verify, where set, drops candidates whose keys are not equal after all.
	verify func(probe, build []int32) ([]int32, []int32)
	// absent and unknown, where set, correct a result for NULLs as NOT IN and IN want it: absent drops rows of an anti join, unknown makes
	// marks NULL.
	absent      func(rows []int32) []int32
	unknown     func(mark *columnar.Bool, rows columnar.Rows)
	failed      error   // of verify
	left, right []int32 // candidates: probe and build rows
	rows        []int32 // a selection
}

// open makes the sink of one task for a build side.
func (p *pairPlan) open(tc *rdd.TaskContext, build columnar.Batch, n int, yield func(columnar.Batch, error) bool) (*pairSink, error) {
	s := &pairSink{pairPlan: p, build: build, yield: yield,
		pool: rdd.Scratch[columnar.Pool](tc, "join"), temp: rdd.Scratch[columnar.Pool](tc, "join candidates")}
	if p.mode.tracksBuild() {
		s.matched = columnar.NewBitmap(n)
	}
	if !p.filtered {
		return s, nil
	}
	var err error
	s.filter, err = p.residual.open(tc)
	return s, err
}

// start begins a batch of the probe side.
func (s *pairSink) start(b columnar.Batch) {
	s.probe = b
	s.left, s.right = s.left[:0], s.right[:0]
	if s.wantsProbeMatched() {
		s.probeMatched = sized(s.probeMatched, columnar.Words(b.Len))
		clear(s.probeMatched)
	}
}

func (s *pairSink) wantsProbeMatched() bool {
	return !s.mode.pairs || s.mode.keepProbe || s.mode.single
}

// add takes a candidate; flush must be called once full is true.
func (s *pairSink) add(probe, build int32) (full bool) {
	s.left, s.right = append(s.left, probe), append(s.right, build)
	return len(s.left) >= pairBatch
}

// flush decides on the candidates and gives the pairs that hold. It returns false when the stream is over.
func (s *pairSink) flush() bool {
	if len(s.left) == 0 {
		return true
	}
	left, right := s.left, s.right
	if s.verify != nil {
		if left, right = s.verify(left, right); s.failed != nil {
			return s.fail(s.failed)
		}
	}
	if s.filtered {
		var err error
		if left, right, err = s.holding(left, right); err != nil {
			return s.fail(err)
		}
	}
	s.left, s.right = s.left[:0], s.right[:0]
	for i, r := range right {
		if s.matched != nil {
			s.matched.Set(int(r))
		}
		if s.wantsProbeMatched() {
			l := int(left[i])
			if s.mode.single && s.probeMatched.Get(l) {
				return s.fail(s.single)
			}
			s.probeMatched.Set(l)
		}
	}
	return !s.mode.pairs || s.emit(left, right)
}

func (s *pairSink) fail(err error) bool {
	s.yield(columnar.Batch{}, err)
	return false
}

// holding is the pairs for which the residual condition is true.
func (s *pairSink) holding(left, right []int32) ([]int32, []int32, error) {
	if len(left) == 0 {
		return left, right, nil
	}
	s.temp.Reset()
	b := columnar.Batch{Cols: s.gather(s.temp, s.reads, left, right), Len: len(left)}
	b, err := s.filter(b)
	if err != nil || b.Sel == nil {
		return left, right, err
	}
	for i, k := range b.Sel {
		left[i], right[i] = left[k], right[k]
	}
	return left[:len(b.Sel)], right[:len(b.Sel)], nil
}

// gather is columns of pairs. A build row of -1 makes NULLs.
func (s *pairSink) gather(pool *columnar.Pool, cols []joinColumn, left, right []int32) []columnar.Vector {
	out := make([]columnar.Vector, len(cols))
	for i, c := range cols {
		if c.build {
			out[i] = columnar.TakeNullable(pool, s.build.Cols[c.ordinal], right)
		} else {
			out[i] = columnar.Take(pool, s.probe.Cols[c.ordinal], left)
		}
	}
	return out
}

// emit gives pairs on.
func (s *pairSink) emit(left, right []int32) bool {
	if len(left) == 0 {
		return true
	}
	return s.give(columnar.Batch{Schema: s.schema, Cols: s.gather(s.pool, s.cols, left, right), Len: len(left)})
}

// give yields a batch and takes its memory back.
func (s *pairSink) give(b columnar.Batch) bool {
	more := s.yield(b, nil)
	s.pool.Reset()
	return more
}

// finish ends a batch of the probe side: its rows without a match, or those of a semi join, are given.
func (s *pairSink) finish() bool {
	if !s.flush() {
		return false
	}
	switch {
	case s.mode.keepProbe:
		s.left, s.right = s.left[:0], s.right[:0]
		rows := s.probe.LiveRows()
		for i := range rows.Count() {
			if r := rows.Row(i); !s.probeMatched.Get(r) {
				s.left, s.right = append(s.left, int32(r)), append(s.right, -1)
			}
		}
		more := s.emit(s.left, s.right)
		s.left, s.right = s.left[:0], s.right[:0]
		return more
	case s.mode.probeSemi, s.mode.probeAnti:
		s.rows = s.rows[:0]
		rows := s.probe.LiveRows()
		for i := range rows.Count() {
			if r := rows.Row(i); s.probeMatched.Get(r) == s.mode.probeSemi {
				s.rows = append(s.rows, int32(r))
			}
		}
		if s.absent != nil && s.mode.probeAnti {
			s.rows = s.absent(s.rows)
		}
		return s.giveProbe(s.rows)
	case s.mode.probeMark:
		mark := columnar.MakeBool(s.pool, s.probe.Len)
		copy(mark.Bits, s.probeMatched)
		if s.unknown != nil {
			s.unknown(mark, s.probe.LiveRows())
		}
		return s.giveMarked(mark)
	}
	return true
}

// giveProbe gives rows of the probe batch; none of its columns is copied.
func (s *pairSink) giveProbe(rows []int32) bool {
	if len(rows) == 0 {
		return true
	}
	b := columnar.Batch{Schema: s.schema, Cols: s.probeColumns(), Len: s.probe.Len, Sel: rows}
	if len(rows) == s.probe.Len {
		b.Sel = nil
	}
	return s.give(b)
}

func (s *pairSink) probeColumns() []columnar.Vector {
	cols := make([]columnar.Vector, len(s.cols), len(s.cols)+1)
	for i, c := range s.cols {
		cols[i] = s.probe.Cols[c.ordinal]
	}
	return cols
}

// giveMarked gives the probe batch with its mark.
func (s *pairSink) giveMarked(mark *columnar.Bool) bool {
	cols := s.probeColumns()
	if len(cols) < len(s.schema.Fields) {
		cols = append(cols, mark)
	}
	return s.give(columnar.Batch{Schema: s.schema, Cols: cols, Len: s.probe.Len, Sel: s.probe.Sel})
}

// end gives what is left when the probe side is over: build rows without a match, or those of a semi join.
func (s *pairSink) end() bool {
	if !s.mode.tracksBuild() {
		return true
	}
	want := s.mode.buildSemi
	rows := s.rows[:0]
	for i := range s.build.Len {
		if s.matched.Get(i) == want {
			rows = append(rows, int32(i))
		}
		if len(rows) == pairBatch || i == s.build.Len-1 {
			if len(rows) > 0 && !s.giveBuild(rows) {
				return false
			}
			rows = rows[:0]
		}
	}
	return true
}

// giveBuild gives build rows, with NULLs for columns of the probe side.
func (s *pairSink) giveBuild(rows []int32) bool {
	cols := make([]columnar.Vector, len(s.cols))
	for i, c := range s.cols {
		if c.build {
			cols[i] = columnar.Take(s.pool, s.build.Cols[c.ordinal], rows)
		} else {
			cols[i] = columnar.NullVector(s.schema.Fields[i].Type, len(rows))
		}
	}
	return s.give(columnar.Batch{Schema: s.schema, Cols: cols, Len: len(rows)})
}
