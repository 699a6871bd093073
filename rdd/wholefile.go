package rdd

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// WholeTextFiles gives a pair of path and content for every file; paths are as with TextFile, and compressed files are
// unpacked. Small files are put together, in the order of names, into partitions of at least the sum of their sizes
// divided by minPartitions (the Context's DefaultMinPartitions when < 0). The path of a local file is as it was found,
// without Spark's "file:" before it, so that os.Open takes it. A content takes memory of the budget while it is read.
// Of the options it heeds Named and RecursiveInput.
func WholeTextFiles(sc *Context, path string, minPartitions int, opts ...Option) *RDD[Pair[string, string]] {
	if minPartitions < 0 {
		minPartitions = sc.DefaultMinPartitions()
	}
	own := append([]Option{Named("WholeTextFiles " + path)}, opts...)
	packing := func(files []inputFile) int64 {
		total := int64(0)
		for _, f := range files {
			total += f.size
		}
		n := int64(max(minPartitions, 1))
		return (total + n - 1) / n
	}
	return wholeFiles(sc, path, packing, func(tc *TaskContext, f inputFile) (string, error) { return f.text(tc) }, own)
}

// BinaryFiles gives a pair of path and file for every file, which is opened when it is asked to (Spark's
// PortableDataStream). Paths are as with WholeTextFiles; nothing is unpacked. Files are put together, in the order of
// names, into partitions of about spark.files.maxPartitionBytes (128 MiB), or less so that there are minPartitions, or
// as many as the Context's parallelism, where a file counts spark.files.openCostInBytes (4 MiB) more than it has. Of
// the options it heeds Named and RecursiveInput.
func BinaryFiles(sc *Context, path string, minPartitions int, opts ...Option) *RDD[Pair[string, *BinaryFile]] {
	conf := sc.inputSettings(opts)
	own := append([]Option{Named("BinaryFiles " + path)}, opts...)
	packing := func(files []inputFile) int64 {
		total := int64(0)
		for _, f := range files {
			total += f.size + conf.openCost
		}
		share := total / int64(max(sc.DefaultParallelism(), minPartitions, 1))
		return min(conf.maxBytes, max(conf.openCost, share))
	}
	return wholeFiles(sc, path, packing, func(_ *TaskContext, f inputFile) (*BinaryFile, error) { return &BinaryFile{f}, nil }, own)
}

// BinaryFile is a file that BinaryFiles found. It holds nothing open. Safe for concurrent use. It has no codec, so it
// does not go through shuffles to disk: map it to what is wanted of it before.
type BinaryFile struct{ file inputFile }

// Path is the path with the scheme of its file system, if that is not the local one.
func (b *BinaryFile) Path() string { return b.file.String() }

// Size is the length in bytes when the file was listed.
func (b *BinaryFile) Size() int64 { return b.file.size }

// Open opens the file; the caller closes it.
func (b *BinaryFile) Open() (vfs.File, error) { return b.file.fs.Open(b.file.name) }

// Bytes reads the whole file.
func (b *BinaryFile) Bytes() ([]byte, error) { return vfs.ReadFile(b.file.fs, b.file.name) }

// filePack is a partition of whole files.
type filePack struct {
	index int
	files []inputFile
}

func (p *filePack) Index() int { return p.index }

// wholeFiles makes an RDD of the files that a path stands for, packed into partitions of about the size that packing
// gives.
func wholeFiles[V any](sc *Context, path string, packing func([]inputFile) int64, value func(*TaskContext, inputFile) (V, error),
	opts []Option) *RDD[Pair[string, V]] {
	conf := sc.inputSettings(opts)
	return New(sc, nil, func(context.Context) ([]Partition, error) {
		files, err := sc.listInput(path, conf.recursive)
		if err != nil {
			return nil, err
		}
		return packFiles(files, packing(files)), nil
	}, func(tc *TaskContext, p Partition) iter.Seq2[Pair[string, V], error] {
		return func(yield func(Pair[string, V], error) bool) {
			for _, f := range p.(*filePack).files {
				err := tc.Err()
				kv := Pair[string, V]{Key: f.String()}
				if err == nil {
					kv.Val, err = value(tc, f)
				}
				tc.metrics.InputRows++
				if !yield(kv, err) || err != nil {
					return
				}
			}
		}
	}, opts...)
}

// packFiles fills partitions with files until they have at least the size given, as Hadoop's CombineFileInputFormat
// does on one machine.
func packFiles(files []inputFile, size int64) []Partition {
	var parts []Partition
	pack, bytes := &filePack{}, int64(0)
	for _, f := range files {
		pack.files = append(pack.files, f)
		if bytes += f.size; bytes >= size && bytes > 0 {
			parts = append(parts, pack)
			pack, bytes = &filePack{index: len(parts)}, 0
		}
	}
	if len(pack.files) > 0 {
		parts = append(parts, pack)
	}
	return parts
}

// text reads a file as a string, unpacked.
func (f inputFile) text(tc *TaskContext) (string, error) {
	in, err := f.fs.Open(f.name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	text, size := io.Reader(in), in.Size()
	if unpack := decompressor(f.name); unpack != nil {
		unpacked, err := unpack(in)
		if err != nil {
			return "", fmt.Errorf("cannot unpack %s: %w", f, err)
		}
		defer unpacked.Close()
		text = unpacked
	}
	memory := tc.Reserve("the file "+f.String(), nil)
	defer memory.Release()
	var b strings.Builder
	for room := max(size, 512); ; room = int64(b.Len()) { // grows to twice the size when there is more
		if err := memory.Grow(room); err != nil {
			return "", err
		}
		b.Grow(int(min(room, math.MaxInt32)))
		n, err := io.CopyN(&b, text, room)
		tc.metrics.InputBytes += n
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", fmt.Errorf("cannot read %s: %w", f, err)
		}
	}
}
