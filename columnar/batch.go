package columnar

import "slices"

// BatchRows is the usual number of rows of a batch.
const BatchRows = 2048

// Batch is a horizontal piece of a table. Its vectors are all of Len rows, of which those that Sel lists, in ascending order, are
// live (nil: all). A filter narrows Sel and copies nothing; Compact makes a batch dense.
//
// A batch is lent to the receiver until its yield returns: keep it with Retain. Batches are values; the columns are shared.
type Batch struct {
	Schema *Schema
	Cols   []Vector
	Len    int
	Sel    []int32
}

// NewBatch makes a batch of all rows of the columns; n is their length (needed where there are no columns).
func NewBatch(s *Schema, n int, cols ...Vector) Batch { return Batch{Schema: s, Cols: cols, Len: n} }

// Live is the number of live rows.
func (b Batch) Live() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.Len
}

// LiveRows is the batch's selection.
func (b Batch) LiveRows() Rows { return Rows{N: b.Len, Sel: b.Sel} }

// Rows is the set of rows of a batch that an expression is evaluated for. Sel lists them in ascending order; nil stands for all N.
// Results have N rows; what stands at rows outside the selection is unspecified but valid to read.
type Rows struct {
	N   int
	Sel []int32
}

// AllRows are the rows 0 to n.
func AllRows(n int) Rows { return Rows{N: n} }

// Count is the number of rows in the set.
func (r Rows) Count() int {
	if r.Sel != nil {
		return len(r.Sel)
	}
	return r.N
}

// Row is the i-th row of the set.
func (r Rows) Row(i int) int {
	if r.Sel != nil {
		return int(r.Sel[i])
	}
	return i
}

// Retain returns a batch that may be kept: borrowed columns are copied (dense, if rows have been filtered out), owned ones shared.
func (b Batch) Retain() Batch {
	borrowed := false
	for _, c := range b.Cols {
		borrowed = borrowed || c.Borrowed()
	}
	if !borrowed {
		b.Sel = slices.Clone(b.Sel) // which keeps an empty selection from becoming nil, that is, all rows
		return b
	}
	if b.Sel != nil {
		return b.Compact(nil).Retain()
	}
	cols := make([]Vector, len(b.Cols))
	for i, c := range b.Cols {
		cols[i] = c.Retain()
	}
	b.Cols = cols
	return b
}

// Compact returns a batch of just the live rows, with columns from p where they have to be gathered.
func (b Batch) Compact(p *Pool) Batch {
	if b.Sel == nil {
		return b
	}
	cols := make([]Vector, len(b.Cols))
	for i, c := range b.Cols {
		cols[i] = Take(p, c, b.Sel)
	}
	return Batch{Schema: b.Schema, Cols: cols, Len: len(b.Sel)}
}

// Slice returns the rows lo to hi of a dense batch.
func (b Batch) Slice(lo, hi int) Batch {
	cols := make([]Vector, len(b.Cols))
	for i, c := range b.Cols {
		cols[i] = c.Slice(lo, hi)
	}
	return Batch{Schema: b.Schema, Cols: cols, Len: hi - lo}
}

// Bytes is the memory that the columns hold; shared buffers count in full.
func (b Batch) Bytes() int64 {
	n := int64(len(b.Sel)) * 4
	for _, c := range b.Cols {
		n += c.Bytes()
	}
	return n
}

// Rows is the number of live rows, as rdd's size estimates want it.
func (b Batch) Rows() int64 { return int64(b.Live()) }
