package rdd

import (
	"math"
	"math/bits"
	"slices"
)

// distinctSketch estimates the number of distinct values in a stream from their hashes (HyperLogLog++, as Heule, Nunkesser
// and Hall describe it). It is 2^precision registers, each of which holds the longest run of leading zero bits that was
// seen in its share of the hashes. While few values were seen it is a list of such runs at the finer sparse precision
// instead, which is smaller and nearly exact; a sparse precision of 0 leaves that form out.
//
// The paper corrects the bias of small counts by tables of measurements. The estimator used here (Ertl, "New cardinality
// estimation algorithms for HyperLogLog sketches", 2017) has no such bias at any count, and needs no tables.
type distinctSketch struct {
	precision, sparsePrecision uint8
	sparse                     []uint64 // index<<8 | run, of the sparse precision; sorted and unique up to settled
	settled                    int
	registers                  []uint8 // nil while sparse
}

// newDistinctSketch makes a sketch that has seen nothing.
func newDistinctSketch(precision, sparsePrecision int) *distinctSketch {
	s := &distinctSketch{precision: uint8(precision), sparsePrecision: uint8(sparsePrecision)}
	if sparsePrecision == 0 {
		s.registers = make([]uint8, 1<<precision)
	}
	return s
}

// Bytes is the size that the sketch may grow to: what a task that makes many of them must reserve.
func (s *distinctSketch) Bytes() int64 { return 1<<s.precision + 64 }

// Rows is 1; with Bytes it makes the sketch a Sizer.
func (s *distinctSketch) Rows() int64 { return 1 }

// add sees a value by its hash.
func (s *distinctSketch) add(hash uint64) {
	if s.registers != nil {
		s.raise(hash>>(64-s.precision), runOf(hash<<s.precision, 64-s.precision))
		return
	}
	p := s.sparsePrecision
	s.sparse = append(s.sparse, hash>>(64-p)<<8|uint64(runOf(hash<<p, 64-p)))
	s.bound()
}

// runOf is one more than the number of leading zeros among the first n bits of b.
func runOf(b uint64, n uint8) uint8 { return min(uint8(bits.LeadingZeros64(b)), n) + 1 }

// raise keeps the longest run of a register.
func (s *distinctSketch) raise(register uint64, run uint8) {
	s.registers[register] = max(s.registers[register], run)
}

// bound turns the list into registers where those are smaller. The list may double before it is settled again, so that
// each entry is sorted only a few times.
func (s *distinctSketch) bound() {
	const entry = 8 // bytes, against one for a register
	if len(s.sparse) < max(2*s.settled, 64) && len(s.sparse)*entry <= 1<<s.precision {
		return
	}
	s.settle()
	if s.settled*entry*2 > 1<<s.precision {
		s.toRegisters()
	}
}

// settle sorts the list and keeps the longest run of each index.
func (s *distinctSketch) settle() {
	slices.Sort(s.sparse)
	kept := s.sparse[:0]
	for i, e := range s.sparse {
		if i+1 == len(s.sparse) || s.sparse[i+1]>>8 != e>>8 {
			kept = append(kept, e)
		}
	}
	s.sparse, s.settled = kept, len(kept)
}

// toRegisters gives up the sparse form. The bits of an index beyond the precision belong to the run.
func (s *distinctSketch) toRegisters() {
	s.registers = make([]uint8, 1<<s.precision)
	extra := s.sparsePrecision - s.precision
	for _, e := range s.sparse {
		index, run := e>>8, uint8(e)
		if low := index & (1<<extra - 1); low != 0 {
			run = runOf(low<<(64-extra), extra)
		} else {
			run += extra
		}
		s.raise(index>>extra, run)
	}
	s.sparse, s.settled = nil, 0
}

// merge sees all that o, of the same precisions, has seen. It may turn o into registers.
func (s *distinctSketch) merge(o *distinctSketch) {
	if s.registers == nil && o.registers == nil {
		s.sparse = append(s.sparse, o.sparse...)
		s.settled = 0
		s.bound()
		return
	}
	for _, d := range []*distinctSketch{s, o} {
		if d.registers == nil {
			d.toRegisters()
		}
	}
	for i, run := range o.registers {
		s.registers[i] = max(s.registers[i], run)
	}
}

// estimate is the number of distinct values.
func (s *distinctSketch) estimate() int64 {
	if s.registers == nil {
		s.settle()
		m := math.Exp2(float64(s.sparsePrecision))
		return int64(math.Round(m * math.Log(m/(m-float64(s.settled))))) // linear counting: so few are hardly in each other's way
	}
	most := 64 - int(s.precision) // the longest run that is known to have ended, which one more is not
	counts := make([]float64, most+2)
	for _, run := range s.registers {
		counts[run]++
	}
	m := float64(len(s.registers))
	z := m * ertlTau(1-counts[most+1]/m)
	for k := most; k >= 1; k-- {
		z = 0.5 * (z + counts[k])
	}
	z += m * ertlSigma(counts[0]/m)
	return int64(math.Round(m / (2 * math.Ln2) * (m / z)))
}

// ertlSigma corrects for registers that have seen nothing: x + Σ x^(2^k)·2^(k−1).
func ertlSigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	sum := x
	for y, before := 1.0, -1.0; sum != before; y *= 2 {
		x *= x
		before = sum
		sum += x * y
	}
	return sum
}

// ertlTau corrects for registers that have seen the longest run there is: (1 − x − Σ (1 − x^(2^−k))²·2^−k) / 3.
func ertlTau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	sum := 1 - x
	for y, before := 0.5, -1.0; sum != before; y *= 0.5 {
		x = math.Sqrt(x)
		before = sum
		sum -= (1 - x) * (1 - x) * y
	}
	return sum / 3
}
