package rdd

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// WithFS makes a file system known: paths that begin with "scheme://" are its, for inputs, outputs and checkpoints. It
// gets the names without that. "file" is the machine's own unless it is given here, and so are paths without a scheme.
func WithFS(scheme string, fs vfs.FS) ContextOption {
	return func(c *config) {
		if c.fileSystems == nil {
			c.fileSystems = map[string]vfs.FS{}
		}
		c.fileSystems[scheme] = fs
	}
}

// location is a place in a file system.
type location struct {
	fs     vfs.FS
	name   string // in fs
	prefix string // what paths have before the name
}

// String is the path as a user would write it.
func (l location) String() string { return l.prefix + l.name }

// in is the place of something in the folder l.
func (l location) in(name string) location {
	if strings.HasSuffix(l.name, "/") || l.name == "" {
		return location{l.fs, l.name + name, l.prefix}
	}
	return location{l.fs, l.name + "/" + name, l.prefix}
}

// schemeForm is what begins a path of another file system; single letters are drives of Windows.
var schemeForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]+):(//)?`)

// locate finds the file system of a path.
func (sc *Context) locate(path string) (location, error) {
	m := schemeForm.FindStringSubmatch(path)
	if m == nil || m[1] != "file" && m[2] == "" { // a colon in the name of a local file
		return location{sc.fileSystem("file"), filepath.ToSlash(path), ""}, nil
	}
	fs := sc.fileSystem(m[1])
	if fs == nil {
		return location{}, fmt.Errorf("no file system for %q: paths that begin with %s:// need WithFS(%q, …)", path, m[1], m[1])
	}
	rest := path[len(m[0]):]
	if m[1] != "file" {
		return location{fs, rest, m[0]}, nil
	}
	if m[2] != "" {
		rest = strings.TrimPrefix(rest, "localhost")
		if !strings.HasPrefix(rest, "/") {
			return location{}, fmt.Errorf("%q names the host of a file: only file:/… and file:///… are of this machine", path)
		}
	}
	if filepath.VolumeName(strings.TrimPrefix(rest, "/")) != "" { // file:///C:/…
		rest = rest[1:]
	}
	return location{fs, filepath.ToSlash(rest), ""}, nil
}

// fileSystem finds a file system by scheme, or nil.
func (sc *Context) fileSystem(scheme string) vfs.FS {
	if fs, ok := sc.conf.fileSystems[scheme]; ok {
		return fs
	}
	if scheme == "file" {
		return vfs.Local
	}
	return nil
}
