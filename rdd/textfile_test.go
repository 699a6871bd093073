package rdd

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// sparkFacts opens a file of the shared corpus of facts taken from Spark; tests without it are skipped.
func sparkFacts(t *testing.T, name string) [][]string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", "rdd", name)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the corpus of Spark's answers is not here: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestTextFileSplitsAsSpark(t *testing.T) {
	rows := sparkFacts(t, "splits.csv")
	dir := filepath.Join("..", "..", "shared", "data", "rdd", "text")
	sc := newTestContext(t)
	for _, row := range rows {
		files, n, block, least := row[0], atoi(t, row[2]), atoi(t, row[3]), atoi(t, row[4])
		t.Run(fmt.Sprintf("%s/%d/%d/%d", files, n, block, least), func(t *testing.T) {
			var paths []string
			for _, p := range strings.Split(files, ";") {
				paths = append(paths, filepath.Join(dir, p))
			}
			path := strings.Join(paths, ",")
			lines, err := Glom(TextFile(sc, path, n, SplitSizes(int64(least), int64(block)))).Collect(context.Background())
			if row[7] != "" {
				if err == nil {
					t.Fatalf("want an error like %s", row[7])
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var counts, splits []string
			for _, l := range lines {
				counts = append(counts, strconv.Itoa(len(l)))
			}
			listed, err := sc.listInput(path, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range splitFiles(listed, n, inputConf{minSplit: int64(least), blockSize: int64(block)}, isTextSplittable) {
				splits = append(splits, fmt.Sprintf("%s:%d+%d", filepath.Base(s.file.name), s.start, s.length))
			}
			if got := strings.Join(splits, " "); got != row[5] {
				t.Errorf("splits %s\n  want %s", got, row[5])
			}
			if got := strings.Join(counts, " "); got != row[6] {
				t.Errorf("lines per partition %s\n  want %s", got, row[6])
			}
		})
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTextFileReadsEachLineOnce splits files with all kinds of line ends everywhere.
func TestTextFileReadsEachLineOnce(t *testing.T) {
	sc := newTestContext(t)
	for i, text := range []string{"", "\n", "a", "a\n", "a\r\nb\rc\n\n\r\n\rd", strings.Repeat("x", 200) + "\r\n\r\ny", "\r\r\n\n\r"} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := naiveLines(text)
		for n := 1; n <= len(text)+1; n++ {
			got := must[[]string](t)(TextFile(sc, path, n).Collect(context.Background()))
			if !slices.Equal(got, want) {
				t.Errorf("text %d in %d: %q, want %q", i, n, got, want)
			}
		}
	}
}

func naiveLines(text string) []string {
	lines := []string{}
	for text != "" {
		i := strings.IndexAny(text, "\r\n")
		if i < 0 {
			return append(lines, text)
		}
		lines = append(lines, text[:i])
		if strings.HasPrefix(text[i:], "\r\n") {
			i++
		}
		text = text[i+1:]
	}
	return lines
}

func TestTextFileLongLines(t *testing.T) {
	for _, size := range []int{64<<10 - 2, 64<<10 - 1, 64 << 10, 64<<10 + 1, 300 << 10} {
		text := strings.Repeat("z", size) + "\r\n" + strings.Repeat("y", size) + "\r" + "end"
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := must[[]string](t)(TextFile(newTestContext(t), path, 3).Collect(context.Background()))
		if !slices.Equal(got, naiveLines(text)) {
			t.Errorf("size %d: %d lines", size, len(got))
		}
	}
}

// bz2Lines is "one\ntwo\n" packed by bzip2.
const bz2Lines = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xa7\x14\x2b\x77\x00\x00\x02\xc1\x80\x00\x10\x02\x01\x84\x80\x20\x00\x21\x80\x0c\x02\x38\xf5\x1b\x8b\xb9\x22\x9c\x28\x48\x53\x8a\x15\xbb\x80"

func TestTextFileCompressed(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, pack func(b *bytes.Buffer)) {
		var b bytes.Buffer
		pack(&b)
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const text = "one\ntwo\n"
	write("a.gz", func(b *bytes.Buffer) { w := gzip.NewWriter(b); w.Write([]byte(text)); w.Close() })
	write("b.zst", func(b *bytes.Buffer) { w, _ := zstd.NewWriter(b); w.Write([]byte(text)); w.Close() })
	write("c.lz4", func(b *bytes.Buffer) { w := lz4.NewWriter(b); w.Write([]byte(text)); w.Close() })
	write("d.bz2", func(b *bytes.Buffer) { b.WriteString(bz2Lines) })
	write("_hidden", func(b *bytes.Buffer) { b.WriteString("no") })
	lines := must[[][]string](t)(Glom(TextFile(newTestContext(t), dir, 9)).Collect(context.Background()))
	lines = slices.DeleteFunc(lines, func(l []string) bool { return len(l) == 0 }) // .bz2 is split, and has but one block
	if len(lines) != 4 {
		t.Fatalf("%d partitions, want one per file", len(lines))
	}
	for i, l := range lines {
		if !slices.Equal(l, []string{"one", "two"}) {
			t.Errorf("file %d: %q", i, l)
		}
	}
	write("e.gz", func(b *bytes.Buffer) { b.WriteString("not gzip at all") })
	if _, err := TextFile(newTestContext(t), filepath.Join(dir, "e.gz"), 1).Count(context.Background()); err == nil || !strings.Contains(err.Error(), "e.gz") {
		t.Errorf("damaged file: %v", err)
	}
}
