package rdd

import (
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// oneDamage cuts the first file of a kind as soon as it is written.
type oneDamage struct {
	noScratchFaults
	kind string
	done atomic.Bool
}

func (d *oneDamage) sealed(kind, path string) {
	if strings.Contains(kind, d.kind) && d.done.CompareAndSwap(false, true) {
		os.Truncate(path, 1)
	}
}

// noScratchFaults lets everything succeed.
type noScratchFaults struct{}

func (noScratchFaults) create(string, string) error                    { return nil }
func (noScratchFaults) write(_, _ string, _ int64, n int) (int, error) { return n, nil }
func (noScratchFaults) sealed(string, string)                          {}
func (noScratchFaults) read(string, string, int64, int) error          { return nil }

// TestBlockDamagedBeforeItsFirstReader: the task that stores a block reads it from there; when it cannot, the partition
// must not come out empty.
func TestBlockDamagedBeforeItsFirstReader(t *testing.T) {
	sc := newTestContext(t)
	damage := &oneDamage{}
	sc.spill.faults = damage
	kept := Range(sc, 0, 100, 1, 2).Persist(DiskOnly)
	got := must[[]int64](t)(kept.Collect(t.Context()))
	if !damage.done.Load() {
		t.Fatal("no file was damaged")
	}
	if len(got) != 100 || !slices.IsSorted(got) {
		t.Errorf("%d elements: %v", len(got), got)
	}
}
