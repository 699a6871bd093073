package vfs

import (
	"bytes"
	"io"
	"io/fs"
)

// ReadOnly makes an io/fs.FS (an embed.FS, a zip.Reader, an os.DirFS) readable; what would change it fails with
// ErrReadOnly. A file that has no ReadAt of its own is read into memory when it is opened.
func ReadOnly(f fs.FS) FS { return readOnly{f} }

type readOnly struct{ fs fs.FS }

func (r readOnly) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(r.fs, rooted(name)) }
func (r readOnly) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.fs, rooted(name)) }
func (readOnly) Create(name string) (Writer, error)           { return nil, readOnlyError("create", name) }
func (readOnly) Rename(from, _ string) error                  { return readOnlyError("rename", from) }
func (readOnly) RemoveAll(name string) error                  { return readOnlyError("remove", name) }
func (readOnly) MkdirAll(name string) error                   { return readOnlyError("mkdir", name) }

func readOnlyError(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: ErrReadOnly} }

func (r readOnly) Open(name string) (File, error) {
	f, err := r.fs.Open(rooted(name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	if at, ok := f.(io.ReaderAt); ok {
		return &readOnlyFile{f, at, info.Size()}, nil
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return &memoryFile{bytes.NewReader(content)}, nil
}

// readOnlyFile is an open file that can be read anywhere.
type readOnlyFile struct {
	fs.File
	io.ReaderAt
	size int64
}

func (f *readOnlyFile) Size() int64 { return f.size }
