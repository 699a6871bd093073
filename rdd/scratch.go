package rdd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// ScratchFile is a temporary file in the Context's spill folder: everything that the engine writes for itself (shuffle
// outputs, spills, cached blocks, results) is in one. Only the owner may read it; its bytes count against WithSpillLimit
// until it is removed; its errors are *ScratchError and *SpillLimitError. It is for one goroutine, but for ReadAt, which
// any may call once nothing is written any more.
type ScratchFile struct {
	folder  *spillFolder
	kind    string // what it holds, as errors name it
	path    string
	f       *os.File // nil when closed
	size    int64
	pos     int64       // of Read
	private bool        // one goroutine reads it, through the handle that wrote it
	whole   atomic.Bool // all was written: the next reader finds what a fault may have made of it
	gone    bool
}

// spillFolder is the folder for temporary files, made when the first file is. It is locked while the process lives, so
// that those of dead processes can be told apart and removed.
type spillFolder struct {
	in                       string
	limit                    int64 // of bytes on disk; 0 for none
	packShuffles, packSpills compression
	faults                   scratchFaults
	used                     atomic.Int64 // bytes in files now
	written                  atomic.Int64 // bytes ever written

	mu     sync.Mutex
	path   string
	unlock func()
	serial int
	gone   bool
}

// configure takes what concerns the folder from the configuration.
func (f *spillFolder) configure(c *config) {
	s := &c.shuffling
	f.in, f.limit, f.faults = c.spillDir, s.spillLimit, s.scratchFaults
	if s.packShuffles {
		f.packShuffles = s.packing
	}
	if s.packSpills {
		f.packSpills = s.packing
	}
}

// folderPrefix begins the names of spill folders.
const folderPrefix = "gosql-rdd-"

// create makes a new file in the folder; only the owner may read folder and files, as they hold the user's data.
func (f *spillFolder) create(kind string) (*ScratchFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return nil, ErrClosed
	}
	if f.path == "" {
		if err := f.open(); err != nil {
			return nil, &ScratchError{"create", "spill folder", filepath.Join(f.parent(), folderPrefix+"*"), err}
		}
	}
	f.serial++
	s := &ScratchFile{folder: f, kind: kind, path: filepath.Join(f.path, fmt.Sprintf("%s-%d", fileSafe(kind), f.serial))}
	var err error
	if f.faults != nil {
		err = f.faults.create(kind, s.path)
	}
	if err == nil {
		s.f, err = os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return nil, s.failed("create", err)
	}
	return s, nil
}

// parent is where the folder is made.
func (f *spillFolder) parent() string {
	if f.in == "" {
		return os.TempDir()
	}
	return f.in
}

// maxFolderTries bounds how often a new folder may be taken by a cleaner of another process before it is locked.
const maxFolderTries = 10

// open makes and locks the folder, after removing those that dead processes left in the same place. f.mu is held.
func (f *spillFolder) open() error {
	removeDeadFolders(f.parent())
	for range maxFolderTries {
		dir, err := os.MkdirTemp(f.in, folderPrefix) // 0700
		if err != nil {
			return err
		}
		unlock, err := lockFolder(dir)
		if err == nil {
			f.path, f.unlock = dir, unlock
			return nil
		}
		os.Remove(dir)
		if !errors.Is(err, errFolderLocked) {
			return err
		}
	}
	return errFolderLocked
}

// errFolderLocked is returned by lockFolder when another process, or another Context of this one, holds the lock.
var errFolderLocked = errors.New("spill folder is in use")

// removeDeadFolders removes spill folders that nobody holds the lock of: a process that ends, however, lets go of its
// locks. What cannot be removed is not this Context's worry.
func removeDeadFolders(parent string) {
	if !locksEndWithProcess {
		return
	}
	found, _ := filepath.Glob(filepath.Join(parent, folderPrefix+"*"))
	for _, dir := range found {
		if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
			continue
		}
		if unlock, err := lockFolder(dir); err == nil {
			os.RemoveAll(dir)
			unlock()
		}
	}
}

// claim books n bytes on disk.
func (f *spillFolder) claim(kind string, n int64) error {
	used := f.used.Add(n)
	if f.limit > 0 && used > f.limit {
		f.used.Add(-n)
		return &SpillLimitError{Kind: kind, Wanted: n, Used: used - n, Limit: f.limit}
	}
	return nil
}

// remove deletes the folder with all that is left in it; later creates fail.
func (f *spillFolder) remove() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = true
	if f.path == "" {
		return nil
	}
	dir := f.path
	f.path = ""
	err := os.RemoveAll(dir)
	f.unlock()
	return err
}

// failed wraps an error of the system.
func (s *ScratchFile) failed(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	var path *os.PathError
	if errors.As(err, &path) { // the path is named already
		err = path.Err
	}
	return &ScratchError{op, s.kind, s.path, err}
}

// Write appends p. After an error the file is as long as before, so that what was there is not lost.
func (s *ScratchFile) Write(p []byte) (int, error) {
	if err := s.folder.claim(s.kind, int64(len(p))); err != nil {
		return 0, err
	}
	n, err := s.write(p)
	if err != nil {
		s.folder.used.Add(-int64(len(p)))
		if s.f != nil {
			s.f.Truncate(s.size)
		}
		return 0, s.failed("write", err)
	}
	s.size += int64(n)
	s.folder.written.Add(int64(n))
	return n, nil
}

// write puts p at the end, as far as faults allow.
func (s *ScratchFile) write(p []byte) (int, error) {
	if err := s.reopen(); err != nil {
		return 0, err
	}
	if f := s.folder.faults; f != nil {
		if allowed, err := f.write(s.kind, s.path, s.size, len(p)); err != nil {
			s.f.WriteAt(p[:min(allowed, len(p))], s.size)
			return 0, err
		}
	}
	return s.f.WriteAt(p, s.size)
}

// reopen opens a file that was closed meanwhile.
func (s *ScratchFile) reopen() (err error) {
	if s.f == nil {
		s.f, err = os.OpenFile(s.path, os.O_RDWR, 0o600)
	}
	return err
}

// Size is how many bytes were written.
func (s *ScratchFile) Size() int64 { return s.size }

// Read reads on from where the last Read or Seek ended.
func (s *ScratchFile) Read(p []byte) (int, error) {
	if s.pos >= s.size {
		return 0, io.EOF
	}
	n, err := s.ReadAt(p[:min(int64(len(p)), s.size-s.pos)], s.pos)
	s.pos += int64(n)
	return n, err
}

// Seek sets where Read goes on; writing is at the end always.
func (s *ScratchFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.pos
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, s.failed("seek", os.ErrInvalid)
	}
	s.pos = offset
	return offset, nil
}

// ReadAt reads len(p) bytes at an offset; a file that is shorter than what was written to it is an error.
func (s *ScratchFile) ReadAt(p []byte, at int64) (int, error) {
	s.finished()
	if f := s.folder.faults; f != nil {
		if err := f.read(s.kind, s.path, at, len(p)); err != nil {
			return 0, s.failed("read", err)
		}
	}
	if s.f == nil {
		in, err := s.open()
		if err != nil {
			return 0, err
		}
		defer in.Close()
		return in.ReadAt(p, at)
	}
	return s.readAt(s.f, p, at)
}

// readAt reads from any handle.
func (s *ScratchFile) readAt(f *os.File, p []byte, at int64) (int, error) {
	n, err := f.ReadAt(p, at)
	if errors.Is(err, io.EOF) && n < len(p) {
		err = fmt.Errorf("%w at %d", io.ErrUnexpectedEOF, at+int64(n))
	}
	return n, s.failed("read", err)
}

// finished tells the faults, once, that the file is written.
func (s *ScratchFile) finished() {
	if f := s.folder.faults; f != nil && s.whole.CompareAndSwap(false, true) {
		f.sealed(s.kind, s.path)
	}
}

// Close closes the handle; the file stays, and is opened again as needed. Closing twice is harmless.
func (s *ScratchFile) Close() error {
	err := s.release()
	s.finished()
	return err
}

// release closes the handle of a file that is still being written.
func (s *ScratchFile) release() error {
	if s.f == nil {
		return nil
	}
	err := s.f.Close()
	s.f = nil
	return s.failed("close", err)
}

// truncate takes back what was written beyond n bytes.
func (s *ScratchFile) truncate(n int64) {
	if n >= s.size || s.gone {
		return
	}
	if s.reopen() == nil {
		s.f.Truncate(n)
		s.release()
	}
	s.folder.used.Add(n - s.size)
	s.size = n
}

// remove closes and deletes the file. It may be called more than once.
func (s *ScratchFile) remove() {
	if s.gone {
		return
	}
	s.gone = true
	s.release()
	os.Remove(s.path)
	s.folder.used.Add(-s.size)
}

// open gives a handle of its own to a reader of a written file; the reader must Close it.
func (s *ScratchFile) open() (*scratchReader, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, s.failed("read", err)
	}
	return &scratchReader{s, f}, nil
}

// readAll reads a written file from a handle of its own.
func (s *ScratchFile) readAll() ([]byte, error) {
	in, err := s.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	all := make([]byte, s.size)
	_, err = in.ReadAt(all, 0)
	return all, err
}

// scratchReader reads a ScratchFile that is not written any more.
type scratchReader struct {
	of *ScratchFile
	f  *os.File
}

// ReadAt is ScratchFile.ReadAt.
func (r *scratchReader) ReadAt(p []byte, at int64) (int, error) {
	if f := r.of.folder.faults; f != nil {
		if err := f.read(r.of.kind, r.of.path, at, len(p)); err != nil {
			return 0, r.of.failed("read", err)
		}
	}
	return r.of.readAt(r.f, p, at)
}

// Close closes the handle.
func (r *scratchReader) Close() error { return r.f.Close() }
