package physical

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// GroupLimit drops rows that cannot be among the first Count of their group, those with equal values of By, in the order of Key: rows behind which
// Count others of the task stand for sure. It may let others pass. Below a window whose rows are filtered by rank it keeps most rows from being
// spread and sorted.
type GroupLimit struct {
	unary
	By    []logical.Expr
	Key   *logical.SortKey // the first of the ordering; the others decide among rows that it lets pass
	Count int
}

// mostRanks is up to how many rows of each group are worth to be looked for.
const mostRanks = 100

// rankLimited puts a GroupLimit below a window where the filter above lets only the first rows of each partition pass.
func rankLimited(w *logical.Window, cond logical.Expr, child Operator) Operator {
	n := rankLimit(w, cond)
	if n < 1 || n > mostRanks || len(w.PartitionBy) == 0 || !ranksByCode(w.OrderBy[0].Type()) {
		return child
	}
	exprs := append(slices.Clone(w.PartitionBy), w.OrderBy[0].Child)
	if !allDeterministic(exprs) {
		return child
	}
	return &GroupLimit{unary{child}, w.PartitionBy, w.OrderBy[0], int(n)}
}

// rankLimit is the greatest rank that a filter over a window lets pass; 0 if there is none, or a function that depends on the rows behind.
func rankLimit(w *logical.Window, cond logical.Expr) int64 {
	if len(w.OrderBy) == 0 {
		return 0
	}
	ranks := map[logical.ID]bool{}
	for i, out := range logical.AttrsOf(w.List) {
		_, call, err := windowExpr(w.List[i])
		if err != nil || call.Fn.Name != "row_number" && call.Fn.Name != "rank" {
			return 0
		}
		ranks[out.ID] = true
	}
	least := int64(0)
	for _, c := range conjuncts(cond, nil) {
		if n := upperBound(c, ranks); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// upperBound is the greatest integer that a comparison lets one of the columns have; 0 if it is of another kind.
func upperBound(e logical.Expr, columns map[logical.ID]bool) int64 {
	c, ok := e.(*logical.Call)
	if !ok || len(c.Args) != 2 {
		return 0
	}
	name, left, right := c.Fn.Name, c.Args[0], c.Args[1]
	if _, ok := left.(*logical.Literal); ok {
		left, right = right, left
		name = map[string]string{">": "<", ">=": "<=", "=": "=", "==": "=="}[name]
	}
	a, ok := left.(*logical.Attr)
	l, lit := right.(*logical.Literal)
	if !ok || !lit || !columns[a.ID] || !l.Type().IsInteger() || l.Value.IsNull(0) {
		return 0
	}
	n := columnar.Int64At(l.Value, 0)
	switch name {
	case "<":
		return n - 1
	case "<=", "=", "==":
		return n
	}
	return 0
}

// ranksByCode says whether values of a type have codes that order like them.
func ranksByCode(t columnar.Type) bool {
	switch t.Layout() {
	case columnar.LayoutInt8, columnar.LayoutInt16, columnar.LayoutInt32, columnar.LayoutInt64, columnar.LayoutFloat32, columnar.LayoutFloat64, columnar.LayoutBytes:
		return true
	}
	return false
}

// Output, Schema, WithChildren and String implement Operator.
func (g *GroupLimit) Output() []*logical.Attr { return g.Child.Output() }

// Schema implements Operator.
func (g *GroupLimit) Schema() *columnar.Schema { return g.Child.Schema() }

// WithChildren implements Operator.
func (g *GroupLimit) WithChildren(c []Operator) Operator {
	return &GroupLimit{unary{c[0]}, g.By, g.Key, g.Count}
}

// String implements Operator.
func (g *GroupLimit) String() string {
	return fmt.Sprintf("GroupLimit %d [%s] by [%s]", g.Count, g.Key, joinExprs(g.By))
}

// Lower implements Operator.
func (g *GroupLimit) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(g.Child)
	if err != nil {
		return nil, err
	}
	bound, err := x.Bind(append(slices.Clone(g.By), g.Key.Child), g.Child.Output())
	if err != nil {
		return nil, err
	}
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			t := &groupLimiter{GroupLimit: g, yield: yield}
			t.reserve = tc.Reserve("group limit", t.forget)
			defer t.reserve.Release()
			var err error
			if t.ev, err = bound.Open(tc); err == nil {
				err = t.run(in)
			}
			if err != nil && err != errStopped {
				yield(columnar.Batch{}, err)
			}
		}
	}, rdd.PreservesPartitioning()), nil
}

// groupLimiter is the work of one task. It holds rows that may be among the first of their group, until there are many or the end has come, and gives
// those that still may be. It sees rows by a code of their key: smaller ones come first.
type groupLimiter struct {
	*GroupLimit
	ev      *Evaluation
	reserve *rdd.Reservation
	yield   func(columnar.Batch, error) bool
	groups  grouper
	best    []uint64 // Count codes for each group, the greatest first; while a group has fewer rows, the greatest code of all
	held    []heldRows
	rows    int   // held
	bytes   int64 // of those
	seen    int   // rows since the last were given
	idle    bool  // it does not drop enough

	keys  []columnar.Vector
	group []uint32
	codes []uint64
	sel   []int32
}

// heldRows are rows with their groups and codes.
type heldRows struct {
	batch columnar.Batch
	group []uint32
	codes []uint64
}

// Limits of what a task holds.
const (
	heldMost  = 1 << 19 // rows
	heldBytes = 64 << 20
	bestMost  = 1 << 20 // codes
)

func (t *groupLimiter) run(in iter.Seq2[columnar.Batch, error]) error {
	for b, err := range in {
		switch {
		case err != nil:
			return err
		case b.Live() == 0:
		case t.idle:
			err = t.emit(b)
		default:
			err = t.take(b)
		}
		if err != nil {
			return err
		}
	}
	return t.give()
}

func (t *groupLimiter) emit(b columnar.Batch) error {
	if !t.yield(b, nil) {
		return errStopped
	}
	return nil
}

// take holds the rows of a batch that may be among the first.
func (t *groupLimiter) take(b columnar.Batch) error {
	if t.groups == nil && len(t.held) > 0 { // forgotten: what is held has numbers of groups that are no more
		if err := t.give(); err != nil {
			return err
		}
		if t.idle {
			return t.emit(b)
		}
	}
	if t.groups == nil {
		types := make([]columnar.Type, len(t.By))
		for i, e := range t.By {
			types[i] = e.Type()
		}
		t.groups, t.best = newGrouper(types), t.best[:0]
	}
	t.ev.Next(b)
	var err error
	if t.keys, err = t.ev.All(b, t.keys); err != nil {
		return err
	}
	rows, k := b.LiveRows(), len(t.By)
	n := rows.Count()
	t.seen += n
	t.group, t.codes = sized(t.group, n), sized(t.codes, n)
	t.groups.assign(t.keys[:k], rows, t.group)
	rankCodes(t.Key, columnar.Flatten(t.ev.Context().Pool, t.keys[k], rows), rows, t.codes)
	t.enter()
	t.hold(b, rows)
	return t.bound()
}

// enter takes the codes into the best of their groups, and selects the positions that are not behind those.
func (t *groupLimiter) enter() {
	count := t.Count
	for more := t.groups.len()*count - len(t.best); more > 0; more-- {
		t.best = append(roomFor(t.best, more), math.MaxUint64)
	}
	t.sel = sized(t.sel, len(t.group))[:0]
	for i, g := range t.group {
		best, c := t.best[int(g)*count:int(g+1)*count], t.codes[i]
		if c > best[0] {
			continue
		}
		t.sel = append(t.sel, int32(i))
		j := 0
		for ; j+1 < count && best[j+1] > c; j++ {
			best[j] = best[j+1]
		}
		best[j] = c
	}
}

// hold keeps the selected positions of a batch's rows.
func (t *groupLimiter) hold(b columnar.Batch, rows columnar.Rows) {
	h := heldRows{group: make([]uint32, len(t.sel)), codes: make([]uint64, len(t.sel))}
	for i, p := range t.sel {
		h.group[i], h.codes[i] = t.group[p], t.codes[p]
		t.sel[i] = int32(rows.Row(int(p)))
	}
	b.Sel = t.sel
	h.batch = b.Compact(nil).Retain()
	t.held = append(t.held, h)
	t.rows += len(t.sel)
	t.bytes += h.batch.Bytes() + int64(len(t.sel))*12
}

// bound reserves what is held, and gives it where it is too much.
func (t *groupLimiter) bound() error {
	if t.rows >= heldMost || t.bytes >= heldBytes || len(t.best) > bestMost {
		return t.give()
	}
	more := max(t.groups.bytes()+int64(cap(t.best))*8+t.bytes-t.reserve.Used(), 0)
	if t.reserve.TryGrow(more) != nil {
		return t.give()
	}
	return nil
}

// give gives the held rows that may still be among the first, and begins anew.
func (t *groupLimiter) give() error {
	given, known := 0, t.groups != nil
	for i, h := range t.held {
		t.held[i] = heldRows{}
		if known {
			sel := make([]int32, 0, len(h.codes))
			for r, c := range h.codes {
				if c <= t.best[int(h.group[r])*t.Count] {
					sel = append(sel, int32(r))
				}
			}
			h.batch.Sel = sel
		}
		given += h.batch.Live()
		if h.batch.Live() == 0 {
			continue
		}
		if err := t.emit(h.batch); err != nil {
			return err
		}
		known = known && t.groups != nil // they may have been forgotten meanwhile
	}
	t.idle = given*10 > t.seen*notReduced
	t.held, t.rows, t.bytes, t.seen, t.groups = t.held[:0], 0, 0, 0, nil
	t.reserve.Release()
	return nil
}

// forget is the callback of the reservation: without the groups the rows held pass as they are.
func (t *groupLimiter) forget(int64) (freed int64, err error) {
	if t.groups == nil {
		return 0, nil
	}
	freed = max(t.reserve.Used()-t.bytes, 0)
	t.reserve.Shrink(freed)
	t.groups, t.best = nil, nil
	return freed, nil
}

// rankCodes fills dst with numbers that order like the selected rows of a flat vector in the key's direction. Rows that differ may have one number.
func rankCodes(key *logical.SortKey, v columnar.Vector, rows columnar.Rows, dst []uint64) {
	switch w := v.(type) {
	case *columnar.Fixed[int8]:
		codesOf(w, rows, dst, intCode[int8])
	case *columnar.Fixed[int16]:
		codesOf(w, rows, dst, intCode[int16])
	case *columnar.Fixed[int32]:
		codesOf(w, rows, dst, intCode[int32])
	case *columnar.Fixed[int64]:
		codesOf(w, rows, dst, intCode[int64])
	case *columnar.Fixed[float32]:
		codesOf(w, rows, dst, func(x float32) uint64 { return floatCode(float64(x)) })
	case *columnar.Fixed[float64]:
		codesOf(w, rows, dst, floatCode)
	case *columnar.Strings:
		for i := range dst {
			var first [8]byte
			if r := rows.Row(i); !w.IsNull(r) {
				copy(first[:], w.At(r))
			}
			dst[i] = binary.BigEndian.Uint64(first[:])
		}
	}
	null := uint64(math.MaxUint64)
	if key.NullsFirst {
		null = 0
	}
	nulls := v.HasNulls()
	for i, c := range dst {
		if key.Desc {
			dst[i] = ^c
		}
		if nulls && v.IsNull(rows.Row(i)) {
			dst[i] = null
		}
	}
}

func intCode[T int8 | int16 | int32 | int64](x T) uint64 { return uint64(int64(x)) ^ signBit }

func codesOf[T columnar.Native](v *columnar.Fixed[T], rows columnar.Rows, dst []uint64, code func(T) uint64) {
	for i := range dst {
		dst[i] = code(v.Values[rows.Row(i)])
	}
}
