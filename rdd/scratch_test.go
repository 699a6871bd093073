package rdd

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestScratchFileReadsWhatWasWritten(t *testing.T) {
	folder := &spillFolder{in: t.TempDir()}
	f := must[*ScratchFile](t)(folder.create("test data"))
	for _, s := range []string{"abc", "defg"} {
		if n, err := f.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("h")); err != nil { // opened again
		t.Fatal(err)
	}
	if all := must[[]byte](t)(io.ReadAll(f)); string(all) != "abcdefgh" || f.Size() != 8 || folder.used.Load() != 8 {
		t.Errorf("%q, size %d, used %d", all, f.Size(), folder.used.Load())
	}
	must[int64](t)(f.Seek(-3, io.SeekEnd))
	if all := must[[]byte](t)(io.ReadAll(f)); string(all) != "fgh" {
		t.Errorf("after Seek: %q", all)
	}
	info := must[os.FileInfo](t)(os.Stat(f.path))
	dir := must[os.FileInfo](t)(os.Stat(filepath.Dir(f.path)))
	if info.Mode().Perm() != 0o600 || dir.Mode().Perm() != 0o700 {
		t.Errorf("modes %v and %v", info.Mode(), dir.Mode())
	}
	os.Truncate(f.path, 5)
	var se *ScratchError
	if _, err := f.ReadAt(make([]byte, 8), 0); !errors.As(err, &se) || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), f.path) {
		t.Errorf("truncated: %v", err)
	}
	f.remove()
	f.remove()
	if folder.used.Load() != 0 {
		t.Errorf("%d bytes in use after remove", folder.used.Load())
	}
	if err := folder.remove(); err != nil {
		t.Error(err)
	}
	if _, err := folder.create("late"); !errors.Is(err, ErrClosed) {
		t.Errorf("create after remove: %v", err)
	}
}

func TestFoldersOfDeadProcessesAreRemoved(t *testing.T) {
	if !locksEndWithProcess {
		t.Skip("this system has no lock that ends with its process")
	}
	parent := t.TempDir()
	live := newTestContext(t, WithSpillDir(parent))
	must[*ScratchFile](t)(live.spill.create("kept"))
	dead := filepath.Join(parent, folderPrefix+"left-behind")
	if err := os.MkdirAll(filepath.Join(dead, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(parent, "not-ours")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	next := newTestContext(t, WithSpillDir(parent))
	must[*ScratchFile](t)(next.spill.create("first"))
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder without an owner was kept: %v", err)
	}
	for _, dir := range []string{live.spill.path, next.spill.path, other} {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("removed by mistake: %v", err)
		}
	}
	live.Close()
	next.Close()
	if left, _ := filepath.Glob(filepath.Join(parent, folderPrefix+"*")); len(left) > 0 {
		t.Errorf("left after Close: %v", left)
	}
}

// failingDisk is a scratchFaults whose functions may be nil.
type failingDisk struct {
	onWrite  func(kind string, at int64, n int) (int, error)
	onSealed func(kind, path string)
	onRead   func(kind string) error
}

func (d *failingDisk) create(string, string) error { return nil }

func (d *failingDisk) write(kind, _ string, at int64, n int) (int, error) {
	if d.onWrite == nil {
		return n, nil
	}
	return d.onWrite(kind, at, n)
}

func (d *failingDisk) sealed(kind, path string) {
	if d.onSealed != nil {
		d.onSealed(kind, path)
	}
}

func (d *failingDisk) read(kind, _ string, _ int64, _ int) error {
	if d.onRead == nil {
		return nil
	}
	return d.onRead(kind)
}

// withScratchFaults has the Context's temporary files fail as f says.
func withScratchFaults(f scratchFaults) ContextOption {
	return func(c *config) { c.shuffling.scratchFaults = f }
}

func TestFullDiskKeepsWhatWasThere(t *testing.T) {
	room := int64(6)
	folder := &spillFolder{in: t.TempDir(), faults: &failingDisk{onWrite: func(_ string, at int64, n int) (int, error) {
		if at+int64(n) > room {
			return int(room - at), syscall.ENOSPC
		}
		return n, nil
	}}}
	f := must[*ScratchFile](t)(folder.create("test data"))
	must[int](t)(f.Write([]byte("abcd")))
	_, err := f.Write([]byte("efgh"))
	var se *ScratchError
	if !errors.Is(err, syscall.ENOSPC) || !errors.As(err, &se) || se.Kind != "test data" || se.Path != f.path || se.Op != "write" {
		t.Errorf("got %v", err)
	}
	room = 100
	must[int](t)(f.Write([]byte("EF")))
	if all := must[[]byte](t)(io.ReadAll(f)); string(all) != "abcdEF" || folder.used.Load() != 6 {
		t.Errorf("%q, %d in use", all, folder.used.Load())
	}
	folder.remove()
}

// TestSpillLimit sorts more than memory and the limit hold together.
func TestSpillLimit(t *testing.T) {
	ctx := context.Background()
	program := func(sc *Context) *RDD[Pair[int64, string]] {
		text := strings.Repeat("x", 500)
		return SortByKey(Map(Range(sc, 0, 16_000, 1, 4), func(v int64) Pair[int64, string] { return KV(-v, text) }), NumPartitions(2))
	}
	sc := newTestContext(t, WithThreads(2), WithMemory(4<<20), WithConf(map[string]string{"spark.gosql.spill.limit": "512k"}))
	_, err := program(sc).Count(ctx)
	var le *SpillLimitError
	if !errors.As(err, &le) || le.Limit != 512<<10 || le.Used > le.Limit || le.Used+le.Wanted <= le.Limit {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "512.0 KiB") {
		t.Errorf("the error does not name the limit: %v", err)
	}
	if sc.spill.used.Load() != 0 {
		t.Errorf("%d bytes left on disk after the failure", sc.spill.used.Load())
	}
	roomy := newTestContext(t, WithThreads(2), WithMemory(4<<20), WithSpillLimit(64<<20))
	if n := must[int64](t)(program(roomy).Count(ctx)); n != 16_000 {
		t.Errorf("%d elements", n)
	}
}

func TestSizes(t *testing.T) {
	for s, want := range map[string]int64{"0": 0, "512": 512, "64k": 64 << 10, "10mb": 10 << 20, " 2G ": 2 << 30, "3b": 3, "1t": 1 << 40,
		"": -1, "k": -1, "-1": -1, "1.5g": -1, "9999999p": -1, "1 kbb": -1, "kg": -1} {
		got, err := parseSize(s)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d, want %d (%v)", s, got, want, err)
		}
	}
}
