package rdd

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// locksEndWithProcess says that the folders of dead processes can be found by trying their locks.
const locksEndWithProcess = true

// lockFolder takes the lock of a folder, until unlock or the end of the process. errFolderLocked says that somebody else
// has it. It is a file beside the folder that is opened without sharing and deleted when it is closed.
func lockFolder(dir string) (unlock func(), err error) {
	name, err := windows.UTF16PtrFromString(dir + ".lock")
	if err != nil {
		return nil, err
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE|windows.DELETE, 0, nil, windows.OPEN_ALWAYS,
		windows.FILE_ATTRIBUTE_NORMAL|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, errFolderLocked
	}
	if err != nil {
		return nil, err
	}
	unlock = func() { windows.CloseHandle(h) }
	if _, err := os.Stat(dir); err != nil { // a cleaner was faster
		unlock()
		return nil, errFolderLocked
	}
	return unlock, nil
}
