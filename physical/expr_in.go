package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// inList is (values) IN (rows of a subquery), where the optimizer could not make a join of it.
type inList struct {
	values []logical.Evaluator
	list   columnar.Batch
	// byHash lists the rows of list without NULLs by the hash of their columns.
	byHash map[uint64][]int32
	nulls  []int32 // the rows with a NULL in them
}

func (c *compiler) inList(e *logical.InSubquery) (logical.Evaluator, error) {
	out := &inList{byHash: map[uint64][]int32{}}
	for _, v := range e.Values {
		of, err := c.compile(v)
		if err != nil {
			return nil, err
		}
		out.values = append(out.values, of)
	}
	out.list = columnar.ConcatBatches(logical.Schema(e.Plan), c.values[e].list)
	hashes := make([]uint64, out.list.Len)
	columnar.Hash(out.list.Cols, out.list.LiveRows(), hashes)
	for i, h := range hashes {
		if anyNull(out.list.Cols, i) {
			out.nulls = append(out.nulls, int32(i))
		} else {
			out.byHash[h] = append(out.byHash[h], int32(i))
		}
	}
	return out, nil
}

func anyNull(cols []columnar.Vector, i int) bool {
	for _, c := range cols {
		if c.IsNull(i) {
			return true
		}
	}
	return false
}

func (l *inList) Type() columnar.Type       { return columnar.BooleanType }
func (l *inList) Constant() columnar.Vector { return nil }

// Eval implements logical.Evaluator: TRUE where a row of the list equals the values, else NULL where one might for its NULLs or
// those of the values, else FALSE.
func (l *inList) Eval(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	cols := make([]columnar.Vector, len(l.values))
	for i, e := range l.values {
		var err error
		if cols[i], err = e.Eval(ec, in, rows); err != nil {
			return nil, err
		}
	}
	hashes := make([]uint64, rows.Count())
	columnar.Hash(cols, rows, hashes)
	out := columnar.MakeBool(ec.Pool, in.Len)
	out.Valid = columnar.AllocBitmap(ec.Pool, in.Len)
	out.Valid.SetAll(in.Len)
	for i, h := range hashes {
		r := rows.Row(i)
		switch found, unknown := l.find(cols, r, h); {
		case found:
			out.Bits.Set(r)
		case unknown:
			out.Valid.Clear(r)
		}
	}
	return out, nil
}

func (l *inList) find(cols []columnar.Vector, r int, h uint64) (found, unknown bool) {
	if anyNull(cols, r) {
		return false, l.mayMatch(cols, r, nil)
	}
	for _, k := range l.byHash[h] {
		if l.equal(cols, r, int(k)) {
			return true, false
		}
	}
	return false, len(l.nulls) > 0 && l.mayMatch(cols, r, l.nulls)
}

func (l *inList) equal(cols []columnar.Vector, r, k int) bool {
	for i, c := range cols {
		if !columnar.EqualAt(c, r, l.list.Cols[i], k) {
			return false
		}
	}
	return true
}

// mayMatch says whether some row of the list, of those given (nil: all), is equal in all columns where both sides have a value.
func (l *inList) mayMatch(cols []columnar.Vector, r int, among []int32) bool {
	n := l.list.Len
	if among != nil {
		n = len(among)
	}
	for i := range n {
		k := i
		if among != nil {
			k = int(among[i])
		}
		ok := true
		for c, v := range cols {
			w := l.list.Cols[c]
			if !v.IsNull(r) && !w.IsNull(k) && !columnar.EqualAt(v, r, w, k) {
				ok = false
				break
			}
		}
		if ok {
			return true
		}
	}
	return false
}
