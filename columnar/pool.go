package columnar

import (
	"unsafe"

	"github.com/gosql-engine/gosql/internal/invariants"
)

// Pool lends buffers to one operator of one task, so that a batch's results reuse the memory of the batch before. Everything
// allocated from it is borrowed until the next Reset: the operator calls Reset when its yield has returned, and whoever wants to
// keep a batch past that calls Retain before. Not safe for concurrent use. A nil *Pool allocates owned memory instead.
type Pool struct {
	free [sizeClasses][][]uint64
	lent [sizeClasses][][]uint64
	held int64
}

// sizeClasses is the number of buffer sizes: powers of two words, from 1 to 1 GiB.
const sizeClasses = 28

// scribble fills a returned buffer in test builds, so that a reader that kept it without Retain shows.
const scribble = 0xdb5ad3adbadbeef5

// Reset takes back every buffer lent since the last Reset.
func (p *Pool) Reset() {
	if p == nil {
		return
	}
	for c := range p.lent {
		for _, b := range p.lent[c] {
			if invariants.Enabled {
				for i := range b {
					b[i] = scribble
				}
			}
			p.free[c] = append(p.free[c], b)
		}
		p.lent[c] = p.lent[c][:0]
	}
}

// Held is the number of bytes that the pool has allocated, lent and free.
func (p *Pool) Held() int64 { return p.held }

func (p *Pool) words(n int) []uint64 {
	c := 0
	for 1<<c < n {
		c++
	}
	if c >= sizeClasses {
		return make([]uint64, n)
	}
	var b []uint64
	if k := len(p.free[c]); k > 0 {
		b = p.free[c][k-1]
		p.free[c] = p.free[c][:k-1]
	} else {
		b = make([]uint64, 1<<c)
		p.held += 8 << c
	}
	p.lent[c] = append(p.lent[c], b)
	return b
}

// Buffer are the element types of buffers.
type Buffer interface {
	Native | byte | uint16 | uint32 | uint64 | View
}

// Alloc returns n elements from the pool, or fresh ones if p is nil. Contents from a pool are unspecified, except that views
// are zeroed.
func Alloc[T Buffer](p *Pool, n int) []T {
	if p == nil || n == 0 {
		return make([]T, n)
	}
	var z T
	w := p.words((n*int(unsafe.Sizeof(z)) + 7) / 8)
	out := unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(w))), n)
	if _, ok := any(z).(View); ok {
		clear(out)
	}
	return out
}

// AllocBitmap returns a bitmap of n cleared bits.
func AllocBitmap(p *Pool, n int) Bitmap {
	b := Bitmap(Alloc[uint64](p, Words(n)))
	clear(b)
	return b
}

// MakeFixed returns a vector of n rows with unspecified values and no NULLs.
func MakeFixed[T Native](p *Pool, t Type, n int) *Fixed[T] {
	return &Fixed[T]{Typ: t, Values: Alloc[T](p, n), Lent: p != nil}
}

// MakeBool returns a vector of n rows, all FALSE.
func MakeBool(p *Pool, n int) *Bool {
	return &Bool{Bits: AllocBitmap(p, n), N: n, Lent: p != nil}
}

// MakeStrings returns a vector of n empty values.
func MakeStrings(p *Pool, t Type, n int) *Strings {
	return &Strings{Typ: t, Views: Alloc[View](p, n), Lent: p != nil}
}
