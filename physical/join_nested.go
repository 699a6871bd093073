package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// NestedLoopJoin holds each row of one side against all rows of the other, which is broadcast. It serves joins without equalities, and those
// whose whole condition may be unknown (nullAware).
type NestedLoopJoin struct {
	spec        *joinSpec
	cond        logical.Expr // the whole condition; nil: none
	Left, Right Operator
	schema      *columnar.Schema
	blocks      bool // the broadcast side does not fit the memory: tasks read it block by block
}

func newNestedLoopJoin(s *joinSpec, cond logical.Expr, left, right Operator) *NestedLoopJoin {
	c := *s
	c.leftKeys, c.rightKeys, c.nullSafe, c.residual = nil, nil, nil, nil
	if cond != nil {
		c.residual = conjuncts(cond, nil)
	}
	return &NestedLoopJoin{spec: &c, cond: cond, Left: left, Right: right, schema: schemaOf(c.out)}
}

// Output, Schema, Children, WithChildren and String implement Operator.
func (j *NestedLoopJoin) Output() []*logical.Attr { return j.spec.out }

// Schema implements Operator.
func (j *NestedLoopJoin) Schema() *columnar.Schema { return j.schema }

// Children implements Operator.
func (j *NestedLoopJoin) Children() []Operator { return []Operator{j.Left, j.Right} }

// WithChildren implements Operator.
func (j *NestedLoopJoin) WithChildren(c []Operator) Operator {
	out := newNestedLoopJoin(j.spec, j.cond, c[0], c[1])
	out.blocks = j.blocks
	return out
}

// String implements Operator.
func (j *NestedLoopJoin) String() string { return "NestedLoopJoin " + j.spec.text() }

func (j *NestedLoopJoin) narrow(wanted map[logical.ID]bool) Operator {
	s := j.spec.narrowed(wanted)
	if s == j.spec {
		return j
	}
	return newNestedLoopJoin(s, j.cond, j.Left, j.Right)
}

// buildLeft says whether the left side is broadcast: only where its rows may be lost and those of the right one may not.
func (j *NestedLoopJoin) buildLeft() bool { return j.spec.kind == logical.RightOuter }

// Requires implements Operator. Where rows of both sides are kept, one task must see all.
func (j *NestedLoopJoin) Requires() []Distribution {
	d := []Distribution{{}, {Partitioning: Broadcast}}
	if j.blocks {
		d[1] = Distribution{}
	}
	if j.spec.kind == logical.FullOuter {
		d[0] = Distribution{Partitioning: Single}
	}
	if j.buildLeft() {
		d[0], d[1] = d[1], d[0]
	}
	return d
}

// Provides implements Operator.
func (j *NestedLoopJoin) Provides() []Distribution {
	if j.buildLeft() {
		return unordered(j.Right.Provides())
	}
	return unordered(j.Left.Provides())
}

// Lower implements Operator.
func (j *NestedLoopJoin) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	probe, build := j.Left, j.Right
	if j.buildLeft() {
		probe, build = build, probe
	}
	mode, _ := modeOf(j.spec, j.buildLeft())
	spec := *j.spec
	if mode.nullAware {
		spec.residual = nil // nestedLoop evaluates it, in three values
	}
	plan, err := newPairPlan(x, &spec, mode, probe.Output(), build.Output())
	if err != nil {
		return nil, err
	}
	unknown, err := j.bindUnknown(x, mode, probe.Output(), build.Output())
	if err != nil {
		return nil, err
	}
	if j.blocks {
		limit := x.blockLimit()
		return lowerBlocks(x, probe, build, func(tc *rdd.TaskContext, probe, build iter.Seq2[columnar.Batch, error], spool *spilledRows, yield func(columnar.Batch, error) bool) {
			loopBlocks(tc, limit, plan, unknown, probe, build, spool, yield)
		})
	}
	return j.lowerBroadcast(x, probe, build, plan, unknown)
}

func (j *NestedLoopJoin) lowerBroadcast(x *Exec, probe, build Operator, plan *pairPlan, unknown *ternary) (*rdd.RDD[columnar.Batch], error) {
	batches, err := x.Broadcast(build)
	if err != nil {
		return nil, x.outgrown(j, build, err)
	}
	var total int64
	for _, b := range batches {
		total += int64(b.Len)
	}
	if err := x.reserveTable("nested loop join", total*rowBytes(build.Schema())); err != nil {
		return nil, x.outgrown(j, build, err)
	}
	in, err := x.RDD(probe)
	if err != nil {
		return nil, err
	}
	rows := columnar.ConcatBatches(build.Schema(), batches)
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			loop(tc, plan, unknown, rows, in, yield)
		}
	}), nil
}

// ternary is a condition over pairs of which it counts whether it is NULL.
type ternary struct {
	bound *Bound
	reads []joinColumn
}

func (j *NestedLoopJoin) bindUnknown(x *Exec, mode joinMode, probe, build []*logical.Attr) (*ternary, error) {
	if !mode.nullAware || j.cond == nil {
		return nil, nil
	}
	set := columnsOf(j.cond)
	fromProbe, _ := pickAttrs(probe, set)
	fromBuild, _ := pickAttrs(build, set)
	input := append(fromProbe, fromBuild...)
	b, err := x.Bind([]logical.Expr{j.cond}, input)
	return &ternary{b, joinColumns(input, probe, build)}, err
}

// nestedLoop is the work of one task.
type nestedLoop struct {
	*pairSink
	tc    *rdd.TaskContext
	cond  *ternary
	ev    *Evaluation
	maybe columnar.Bitmap // probe rows for which the condition was NULL with some build row
}

func loop(tc *rdd.TaskContext, plan *pairPlan, cond *ternary, build columnar.Batch, in iter.Seq2[columnar.Batch, error], yield func(columnar.Batch, error) bool) {
	l, err := openLoop(tc, plan, cond, build, yield)
	if err != nil {
		yield(columnar.Batch{}, err)
		return
	}
	for b, err := range in {
		if err == nil {
			err = tc.Err()
		}
		if err != nil {
			yield(b, err)
			return
		}
		if b.Live() > 0 && !l.all(b) {
			return
		}
	}
	l.end()
}

// openLoop prepares the work of one task.
func openLoop(tc *rdd.TaskContext, plan *pairPlan, cond *ternary, build columnar.Batch, yield func(columnar.Batch, error) bool) (*nestedLoop, error) {
	sink, err := plan.open(tc, build, build.Len, yield)
	if err != nil {
		return nil, err
	}
	l := &nestedLoop{pairSink: sink, tc: tc, cond: cond}
	if cond != nil {
		if l.ev, err = cond.bound.Open(tc); err != nil {
			return nil, err
		}
		l.verify, l.absent, l.unknown = l.threeValued, l.notUnknown, l.unknownMarks
	}
	return l, nil
}

// loopBlocks is the work of one task over a build side that does not fit.
func loopBlocks(tc *rdd.TaskContext, limit int64, plan *pairPlan, cond *ternary, probe, build iter.Seq2[columnar.Batch, error], spool *spilledRows, yield func(columnar.Batch, error) bool) {
	l, err := openLoop(tc, plan, cond, columnar.Batch{}, yield)
	if err != nil {
		yield(columnar.Batch{}, err)
		return
	}
	var maybe []columnar.Bitmap // by batch of the probe side
	j := &blockJoin{sink: l.pairSink, tc: tc, reserve: tc.Reserve("nested loop join", nil), probe: probe, spool: spool, limit: limit,
		open: func(columnar.Batch, bool) error { return nil }}
	j.look = func(i int, b columnar.Batch) bool {
		l.begin(b)
		if l.cond != nil && i < len(maybe) {
			copy(l.maybe, maybe[i])
		}
		if !l.candidates(b) || !l.flush() {
			return false
		}
		if l.cond != nil {
			if i == len(maybe) {
				maybe = append(maybe, nil)
			}
			maybe[i] = append(maybe[i][:0], l.maybe...)
		}
		return true
	}
	j.run(build)
}

// all joins a batch with every build row.
func (l *nestedLoop) all(b columnar.Batch) bool {
	l.start(b)
	l.begin(b)
	return l.candidates(b) && l.finish()
}

// begin forgets what was known of the rows of another batch.
func (l *nestedLoop) begin(b columnar.Batch) {
	if l.cond != nil {
		l.maybe = sized(l.maybe, columnar.Words(b.Len))
		clear(l.maybe)
	}
}

// candidates pairs a batch with every build row.
func (l *nestedLoop) candidates(b columnar.Batch) bool {
	once := !l.mode.pairs && l.matched == nil // one match is enough
	rows := b.LiveRows()
	for i := range rows.Count() {
		r := int32(rows.Row(i))
		if once && l.probeMatched.Get(int(r)) {
			continue // with an earlier block
		}
		for k := range int32(l.build.Len) {
			if !l.add(r, k) {
				continue
			}
			if err := l.tc.Err(); err != nil {
				return l.fail(err)
			}
			if !l.flush() {
				return false
			}
			if once && l.probeMatched.Get(int(r)) {
				break
			}
		}
	}
	return true
}

// threeValued keeps the pairs of which the condition is true and remembers those of which it is NULL.
func (l *nestedLoop) threeValued(left, right []int32) ([]int32, []int32) {
	l.temp.Reset()
	b := columnar.Batch{Cols: l.gather(l.temp, l.cond.reads, left, right), Len: len(left)}
	l.ev.Next(b)
	v, err := l.ev.Eval(0, b, columnar.AllRows(b.Len))
	if err != nil {
		l.failed = err
		return nil, nil
	}
	n := 0
	for i := range left {
		switch {
		case v.IsNull(i):
			l.maybe.Set(int(left[i]))
		case columnar.BoolAt(v, i):
			left[n], right[n] = left[i], right[i]
			n++
		}
	}
	return left[:n], right[:n]
}

// notUnknown drops rows for which NOT IN is NULL.
func (l *nestedLoop) notUnknown(rows []int32) []int32 {
	kept := rows[:0]
	for _, r := range rows {
		if !l.maybe.Get(int(r)) {
			kept = append(kept, r)
		}
	}
	return kept
}

// unknownMarks makes marks NULL for which IN is.
func (l *nestedLoop) unknownMarks(mark *columnar.Bool, rows columnar.Rows) {
	mark.Valid = columnar.AllocBitmap(l.pool, rows.N)
	mark.Valid.SetAll(rows.N)
	for i := range rows.Count() {
		if r := rows.Row(i); !mark.Bits.Get(r) && l.maybe.Get(r) {
			mark.Valid.Clear(r)
		}
	}
}
