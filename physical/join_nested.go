package physical

import (
	"context"
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
	return newNestedLoopJoin(j.spec, j.cond, c[0], c[1])
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
	batches, err := x.Broadcast(build)
	if err != nil {
		return nil, err
	}
	in, err := x.RDD(probe)
	if err != nil {
		return nil, err
	}
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
	var total int64
	for _, b := range batches {
		total += int64(b.Len)
	}
	reserve := x.SC.Reserve("nested loop join")
	context.AfterFunc(x.Context, reserve.Release)
	if err := reserve.Grow(total * rowBytes(build.Schema())); err != nil {
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
	sink, err := plan.open(tc, build, build.Len, yield)
	if err != nil {
		yield(columnar.Batch{}, err)
		return
	}
	l := &nestedLoop{pairSink: sink, tc: tc, cond: cond}
	if cond != nil {
		if l.ev, err = cond.bound.Open(tc); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		l.verify, l.absent, l.unknown = l.threeValued, l.notUnknown, l.unknownMarks
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

// all makes candidates of a batch with every build row.
func (l *nestedLoop) all(b columnar.Batch) bool {
	l.start(b)
	if l.cond != nil {
		l.maybe = sized(l.maybe, columnar.Words(b.Len))
		clear(l.maybe)
	}
	rows := b.LiveRows()
	for i := range rows.Count() {
		r := int32(rows.Row(i))
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
			if !l.mode.pairs && l.matched == nil && l.probeMatched.Get(int(r)) {
				break // one match is enough
			}
		}
	}
	return l.finish()
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
