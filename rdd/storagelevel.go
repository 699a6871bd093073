package rdd

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// StorageLevel says where and how the partitions of a persisted RDD are kept (Spark's StorageLevel): one of the
// constants, or what NewStorageLevel makes.
type StorageLevel int32

// The parts of a StorageLevel; the number of copies counts in units of levelCopy.
const (
	levelDisk StorageLevel = 1 << iota
	levelMemory
	levelOffHeap
	levelDeserialized
	levelCopy StorageLevel = 1 << 8
)

// The levels, under Spark's names without the underscores. In memory a partition is kept as it is (by reference), or
// serialised by its codec in the _SER forms, which take less room and more time; with disk, what memory has no room for
// goes to files, and comes back to memory when it is read and there is room again; without, it is computed again. The
// _2 and _3 forms keep copies on that many executors.
const (
	// StorageNone keeps nothing.
	StorageNone StorageLevel = 0
	// MemoryOnly keeps partitions in memory; what does not fit is computed again when needed.
	MemoryOnly = levelMemory | levelDeserialized | levelCopy
	// MemoryOnly2 is MemoryOnly on two executors.
	MemoryOnly2 = MemoryOnly + levelCopy
	// MemoryOnlySer keeps serialised partitions in memory.
	MemoryOnlySer = levelMemory | levelCopy
	// MemoryOnlySer2 is MemoryOnlySer on two executors.
	MemoryOnlySer2 = MemoryOnlySer + levelCopy
	// MemoryAndDisk keeps partitions in memory, and in files when memory is short.
	MemoryAndDisk = levelDisk | MemoryOnly
	// MemoryAndDisk2 is MemoryAndDisk on two executors.
	MemoryAndDisk2 = MemoryAndDisk + levelCopy
	// MemoryAndDiskSer keeps serialised partitions in memory, and in files when memory is short.
	MemoryAndDiskSer = levelDisk | MemoryOnlySer
	// MemoryAndDiskSer2 is MemoryAndDiskSer on two executors.
	MemoryAndDiskSer2 = MemoryAndDiskSer + levelCopy
	// DiskOnly keeps partitions in files.
	DiskOnly = levelDisk | levelCopy
	// DiskOnly2 is DiskOnly on two executors.
	DiskOnly2 = DiskOnly + levelCopy
	// DiskOnly3 is DiskOnly on three executors.
	DiskOnly3 = DiskOnly2 + levelCopy
	// OffHeap keeps serialised partitions in anonymous mappings outside Go's heap, where the garbage collector neither
	// looks at them nor counts them, and in files when the memory budget, which they count towards, is short. It needs a
	// Unix system; on others the first action fails.
	OffHeap = levelDisk | levelMemory | levelOffHeap | levelCopy
)

// levelNames are Spark's names of the levels.
var levelNames = map[string]StorageLevel{
	"NONE": StorageNone, "DISK_ONLY": DiskOnly, "DISK_ONLY_2": DiskOnly2, "DISK_ONLY_3": DiskOnly3,
	"MEMORY_ONLY": MemoryOnly, "MEMORY_ONLY_2": MemoryOnly2,
	"MEMORY_ONLY_SER": MemoryOnlySer, "MEMORY_ONLY_SER_2": MemoryOnlySer2,
	"MEMORY_AND_DISK": MemoryAndDisk, "MEMORY_AND_DISK_2": MemoryAndDisk2,
	"MEMORY_AND_DISK_SER": MemoryAndDiskSer, "MEMORY_AND_DISK_SER_2": MemoryAndDiskSer2,
	"OFF_HEAP": OffHeap,
}

// maxReplication bounds the copies of a block, as in Spark.
const maxReplication = 40

// ParseStorageLevel reads Spark's name of a level, such as MEMORY_AND_DISK_SER_2, in capitals or not.
func ParseStorageLevel(name string) (StorageLevel, error) {
	if l, ok := levelNames[strings.ToUpper(name)]; ok {
		return l, nil
	}
	known := strings.Join(slices.Sorted(maps.Keys(levelNames)), ", ")
	return StorageNone, fmt.Errorf("rdd: unknown storage level %q; known are %s", name, known)
}

// NewStorageLevel makes a level of its parts. Off-heap blocks are serialised memory, so offHeap needs memory and no
// deserialized; there are 1 to 39 copies.
func NewStorageLevel(disk, memory, offHeap, deserialized bool, replication int) (StorageLevel, error) {
	if replication < 1 || replication >= maxReplication {
		return StorageNone, fmt.Errorf("rdd: replication %d is outside [1,%d)", replication, maxReplication)
	}
	if offHeap && (deserialized || !memory) {
		return StorageNone, fmt.Errorf("rdd: an off-heap storage level is in memory and serialised")
	}
	if !disk && !memory {
		return StorageNone, nil
	}
	l := StorageLevel(replication) * levelCopy
	for _, part := range []struct {
		of     StorageLevel
		wanted bool
	}{{levelDisk, disk}, {levelMemory, memory}, {levelOffHeap, offHeap}, {levelDeserialized, deserialized && memory}} {
		if part.wanted {
			l |= part.of
		}
	}
	return l, nil
}

// UseDisk tells whether partitions may be kept in files.
func (l StorageLevel) UseDisk() bool { return l&levelDisk != 0 }

// UseMemory tells whether partitions may be kept in memory, on Go's heap or off it.
func (l StorageLevel) UseMemory() bool { return l&levelMemory != 0 }

// UseOffHeap tells whether what is kept in memory is outside Go's heap.
func (l StorageLevel) UseOffHeap() bool { return l&levelOffHeap != 0 }

// Deserialized tells whether partitions are kept in memory as they are.
func (l StorageLevel) Deserialized() bool { return l&levelDeserialized != 0 }

// Replication is the number of executors that keep a copy; 1 for StorageNone, as in Spark.
func (l StorageLevel) Replication() int { return max(int(l/levelCopy), 1) }

// encoded tells whether blocks of this level are, or may come to be, bytes.
func (l StorageLevel) encoded() bool { return l != StorageNone && (l.UseDisk() || !l.Deserialized()) }

// Description is how Spark describes the level in debug strings: "Disk Memory Deserialized 1x Replicated".
func (l StorageLevel) Description() string {
	var words []string
	if l.UseDisk() {
		words = append(words, "Disk")
	}
	switch {
	case l.UseOffHeap():
		words = append(words, "Memory (off heap)")
	case l.UseMemory():
		words = append(words, "Memory")
	}
	if l.Deserialized() {
		words = append(words, "Deserialized")
	} else {
		words = append(words, "Serialized")
	}
	return fmt.Sprintf("%s %dx Replicated", strings.Join(words, " "), l.Replication())
}

// String is Spark's name of the level, or its description when it has none.
func (l StorageLevel) String() string {
	for name, known := range levelNames {
		if l == known {
			return name
		}
	}
	return l.Description()
}
