package physical

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/logical"
)

// TestDistinctBeyondMemory gives each row once where the rows do not fit.
func TestDistinctBeyondMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	in := randomSide(r, 120_000, 60_000, 1, 700, 0.01)
	keys := attrExprs(in.attrs[1:2])
	agree(t, "distinct", &firstOfEach{unary{in.op()}, keys, false}, 1)
	agree(t, "distinct", &firstOfEach{unary{&firstOfEach{unary{in.op()}, attrExprs(in.attrs), true}}, attrExprs(in.attrs), false}, 2)
	agree(t, "distinct of no keys", &firstOfEach{unary{in.op()}, nil, false}, 1)
}

// TestSetOperationsBeyondMemory counts rows that do not fit.
func TestSetOperationsBeyondMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 34))
	left, right := randomSide(r, 60_000, 8, 1, 700, 0.2), randomSide(r, 60_000, 30_000, 1, 700, 0.01)
	right.batches = append(right.batches, left.batches[:20]...)
	left.batches = append(left.batches, right.batches...)
	for _, kind := range []logical.SetOpKind{logical.Intersect, logical.Except} {
		for _, all := range []bool{false, true} {
			n := &logical.SetOp{Kind: kind, All: all, Cols: left.attrs}
			agree(t, n.String(), &setCounts{left.op(), right.op(), n}, 2)
		}
	}
}

// TestPartsOfHashes parts rows by other bits at each level.
func TestPartsOfHashes(t *testing.T) {
	seen := map[uint64]bool{}
	for level := range maxSpillLevel {
		seen[partOf(0x0123456789abcdef, level)] = true
	}
	var want []uint64
	for d := range seen {
		want = append(want, d)
	}
	slices.Sort(want)
	if len(want) != maxSpillLevel || want[0] != 8 || want[len(want)-1] != 0xd {
		t.Errorf("parts %x", want)
	}
}
