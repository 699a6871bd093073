package vfs

import (
	"errors"
	"hash/fnv"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"syscall"
)

// Op is an operation that can be made to fail.
type Op uint8

// The operations of FS, File and Writer.
const (
	OpOpen Op = iota
	OpStat
	OpReadDir
	OpCreate
	OpRename
	OpRemove
	OpMkdir
	OpRead
	OpWrite
	OpCommit
)

// ErrInjected is wrapped by the errors of a Faulty file system, but for a full disk, which is syscall.ENOSPC.
var ErrInjected = errors.New("injected fault of the file system")

// Faults says what befalls the operations of a Faulty file system. Whether one fails is decided by a hash of the seed,
// the operation, the name and how often it was done to that name before, so that a run can be repeated, and trying
// again may succeed. The probabilities are those of one operation.
type Faults struct {
	Seed        uint64
	OpenErrors  float64
	ReadErrors  float64
	ShortReads  float64 // Read gives less than asked for, which is no error; ReadAt never does
	WriteErrors float64 // of Create, Write and Commit
	DiskFull    float64 // of Write: half of the bytes are written, and then ENOSPC
	Renames     float64
	// Capacity is how many bytes can be written in all before the disk is full; 0 is no limit.
	Capacity int64
	// Fail, when not nil, is asked first: an error is injected as it is. It may be called concurrently.
	Fail func(op Op, name string) error
}

// Faulty is a file system that fails as it was told to. Removing and listing succeed unless Fail says otherwise, so
// that it can be cleaned up.
type Faulty struct {
	fs       FS
	faults   Faults
	injected atomic.Int64
	written  atomic.Int64

	mu   sync.Mutex
	done map[uint64]uint64 // how often each operation was done, by hash of operation and name
}

// NewFaulty wraps a file system.
func NewFaulty(inner FS, faults Faults) *Faulty {
	return &Faulty{fs: inner, faults: faults, done: map[uint64]uint64{}}
}

// Injected counts the errors and short reads so far.
func (f *Faulty) Injected() int64 { return f.injected.Load() }

// draw is a number in [0,1) for the next operation of its kind on the name.
func (f *Faulty) draw(op Op, name string) float64 {
	h := fnv.New64a()
	io.WriteString(h, name)
	key := h.Sum64() ^ uint64(op)<<56
	f.mu.Lock()
	n := f.done[key]
	f.done[key]++
	f.mu.Unlock()
	x := f.faults.Seed ^ key + n*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / (1 << 53)
}

// fail decides about one operation.
func (f *Faulty) fail(op Op, name string, probability float64) error {
	if f.faults.Fail != nil {
		if err := f.faults.Fail(op, name); err != nil {
			f.injected.Add(1)
			return err
		}
	}
	if probability > 0 && f.draw(op, name) < probability {
		f.injected.Add(1)
		return &fs.PathError{Op: opNames[op], Path: name, Err: ErrInjected}
	}
	return nil
}

// opNames are what errors call the operations.
var opNames = [...]string{OpOpen: "open", OpStat: "stat", OpReadDir: "readdir", OpCreate: "create", OpRename: "rename",
	OpRemove: "remove", OpMkdir: "mkdir", OpRead: "read", OpWrite: "write", OpCommit: "commit"}

// String is the word that errors use.
func (o Op) String() string { return opNames[o] }

// Open implements FS.
func (f *Faulty) Open(name string) (File, error) {
	if err := f.fail(OpOpen, name, f.faults.OpenErrors); err != nil {
		return nil, err
	}
	in, err := f.fs.Open(name)
	if err != nil {
		return nil, err
	}
	return &faultyFile{in, f, name}, nil
}

// Stat implements FS.
func (f *Faulty) Stat(name string) (fs.FileInfo, error) {
	if err := f.fail(OpStat, name, 0); err != nil {
		return nil, err
	}
	return f.fs.Stat(name)
}

// ReadDir implements FS.
func (f *Faulty) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.fail(OpReadDir, name, 0); err != nil {
		return nil, err
	}
	return f.fs.ReadDir(name)
}

// Create implements FS.
func (f *Faulty) Create(name string) (Writer, error) {
	if err := f.fail(OpCreate, name, f.faults.WriteErrors); err != nil {
		return nil, err
	}
	w, err := f.fs.Create(name)
	if err != nil {
		return nil, err
	}
	return &faultyWriter{w, f, name}, nil
}

// Rename implements FS.
func (f *Faulty) Rename(from, to string) error {
	if err := f.fail(OpRename, from, f.faults.Renames); err != nil {
		return err
	}
	return f.fs.Rename(from, to)
}

// RemoveAll implements FS.
func (f *Faulty) RemoveAll(name string) error {
	if err := f.fail(OpRemove, name, 0); err != nil {
		return err
	}
	return f.fs.RemoveAll(name)
}

// MkdirAll implements FS.
func (f *Faulty) MkdirAll(name string) error {
	if err := f.fail(OpMkdir, name, 0); err != nil {
		return err
	}
	return f.fs.MkdirAll(name)
}

// faultyFile is an open file whose reads may fail.
type faultyFile struct {
	File
	fs   *Faulty
	name string
}

func (f *faultyFile) Read(p []byte) (int, error) {
	if err := f.fs.fail(OpRead, f.name, f.fs.faults.ReadErrors); err != nil {
		return 0, err
	}
	if len(p) > 1 && f.fs.faults.ShortReads > 0 && f.fs.draw(OpRead, f.name+"\x00short") < f.fs.faults.ShortReads {
		f.fs.injected.Add(1)
		p = p[:(len(p)+1)/2]
	}
	return f.File.Read(p)
}

func (f *faultyFile) ReadAt(p []byte, at int64) (int, error) {
	if err := f.fs.fail(OpRead, f.name, f.fs.faults.ReadErrors); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, at)
}

// faultyWriter is a file under way whose writes may fail.
type faultyWriter struct {
	Writer
	fs   *Faulty
	name string
}

func (w *faultyWriter) Write(p []byte) (int, error) {
	f := &w.fs.faults
	if err := w.fs.fail(OpWrite, w.name, f.WriteErrors); err != nil {
		return 0, err
	}
	full := f.Capacity > 0 && w.fs.written.Add(int64(len(p))) > f.Capacity
	if full || f.DiskFull > 0 && w.fs.draw(OpWrite, w.name+"\x00full") < f.DiskFull {
		w.fs.injected.Add(1)
		n, err := w.Writer.Write(p[:len(p)/2])
		if err == nil {
			err = &fs.PathError{Op: "write", Path: w.name, Err: syscall.ENOSPC}
		}
		return n, err
	}
	return w.Writer.Write(p)
}

func (w *faultyWriter) Commit() error {
	if err := w.fs.fail(OpCommit, w.name, w.fs.faults.WriteErrors); err != nil {
		return err
	}
	return w.Writer.Commit()
}
