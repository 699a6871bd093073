package rdd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// filesIn lists a file system in memory, staging folders included.
func filesIn(t testing.TB, f vfs.FS, dir string) []string {
	t.Helper()
	entries, err := f.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() {
			names = append(names, filesIn(t, f, name)...)
		} else {
			names = append(names, name)
		}
	}
	return names
}

func TestSaveAsTextFile(t *testing.T) {
	mem := vfs.NewMemory()
	sc := newTestContext(t, WithFS("mem", mem))
	if err := Parallelize(sc, []string{"a", "b", "c"}, 2).SaveAsTextFile(t.Context(), "mem://d/out"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(filesIn(t, mem, "."), " "); got != "d/out/_SUCCESS d/out/part-00000 d/out/part-00001" {
		t.Errorf("files %s", got)
	}
	for name, want := range map[string]string{"part-00000": "a\n", "part-00001": "b\nc\n"} {
		if got, err := vfs.ReadFile(mem, "d/out/"+name); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	err := Parallelize(sc, []string{"a"}, 1).SaveAsTextFile(t.Context(), "mem://d/out/")
	if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "output folder mem://d/out already exists") {
		t.Errorf("saved over an output: %v", err)
	}
	if err := Empty[int](sc).SaveAsTextFile(t.Context(), "mem://none"); err != nil {
		t.Error(err)
	}
	if got := strings.Join(filesIn(t, mem, "none"), " "); got != "none/_SUCCESS" {
		t.Errorf("files of an empty RDD: %s", got)
	}
}

// TestSaveTexts: the text of elements.
func TestSaveTexts(t *testing.T) {
	mem := vfs.NewMemory()
	sc := newTestContext(t, WithFS("mem", mem))
	type named struct{ A int }
	saved := func(name string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		b, _ := vfs.ReadFile(mem, name+"/part-00000")
		return string(b)
	}
	for want, got := range map[string]string{
		"1\n":         saved("a", Parallelize(sc, []int{1}, 1).SaveAsTextFile(t.Context(), "mem://a")),
		"(k,(1,x))\n": saved("b", Parallelize(sc, []Pair[string, Pair[int, string]]{KV("k", KV(1, "x"))}, 1).SaveAsTextFile(t.Context(), "mem://b")),
		"raw\n":       saved("c", Parallelize(sc, [][]byte{[]byte("raw")}, 1).SaveAsTextFile(t.Context(), "mem://c")),
		"{2}\n":       saved("d", Parallelize(sc, []named{{2}}, 1).SaveAsTextFile(t.Context(), "mem://d")),
	} {
		if got != want {
			t.Errorf("text %q, want %q", got, want)
		}
	}
}

// TestSaveCompressed: what is written compressed is read back; the rest is refused by name.
func TestSaveCompressed(t *testing.T) {
	mem := vfs.NewMemory()
	sc := newTestContext(t, WithFS("mem", mem))
	want := naiveLines(strings.Repeat("one\ntwo\nthree\n", 100))
	for codec, ext := range map[string]string{"gzip": ".gz", "zstd": ".zst", "lz4": ".lz4", "deflate": ".deflate", "none": "",
		"org.apache.hadoop.io.compress.GzipCodec": ".gz"} {
		out := "mem://" + path.Base(codec)
		if err := Parallelize(sc, want, 2).SaveAsTextFile(t.Context(), out, OutputCompression(codec)); err != nil {
			t.Fatal(err)
		}
		if ok, _ := vfs.Exists(mem, path.Base(codec)+"/part-00001"+ext); !ok {
			t.Errorf("%s: no part-00001%s", codec, ext)
		}
		if got := must[[]string](t)(TextFile(sc, out, 1).Collect(t.Context())); !slices.Equal(got, want) {
			t.Errorf("%s: %d lines, want %d", codec, len(got), len(want))
		}
	}
	for _, codec := range []string{"bzip2", "brotli"} {
		err := Empty[int](sc).SaveAsTextFile(t.Context(), "mem://x", OutputCompression(codec))
		if err == nil || !strings.Contains(err.Error(), codec) {
			t.Errorf("%s: %v", codec, err)
		}
	}
}

// TestSaveFailed: a job that fails leaves nothing, not even hidden things.
func TestSaveFailed(t *testing.T) {
	mem := vfs.NewMemory()
	faulty := vfs.NewFaulty(mem, vfs.Faults{Capacity: 40})
	renames := vfs.NewFaulty(mem, vfs.Faults{Fail: func(op vfs.Op, name string) error {
		if op == vfs.OpRename && path.Base(name) == "out" { // the last one, which makes the output visible
			return vfs.ErrInjected
		}
		return nil
	}})
	sc := newTestContext(t, WithFS("mem", mem), WithFS("full", faulty), WithFS("renames", renames))
	own := errors.New("own")
	bad := TryMap(Parallelize(sc, []int{0, 1, 2, 3}, 4), func(i int) (int, error) {
		if i == 3 {
			return 0, Permanent(own)
		}
		return i, nil
	})
	lines := Parallelize(sc, slices.Repeat([]string{"0123456789"}, 8), 4)
	for what, c := range map[string]struct {
		err, want error
	}{
		"task":   {bad.SaveAsTextFile(t.Context(), "mem://out"), own},
		"disk":   {lines.SaveAsTextFile(t.Context(), "full://out"), syscall.ENOSPC},
		"rename": {lines.SaveAsTextFile(t.Context(), "renames://out"), vfs.ErrInjected},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: error %v, want %v", what, c.err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancelled := Map(lines, func(s string) string { cancel(); return s })
	if err := cancelled.SaveAsTextFile(ctx, "mem://out"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if left := must[[]fs.DirEntry](t)(mem.ReadDir(".")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestSaveUnderFaults: attempts that fail, also after they have written, leave each partition written once.
func TestSaveUnderFaults(t *testing.T) {
	const seed = 5
	var runs atomic.Int64
	faulty := vfs.NewFaulty(vfs.NewMemory(), vfs.Faults{Seed: seed, WriteErrors: .1, OpenErrors: .1, ReadErrors: .05, ShortReads: .3})
	sc := newTestContext(t, WithFS("bad", faulty), WithFaults(seed, .4), WithMaxTaskFailures(100))
	var want []string
	for i := range 500 {
		want = append(want, fmt.Sprint(i))
	}
	r := Map(Parallelize(sc, want, 20), func(s string) string { runs.Add(1); return s })
	for i := range 5 {
		out := fmt.Sprintf("bad://out%d", i)
		var err error
		for range 100 { // the faults also meet the folder's own files, which are not tried again
			if err = r.SaveAsTextFile(t.Context(), out); err == nil {
				break
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := must[[]string](t)(TextFile(sc, out, 5).Collect(t.Context())); !slices.Equal(got, want) {
			t.Errorf("seed %d: %d lines, want %d", seed, len(got), len(want))
		}
	}
	if runs.Load() <= 5*500 {
		t.Errorf("seed %d: nothing was tried again", seed)
	}
}

// TestSaveRemovesDeadStaging: what a killed process has left beside an output goes when that is written next; what a
// living one has there stays.
func TestSaveRemovesDeadStaging(t *testing.T) {
	if !processIsGone(1<<22 + 1) { // above the largest id of Linux
		t.Skip("whether a process is gone cannot be told on this system")
	}
	dir := t.TempDir()
	host := hostName()
	dead := fmt.Sprintf("%sother.out.%s.%d.X", stagingPrefix, host, 1<<22+1)
	mine := fmt.Sprintf("%sout.%s.%d.X", stagingPrefix, host, os.Getpid())
	for _, name := range []string{dead, mine} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sc := newTestContext(t)
	if err := Parallelize(sc, []int{1}, 1).SaveAsTextFile(t.Context(), filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, []string{mine, "out"}) {
		t.Errorf("left: %q", names)
	}
}
