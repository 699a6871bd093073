package vfs

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
)

// writable are the file systems that can be changed, each with a folder to work in.
func writable(t *testing.T) map[string]struct {
	fs  FS
	dir string
} {
	return map[string]struct {
		fs  FS
		dir string
	}{
		"local":  {Local, filepath.ToSlash(t.TempDir())},
		"memory": {NewMemory(), "/work"},
		"faulty": {NewFaulty(NewMemory(), Faults{}), "work"},
	}
}

func TestFileSystems(t *testing.T) {
	for name, c := range writable(t) {
		t.Run(name, func(t *testing.T) {
			f, at := c.fs, func(p string) string { return path.Join(c.dir, p) }
			check(t, f.MkdirAll(at("a/b")))
			check(t, f.MkdirAll(at("a/b")))
			check(t, WriteFile(f, at("a/b/two"), []byte("22")))
			check(t, WriteFile(f, at("a/b/one"), []byte("1")))
			check(t, WriteFile(f, at("a/b/two"), []byte("222")))
			wantNames(t, f, at("a/b"), "one two")
			info, err := f.Stat(at("a/b/two"))
			if err != nil || info.Size() != 3 || info.IsDir() || info.Name() != "two" {
				t.Errorf("stat: %v, %v", info, err)
			}
			if got, err := ReadFile(f, at("a/b/two")); string(got) != "222" || err != nil {
				t.Errorf("read %q, %v", got, err)
			}
			check(t, f.Rename(at("a/b"), at("c")))
			wantNames(t, f, at("a"), "")
			wantNames(t, f, at("c"), "one two")
			check(t, f.Rename(at("c/one"), at("c/two")))
			if got, _ := ReadFile(f, at("c/two")); string(got) != "1" {
				t.Errorf("a renamed file did not replace the other: %q", got)
			}
			check(t, f.MkdirAll(at("empty")))
			if err := f.Rename(at("c"), at("empty")); !errors.Is(err, fs.ErrExist) {
				t.Errorf("a folder was renamed to one that exists: %v", err)
			}
			check(t, f.RemoveAll(at("c")))
			check(t, f.RemoveAll(at("c")))
			if ok, err := Exists(f, at("c/two")); ok || err != nil {
				t.Errorf("removed file exists: %v, %v", ok, err)
			}
			for what, err := range map[string]error{
				"open":   second(f.Open(at("none"))),
				"stat":   second(f.Stat(at("none"))),
				"list":   second(f.ReadDir(at("none"))),
				"create": second(f.Create(at("none/x"))),
				"rename": f.Rename(at("none"), at("other")),
			} {
				if !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s of what does not exist: %v", what, err)
				}
			}
			if err := second(f.Open(at("a"))); err == nil {
				t.Error("a folder was opened")
			}
		})
	}
}

// TestCommitIsAtomic: what is being written is not to be seen, nor what was given up.
func TestCommitIsAtomic(t *testing.T) {
	for name, c := range writable(t) {
		t.Run(name, func(t *testing.T) {
			check(t, c.fs.MkdirAll(c.dir))
			for _, commit := range []bool{false, true} {
				w, err := c.fs.Create(c.dir + "/f")
				check(t, err)
				_, err = w.Write([]byte("text"))
				check(t, err)
				if ok, _ := Exists(c.fs, c.dir+"/f"); ok {
					t.Fatal("visible before the commit")
				}
				if commit {
					check(t, w.Commit())
					if err := w.Commit(); err == nil {
						t.Error("committed twice")
					}
				}
				check(t, w.Close())
				if ok, _ := Exists(c.fs, c.dir+"/f"); ok != commit {
					t.Errorf("visible: %v, committed: %v", ok, commit)
				}
			}
			wantNames(t, c.fs, c.dir, "f")
		})
	}
}

func TestReadOnly(t *testing.T) {
	f := ReadOnly(fstest.MapFS{"d/x": {Data: []byte("abc")}, "d/y": {Data: []byte("z")}})
	wantNames(t, f, "/d", "x y")
	in, err := f.Open("d/x")
	check(t, err)
	defer in.Close()
	b := make([]byte, 2)
	if _, err := in.ReadAt(b, 1); err != nil || string(b) != "bc" || in.Size() != 3 {
		t.Errorf("read %q of %d, %v", b, in.Size(), err)
	}
	for _, err := range []error{second(f.Create("e")), f.Rename("d/x", "d/z"), f.RemoveAll("d"), f.MkdirAll("e")} {
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("changed what is read-only: %v", err)
		}
	}
}

// TestFaulty: each kind of fault comes about, and again at the same places for the same seed.
func TestFaulty(t *testing.T) {
	run := func(seed uint64) string {
		inner := NewMemory()
		check(t, WriteFile(inner, "in", []byte(strings.Repeat("x", 1000))))
		f := NewFaulty(inner, Faults{Seed: seed, OpenErrors: .2, ReadErrors: .2, ShortReads: .5, WriteErrors: .2, DiskFull: .2, Renames: .5})
		var log []string
		for range 20 {
			in, err := f.Open("in")
			if err == nil {
				var n int
				n, err = in.Read(make([]byte, 500))
				log = append(log, fmt.Sprint(n))
			}
			log = append(log, fault(err), fault(WriteFile(f, "out", []byte("four"))), fault(f.Rename("in", "in")))
		}
		if f.Injected() == 0 {
			t.Error("nothing was counted")
		}
		return strings.Join(log, " ")
	}
	first := run(7)
	if run(7) != first {
		t.Error("the same seed gave other faults")
	}
	if run(8) == first {
		t.Error("another seed gave the same faults")
	}
	for _, want := range []string{"250", "500", "open", "read", "write", "create", "commit", "full", "rename", "-"} {
		if !slices.Contains(strings.Fields(first), want) {
			t.Errorf("no %s in %s", want, first)
		}
	}
}

// TestFaultyCapacity: the disk is full after so many bytes, and nothing of the file that met this is to be seen.
func TestFaultyCapacity(t *testing.T) {
	f := NewFaulty(NewMemory(), Faults{Capacity: 10})
	check(t, WriteFile(f, "a", make([]byte, 8)))
	if err := WriteFile(f, "b", make([]byte, 8)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("wrote beyond the capacity: %v", err)
	}
	wantNames(t, f, ".", "a")
	own := errors.New("own")
	f = NewFaulty(NewMemory(), Faults{Fail: func(op Op, name string) error {
		if op == OpMkdir && name == "x" {
			return own
		}
		return nil
	}})
	if err := f.MkdirAll("x"); err != own {
		t.Errorf("error %v, want that of Fail", err)
	}
}

// fault is a word for an error.
func fault(err error) string {
	var at *fs.PathError
	switch {
	case err == nil:
		return "-"
	case errors.Is(err, syscall.ENOSPC):
		return "full"
	case errors.As(err, &at) && errors.Is(err, ErrInjected):
		return at.Op
	}
	return "unexpected:" + err.Error()
}

func second[T any](_ T, err error) error { return err }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantNames(t *testing.T, f FS, dir, want string) {
	t.Helper()
	entries, err := f.ReadDir(dir)
	check(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("%s has %q, want %q", dir, got, want)
	}
}
