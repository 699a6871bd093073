package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// windowRegion is the pieces of a huge partition that are in memory while one of them is computed. Its rows are numbered from 0.
type windowRegion struct {
	*hugeWindow
	piece      *windowPiece
	from, past int         // the pieces
	lo, hi     int         // the rows of the one that is computed
	local      *partitions // as if the region were the whole partition
	cols       []columnar.Vector
	// Whether frames of the rows reach, or may reach, beyond the region where it is not the partition's end.
	back, ahead bool
}

func (h *hugeWindow) region(p, from, past int, cols []columnar.Vector, n int) *windowRegion {
	r := &windowRegion{hugeWindow: h, piece: &h.pieces[p], from: from, past: past, cols: cols}
	r.lo = r.piece.start - h.pieces[from].start
	r.hi = r.lo + r.piece.n
	r.local = newPartitions(nil, cols[h.partition:h.partition+len(h.order)], n)
	return r
}

// reach notes that rows from lo on and before hi are wanted.
func (r *windowRegion) reach(lo, hi int64) {
	r.back = r.back || lo < 0 && r.from > 0
	r.ahead = r.ahead || hi > int64(r.local.n) && r.past < len(r.pieces)
}

// call computes a function for the region's rows; what it gives for rows around the piece means nothing. It is nil where the region is too small.
func (r *windowRegion) call(i int) (columnar.Vector, error) {
	c := r.calls[i]
	wp := logical.WindowPartition{N: r.local.n, IgnoreNulls: c.call.IgnoreNulls,
		First: r.local.First, Last: r.local.Last, PeerStart: r.local.PeerStart, PeerEnd: r.local.PeerEnd}
	for _, k := range c.args {
		wp.Args = append(wp.Args, r.cols[k])
	}
	switch fn := c.call.Fn.Kind.(type) {
	case logical.Windower:
		f, err := fn(argTypes(c.call))
		if err != nil {
			return nil, err
		}
		return r.place(c, f, wp)
	case logical.Aggregator:
		return r.aggregate(i, fn, wp)
	}
	return nil, columnar.Errorf("UNSUPPORTED_EXPR_FOR_WINDOW", "Expression %q not supported within a window function.", c.call)
}

// place computes a function of a row's place in the partition, or of a row at some distance.
func (r *windowRegion) place(c *windowCall, f logical.WindowFunc, wp logical.WindowPartition) (columnar.Vector, error) {
	switch name := c.call.Fn.Name; {
	case name == "dense_rank":
		v, err := f.Eval(r.ev.ec, wp)
		if err != nil {
			return nil, err
		}
		first := &r.pieces[r.from]
		before := int32(first.groups)
		if first.follows {
			before-- // the region's first group has been counted
		}
		ranks := v.(*columnar.Fixed[int32])
		for i := range ranks.Values {
			ranks.Values[i] += before
		}
		return v, nil
	case (name == "lag" || name == "lead") && !wp.IgnoreNulls:
		by := int64(1)
		if len(wp.Args) > 1 && !wp.Args[1].IsNull(0) {
			by = columnar.Int64At(wp.Args[1], 0)
		}
		if name == "lag" {
			by = -by
		}
		r.reach(int64(r.lo)+by, int64(r.hi)+by)
	case offsetOnly[name] && !wp.IgnoreNulls:
		r.global(&wp)
	default: // whatever the frames are, all rows may count
		r.reach(-1, int64(r.local.n)+1)
		if r.back || r.ahead {
			return nil, nil
		}
		if offsetOnly[name] {
			break
		}
		var err error
		if wp.Lo, wp.Hi, err = r.frames(c); err != nil {
			return nil, err
		}
		return f.Eval(r.ev.ec, wp)
	}
	if r.back || r.ahead {
		return nil, nil
	}
	wp.Lo, wp.Hi = wp.First, wp.Last
	return f.Eval(r.ev.ec, wp)
}

// global makes the borders of partition and peers those in the whole partition.
func (r *windowRegion) global(wp *logical.WindowPartition) {
	n := r.local.n
	before := r.pieces[r.from].start
	end := &r.pieces[len(r.pieces)-1]
	wp.First, wp.Last = make([]int32, n), make([]int32, n)
	wp.PeerStart = append([]int32(nil), wp.PeerStart...)
	wp.PeerEnd = append([]int32(nil), wp.PeerEnd...)
	for i := range n {
		wp.First[i], wp.Last[i] = int32(-before), int32(end.start+end.n-before)
	}
	last := &r.pieces[r.piece.past-1]
	for i := r.lo; i < r.hi && r.piece.past-r.piece.first > 1; i++ {
		wp.PeerStart[i], wp.PeerEnd[i] = int32(r.pieces[r.piece.first].start-before), int32(last.start+last.n-before)
	}
}

// frames are the frames of the rows, as far as they are in the region.
func (r *windowRegion) frames(c *windowCall) (lo, hi []int32, err error) {
	f := frames{partitions: r.local, zone: r.ev.ec.Zone}
	if len(r.order) == 1 {
		f.key, f.desc = r.cols[r.partition], r.order[0].Desc
	}
	return f.of(c, r.cols)
}

// aggregate computes an aggregate over the frames: the rows in the region, and the states of the pieces outside that frames hold as a whole.
func (r *windowRegion) aggregate(i int, fn logical.Aggregator, wp logical.WindowPartition) (columnar.Vector, error) {
	c := r.calls[i]
	lo, hi, err := r.frames(c)
	if err != nil {
		return nil, err
	}
	r.reachEnd(c.frame.Start.Kind, lo)
	r.reachEnd(c.frame.End.Kind, hi)
	if r.back || r.ahead {
		return nil, nil
	}
	// Only the piece's own rows are asked for.
	for k := range lo {
		if k < r.lo || k >= r.hi {
			lo[k], hi[k] = 0, 0
		}
	}
	wp.Lo, wp.Hi = lo, hi
	a := &frameAggregate{ec: r.ev.ec, make: func() (logical.Accumulator, error) { return fn(argTypes(c.call)) }, part: &wp, filtered: true}
	counted := r.counted(c, r.cols, r.local.n)
	if a.filter = counted.Sel; a.filter == nil {
		a.filtered = false
	}
	if a.before, err = r.states(i, fn, r.begins(c.frame), r.from); err == nil {
		a.after, err = r.states(i, fn, r.past, r.ends(c.frame))
	}
	if err != nil {
		return nil, err
	}
	return a.byFrames()
}

// reachEnd notes whether an end of the frames that is at some distance from the row may be beyond the region. Ends move with the rows: the first row's is the
// first, and the last one's the last.
func (r *windowRegion) reachEnd(k logical.BoundKind, at []int32) {
	if k != logical.Preceding && k != logical.Following {
		return
	}
	if at[r.lo] == 0 {
		r.reach(-1, 0)
	}
	if at[r.hi-1] == int32(r.local.n) {
		r.reach(0, int64(r.local.n)+1)
	}
}

// begins is the piece with which the frames of the piece's rows begin, if that is before the region.
func (r *windowRegion) begins(f logical.Frame) int {
	switch {
	case f.Start.Kind == logical.UnboundedPreceding:
		return 0
	case f.Start.Kind == logical.CurrentRow && f.Unit == logical.FrameRange:
		return r.piece.first
	}
	return r.from
}

// ends is the piece before which they end, if that is behind the region.
func (r *windowRegion) ends(f logical.Frame) int {
	switch {
	case f.End.Kind == logical.UnboundedFollowing:
		return len(r.pieces)
	case f.End.Kind == logical.CurrentRow && f.Unit == logical.FrameRange:
		return r.piece.past
	}
	return r.past
}

// states is the state of a call over pieces [from, past), as one row; nil for none.
func (r *windowRegion) states(i int, fn logical.Aggregator, from, past int) ([]columnar.Vector, error) {
	if from >= past {
		return nil, nil
	}
	acc, err := fn(argTypes(r.calls[i].call))
	if err != nil {
		return nil, err
	}
	acc.Resize(1)
	for p := from; p < past; p++ {
		if err := acc.Merge(r.ev.ec, []uint32{0}, r.pieces[p].states[i]); err != nil {
			return nil, err
		}
	}
	return acc.State()
}
