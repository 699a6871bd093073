//go:build unix

package rdd

import "golang.org/x/sys/unix"

// offHeapSupported is why OffHeap cannot be used here, or nil.
var offHeapSupported error

// mapOffHeap gives n zeroed bytes outside Go's heap.
func mapOffHeap(n int) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

// unmapOffHeap gives what mapOffHeap gave back to the system. It fails only for memory that was not mapped.
func unmapOffHeap(m []byte) {
	if m != nil {
		_ = unix.Munmap(m)
	}
}
