package vfs

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// NewMemory makes an empty file system in memory, for tests. "/a" and "a" are the same name. Folders come to be by
// MkdirAll and for files created in them.
func NewMemory() FS { return &memoryFS{nodes: map[string]*memoryNode{".": {folder: true}}} }

// memoryFS holds files and folders by their rooted names.
type memoryFS struct {
	mu    sync.RWMutex
	nodes map[string]*memoryNode
}

// memoryNode is a file or folder; it never changes.
type memoryNode struct {
	content []byte
	folder  bool
	changed time.Time
}

// find gives the node of a name.
func (m *memoryFS) find(op, name string) (*memoryNode, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if n := m.nodes[rooted(name)]; n != nil {
		return n, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (m *memoryFS) Open(name string) (File, error) {
	n, err := m.find("open", name)
	if err != nil {
		return nil, err
	}
	if n.folder {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
	}
	return &memoryFile{bytes.NewReader(n.content)}, nil
}

// memoryFile is an open file.
type memoryFile struct{ *bytes.Reader }

func (*memoryFile) Close() error { return nil }

func (m *memoryFS) Stat(name string) (fs.FileInfo, error) {
	n, err := m.find("stat", name)
	if err != nil {
		return nil, err
	}
	return memoryInfo{path.Base(rooted(name)), n}, nil
}

// memoryInfo describes a node.
type memoryInfo struct {
	name string
	*memoryNode
}

func (i memoryInfo) Name() string       { return i.name }
func (i memoryInfo) Size() int64        { return int64(len(i.content)) }
func (i memoryInfo) ModTime() time.Time { return i.changed }
func (i memoryInfo) IsDir() bool        { return i.folder }
func (i memoryInfo) Sys() any           { return nil }

func (i memoryInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o777
	}
	return 0o666
}

func (m *memoryFS) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	dir := rooted(name)
	if n := m.nodes[dir]; n == nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	} else if !n.folder {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: syscall.ENOTDIR}
	}
	var entries []fs.DirEntry
	for p, n := range m.nodes {
		if p != "." && path.Dir(p) == dir {
			entries = append(entries, fs.FileInfoToDirEntry(memoryInfo{path.Base(p), n}))
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func (m *memoryFS) Create(name string) (Writer, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	p := rooted(name)
	if n := m.nodes[path.Dir(p)]; n == nil || !n.folder {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrNotExist}
	}
	if n := m.nodes[p]; n != nil && n.folder {
		return nil, &fs.PathError{Op: "create", Path: name, Err: syscall.EISDIR}
	}
	return &memoryWriter{fs: m, name: p}, nil
}

// memoryWriter gathers a file's bytes; its fs is nil when it is done.
type memoryWriter struct {
	fs   *memoryFS
	name string
	buf  bytes.Buffer
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	if w.fs == nil {
		return 0, fs.ErrClosed
	}
	return w.buf.Write(p)
}

func (w *memoryWriter) Commit() error {
	m := w.fs
	if m == nil {
		return fs.ErrClosed
	}
	w.fs = nil
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[path.Dir(w.name)] == nil {
		return &fs.PathError{Op: "commit", Path: w.name, Err: fs.ErrNotExist}
	}
	m.nodes[w.name] = &memoryNode{content: w.buf.Bytes(), changed: time.Now()}
	return nil
}

func (w *memoryWriter) Close() error { w.fs = nil; return nil }

func (m *memoryFS) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, now := rooted(from), rooted(to)
	n, parent, target := m.nodes[old], m.nodes[path.Dir(now)], m.nodes[now]
	var err error
	switch {
	case n == nil || parent == nil || !parent.folder:
		err = fs.ErrNotExist
	case strings.HasPrefix(now, old+"/"):
		err = fs.ErrInvalid
	case target != nil && (target.folder || n.folder):
		err = fs.ErrExist
	}
	if err != nil {
		return &fs.PathError{Op: "rename", Path: from + " to " + to, Err: err}
	}
	for _, p := range append(m.below(old), old) {
		moved := m.nodes[p]
		delete(m.nodes, p)
		m.nodes[now+p[len(old):]] = moved
	}
	return nil
}

// below lists all that is in a folder, at any depth. m.mu is held.
func (m *memoryFS) below(dir string) []string {
	var found []string
	for p := range m.nodes {
		if p != dir && (dir == "." || strings.HasPrefix(p, dir+"/")) {
			found = append(found, p)
		}
	}
	return found
}

func (m *memoryFS) RemoveAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := rooted(name)
	for _, q := range m.below(p) {
		delete(m.nodes, q)
	}
	if p != "." {
		delete(m.nodes, p)
	}
	return nil
}

func (m *memoryFS) MkdirAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for p := rooted(name); p != "."; p = path.Dir(p) {
		if n := m.nodes[p]; n == nil {
			m.nodes[p] = &memoryNode{folder: true, changed: time.Now()}
		} else if !n.folder {
			return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
		}
	}
	return nil
}
