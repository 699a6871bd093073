//go:build linux && (amd64 || arm64)

package parquet

import (
	"os"
	"syscall"
)

// mapFile maps a file's first size bytes for reading.
func mapFile(f *os.File, size int64) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
}

// canMap says whether files can be read in place.
const canMap = true

func unmapFile(data []byte) { _ = syscall.Munmap(data) } // it fails for what is no mapping only

// populateRead is MADV_POPULATE_READ of Linux 5.14, which package syscall does not have.
const populateRead = 22

// readAheadMapped has a part of a mapping read, in one go instead of fault by fault; systems that do not know how leave it to the faults.
func readAheadMapped(data []byte, off, end int64) {
	off -= off % int64(os.Getpagesize())
	_ = syscall.Madvise(data[off:end], populateRead)
}
