//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package rdd

import (
	"errors"
	"os"
	"syscall"
)

// locksEndWithProcess says that the folders of dead processes can be found by trying their locks.
const locksEndWithProcess = true

// lockFolder takes the lock of a folder, until unlock or the end of the process. errFolderLocked says that somebody else
// has it, or that the folder vanished before the lock was taken. It is a flock of the folder itself: one of an open
// file, so that two Contexts of one process exclude each other too.
func lockFolder(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errFolderLocked
	}
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errFolderLocked
		}
		return nil, err
	}
	mine, err := f.Stat()
	there, statErr := os.Stat(dir)
	if err != nil || statErr != nil || !os.SameFile(mine, there) { // a cleaner was faster
		f.Close()
		return nil, errFolderLocked
	}
	return func() { f.Close() }, nil
}
