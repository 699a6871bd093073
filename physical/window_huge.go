package physical

import (
	"io"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// hugeWindow computes functions over one partition that does not fit the memory. A first pass writes its rows to a file, in pieces that are whole groups
// of peers, or of one group of peers that is too large for a piece, and keeps the state of each aggregate over each piece. The second computes
// piece by piece: with as many pieces around it as the frames reach into, and the states of those that they hold as a whole.
type hugeWindow struct {
	*windowTask
	key     []columnar.Vector // of the partition
	rows    *spilledRows
	pieces  []windowPiece
	pending []columnar.Batch  // not in a piece yet
	waiting int               // their rows
	last    []columnar.Vector // the ordering of the last row written; nil: none

	back, ahead int // how many pieces around one the last needed
}

// windowPiece is neighbouring rows of the partition.
type windowPiece struct {
	from, to    int64 // in the file
	start, n    int   // rows before it, and its own
	groups      int   // of peers that begin before it
	begun       int   // and in it
	follows     bool  // its rows are of the group of the piece before
	first, past int   // the pieces that the group is in, where it is in several; else this piece alone
	states      [][]columnar.Vector
}

// huge begins to take in the partition that the kept rows are of.
func (t *windowTask) huge() (*hugeWindow, error) {
	h := &hugeWindow{windowTask: t, rows: newSpilledRows(t.tc, "window", t.input, t.metrics)}
	for _, b := range t.kept {
		if h.key == nil {
			cols, err := h.eval(b)
			if err != nil {
				return nil, err
			}
			for _, c := range cols[:t.partition] {
				h.key = append(h.key, columnar.Take(nil, c, []int32{0}))
			}
		}
		for lo := 0; lo < b.Len; lo += h.pieceRows {
			if err := h.take(b.Slice(lo, min(lo+h.pieceRows, b.Len))); err != nil {
				return nil, err
			}
		}
	}
	t.kept, t.rows = nil, 0
	t.reserve.Release()
	return h, nil
}

// eval computes all expressions of the window for rows.
func (h *hugeWindow) eval(b columnar.Batch) ([]columnar.Vector, error) {
	h.ev.Next(b)
	return h.ev.All(b, nil)
}

// belonging is how many of the rows of a batch are of the partition: the others come behind them.
func (h *hugeWindow) belonging(b columnar.Batch) (int, error) {
	if h.partition == 0 {
		return b.Len, nil
	}
	cols, err := h.eval(b)
	if err != nil {
		return 0, err
	}
	for i := range b.Len {
		for k, c := range cols[:h.partition] {
			if !columnar.EqualAt(c, i, h.key[k], 0) {
				return i, nil
			}
		}
	}
	return b.Len, nil
}

// take adds rows of the partition.
func (h *hugeWindow) take(b columnar.Batch) error {
	if b.Len == 0 {
		return nil
	}
	h.pending, h.waiting = append(h.pending, settled(b)), h.waiting+b.Len
	if h.waiting < h.pieceRows {
		return nil
	}
	return h.cut(false)
}

// cut makes pieces of the pending rows; the last group of peers stays pending while more of it may come.
func (h *hugeWindow) cut(over bool) error {
	for h.waiting > 0 {
		all := columnar.ConcatBatches(h.input, h.pending)
		cols, err := h.eval(all)
		if err != nil {
			return err
		}
		order := cols[h.partition : h.partition+len(h.order)]
		n, follows := h.pieceEnd(order, all.Len, over)
		if n == 0 {
			h.pending = []columnar.Batch{all}
			return nil
		}
		if err := h.write(all.Slice(0, n), cols, follows); err != nil {
			return err
		}
		rest := all.Slice(n, all.Len)
		h.pending, h.waiting = []columnar.Batch{rest}, rest.Len
		if !over && rest.Len < h.pieceRows {
			return nil
		}
	}
	return nil
}

// pieceEnd is how many of n pending rows make a piece, 0 for none yet, and whether they go on with the group of the piece before.
func (h *hugeWindow) pieceEnd(order []columnar.Vector, n int, over bool) (end int, follows bool) {
	starts := make([]bool, n+1)
	markChanges(order, starts, n)
	if h.last != nil {
		follows = true
		for k, c := range order {
			follows = follows && columnar.EqualAt(c, 0, h.last[k], 0)
		}
	}
	if follows { // up to the end of the group
		for end = 1; end < n && !starts[end]; end++ {
		}
		return end, true
	}
	if over && n <= 2*h.pieceRows {
		return n, false
	}
	for end = min(n-1, h.pieceRows); end > 0; end-- {
		if starts[end] {
			return end, false
		}
	}
	if over || n >= 2*h.pieceRows {
		for end = 1; end < n && !starts[end]; end++ {
		}
		return end, false
	}
	return 0, false
}

// write makes a piece of rows.
func (h *hugeWindow) write(b columnar.Batch, cols []columnar.Vector, follows bool) error {
	p := windowPiece{n: b.Len, follows: follows, first: len(h.pieces), past: len(h.pieces) + 1}
	order := cols[h.partition : h.partition+len(h.order)]
	starts := make([]bool, b.Len)
	markChanges(order, starts, b.Len)
	if k := len(h.pieces); k > 0 {
		before := &h.pieces[k-1]
		p.start, p.groups, p.from = before.start+before.n, before.groups+before.begun, before.to
		if follows {
			p.first = before.first
			for i := p.first; i < k; i++ {
				h.pieces[i].past = k + 1
			}
		}
	}
	if !follows {
		p.begun = 1
	}
	for _, s := range starts {
		if s {
			p.begun++
		}
	}
	h.last = nil
	for _, c := range order {
		h.last = append(h.last, columnar.Take(nil, c, []int32{int32(b.Len - 1)}))
	}
	if h.last == nil {
		h.last = []columnar.Vector{}
	}
	for _, c := range h.calls {
		s, err := h.stateOf(c, cols, b.Len)
		if err != nil {
			return at(err, c.call.Pos)
		}
		p.states = append(p.states, s)
	}
	if err := h.rows.add(b); err != nil {
		return err
	}
	var err error
	p.to, err = h.rows.size()
	h.pieces = append(h.pieces, p)
	return err
}

// stateOf is the state of an aggregate over n rows; nil for other functions.
func (h *hugeWindow) stateOf(c *windowCall, cols []columnar.Vector, n int) ([]columnar.Vector, error) {
	fn, ok := c.call.Fn.Kind.(logical.Aggregator)
	if !ok {
		return nil, nil
	}
	acc, err := fn(argTypes(c.call))
	if err != nil {
		return nil, err
	}
	acc.Resize(1)
	rows := h.counted(c, cols, n)
	var args []columnar.Vector
	for _, i := range c.args {
		args = append(args, cols[i].Slice(0, n))
	}
	if err := acc.Update(h.ev.ec, make([]uint32, rows.Count()), rows, args); err != nil {
		return nil, err
	}
	return acc.State()
}

// counted is which of the first n rows count for an aggregate.
func (h *hugeWindow) counted(c *windowCall, cols []columnar.Vector, n int) columnar.Rows {
	rows := columnar.AllRows(n)
	if c.filter >= 0 {
		rows.Sel = columnar.SelectTrue(cols[c.filter].Slice(0, n), rows, []int32{})
	}
	if !c.call.IgnoreNulls || len(c.args) == 0 {
		return rows
	}
	sel := []int32{}
	for i := range rows.Count() {
		if r := rows.Row(i); !cols[c.args[0]].IsNull(r) {
			sel = append(sel, int32(r))
		}
	}
	return columnar.Rows{N: n, Sel: sel}
}

// finish computes all pieces and gives their rows.
func (h *hugeWindow) finish() (more bool, err error) {
	if err := h.cut(true); err != nil {
		return false, err
	}
	defer h.reserve.Release()
	for p := range h.pieces {
		out, err := h.compute(p)
		if err != nil {
			return false, err
		}
		for lo := 0; lo < out.Len; lo += columnar.BatchRows {
			if err := h.tc.Err(); err != nil {
				return false, err
			}
			if !h.yield(out.Slice(lo, min(lo+columnar.BatchRows, out.Len)), nil) {
				return false, nil
			}
		}
	}
	return true, nil
}

// load reads pieces [from, past).
func (h *hugeWindow) load(from, past int) (columnar.Batch, error) {
	var bs []columnar.Batch
	var bytes int64
	for b, err := range h.rows.section(h.pieces[from].from, h.pieces[past-1].to) {
		if err != nil {
			return b, err
		}
		bs = append(bs, b)
		bytes += b.Bytes()
	}
	if err := h.reserve.Grow(max(workingCopies*bytes-h.reserve.Used(), 0)); err != nil {
		return columnar.Batch{}, err
	}
	return columnar.ConcatBatches(h.input, bs), nil
}

// compute computes piece p, with more and more pieces around it until all frames of its rows end within them.
func (h *hugeWindow) compute(p int) (columnar.Batch, error) {
	from, past := max(p-h.back, 0), min(p+h.ahead+1, len(h.pieces))
	for {
		all, err := h.load(from, past)
		if err != nil {
			return all, err
		}
		cols, err := h.eval(all)
		if err != nil {
			return all, err
		}
		r := h.region(p, from, past, cols, all.Len)
		out := all.Slice(r.lo, r.hi)
		out.Schema = h.schema
		for i := range h.calls {
			v, err := r.call(i)
			if err != nil {
				return out, at(err, h.calls[i].call.Pos)
			}
			if v == nil {
				break
			}
			out.Cols = append(out.Cols, v.Slice(r.lo, r.hi))
		}
		if !r.back && !r.ahead {
			h.back, h.ahead = p-from, past-p-1
			return out, nil
		}
		if r.back {
			from = max(from-(p-from+1), 0)
		}
		if r.ahead {
			past = min(past+(past-p), len(h.pieces))
		}
	}
}

// size is how many bytes have been written.
func (s *spilledRows) size() (int64, error) {
	if s.w == nil {
		return 0, nil
	}
	err := s.w.Flush()
	return s.file.Size(), err
}

// section reads the batches between two sizes of the file.
func (s *spilledRows) section(from, to int64) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		if err := s.finish(); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		s.read(io.NewSectionReader(s.file, from, to-from), yield)
	}
}
