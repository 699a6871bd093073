package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// MergeJoin joins two sides that are sorted by the keys. It holds little more than the rows of one key, and so joins what fits no table.
type MergeJoin struct {
	spec        *joinSpec
	Left, Right Operator
	schema      *columnar.Schema
}

func newMergeJoin(s *joinSpec, left, right Operator) *MergeJoin {
	return &MergeJoin{spec: s, Left: left, Right: right, schema: schemaOf(s.out)}
}

// Output, Schema, Children, WithChildren and String implement Operator.
func (j *MergeJoin) Output() []*logical.Attr { return j.spec.out }

// Schema implements Operator.
func (j *MergeJoin) Schema() *columnar.Schema { return j.schema }

// Children implements Operator.
func (j *MergeJoin) Children() []Operator { return []Operator{j.Left, j.Right} }

// WithChildren implements Operator.
func (j *MergeJoin) WithChildren(c []Operator) Operator { return newMergeJoin(j.spec, c[0], c[1]) }

// String implements Operator.
func (j *MergeJoin) String() string { return "SortMergeJoin " + j.spec.text() }

func (j *MergeJoin) narrow(wanted map[logical.ID]bool) Operator {
	s := j.spec.narrowed(wanted)
	if s == j.spec {
		return j
	}
	return newMergeJoin(s, j.Left, j.Right)
}

// Requires implements Operator.
func (j *MergeJoin) Requires() []Distribution {
	d := alignedKeys(j.spec)
	d[0].Order, d[1].Order = ascending(j.spec.leftKeys), ascending(j.spec.rightKeys)
	return d
}

func ascending(keys []logical.Expr) []*logical.SortKey {
	out := make([]*logical.SortKey, len(keys))
	for i, k := range keys {
		out[i] = &logical.SortKey{Child: k, NullsFirst: true}
	}
	return out
}

// Provides implements Operator.
func (j *MergeJoin) Provides() []Distribution {
	var out []Distribution
	if k := j.spec.kind; k != logical.RightOuter && k != logical.FullOuter {
		out = unordered(j.Left.Provides())
	}
	return out
}

// Lower implements Operator.
func (j *MergeJoin) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	left, err := x.RDD(j.Left)
	if err != nil {
		return nil, err
	}
	right, err := x.RDD(j.Right)
	if err != nil {
		return nil, err
	}
	mode, _ := modeOf(j.spec, false)
	plan, err := newPairPlan(x, j.spec, mode, j.Left.Output(), j.Right.Output())
	if err != nil {
		return nil, err
	}
	m := &mergePlan{pairPlan: plan, limit: x.blockLimit(), order: ascending(j.spec.leftKeys), nullSafe: j.spec.nullSafe,
		probeSchema: j.Left.Schema(), buildSchema: j.Right.Schema()}
	if m.probeKeys, err = x.Bind(j.spec.leftKeys, j.Left.Output()); err != nil {
		return nil, err
	}
	if m.buildKeys, err = x.Bind(j.spec.rightKeys, j.Right.Output()); err != nil {
		return nil, err
	}
	return rdd.ZipPartitions(left, right, func(tc *rdd.TaskContext, l, r iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) { m.join(tc, l, r, yield) }
	}), nil
}

// mergePlan is what the tasks of a merge share. The side called build is the one that NULLs stand for where pairPlan says so; neither is built.
type mergePlan struct {
	*pairPlan
	probeKeys, buildKeys *Bound
	order                []*logical.SortKey
	nullSafe             []bool
	// The columns of the two sides.
	probeSchema, buildSchema *columnar.Schema
	limit                    int64 // bytes of rows of one key that are held
}

// mergeSide is one sorted input: what has come and is not joined yet.
type mergeSide struct {
	plan    *mergePlan
	next    func() (columnar.Batch, error, bool)
	ev      *Evaluation
	reserve *rdd.Reservation
	rows    columnar.Batch // dense, owned
	keys    []columnar.Vector
	over    bool
}

func (m *mergePlan) openSide(tc *rdd.TaskContext, schema *columnar.Schema, keys *Bound, in iter.Seq2[columnar.Batch, error]) (s *mergeSide, stop func(), err error) {
	s = &mergeSide{plan: m, reserve: tc.Reserve("merge join", nil), rows: columnar.ConcatBatches(schema, nil)}
	s.next, stop = iter.Pull2(in)
	s.ev, err = keys.Open(tc)
	if err == nil {
		err = s.fill()
	}
	return s, stop, err
}

// fill takes another batch behind the rows that are held.
func (s *mergeSide) fill() error {
	for !s.over {
		b, err, ok := s.next()
		if err != nil {
			return err
		}
		if !ok {
			s.over = true
			return nil
		}
		if b.Live() == 0 {
			continue
		}
		b = b.Compact(nil).Retain()
		if s.rows.Len > 0 {
			b = columnar.ConcatBatches(b.Schema, []columnar.Batch{s.rows, b})
		}
		return s.hold(b)
	}
	return nil
}

// hold makes b the rows that are held.
func (s *mergeSide) hold(b columnar.Batch) error {
	s.ev.Next(b)
	keys, err := s.ev.All(b, nil)
	if err != nil {
		return err
	}
	for i, k := range keys {
		keys[i] = k.Retain()
	}
	s.reserve.Shrink(s.reserve.Used())
	s.rows, s.keys = b, keys
	return s.reserve.Grow(int64(b.Len) * rowBytes(b.Schema)) // long strings are the sorter's
}

// drop forgets the first n rows.
func (s *mergeSide) drop(n int) {
	s.rows = s.rows.Slice(n, s.rows.Len)
	for i, k := range s.keys {
		s.keys[i] = k.Slice(n, k.Len())
	}
}

// below is the number of rows whose keys come before those of a row of another side; all, if other is nil.
func (s *mergeSide) below(other *mergeSide, row int) int {
	if other == nil {
		return s.rows.Len
	}
	lo, hi := 0, s.rows.Len
	for lo < hi {
		mid := (lo + hi) / 2
		if compareRows(s.plan.order, s.keys, mid, other.keys, row) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// join merges two sorted streams. It proceeds in blocks: the rows with keys before the last one that has come on either side are complete on both.
func (m *mergePlan) join(tc *rdd.TaskContext, probe, build iter.Seq2[columnar.Batch, error], yield func(columnar.Batch, error) bool) {
	fail := func(err error) { yield(columnar.Batch{}, err) }
	a, stopA, err := m.openSide(tc, m.probeSchema, m.probeKeys, probe)
	defer stopA()
	if err != nil {
		fail(err)
		return
	}
	b, stopB, err := m.openSide(tc, m.buildSchema, m.buildKeys, build)
	defer stopB()
	if err != nil {
		fail(err)
		return
	}
	sink, err := m.open(tc, b.rows, 0, yield)
	if err != nil {
		fail(err)
		return
	}
	for a.rows.Len > 0 || b.rows.Len > 0 {
		first := bound(a, b)
		last := 0
		if first != nil {
			last = first.rows.Len - 1
		}
		n, k := a.below(first, last), b.below(first, last)
		if n+k > 0 && !m.block(sink, a, n, b, k) {
			return
		}
		if first != nil && first.giant() {
			if !m.giantKey(tc, sink, a, b, first) {
				return
			}
		} else if first != nil { // its last key may go on
			err = first.fill()
		}
		if err == nil && a.rows.Len == 0 {
			err = a.fill()
		}
		if err == nil && b.rows.Len == 0 {
			err = b.fill()
		}
		if err == nil {
			err = tc.Err()
		}
		if err != nil {
			fail(err)
			return
		}
	}
}

// bound is the side whose last row limits the next block: of those that go on the one with the lesser last key; nil if both are over.
func bound(a, b *mergeSide) *mergeSide {
	switch {
	case a.over && b.over:
		return nil
	case a.over:
		return b
	case b.over || compareRows(a.plan.order, a.keys, a.rows.Len-1, b.keys, b.rows.Len-1) <= 0:
		return a
	}
	return b
}

// block joins the first n rows of a and k of b.
func (m *mergePlan) block(s *pairSink, a *mergeSide, n int, b *mergeSide, k int) bool {
	s.build = b.rows.Slice(0, k)
	if m.mode.tracksBuild() {
		s.matched = columnar.NewBitmap(k)
	}
	if n > 0 {
		s.start(a.rows.Slice(0, n))
		if !m.candidates(s, a, n, b, k) || !s.finish() {
			return false
		}
	}
	if !s.end() {
		return false
	}
	a.drop(n)
	b.drop(k)
	return true
}

// candidates walks both blocks and makes candidates of the rows with equal keys.
func (m *mergePlan) candidates(s *pairSink, a *mergeSide, n int, b *mergeSide, k int) bool {
	for i, j := 0, 0; i < n && j < k; {
		c := compareRows(m.order, a.keys, i, b.keys, j)
		if c != 0 {
			if c < 0 {
				i++
			} else {
				j++
			}
			continue
		}
		end := j + 1
		for end < k && compareRows(m.order, b.keys, j, b.keys, end) == 0 {
			end++
		}
		equal := !m.unknown(a.keys, i)
		for first := i; i < n && (i == first || compareRows(m.order, a.keys, first, a.keys, i) == 0); i++ {
			for r := j; equal && r < end; r++ {
				if s.add(int32(i), int32(r)) && !s.flush() {
					return false
				}
			}
		}
		j = end
	}
	return true
}

// unknown says whether a key is equal to nothing.
func (m *mergePlan) unknown(keys []columnar.Vector, i int) bool {
	for k, v := range keys {
		if !m.nullSafe[k] && v.IsNull(i) {
			return true
		}
	}
	return false
}
