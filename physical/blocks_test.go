package physical

import (
	"slices"
	"testing"
)

func TestBlocks(t *testing.T) {
	for _, n := range []int{0, 1, firstBlock, firstBlock + 1, blockGroups - 1, blockGroups, blockGroups + 1, 3*blockGroups + 5} {
		b := blocks[int]{width: 3}
		for range 2 { // the second time in the room of the first
			var want []int
			for g := range n {
				copy(b.add(g), []int{g, -g, 7})
				want = append(want, g, -g, 7)
			}
			for g := range n {
				if got := b.at(g); !slices.Equal(got, want[3*g:3*g+3]) {
					t.Fatalf("group %d of %d: %v", g, n, got)
				}
			}
			if room := b.bytes(); room < int64(n)*24 || room > int64(n+blockGroups)*24*2 {
				t.Errorf("%d bytes for %d groups", room, n)
			}
		}
	}
}

// TestSparseBlocks: few groups have values, in blocks that may be far apart.
func TestSparseBlocks(t *testing.T) {
	for _, groups := range [][]int{{0}, {firstBlock + 3}, {5, blockGroups - 1, blockGroups}, {3*blockGroups + 7, 3*blockGroups + 8, 9 * blockGroups}} {
		b := blocks[int]{width: 2}
		for range 2 {
			for _, g := range groups {
				copy(b.reach(g), []int{g, -g})
			}
			for _, g := range groups {
				if got := b.at(g); !slices.Equal(got, []int{g, -g}) {
					t.Fatalf("group %d of %v: %v", g, groups, got)
				}
			}
		}
	}
}
