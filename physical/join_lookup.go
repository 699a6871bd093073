package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// lookup joins the probe side's batches, of one task, with a table.
type lookup struct {
	*pairSink
	table  *joinTable
	keys   *Evaluation
	cols   []columnar.Vector // the keys' values
	words  []uint64
	heads  []int32
	full   []int32
	likely adaptiveFilter
	sel    []int32
	walk   []int32
}

// joinLookup streams the join of a probe side with a table.
func joinLookup(tc *rdd.TaskContext, plan *pairPlan, probeKeys *Bound, t *joinTable, in iter.Seq2[columnar.Batch, error], yield func(columnar.Batch, error) bool) {
	l, err := openLookup(tc, plan, probeKeys, t, yield)
	if err != nil {
		yield(columnar.Batch{}, err)
		return
	}
	if t.n == 0 && (plan.mode.probeSemi || plan.mode.pairs && !plan.mode.keepProbe) {
		return // nothing can match: the probe side need not be computed
	}
	for b, err := range in {
		if err != nil {
			yield(b, err)
			return
		}
		if b.Live() > 0 && !l.probeBatch(b) {
			return
		}
	}
	l.end()
}

// openLookup prepares for looking rows up in a table.
func openLookup(tc *rdd.TaskContext, plan *pairPlan, probeKeys *Bound, t *joinTable, yield func(columnar.Batch, error) bool) (*lookup, error) {
	sink, err := plan.open(tc, t.rows, t.n, yield)
	if err != nil {
		return nil, err
	}
	l := &lookup{pairSink: sink}
	l.use(t)
	if plan.mode.nullAware {
		l.absent, l.unknown = l.knownAbsent, l.nullMarks
	}
	l.keys, err = probeKeys.Open(tc)
	return l, err
}

// use makes t the table that rows are looked up in.
func (l *lookup) use(t *joinTable) {
	l.table, l.verify, l.likely = t, nil, adaptiveFilter{}
	if !t.exact() {
		l.verify = l.equalKeys
	}
}

// probeBatch looks one batch up. It returns false when the stream is over.
func (l *lookup) probeBatch(b columnar.Batch) bool {
	if err := l.read(b); err != nil {
		return l.fail(err)
	}
	rows, words := b.LiveRows(), l.words
	n := len(words)
	if l.likely.filter != nil {
		l.sel = sized(l.sel, n)
		words, rows.Sel = l.likely.narrow(words, rows, l.sel)
		l.heads = l.heads[:len(words)]
	}
	l.table.find(words, l.heads)
	if l.mode.dropsUnmatched() {
		l.likely.watch(l.table, l.heads)
	}
	l.start(b)
	if l.table.exact() && !l.filtered {
		switch {
		case l.mode.probeSemi || l.mode.probeAnti:
			return l.giveProbe(l.decided(rows))
		case l.mode.probeMark:
			return l.giveMarked(l.marks(rows))
		case l.mode.pairs && l.table.next == nil:
			return l.aligned(rows)
		}
	}
	return l.chains(rows) && l.finish()
}

// read evaluates the keys of a batch.
func (l *lookup) read(b columnar.Batch) (err error) {
	l.keys.Next(b)
	if l.cols, err = l.keys.All(b, l.cols); err != nil {
		return err
	}
	rows := b.LiveRows()
	l.words, l.heads = sized(l.words, rows.Count()), sized(l.heads, rows.Count())
	l.table.words(l.keys.Context().Pool, l.cols, rows, l.words)
	return nil
}

// candidates makes candidates of a batch and what it finds in the table.
func (l *lookup) candidates(b columnar.Batch) bool {
	if err := l.read(b); err != nil {
		return l.fail(err)
	}
	l.table.find(l.words, l.heads)
	return l.chains(b.LiveRows())
}

// chains makes candidates of the chains that the probe rows have found.
func (l *lookup) chains(rows columnar.Rows) bool {
	next := l.table.next
	once := !l.mode.pairs && !l.filtered && l.verify == nil // the first of a chain stands for all
	far := !once && len(next) > cachedRows
	for i, h := range l.heads {
		if far && i%aheadRows == 0 {
			l.ahead(l.heads[i:min(i+aheadRows, len(l.heads))])
		}
		r := int32(rows.Row(i))
		if once && h >= 0 && l.matched != nil && l.matched.Get(int(h)) {
			continue
		}
		for h >= 0 {
			if l.add(r, h) && !l.flush() {
				return false
			}
			if next == nil {
				break
			}
			h = next[h] - 1
		}
	}
	return true
}

const (
	cachedRows = 64 << 10 // a table of more rows has chains that lie outside of the near caches
	aheadRows  = 256      // whose chains are brought near at a time
	aheadSteps = 32       // as far as this
)

// ahead walks the chains of some rows side by side, so that the processor waits for many of their parts at once and not for one after the
// other. It only brings them near: the rows are taken in order afterwards.
func (l *lookup) ahead(heads []int32) {
	next := l.table.next
	at := sized(l.walk, len(heads))
	l.walk = at
	n := 0
	for _, h := range heads {
		at[n] = h
		n += int(^uint32(h) >> 31) // those not negative
	}
	for range aheadSteps {
		k := 0
		for _, h := range at[:n] {
			h = next[h] - 1
			at[k] = h
			k += int(^uint32(h) >> 31)
		}
		if n = k; n < 2 {
			return
		}
	}
}

// aligned is the way where a probe row has at most one match, as when a foreign key is looked up: while most rows have one, the columns of
// the probe side go on as they are, and those of the build side are gathered beside them.
func (l *lookup) aligned(rows columnar.Rows) bool {
	l.rows = l.rows[:0]
	for i, h := range l.heads {
		if h >= 0 {
			l.rows = append(l.rows, int32(rows.Row(i)))
			if l.matched != nil {
				l.matched.Set(int(h))
			}
		}
	}
	live := l.rows
	if l.mode.keepProbe {
		live = rows.Sel
	}
	switch {
	case len(l.rows) == 0 && !l.mode.keepProbe:
		return true
	case l.mode.keepProbe && 2*rows.Count() < rows.N || !l.mode.keepProbe && 2*len(l.rows) < rows.N:
		return l.gathered(rows)
	}
	l.spread(rows)
	if !l.mode.keepProbe && len(l.rows) == rows.N {
		live = nil
	}
	cols := make([]columnar.Vector, len(l.pairSink.cols))
	for i, c := range l.pairSink.cols {
		switch {
		case !c.build:
			cols[i] = l.probe.Cols[c.ordinal]
		case l.mode.keepProbe:
			cols[i] = columnar.TakeNullable(l.pool, l.build.Cols[c.ordinal], l.full)
		default:
			cols[i] = columnar.Take(l.pool, l.build.Cols[c.ordinal], l.full)
		}
	}
	return l.give(columnar.Batch{Schema: l.schema, Cols: cols, Len: rows.N, Sel: live})
}

// spread fills full with the build row of each row of the probe batch; -1, or any where such rows are not given, for those without.
func (l *lookup) spread(rows columnar.Rows) {
	none := int32(0)
	if l.mode.keepProbe {
		none = -1
	}
	l.full = sized(l.full, rows.N)
	if rows.Sel != nil {
		for i := range l.full {
			l.full[i] = none
		}
	}
	for i, h := range l.heads {
		l.full[rows.Row(i)] = max(h, none)
	}
}

// gathered gives the few rows of a batch that are left, densely.
func (l *lookup) gathered(rows columnar.Rows) bool {
	l.left, l.right = l.left[:0], l.right[:0]
	for i, h := range l.heads {
		if h >= 0 || l.mode.keepProbe {
			l.left, l.right = append(l.left, int32(rows.Row(i))), append(l.right, h)
		}
	}
	more := l.emit(l.left, l.right)
	l.left, l.right = l.left[:0], l.right[:0]
	return more
}

// equalKeys drops candidates whose hashes are equal but not their keys.
func (l *lookup) equalKeys(left, right []int32) ([]int32, []int32) {
	for i, k := range l.cols {
		k = columnar.Flatten(l.keys.Context().Pool, k, l.probe.LiveRows())
		l.cols[i] = k
		left, right = equalPairs(k, left, l.table.keys[i], right)
	}
	return left, right
}

// decided is the rows of a semi or anti join.
func (l *lookup) decided(rows columnar.Rows) []int32 {
	l.rows = l.rows[:0]
	for i, h := range l.heads {
		if h >= 0 == l.mode.probeSemi {
			l.rows = append(l.rows, int32(rows.Row(i)))
		}
	}
	if l.mode.probeAnti && l.absent != nil {
		l.rows = l.absent(l.rows)
	}
	return l.rows
}

// knownAbsent is those of rows without a match of which NOT IN is true: none if the list has a NULL, and none whose value is NULL, unless
// the list is empty.
func (l *lookup) knownAbsent(rows []int32) []int32 {
	switch {
	case l.table.n == 0:
		return rows
	case l.table.nulls:
		return rows[:0]
	case !l.cols[0].HasNulls():
		return rows
	}
	kept := rows[:0]
	for _, r := range rows {
		if !l.cols[0].IsNull(int(r)) {
			kept = append(kept, r)
		}
	}
	return kept
}

// marks is the mark of each row.
func (l *lookup) marks(rows columnar.Rows) *columnar.Bool {
	mark := columnar.MakeBool(l.pool, rows.N)
	for i, h := range l.heads {
		if h >= 0 {
			mark.Bits.Set(rows.Row(i))
		}
	}
	if l.unknown != nil {
		l.unknown(mark, rows)
	}
	return mark
}

// nullMarks makes a mark NULL where IN is: without a match, where the value or one of a list that is not empty is NULL.
func (l *lookup) nullMarks(mark *columnar.Bool, rows columnar.Rows) {
	if l.table.n == 0 {
		return
	}
	mark.Valid = columnar.AllocBitmap(l.pool, rows.N)
	mark.Valid.SetAll(rows.N)
	for i := range rows.Count() {
		if r := rows.Row(i); !mark.Bits.Get(r) && (l.table.nulls || l.cols[0].IsNull(r)) {
			mark.Valid.Clear(r)
		}
	}
}
