package physical

import "unsafe"

// blocks holds width values for each of a growing number of groups. They stand in blocks that stay where they are, so that growing copies nothing; only the
// first block begins small.
type blocks[T any] struct {
	width int
	parts [][]T
}

const (
	blockBits   = 12
	blockGroups = 1 << blockBits
	firstBlock  = 64
)

// at is the values of group g.
func (b *blocks[T]) at(g int) []T {
	i := (g & (blockGroups - 1)) * b.width
	return b.parts[g>>blockBits][i : i+b.width]
}

// add makes room for group g, the next one or one for which there is room already; what the room holds is not defined.
func (b *blocks[T]) add(g int) []T {
	switch part := g >> blockBits; {
	case part == len(b.parts) && part > 0:
		b.parts = append(b.parts, make([]T, blockGroups*b.width))
	case part == len(b.parts):
		b.parts = append(b.parts, make([]T, firstBlock*b.width))
	case part == 0 && g*b.width == len(b.parts[0]):
		larger := make([]T, 2*len(b.parts[0]))
		copy(larger, b.parts[0])
		b.parts[0] = larger
	}
	return b.at(g)
}

// reach is add for blocks in which some groups have values only: those of the others are not defined. The same blocks are not added to.
func (b *blocks[T]) reach(g int) []T {
	for part := len(b.parts); part <= g>>blockBits; part++ {
		b.parts = append(b.parts, make([]T, blockGroups*b.width))
	}
	return b.at(g)
}

func (b *blocks[T]) bytes() int64 {
	var z T
	n := 0
	for _, p := range b.parts {
		n += len(p)
	}
	return int64(n) * int64(unsafe.Sizeof(z))
}
