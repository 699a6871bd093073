package datasources

import (
	"bytes"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// FS is a file system to read from. Names are slash-separated paths as the user wrote them, without the scheme of local files.
// Implementations are safe for concurrent use.
type FS interface {
	Open(name string) (FileReader, error)
	Stat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
}

// FileReader is an open file. ReadAt may be called concurrently.
type FileReader interface {
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error)
}

var fileSystems = map[string]FS{}

// RegisterFS makes a file system known for paths that begin with "scheme://". It is called from init functions and panics if the
// scheme is taken.
func RegisterFS(scheme string, f FS) {
	if _, taken := fileSystems[scheme]; taken {
		panic("datasources: file system registered twice: " + scheme)
	}
	fileSystems[scheme] = f
}

// fileSystem finds the file system of a path and the path's name in it.
func fileSystem(path string) (FS, string, error) {
	if path == "-" {
		return stdin, path, nil
	}
	scheme, rest, ok := strings.Cut(path, ":")
	if !ok || strings.ContainsAny(scheme, "/.*=") || len(scheme) < 2 {
		return localFS{}, path, nil
	}
	if scheme == "file" {
		for strings.HasPrefix(rest, "//") {
			rest = rest[1:]
		}
		if u, err := url.PathUnescape(rest); err == nil {
			rest = u
		}
		return localFS{}, rest, nil
	}
	if !strings.HasPrefix(rest, "//") {
		return localFS{}, path, nil
	}
	if f, known := fileSystems[scheme]; known {
		return f, path, nil
	}
	return nil, "", columnar.Errorf("UNSUPPORTED_FEATURE", "Paths of the scheme %q are not supported: %q.", scheme, path)
}

// localPath is the path of a local file or folder to write to.
func localPath(path string) (string, error) {
	f, name, err := fileSystem(path)
	if err != nil {
		return "", err
	}
	if _, ok := f.(localFS); !ok {
		return "", columnar.Errorf("UNSUPPORTED_FEATURE", "Writing to %q is not supported.", path)
	}
	return name, nil
}

type localFS struct{}

func (localFS) Open(name string) (FileReader, error)       { return os.Open(name) }
func (localFS) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (localFS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// stdin is the file system whose one file, "-", is the standard input. It is read once, as a whole, so that finding the schema
// and reading the rows see the same bytes.
var stdin = &memoryFile{name: "-", read: sync.OnceValues(func() ([]byte, error) { return io.ReadAll(os.Stdin) })}

// memoryFile is a file that is read into memory when it is first used, and the file system that holds only it.
type memoryFile struct {
	name string
	read func() ([]byte, error)
}

func (m *memoryFile) Open(string) (FileReader, error) {
	b, err := m.read()
	if err != nil {
		return nil, err
	}
	return memoryReader{bytes.NewReader(b), m.name}, nil
}

func (m *memoryFile) Stat(string) (fs.FileInfo, error) {
	b, err := m.read()
	return memoryInfo{m.name, int64(len(b))}, err
}

func (m *memoryFile) ReadDir(string) ([]fs.DirEntry, error) { return nil, fs.ErrInvalid }

type memoryReader struct {
	*bytes.Reader
	name string
}

func (r memoryReader) Close() error               { return nil }
func (r memoryReader) Stat() (fs.FileInfo, error) { return memoryInfo{r.name, r.Size()}, nil }

type memoryInfo struct {
	name string
	size int64
}

func (i memoryInfo) Name() string     { return i.name }
func (i memoryInfo) Size() int64      { return i.size }
func (memoryInfo) Mode() fs.FileMode  { return 0o444 }
func (memoryInfo) ModTime() time.Time { return time.Time{} }
func (memoryInfo) IsDir() bool        { return false }
func (memoryInfo) Sys() any           { return nil }
