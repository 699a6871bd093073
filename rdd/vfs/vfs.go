// Package vfs has the file systems that package rdd reads its inputs from and writes its outputs and checkpoints to:
// the machine's own ([Local]), one in memory for tests ([NewMemory]), any io/fs.FS for reading ([ReadOnly]), and a
// wrapper that makes another one fail ([NewFaulty]). Others, such as HDFS or object stores, plug in by implementing
// [FS] and are made known to an engine under the scheme of their paths by rdd.WithFS.
package vfs

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

// FS is a file system. Names are slash-separated; Local's are those of the operating system, all others get what
// follows "scheme://" in the path that a user wrote. Errors wrap those of io/fs (fs.ErrNotExist, fs.ErrExist) where they
// apply. Implementations are safe for concurrent use.
type FS interface {
	// Open opens a file for reading. Opening a folder is an error.
	Open(name string) (File, error)
	// Stat describes a file or folder, following links.
	Stat(name string) (fs.FileInfo, error)
	// ReadDir lists a folder, in the order of names.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Create begins a file. Nothing is to be seen under the name before the Writer's Commit, which also replaces a file
	// that is there. The folder must exist.
	Create(name string) (Writer, error)
	// Rename moves a file, replacing one that is there, or a folder, to where nothing may be (fs.ErrExist). Outputs become
	// visible as a whole because this is atomic; where a file system cannot do that, they do not.
	Rename(from, to string) error
	// RemoveAll deletes a file, or a folder with all that is in it. What does not exist is no error.
	RemoveAll(name string) error
	// MkdirAll makes a folder and those above it; one that exists is no error.
	MkdirAll(name string) error
}

// File is a file open for reading. ReadAt may be called concurrently; Read has a position of its own.
type File interface {
	io.Reader
	io.ReaderAt
	io.Closer
	// Size is the length in bytes when the file was opened.
	Size() int64
}

// Writer is a file being written. Close without Commit discards it, and does nothing after Commit, so that it can be
// deferred. It is not safe for concurrent use.
type Writer interface {
	io.Writer
	// Commit makes the file visible under its name, whole. After an error nothing is.
	Commit() error
	io.Closer
}

// Syncer is implemented by Writers of file systems where what was written can be lost with the machine for a while: Sync
// waits until it cannot. It is called before Commit.
type Syncer interface{ Sync() error }

// FolderSyncer is implemented by file systems where the names in a folder can be lost with the machine for a while.
type FolderSyncer interface{ SyncFolder(name string) error }

// Sync waits until the names in a folder cannot be lost, where the file system has that.
func Sync(f FS, folder string) error {
	if s, ok := f.(FolderSyncer); ok {
		return s.SyncFolder(folder)
	}
	return nil
}

// Locator is implemented by file systems that know which hosts or executors hold a range of a file.
type Locator interface {
	Locations(name string, start, length int64) []string
}

// ErrReadOnly is returned by what would change a file system that can only be read.
var ErrReadOnly = errors.New("file system is read-only")

// WriteFile creates a file with the given content.
func WriteFile(f FS, name string, content []byte) error {
	w, err := f.Create(name)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Write(content); err != nil {
		return err
	}
	return w.Commit()
}

// ReadFile reads a whole file.
func ReadFile(f FS, name string) ([]byte, error) {
	in, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	content := make([]byte, in.Size())
	if _, err := io.ReadFull(in, content); err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return content, nil
}

// Exists tells whether there is a file or folder of the name.
func Exists(f FS, name string) (bool, error) {
	_, err := f.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// rooted is the clean form of a name without a leading slash, as io/fs wants it; "." is the root.
func rooted(name string) string {
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name != "" {
		return name
	}
	return "."
}
