package functions

import "github.com/gosql-engine/gosql/columnar"

// distinct is a set of values of one type; NULL is a value. The vectors must live as long as it does.
type distinct struct {
	few  []place // as long as there are few, they are looked through
	many map[uint64][]place
}

// distinctFew is the number of values up to which comparing with all is faster than hashing.
const distinctFew = 8

func (d *distinct) reset() {
	d.few = d.few[:0]
	d.many = nil
}

// has says whether row i of v is in the set.
func (d *distinct) has(v columnar.Vector, i int) bool {
	for _, p := range d.bucket(v, i) {
		if columnar.EqualAt(p.v, p.row, v, i) {
			return true
		}
	}
	return false
}

// add puts row i of v into the set; it says whether it was not in it.
func (d *distinct) add(v columnar.Vector, i int) bool {
	if d.has(v, i) {
		return false
	}
	if d.many == nil {
		if d.few = append(d.few, place{v, i}); len(d.few) > distinctFew {
			d.many = map[uint64][]place{}
			for _, p := range d.few {
				h := hashAt(p.v, p.row)
				d.many[h] = append(d.many[h], p)
			}
		}
		return true
	}
	h := hashAt(v, i)
	d.many[h] = append(d.many[h], place{v, i})
	return true
}

func (d *distinct) bucket(v columnar.Vector, i int) []place {
	if d.many == nil {
		return d.few
	}
	return d.many[hashAt(v, i)]
}

func hashAt(v columnar.Vector, i int) uint64 {
	var h [1]uint64
	columnar.Hash([]columnar.Vector{v}, columnar.Rows{N: v.Len(), Sel: []int32{int32(i)}}, h[:])
	return h[0]
}
