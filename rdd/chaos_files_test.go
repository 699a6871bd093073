package rdd

import (
	"os"
	"syscall"
)

// chaosFile is a temporary file to which something may happen.
type chaosFile struct {
	op, path string
	allowed  *int // of a write: how many bytes go through
	n        int
}

// damageFile deletes, cuts or alters a file of which all was written.
func damageFile(c *chaosInjector, f chaosFile) error {
	if f.op != "sealed" {
		return nil
	}
	if !c.strikes() {
		return nil
	}
	info, err := os.Stat(f.path)
	if err != nil || info.Size() == 0 {
		return nil
	}
	switch c.upTo(3) {
	case 0:
		os.Remove(f.path)
	case 1:
		os.Truncate(f.path, int64(c.upTo(int(info.Size()))))
	default:
		flipByte(f.path, c.upTo(int(info.Size())))
	}
	return nil
}

// flipByte alters one byte of a file.
func flipByte(path string, at int) {
	raw, err := os.ReadFile(path)
	if err != nil || at >= len(raw) {
		return
	}
	raw[at] ^= 0x55
	os.WriteFile(path, raw, 0o600)
}

// unreadableFile is a disk that fails to read.
func unreadableFile(c *chaosInjector, f chaosFile) error {
	if f.op == "read" && c.strikes() {
		return syscall.EIO
	}
	return nil
}

// fullDisk is a disk that takes part of what is to be written, or no new file.
func fullDisk(c *chaosInjector, f chaosFile) error {
	if (f.op == "write" || f.op == "create") && c.strikes() {
		if f.allowed != nil {
			*f.allowed = c.upTo(f.n + 1)
		}
		return syscall.ENOSPC
	}
	return nil
}

// create implements scratchFaults.
func (c *chaosInjector) create(_, path string) error {
	return c.file(chaosFile{op: "create", path: path})
}

// write implements scratchFaults.
func (c *chaosInjector) write(_, path string, _ int64, n int) (allowed int, err error) {
	allowed = n
	err = c.file(chaosFile{op: "write", path: path, allowed: &allowed, n: n})
	return allowed, err
}

// sealed implements scratchFaults.
func (c *chaosInjector) sealed(_, path string) { _ = c.file(chaosFile{op: "sealed", path: path}) }

// read implements scratchFaults.
func (c *chaosInjector) read(_, path string, _ int64, _ int) error {
	return c.file(chaosFile{op: "read", path: path})
}

// file asks the kind of fault.
func (c *chaosInjector) file(f chaosFile) error {
	if c.kind.files == nil {
		return nil
	}
	return c.kind.files(c, f)
}
