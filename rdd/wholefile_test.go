package rdd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

func TestWholeTextFilesAsSpark(t *testing.T) {
	rows := sparkFacts(t, "whole_text_files.csv")
	dir := filepath.Join("..", "..", "shared", "data", "rdd", "text")
	pairs := must[[]Pair[string, string]](t)(WholeTextFiles(newTestContext(t), dir+"/*[^d]", -1).Collect(t.Context()))
	var got [][]string
	for _, p := range pairs {
		if name := filepath.Base(p.Key); name != "inner.txt" {
			got = append(got, []string{name, fmt.Sprint(utf8.RuneCountInString(p.Val))})
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(rows) {
		t.Errorf("files %v\n want %v", got, rows)
	}
}

// packed lists the names of files by partition.
func packed[V any](t *testing.T, r *RDD[Pair[string, V]]) string {
	t.Helper()
	var parts []string
	for _, files := range must[[][]string](t)(Glom(Keys(r)).Collect(t.Context())) {
		for i := range files {
			files[i] = path.Base(files[i])
		}
		parts = append(parts, strings.Join(files, " "))
	}
	return strings.Join(parts, " | ")
}

// TestWholeTextFilesPartitions: small files share a partition until it has its part of all bytes.
func TestWholeTextFilesPartitions(t *testing.T) {
	var names []string
	for i, n := range []int{10, 200, 0, 50, 0, 1000, 30, 30, 30, 400} {
		names = append(names, fmt.Sprintf("w/f%d=%s", i, strings.Repeat("x", n)))
	}
	sc := newTestContext(t, WithFS("mem", memoryFiles(t, names...)))
	for n, want := range map[int]string{
		1:  "f0 f1 f2 f3 f4 f5 f6 f7 f8 f9",
		2:  "f0 f1 f2 f3 f4 f5 | f6 f7 f8 f9",
		20: "f0 f1 | f2 f3 f4 f5 | f6 f7 f8 | f9",
	} {
		if got := packed(t, WholeTextFiles(sc, "mem://w", n)); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if got := packed(t, BinaryFiles(sc, "mem://w", 2)); got != "f0 f1 f2 f3 f4 f5 f6 f7 f8 f9" {
		t.Errorf("binary files: %s", got)
	}
	cheap := newTestContext(t, WithFS("mem", memoryFiles(t, names...)), WithConf(map[string]string{
		"spark.files.openCostInBytes": "1", "spark.files.maxPartitionBytes": "250"}))
	if got := packed(t, BinaryFiles(cheap, "mem://w", 2)); got != "f0 f1 f2 f3 | f4 f5 | f6 f7 f8 f9" {
		t.Errorf("binary files of up to 250 bytes: %s", got)
	}
}

func TestWholeFilesContent(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte(strings.Repeat("hello\r\n", 1000)))
	w.Close()
	faulty := vfs.NewFaulty(memoryFiles(t, "d/g.gz="+z.String(), "d/t=a\r\nb"), vfs.Faults{Seed: 3, ShortReads: .5, ReadErrors: .1})
	sc := newTestContext(t, WithFS("mem", faulty), WithMaxTaskFailures(100))
	texts := must[[]Pair[string, string]](t)(WholeTextFiles(sc, "mem://d", 1).Collect(t.Context()))
	want := []Pair[string, string]{{"mem://d/g.gz", strings.Repeat("hello\r\n", 1000)}, {"mem://d/t", "a\r\nb"}}
	if !slices.Equal(texts, want) {
		t.Errorf("texts %.100v", texts)
	}
	raw := must[[]string](t)(TryMap(BinaryFiles(sc, "mem://d", 1), func(p Pair[string, *BinaryFile]) (string, error) {
		f, err := p.Val.Open()
		if err != nil {
			return "", err
		}
		defer f.Close()
		opened, err := io.ReadAll(f)
		all, err2 := p.Val.Bytes()
		if !bytes.Equal(opened, all) || int64(len(all)) != p.Val.Size() || p.Key != p.Val.Path() {
			err2 = errors.Join(err2, errors.New("differs"))
		}
		return string(all), errors.Join(err, err2)
	}).Collect(t.Context()))
	if !slices.Equal(raw, []string{z.String(), "a\r\nb"}) {
		t.Error("binary files differ")
	}
	var refused *MemoryError
	small := newTestContext(t, WithFS("mem", memoryFiles(t, "f="+strings.Repeat("x", 4<<20))), WithMemory(1<<20))
	if _, err := WholeTextFiles(small, "mem://f", 1).Count(t.Context()); !errors.As(err, &refused) {
		t.Errorf("file beyond the budget: %v", err)
	}
}

func TestBinaryRecords(t *testing.T) {
	var content []byte
	for i := range 100 {
		content = append(content, byte(i))
	}
	sc := newTestContext(t, WithFS("mem", memoryFiles(t, "f="+string(content), "empty=")))
	for _, c := range []struct {
		length int
		block  int64
		parts  string
	}{{10, 0, "10"}, {10, 25, "2 2 2 2 2"}, {100, 7, "1"}, {1, 50, "50 50"}, {4, 30, "7 7 7 4"}} {
		parts := must[[][][]byte](t)(Glom(BinaryRecords(sc, "mem://*", c.length, SplitSizes(0, c.block))).Collect(t.Context()))
		var sizes []string
		var all []byte
		for _, p := range parts {
			sizes = append(sizes, fmt.Sprint(len(p)))
			for _, r := range p {
				if len(r) != c.length || cap(r) != c.length {
					t.Errorf("record of %d bytes, room for %d", len(r), cap(r))
				}
				all = append(all, r...)
			}
		}
		if got := strings.Join(sizes, " "); got != c.parts || !bytes.Equal(all, content) {
			t.Errorf("length %d, block %d: %s, want %s", c.length, c.block, got, c.parts)
		}
	}
	for length, want := range map[int]string{7: "mem://f has 100 bytes, which is not a multiple of the record length 7", 0: "must be positive"} {
		if _, err := BinaryRecords(sc, "mem://f", length).Count(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("length %d: %v", length, err)
		}
	}
}

// TestBzip2Splits: the lines of a file of several streams and blocks, one line longer than a block, are read once
// wherever the file is split.
func TestBzip2Splits(t *testing.T) {
	sc := newTestContext(t)
	const file = "testdata/two-streams.bz2"
	whole := must[[]Pair[string, string]](t)(WholeTextFiles(sc, file, 1).Collect(t.Context()))
	want := naiveLines(whole[0].Val)
	busiest := 0
	for _, n := range []int{1, 2, 3, 5, 8, 50} {
		parts := must[[][]string](t)(Glom(TextFile(sc, file, n)).Collect(t.Context()))
		if got := slices.Concat(parts...); len(parts) < n || !slices.Equal(got, want) {
			t.Errorf("%d lines in %d partitions, want %d in %d", len(got), len(parts), len(want), n)
		}
		used := 0
		for _, p := range parts {
			if len(p) > 0 {
				used++
			}
		}
		busiest = max(busiest, used)
	}
	if busiest < 4 {
		t.Errorf("the lines were in at most %d partitions", busiest)
	}
}
