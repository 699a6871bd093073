package rdd

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// An object file holds elements as a Codec writes them. All numbers are little endian:
//
//	"GSQLOBJ1", the blocks, the index, crc32c u32 of the index, its length u32, "GSQLOBJE"
//	index: length of the type's identity u32, the identity, then per block {offset u64, length u32, crc32c u32}
//
// The index is behind the blocks, so that a file that was cut off is found out before anything of it is used.
const (
	objectMagic  = "GSQLOBJ1"
	objectEnd    = "GSQLOBJE"
	objectEntry  = 16
	objectFooter = 4 + 4 + len(objectEnd)
)

// The size of a block: so many elements or bytes in memory, whatever is reached first.
const (
	objectBlockRows  = 1024
	objectBlockBytes = 1 << 20
)

// SaveAsObjectFile writes the elements into the folder path in a binary form that ObjectFile reads back, with the
// promises of RDD.SaveAsTextFile. It is a function because methods are compiled for every element type, and only some
// have a codec. The codec is derived from T, or is that of the option Encoding; a type without one is an
// error. Unlike Spark's object files, these know the type of their elements. Of the options it heeds Encoding and Tag.
func SaveAsObjectFile[T any](ctx context.Context, r *RDD[T], path string, opts ...Option) error {
	coder, identity, err := objectCoder[T](opts)
	if err != nil {
		return err
	}
	return saveFiles(ctx, anyRDD{r.node}, path, "", func(tc *TaskContext, w io.Writer, in anyChunks) error {
		o := &objectWriter{w: w, coder: coder, index: appendIdentity(nil, identity)}
		return o.write(tc, in)
	}, opts)
}

// ObjectFile gives the elements of files that SaveAsObjectFile wrote; paths and splits are as with TextFile, but files
// are divided between blocks of about 1,024 elements. Files of another element type, and damaged ones, are errors. Of
// the options it heeds Encoding, Named, SplitSizes and RecursiveInput.
func ObjectFile[T any](sc *Context, path string, minPartitions int, opts ...Option) *RDD[T] {
	if minPartitions < 0 {
		minPartitions = sc.DefaultMinPartitions()
	}
	conf := sc.inputSettings(opts)
	coder, identity, err := objectCoder[T](opts)
	own := append([]Option{Named("ObjectFile " + path), PreferredLocations(splitLocations)}, opts...)
	return ofType[T](newUntyped(sc, nil, func(context.Context) ([]Partition, error) {
		if err != nil {
			return nil, err
		}
		files, err := sc.listInput(path, conf.recursive)
		if err != nil {
			return nil, err
		}
		var parts []Partition
		for _, sp := range splitFiles(files, minPartitions, conf, func(string) bool { return true }) {
			sp.index = len(parts)
			parts = append(parts, sp)
		}
		return parts, nil
	}, func(tc *TaskContext, p Partition) anyChunks {
		return func(yield func(any, error) bool) {
			s := p.(*fileSplit)
			if err := readObjects(tc, s, identity, coder, yield); err != nil {
				yield(nil, fmt.Errorf("cannot read %s: %w", s.file, err))
			}
		}
	}, own...))
}

// objectCoder is the codec for T and what the files say of it.
func objectCoder[T any](opts []Option) (chunkType, string, error) {
	coder, identity := coderFor[T](newSettings(opts)), typeIdentity[T]()
	if coder.why != nil {
		return nil, "", fmt.Errorf("object files: %w", coder.why)
	}
	if _, derived := coder.codec.(*derivedCodec[T]); !derived {
		identity = fmt.Sprintf("%s encoded by %T", identity, coder.codec)
	}
	return coder, identity, nil
}

// appendIdentity begins an index.
func appendIdentity(b []byte, identity string) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(identity))), identity...)
}

// objectWriter writes one object file.
type objectWriter struct {
	w     io.Writer
	coder chunkType
	at    int64
	index []byte
	raw   []byte
}

// write writes the whole file.
func (o *objectWriter) write(tc *TaskContext, in anyChunks) error {
	if err := o.put([]byte(objectMagic)); err != nil {
		return err
	}
	var rows any
	count, bytes := 0, int64(0)
	for chunk, err := range in {
		if err != nil {
			return err
		}
		n := o.coder.length(chunk)
		rows = o.coder.keepChunk(rows, chunk)
		count, bytes = count+n, bytes+o.coder.bytes(chunk)
		if count >= objectBlockRows || bytes >= objectBlockBytes {
			if err := o.block(rows); err != nil {
				return err
			}
			rows, count, bytes = o.coder.reuse(rows), 0, 0
		}
		tc.metrics.OutputRows += int64(n)
	}
	if count > 0 {
		if err := o.block(rows); err != nil {
			return err
		}
	}
	foot := binary.LittleEndian.AppendUint32(o.index, crc32.Checksum(o.index, castagnoli))
	foot = binary.LittleEndian.AppendUint32(foot, uint32(len(o.index)))
	return o.put(append(foot, objectEnd...))
}

// block writes one block and notes it in the index.
func (o *objectWriter) block(rows any) (err error) {
	if o.raw, err = o.coder.encode(o.raw[:0], rows); err != nil {
		return err
	}
	o.index = binary.LittleEndian.AppendUint64(o.index, uint64(o.at))
	o.index = binary.LittleEndian.AppendUint32(o.index, uint32(len(o.raw)))
	o.index = binary.LittleEndian.AppendUint32(o.index, crc32.Checksum(o.raw, castagnoli))
	return o.put(o.raw)
}

// put writes bytes and counts them.
func (o *objectWriter) put(b []byte) error {
	o.at += int64(len(b))
	_, err := o.w.Write(b)
	return err
}

// errObjectFile is the error for files that are not whole object files.
var errObjectFile = errors.New("not an object file, or cut short")

// objectBlock is a block as the index names it.
type objectBlock struct {
	offset, length int64
	sum            uint32
}

// load reads the block and verifies it.
func (e *objectBlock) load(f io.ReaderAt) ([]byte, error) {
	raw := make([]byte, e.length)
	if _, err := f.ReadAt(raw, e.offset); err != nil {
		return nil, fmt.Errorf("cannot read a block of %d bytes at %d: %w", e.length, e.offset, err)
	}
	if crc32.Checksum(raw, castagnoli) != e.sum {
		return nil, fmt.Errorf("block at %d is damaged: its checksum differs", e.offset)
	}
	return raw, nil
}

// readObjects streams the blocks that begin in a split.
func readObjects(tc *TaskContext, s *fileSplit, identity string, coder chunkType, yield func(any, error) bool) error {
	f, err := s.file.fs.Open(s.file.name)
	if err != nil {
		return err
	}
	defer f.Close()
	index, err := readObjectIndex(f, identity)
	if err != nil {
		return err
	}
	for ; len(index) >= objectEntry; index = index[objectEntry:] {
		e := objectBlock{int64(binary.LittleEndian.Uint64(index)), int64(binary.LittleEndian.Uint32(index[8:])),
			binary.LittleEndian.Uint32(index[12:])}
		if e.offset < s.start || e.offset >= s.start+s.length {
			continue
		}
		if tc.Err() != nil {
			return tc.Err()
		}
		raw, err := e.load(f)
		if err != nil {
			return err
		}
		tc.metrics.InputBytes += e.length
		chunk, err := coder.decode(raw, nil)
		if err != nil {
			return err
		}
		tc.metrics.InputRows += int64(coder.length(chunk))
		if !inParts(coder, chunk, yield) {
			return nil
		}
	}
	return nil
}

// readObjectIndex reads and verifies the index, and gives its entries.
func readObjectIndex(f vfs.File, identity string) ([]byte, error) {
	foot := make([]byte, objectFooter)
	begin := f.Size() - int64(objectFooter)
	if begin < int64(len(objectMagic)) {
		return nil, errObjectFile
	}
	if n, err := f.ReadAt(foot, begin); n < len(foot) {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(foot[4:]))
	if string(foot[8:]) != objectEnd || n < 4 || n > begin-int64(len(objectMagic)) {
		return nil, errObjectFile
	}
	index := make([]byte, n)
	if got, err := f.ReadAt(index, begin-n); int64(got) < n {
		return nil, err
	}
	if crc32.Checksum(index, castagnoli) != binary.LittleEndian.Uint32(foot) {
		return nil, errors.New("the index is damaged")
	}
	length := int64(binary.LittleEndian.Uint32(index))
	if length > n-4 || (n-4-length)%objectEntry != 0 {
		return nil, errObjectFile
	}
	if held := string(index[4 : 4+length]); held != identity {
		return nil, fmt.Errorf("it holds %s, not %s", held, identity)
	}
	return index[4+length:], nil
}
