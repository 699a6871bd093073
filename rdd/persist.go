package rdd

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"weak"
)

// Persist has the partitions of r kept when they are first computed, and returns r. Lineage stays: a block that was
// evicted, lost or found damaged is computed again. An RDD that is kept already cannot be given another level before
// Unpersist; neither can a level that writes bytes be given to an RDD whose elements no codec can encode: the next
// action that needs r fails with a *PersistError. Blocks of an RDD that became unreachable, also through its children,
// are dropped. Of the options it heeds Encoding.
func (r *RDD[T]) Persist(level StorageLevel, opts ...Option) *RDD[T] {
	anyRDD{r.node}.persist(level, newSettings(opts))
	return r
}

// persist is Persist.
func (n anyRDD) persist(level StorageLevel, s settings) {
	n.keeping.Lock()
	defer n.keeping.Unlock()
	switch old := n.kept.Load(); {
	case old == nil && level != StorageNone:
		n.keep(newPersistence(n, level, s))
	case old != nil && old.level != level && old.err == nil:
		refused := &persistence{level: old.level, blocks: old.blocks, coder: old.coder}
		refused.err = &PersistError{RDD: n.id, Name: n.name, Level: level,
			Err: fmt.Errorf("it is already kept at %s; Unpersist it first", old.level)}
		n.kept.Store(refused)
	}
}

// Cache is Persist(MemoryOnly).
func (r *RDD[T]) Cache() *RDD[T] { return r.Persist(MemoryOnly) }

// Unpersist drops the stored partitions, before it returns, and keeps none from now on. A block that a task is reading
// goes when the task has read it.
func (r *RDD[T]) Unpersist() *RDD[T] {
	anyRDD{r.node}.forgetKept()
	return r
}

// PersistError is returned by actions that need an RDD which cannot be kept as Persist was asked to.
type PersistError struct {
	RDD   int // its id
	Name  string
	Level StorageLevel
	Err   error
}

// Error names the RDD and the level.
func (e *PersistError) Error() string {
	return fmt.Sprintf("%s[%d] cannot be kept at %s: %v", e.Name, e.RDD, e.Level, e.Err)
}

// Unwrap gives the reason.
func (e *PersistError) Unwrap() error { return e.Err }

// Permanent says that another attempt would not help.
func (e *PersistError) Permanent() bool { return true }

// persistence is how an RDD is kept; it is immutable but for live.
type persistence struct {
	level  StorageLevel
	blocks *keptBlocks
	coder  chunkType // not the RDD's own chunkType, which would keep the RDD
	err    error
}

// keptBlocks is what the blocks of an RDD know of it: the RDD itself must not be reachable from its blocks.
type keptBlocks struct {
	rdd  int
	live atomic.Bool // false after Unpersist: blocks that are finished later are not stored
}

// newPersistence prepares to keep n at a level.
func newPersistence(n anyRDD, level StorageLevel, s settings) *persistence {
	coder, err := n.elements.coder(s)
	p := &persistence{level: level, coder: coder, blocks: &keptBlocks{rdd: n.id}}
	p.blocks.live.Store(true)
	if !level.encoded() {
		err = nil
	}
	if err == nil && level.UseOffHeap() {
		err = offHeapSupported
	}
	if err != nil {
		p.err = &PersistError{RDD: n.id, Name: n.name, Level: level, Err: err}
	}
	return p
}

// keep publishes p and has the cleaner drop the blocks once n is unreachable. n.keeping is held.
func (n anyRDD) keep(p *persistence) {
	n.kept.Store(p)
	n.sc.persistent.add(n.node)
	if n.cleaned || !n.sc.conf.storing.cleaner {
		return
	}
	n.cleaned = true
	id := n.id
	runtime.AddCleanup(n.node, func(sc *Context) {
		sc.persistent.remove(id)
		sc.dropRDD(id)
	}, n.sc)
}

// forgetKept is Unpersist.
func (n anyRDD) forgetKept() {
	n.keeping.Lock()
	defer n.keeping.Unlock()
	p := n.kept.Swap(nil)
	if p == nil {
		return
	}
	p.blocks.live.Store(false)
	n.sc.persistent.remove(n.id)
	n.sc.dropRDD(n.id)
}

// StorageLevel is what Persist set.
func (n *node) StorageLevel() StorageLevel {
	if p := n.kept.Load(); p != nil {
		return p.level
	}
	return StorageNone
}

// keptError is why n cannot be kept as asked, or nil.
func (n anyRDD) keptError() error {
	if p := n.kept.Load(); p != nil {
		return p.err
	}
	return nil
}

// fullyStored tells whether every partition is in some block store, so that the parents need not be computed.
func (n anyRDD) fullyStored(parts int) bool {
	if n.kept.Load() == nil {
		return false
	}
	for i := range parts {
		if !n.sc.blockStored(blockID{n.id, i}) {
			return false
		}
	}
	return true
}

// persistentRDDs lists the RDDs that are kept, without keeping them from the garbage collector.
type persistentRDDs struct {
	mu   sync.Mutex
	rdds map[int]weak.Pointer[node]
}

// add lists n.
func (p *persistentRDDs) add(n *node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rdds == nil {
		p.rdds = map[int]weak.Pointer[node]{}
	}
	p.rdds[n.id] = weak.Make(n)
}

// remove takes an RDD off the list.
func (p *persistentRDDs) remove(rdd int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.rdds, rdd)
}

// PersistentRDDs lists the RDDs that are marked to be kept, whether anything of them was computed or not, by id
// (Spark's getPersistentRDDs).
func (sc *Context) PersistentRDDs() []Lineage {
	sc.persistent.mu.Lock()
	defer sc.persistent.mu.Unlock()
	var all []Lineage
	for _, w := range sc.persistent.rdds {
		if n := w.Value(); n != nil && n.kept.Load() != nil {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b Lineage) int { return cmp.Compare(a.ID(), b.ID()) })
	return all
}

// RDDStorageInfo says how much of a persisted RDD is kept, and where (Spark's RDDInfo). Bytes count every copy.
type RDDStorageInfo struct {
	RDD              int // its id
	Name             string
	Level            StorageLevel
	Partitions       int // 0 while they have not been listed
	CachedPartitions int // of which there is a copy somewhere
	MemoryBytes      int64
	OffHeapBytes     int64 // the part of MemoryBytes that is outside Go's heap
	DiskBytes        int64
}

// StorageInfo describes the RDDs of which something is kept, by id (Spark's getRDDStorageInfo).
func (sc *Context) StorageInfo() []RDDStorageInfo {
	infos := []RDDStorageInfo{}
	for _, l := range sc.PersistentRDDs() {
		if i := sc.storageInfo(l.lineage()); i.CachedPartitions > 0 {
			infos = append(infos, i)
		}
	}
	return infos
}

// storageInfo sums up the blocks of one RDD.
func (sc *Context) storageInfo(n *node) RDDStorageInfo {
	i := RDDStorageInfo{RDD: n.id, Name: n.name, Level: n.StorageLevel()}
	if ps := n.parts.Load(); ps != nil {
		i.Partitions = len(*ps)
	}
	found := map[int]bool{}
	for _, s := range sc.stores() {
		s.each(n.id, func(b *storedBlock) {
			found[b.id.partition] = true
			i.MemoryBytes += b.memory
			if b.level.UseOffHeap() {
				i.OffHeapBytes += b.memory
			}
			i.DiskBytes += b.disk.size()
		})
	}
	i.CachedPartitions = len(found)
	return i
}
