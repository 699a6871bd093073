package vfs

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Local is the file system of the machine. A file under way is in its folder under a hidden name that begins with
// ".gosql-"; Commit renames it without waiting for the disk, so it survives the end of the process, but not always that
// of the machine.
var Local FS = localFS{}

type localFS struct{}

func (localFS) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (localFS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (localFS) Rename(from, to string) error               { return os.Rename(from, to) }
func (localFS) RemoveAll(name string) error                { return os.RemoveAll(name) }
func (localFS) MkdirAll(name string) error                 { return os.MkdirAll(name, 0o777) }

// SyncFolder opens the folder like a file, which not all systems can; what they cannot they need not.
func (localFS) SyncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// Open asks for the size at once, which also tells folders from files.
func (localFS) Open(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &localFile{f, info.Size()}, nil
}

// localFile is an open file with its size.
type localFile struct {
	*os.File
	size int64
}

func (f *localFile) Size() int64 { return f.size }

// Create opens the hidden file.
func (localFS) Create(name string) (Writer, error) {
	dir, file := filepath.Split(name)
	hidden := filepath.Join(dir, ".gosql-"+file+"-"+rand.Text())
	f, err := os.OpenFile(hidden, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return &localWriter{f, name}, nil
}

// localWriter is a hidden file that Commit renames; its file is nil when that is done.
type localWriter struct {
	file *os.File
	name string
}

func (w *localWriter) Sync() error                 { return w.file.Sync() }
func (w *localWriter) Write(p []byte) (int, error) { return w.file.Write(p) }

func (w *localWriter) Commit() error {
	f := w.file
	if f == nil {
		return fs.ErrClosed
	}
	w.file = nil
	err := f.Close()
	if err == nil {
		err = os.Rename(f.Name(), w.name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func (w *localWriter) Close() error {
	if w.file == nil {
		return nil
	}
	w.file.Close()
	err := os.Remove(w.file.Name())
	w.file = nil
	return err
}
