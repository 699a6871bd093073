package rdd

import (
	"errors"
	"maps"
	"sync/atomic"
)

// generations says from which computation of each indeterminate shuffle something was made: how often, by id, the
// shuffle's outputs had been dropped as a whole before.
type generations map[int]int64

// equal tells whether both were made from the same computations.
func (g generations) equal(o generations) bool { return maps.Equal(g, o) }

// provenance is what the outputs of a stage were made from. Safe for concurrent use.
type provenance struct{ made atomic.Pointer[generations] }

// load is nil while there are no outputs.
func (p *provenance) load() generations {
	if g := p.made.Load(); g != nil {
		return *g
	}
	return nil
}

// store keeps g, which must not be changed any more.
func (p *provenance) store(g generations) { p.made.Store(&g) }

// generationsOf tells what a stage that ends in l would be made from now: the shuffles that it reads, and what those
// were made from when they were written.
func generationsOf(l Lineage) generations {
	g := generations{}
	for _, d := range shufflesRead(l) {
		for id, n := range d.generations() {
			g[id] = max(g[id], n)
		}
	}
	return g
}

// generations is what the outputs of d stand for: this computation of d, if it is indeterminate, and what it was made
// from.
func (d *ShuffleDependency) generations() generations {
	if d.Parent.Determinacy() != Indeterminate {
		return nil
	}
	g := generations{d.ID: d.generation()}
	maps.Copy(g, d.madeFrom.load())
	return g
}

// shufflesRead lists the shuffles at the edge of the stage that ends in l, whether its partitions are stored or not.
func shufflesRead(l Lineage) (found []*ShuffleDependency) {
	seen := map[int]bool{}
	todo := []Lineage{l}
	for len(todo) > 0 {
		l := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[l.ID()] || l.Determinacy() != Indeterminate {
			continue
		}
		seen[l.ID()] = true
		for _, d := range l.Dependencies() {
			if s, ok := d.(*ShuffleDependency); ok {
				found = append(found, s)
			} else {
				todo = append(todo, d.RDD())
			}
		}
	}
	return found
}

// expireStale drops, among the inputs of a stage, those made from an older computation of something than others are: a
// stage that read both would see two versions of one collection. It tells whether it found any.
func expireStale(deps []*ShuffleDependency) (found bool) {
	newest := generations{}
	for _, d := range deps {
		for id, n := range d.generations() {
			newest[id] = max(newest[id], n)
		}
	}
	for _, d := range deps {
		if d.expire(newest) {
			found = true
		}
	}
	return found
}

// expire drops the outputs of d, and those that they were made from, when they are older than newest.
func (d *ShuffleDependency) expire(newest generations) bool {
	stale := false
	for id, n := range d.madeFrom.load() {
		if n < newest[id] {
			stale = true
		}
	}
	if !stale {
		return false
	}
	d.Release()
	for _, from := range shufflesRead(d.Parent) {
		from.expire(newest)
	}
	return true
}

// maxExpiries is how often the inputs of a stage may turn out to be of different computations. Each time costs a lost
// output meanwhile, and most of what is lost is lost at once.
const maxExpiries = 16

// errInputsDiffer ends a job whose indeterminate inputs were computed anew again and again.
var errInputsDiffer = errors.New("indeterminate inputs were computed anew too often")
