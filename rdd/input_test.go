package rdd

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/gzip"
	"github.com/pierrec/lz4/v4"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// memoryFiles is a file system in memory with the files given: each holds its own name in a line, unless it has text.
func memoryFiles(t testing.TB, names ...string) vfs.FS {
	t.Helper()
	mem := vfs.NewMemory()
	for _, n := range names {
		n, text, ok := strings.Cut(n, "=")
		if !ok {
			text = n[strings.LastIndexByte(n, '/')+1:] + "\n"
		}
		if err := errors.Join(mem.MkdirAll(n[:strings.LastIndexByte("/"+n, '/')]), vfs.WriteFile(mem, n, []byte(text))); err != nil {
			t.Fatal(err)
		}
	}
	return mem
}

// TestInputPaths compares what paths stand for with what Spark 4.3 read for them. Where Spark reads in the order in
// which the operating system lists, ours is that of names.
func TestInputPaths(t *testing.T) {
	mem := memoryFiles(t, "g/a1", "g/a2", "g/b1", "g/c1", "g/^x", "g/!y", "g/sub/s1", "g/sub/deep/d1", "g/_h/x", "g/.h", "g/e/.only",
		"f/a1=1\n", "f/a2=2\n", "f/b1=3\n", "f/c,d=4\n", "f/x{y=5\n", "f/q[r=6\n", "f/sp ace=7\n")
	sc := newTestContext(t, WithFS("mem", mem))
	for _, c := range []struct {
		path, want string // the lines, or "error: " and a part of the message
		recursive  bool
	}{
		{"g", "error: g/e is a folder in an input folder", false},
		{"g/*", "error: g/sub/deep is a folder", false},
		{"g/[a-b]*", "a1 a2 b1", false},
		{"g/[^a]*", "error: g/sub/deep is a folder", false},
		{"g/[!ase]*", "!y ^x b1 c1", false},
		{"g/{a1,b1}", "a1 b1", false},
		{"g/{a,b}1,mem://g/c1", "a1 b1 c1", false},
		{"g/sub", "error: g/sub/deep is a folder", false},
		{"g/sub/*", "d1 s1", false},
		{"g/*/*", "x d1 s1", false},
		{"g/?1", "a1 b1 c1", false},
		{"g/_h", "error: input path does not exist: mem://g/_h", false},
		{"g/_h/x", "x", false},
		{"g/_h/*", "x", false},
		{"g/.h", "error: input path does not exist", false},
		{"g/*{1,2}", "a1 a2 b1 c1", false},
		{"g/e", "", false},
		{"g/a1,mem://g/a1", "a1 a1", false},
		{`f/c\,d`, "4", false}, // Spark has no way to name this file
		{`f/x\{y`, "5", false},
		{`f/q\[r`, "6", false},
		{"f/q[r", "error: bad input pattern", false},
		{"f/x{y", "error: bad input pattern", false},
		{"f/sp ace", "7", false},
		{"f/a[12]", "1 2", false},
		{"f/{a{1,2},b1}", "1 2 3", false},
		{"g/{_h,b1}/*", "x", false},
		{"g/a1,", "error: is empty", false},
		{"g/missing", "error: input path does not exist: mem://g/missing", false},
		{"g/mis*,mem://g/a1", "error: input pattern mem://g/mis* matches 0 files", false},
		{"g/{a1,zz}", "a1", false},
		{"g/{zz,yy}", "error: matches 0 files", false},
		{"g/sub/../a1", "a1", false},
		{"g", "!y ^x a1 a2 b1 c1 d1 s1", true},
		{"g/*", "!y ^x a1 a2 b1 c1 d1 s1", true},
		{"g/_h", "error: input path does not exist", true},
		{"g/s*", "d1 s1", true},
	} {
		var opts []Option
		if c.recursive {
			opts = append(opts, RecursiveInput())
		}
		lines, err := TextFile(sc, "mem://"+c.path, 1, opts...).Collect(t.Context())
		if want, ok := strings.CutPrefix(c.want, "error: "); ok {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q, error %v, want %s", c.path, lines, err, want)
			}
			continue
		}
		if err != nil || strings.Join(lines, " ") != c.want {
			t.Errorf("%s: %q (%v), want %s", c.path, lines, err, c.want)
		}
	}
}

// TestInputSchemes: the scheme of a path chooses the file system.
func TestInputSchemes(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("local\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "10:30.log"), []byte("colon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	abs := filepath.ToSlash(dir)
	slash := "/" + strings.TrimPrefix(abs, "/")
	sc := newTestContext(t, WithFS("mem", memoryFiles(t, "d/f")), WithFS("ro", vfs.ReadOnly(fstest.MapFS{"d/f": {Data: []byte("ro\n")}})))
	for path, want := range map[string]string{
		"f": "local", "./f": "local", abs + "/f": "local", "file:" + slash + "/f": "local", "file://" + slash + "/f": "local",
		"file://localhost" + slash + "/f": "local", "10:30.log": "colon", "mem://d/f": "f", "mem:///d/f": "f", "ro://d/*": "ro",
		"mem://d/f,f": "f local",
		"s3://b/f":    `error: paths that begin with s3:// need WithFS("s3", …)`, "file://host/f": "error: names the host",
	} {
		lines, err := TextFile(sc, path, 1).Collect(t.Context())
		got := strings.Join(lines, " ")
		if e, ok := strings.CutPrefix(want, "error: "); ok && err != nil && strings.Contains(err.Error(), e) {
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: %q (%v), want %s", path, got, err, want)
		}
	}
}

// TestInputKeys: the sizes of splits and the folders in folders by Hadoop's keys.
func TestInputKeys(t *testing.T) {
	mem := memoryFiles(t, "d/f="+strings.Repeat("0123456\n", 8), "d/sub/g")
	sc := newTestContext(t, WithFS("mem", mem), WithConf(map[string]string{"spark.hadoop.fs.local.block.size": "16",
		"spark.hadoop.mapreduce.input.fileinputformat.input.dir.recursive": "true"}))
	parts := must[[][]string](t)(Glom(TextFile(sc, "mem://d", 1)).Collect(t.Context()))
	if len(parts) != 5 {
		t.Errorf("%d partitions %q, want 5", len(parts), parts)
	}
	parts = must[[][]string](t)(Glom(TextFile(sc, "mem://d/f", 1, SplitSizes(0, 32))).Collect(t.Context()))
	if len(parts) != 2 {
		t.Errorf("%d partitions, want 2: the option goes before the key", len(parts))
	}
}

// TestTextFileFaultyReads: short reads change nothing, and read errors are mended by trying again.
func TestTextFileFaultyReads(t *testing.T) {
	text := strings.Repeat("some line\r\nand another\n", 2000)
	const seed = 11
	faulty := vfs.NewFaulty(memoryFiles(t, "f="+text), vfs.Faults{Seed: seed, ShortReads: .5, ReadErrors: .05, OpenErrors: .1})
	sc := newTestContext(t, WithFS("bad", faulty), WithMaxTaskFailures(50))
	got := must[[]string](t)(TextFile(sc, "bad://f", 7).Collect(t.Context()))
	if !slices.Equal(got, naiveLines(text)) || faulty.Injected() == 0 {
		t.Errorf("seed %d: %d lines, want %d; %d faults", seed, len(got), len(naiveLines(text)), faulty.Injected())
	}
}

// TestTextFileHadoopBlocks: .lz4 and .snappy files as Spark writes them, next to those of the formats' own tools.
func TestTextFileHadoopBlocks(t *testing.T) {
	text := strings.Repeat("one\ntwo\n", 20000)
	frame, members := new(bytes.Buffer), new(bytes.Buffer)
	w := lz4.NewWriter(frame)
	w.Write([]byte(text))
	w.Close()
	for _, part := range []string{text[:5], text[5:]} {
		z := gzip.NewWriter(members)
		z.Write([]byte(part))
		z.Close()
	}
	mem := memoryFiles(t, "frame.lz4="+frame.String(), "members.gz="+members.String(),
		"spark.lz4=\x00\x00\x00\x1e\x00\x00\x00\x10oa\nb\nc\n\x06\x00\x00P\nb\nc\n",
		"spark.snappy=\x00\x00\x00\x1e\x00\x00\x00\x0b\x1e\x14a\nb\nc\n^\x06\x00",
		"spark.deflate=x\x9cK\xe4J\xe2J\xe6J\xc4A\x02\x00d\xb4\x06U",
		"cut.lz4=\x00\x00\x00\x1e\x00\x00\x00\x10oa\n")
	sc := newTestContext(t, WithFS("mem", mem))
	for name, want := range map[string]string{"frame.lz4": text, "members.gz": text, "spark.lz4": strings.Repeat("a\nb\nc\n", 5)} {
		got := must[[]string](t)(TextFile(sc, "mem://"+name, 3).Collect(t.Context()))
		if !slices.Equal(got, naiveLines(want)) {
			t.Errorf("%s: %d lines, want %d", name, len(got), len(naiveLines(want)))
		}
	}
	for _, name := range []string{"spark.snappy", "spark.deflate"} {
		if n := must[int64](t)(TextFile(sc, "mem://"+name, 1).Count(t.Context())); n != 15 {
			t.Errorf("%s: %d lines, want 15", name, n)
		}
	}
	if _, err := TextFile(sc, "mem://cut.lz4", 1).Count(context.Background()); err == nil || !strings.Contains(err.Error(), "cut.lz4") {
		t.Errorf("file that ends too early: %v", err)
	}
}

// TestTextFileLineBeyondMemory: a line that the budget does not hold is a typed error.
func TestTextFileLineBeyondMemory(t *testing.T) {
	mem := memoryFiles(t, "f="+strings.Repeat("x", 6<<20)+"\nshort\n")
	var refused *MemoryError
	small := newTestContext(t, WithFS("mem", mem), WithMemory(8<<20), WithThreads(1))
	if _, err := TextFile(small, "mem://f", 1).Count(t.Context()); !errors.As(err, &refused) || !strings.Contains(refused.Owner, "a line of mem://f") {
		t.Errorf("error %v, want a MemoryError", err)
	}
	large := newTestContext(t, WithFS("mem", mem), WithMemory(64<<20), WithThreads(1))
	if n := must[int64](t)(TextFile(large, "mem://f", 1).Count(t.Context())); n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
}
