package datasources

import (
	"context"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// File is a data file as it was when the query was planned.
type File struct {
	Path     string // as messages show it
	Size     int64
	Modified time.Time
	Values   []columnar.Vector // of the partition columns, one row each

	fs   FS
	name string   // in fs
	dirs []string // the k=v folder names between the base path and the file
}

// Open opens the file for reading at any place. The error is typed if the file is gone (FAILED_READ_FILE.FILE_NOT_EXIST) or is not
// what it was when the query was planned (FAILED_READ_FILE.FILE_CHANGED).
func (f *File) Open() (FileReader, error) {
	r, err := f.fs.Open(f.name)
	if err != nil {
		return nil, ReadError(f.Path, err)
	}
	st, err := r.Stat()
	if err == nil && (st.Size() != f.Size || !st.ModTime().Equal(f.Modified)) {
		err = fileChanged(f, st.Size())
	}
	if err != nil {
		r.Close()
		return nil, ReadError(f.Path, err)
	}
	return r, nil
}

// Stream opens the file for reading from its beginning, decompressed as its name says.
func (f *File) Stream() (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	return decompress(f, r)
}

// Compressed says whether the file's name is that of a compressed file, which can only be read from its beginning.
func (f *File) Compressed() bool {
	c, _ := compressionOf(f.Path)
	return c != noCompression
}

// Files are the data files of a table.
type Files struct {
	Paths     []string
	List      []*File
	Partition []columnar.Field // the columns that the k=v folders make
}

// Bytes is the size of all files.
func (fs *Files) Bytes() int64 {
	n := int64(0)
	for _, f := range fs.List {
		n += f.Size
	}
	return n
}

// finder is one search for data files.
type finder struct {
	recursive     bool
	nameGlob      *glob
	before, after time.Time
	ignoreMissing bool
	base          string
	out           []*File
}

// Find lists the data files at the paths: files, folders (with the folders in them), globs. Names that begin with "_" or "." are
// left out, as Spark does, but for those that the paths name themselves. Partition columns come from folders called key=value.
func Find(ctx context.Context, paths []string, o Options, schema *columnar.Schema) (*Files, error) {
	f, err := newFinder(o)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		if err := f.path(ctx, p); err != nil {
			return nil, err
		}
	}
	out := &Files{Paths: paths, List: f.out}
	if !f.recursive {
		if err := out.findPartitions(schema, o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func newFinder(o Options) (*finder, error) {
	f := &finder{base: strings.TrimRight(o.Text("", "basePath"), "/")}
	var err error
	if f.recursive, err = o.Bool("recursiveFileLookup", false); err != nil {
		return nil, err
	}
	if f.ignoreMissing, err = o.Bool("ignoreMissingFiles", false); err != nil {
		return nil, err
	}
	if g, ok := o.Get("pathGlobFilter"); ok {
		f.nameGlob = parseGlob(g)
	}
	for name, t := range map[string]*time.Time{"modifiedBefore": &f.before, "modifiedAfter": &f.after} {
		if v, ok := o.Get(name); ok {
			if *t, err = time.Parse("2006-01-02T15:04:05", v); err != nil {
				return nil, InvalidOption(name, v, "a time like 2026-01-31T12:00:00")
			}
		}
	}
	return f, nil
}

func (f *finder) path(ctx context.Context, p string) error {
	fsys, name, err := fileSystem(p)
	if err != nil {
		return err
	}
	if st, err := fsys.Stat(name); err == nil {
		return f.add(ctx, fsys, name, p, st, true)
	}
	matches, err := expandGlob(fsys, name)
	if err != nil {
		return err
	}
	if len(matches) == 0 && !f.ignoreMissing {
		return PathNotFound(p)
	}
	for _, m := range matches {
		st, err := fsys.Stat(m)
		if err != nil {
			return ReadError(m, err)
		}
		if err := f.add(ctx, fsys, m, m, st, true); err != nil {
			return err
		}
	}
	return nil
}

// add takes a file, or what a folder holds. Partition folders count from the path that was asked for, or from the basePath option.
func (f *finder) add(ctx context.Context, fsys FS, name, shown string, st fs.FileInfo, root bool) error {
	if !st.IsDir() {
		f.file(fsys, name, shown, st, nil)
		return nil
	}
	var dirs []string
	if f.base != "" {
		if rest, ok := strings.CutPrefix(name, f.base+"/"); ok {
			dirs = strings.Split(strings.Trim(rest, "/"), "/")
		}
	}
	return f.folder(ctx, fsys, strings.TrimRight(name, "/"), dirs)
}

func (f *finder) folder(ctx context.Context, fsys FS, name string, dirs []string) error {
	if err := ctx.Err(); err != nil {
		return Cancelled(err)
	}
	if name == "" {
		name = "/"
	}
	entries, err := f.entries(fsys, name)
	if err != nil {
		return ReadError(name, err)
	}
	for _, e := range entries {
		if hidden(e.Name()) {
			continue
		}
		full := path.Join(name, e.Name())
		st, err := fsys.Stat(full)
		if err != nil {
			return ReadError(full, err)
		}
		if st.IsDir() {
			err = f.folder(ctx, fsys, full, append(slices.Clip(dirs), e.Name()))
		} else {
			f.file(fsys, full, full, st, dirs)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// entries lists a folder, after finishing what appends to it were cut short.
func (f *finder) entries(fsys FS, name string) ([]fs.DirEntry, error) {
	entries, err := fsys.ReadDir(name)
	if _, local := fsys.(localFS); err != nil || !local {
		return entries, err
	}
	changed, err := completeAppends(name, entries)
	if err != nil || !changed {
		return entries, err
	}
	return fsys.ReadDir(name)
}

// hidden says whether a folder's entry is left out: Spark's own files and what users hide. A partition column may begin with "_".
func hidden(name string) bool {
	return name[0] == '.' || name[0] == '_' && !strings.Contains(name, "=") || strings.HasSuffix(name, "._COPYING_")
}

func (f *finder) file(fsys FS, name, shown string, st fs.FileInfo, dirs []string) {
	if f.nameGlob != nil && !f.nameGlob.match(path.Base(name)) {
		return
	}
	if !f.before.IsZero() && !st.ModTime().Before(f.before) || !f.after.IsZero() && !st.ModTime().After(f.after) {
		return
	}
	if !st.Mode().IsRegular() { // a pipe can be read only once
		open := fsys
		m := &memoryFile{name: name, read: sync.OnceValues(func() ([]byte, error) { return readAll(open, name) })}
		if b, err := m.read(); err == nil {
			f.out = append(f.out, &File{Path: shown, Size: int64(len(b)), fs: m, name: name})
		}
		return
	}
	f.out = append(f.out, &File{Path: shown, Size: st.Size(), Modified: st.ModTime(), fs: fsys, name: name, dirs: dirs})
}

func readAll(fsys FS, name string) ([]byte, error) {
	r, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if s, ok := r.(io.Reader); ok {
		return io.ReadAll(s)
	}
	return io.ReadAll(io.NewSectionReader(r, 0, 1<<62))
}
