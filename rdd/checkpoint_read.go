package rdd

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"reflect"
	"strings"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// CheckpointError is the failure to read a file of a checkpoint: it is gone, cut, altered, or not of the kind that was
// asked for. There is no lineage behind a checkpoint to compute it again from.
type CheckpointError struct {
	Path string
	Err  error
}

// Error names the file.
func (e *CheckpointError) Error() string {
	return fmt.Sprintf("checkpoint file %s: %v", e.Path, e.Err)
}

// Unwrap gives what is wrong with the file.
func (e *CheckpointError) Unwrap() error { return e.Err }

// The ways in which a file of a checkpoint can be damaged.
var (
	errCheckpointCut     = errors.New("it ends too early")
	errCheckpointAltered = errors.New("its bytes are not those that were written: a checksum differs")
	errCheckpointForm    = errors.New("it is not a file of a checkpoint")
)

// OpenCheckpoint gives the RDD that was checkpointed to a path (CheckpointFile), by this process or another one. T must
// be the type that was written, with the same codec. A partitioner is stated by the option PartitionedBy, and must be of
// the kind that the RDD had: NewHashPartitioner[K](n) of the same K and n; that custom ones place keys as they did is the
// caller's word. Of the options it heeds Encoding, Named and PartitionedBy.
func OpenCheckpoint[T any](sc *Context, path string, opts ...Option) (*RDD[T], error) {
	s := newSettings(opts)
	at, err := sc.locate(path)
	if err != nil {
		return nil, err
	}
	coder := coderFor[T](s)
	if err := coder.encodable(); err != nil {
		return nil, err
	}
	info, err := loadCheckpointInfo(at)
	if err == nil {
		err = info.accepts(coder.name(), coder.codecName(), s.partitioner)
	}
	if err != nil {
		return nil, &CheckpointError{at.in(checkpointMeta).String(), err}
	}
	c := &checkpointFiles{at, info, coder}
	return ofType[T](newUntyped(sc, nil, fixedPartitions(len(info.Parts)), c.compute, append(c.options(), opts...)...)), nil
}

// accepts tells why the checkpoint cannot be read as asked.
func (i *checkpointInfo) accepts(element, codec string, p Partitioner) error {
	switch {
	case i.Element != element:
		return fmt.Errorf("it holds elements of type %s, not %s", i.Element, element)
	case i.Codec != codec:
		return fmt.Errorf("its elements were encoded as %s, which %s cannot read", i.Codec, codec)
	case p != nil && i.Partitioner == "":
		return errors.New("it was written without a partitioner")
	case p != nil && i.Partitioner != describePartitioner(p):
		return fmt.Errorf("it was partitioned by %s, not %s", i.Partitioner, describePartitioner(p))
	case p != nil && i.KeyHash != keyHashVersion:
		return fmt.Errorf("it was partitioned by version %d of the hash of keys; this is version %d", i.KeyHash, keyHashVersion)
	}
	return nil
}

// loadCheckpointInfo reads and verifies the file that describes a checkpoint.
func loadCheckpointInfo(at location) (i checkpointInfo, err error) {
	raw, err := vfs.ReadFile(at.fs, at.in(checkpointMeta).name)
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal(raw, &i); err != nil {
		return i, fmt.Errorf("%w: %w", errCheckpointForm, err)
	}
	if i.Format != checkpointFormat {
		return i, fmt.Errorf("it has format %d, this engine reads format %d", i.Format, checkpointFormat)
	}
	if again, err := i.seal(); err != nil || !bytes.Equal(again, raw) {
		return i, errCheckpointAltered
	}
	return i, nil
}

// checkpointFiles is a checkpoint that is read.
type checkpointFiles struct {
	at    location
	info  checkpointInfo
	coder chunkType
}

// options are those of the RDD that reads it.
func (c *checkpointFiles) options() []Option {
	own := []Option{Named("ReliableCheckpointRDD")}
	if l, ok := c.at.fs.(vfs.Locator); ok {
		own = append(own, PreferredLocations(func(p Partition) []string {
			part := c.info.Parts[p.Index()]
			return l.Locations(c.at.in(part.File).name, 0, part.Bytes)
		}))
	}
	return own
}

// compute streams a partition.
func (c *checkpointFiles) compute(tc *TaskContext, p Partition) anyChunks {
	part := c.info.Parts[p.Index()]
	return func(yield func(any, error) bool) {
		file := c.at.in(part.File)
		if err := c.readFrames(tc, file, part, yield); err != nil {
			yield(nil, &CheckpointError{file.String(), err})
		}
	}
}

// readFrames streams a partition's file; its error is nil also when the consumer had enough.
func (c *checkpointFiles) readFrames(tc *TaskContext, file location, part checkpointPart, yield func(any, error) bool) error {
	f, err := file.fs.Open(file.name)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Size() != part.Bytes {
		return fmt.Errorf("%w: %d of %d bytes", errCheckpointCut, f.Size(), part.Bytes)
	}
	in := bufio.NewReaderSize(f, 256<<10)
	magic := make([]byte, len(checkpointMagic))
	if _, err := io.ReadFull(in, magic); err != nil {
		return cutOr(err)
	}
	if string(magic) != checkpointMagic {
		return errCheckpointForm
	}
	tc.metrics.InputBytes += part.Bytes
	rows := int64(0)
	for {
		if err := tc.Err(); err != nil {
			return err
		}
		body, last, err := readFrame(in, part.Bytes)
		if err != nil {
			return err
		}
		if last {
			if n := int64(binary.LittleEndian.Uint64(body)); n != rows || n != part.Rows {
				return errCheckpointAltered
			}
			return nil
		}
		chunk, err := c.coder.decode(body, nil)
		if err != nil {
			return err
		}
		rows += int64(c.coder.length(chunk))
		if !inParts(c.coder, chunk, yield) {
			return nil
		}
	}
}

// readFrame reads and verifies one frame; the last has the number of elements.
func readFrame(in io.Reader, most int64) (body []byte, last bool, err error) {
	var head [8]byte
	if _, err := io.ReadFull(in, head[:4]); err != nil {
		return nil, false, cutOr(err)
	}
	length := binary.LittleEndian.Uint32(head[:])
	if length == checkpointEnd {
		var end [12]byte
		if _, err := io.ReadFull(in, end[:]); err != nil {
			return nil, false, cutOr(err)
		}
		if crc32.Checksum(end[:8], castagnoli) != binary.LittleEndian.Uint32(end[8:]) {
			return nil, false, errCheckpointAltered
		}
		return end[:8], true, nil
	}
	if int64(length) > most {
		return nil, false, errCheckpointAltered
	}
	body = make([]byte, length)
	if _, err := io.ReadFull(in, head[4:]); err != nil {
		return nil, false, cutOr(err)
	}
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, false, cutOr(err)
	}
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, false, errCheckpointAltered
	}
	return body, false, nil
}

// cutOr says that a file is cut, unless reading failed in another way.
func cutOr(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCheckpointCut
	}
	return err
}

// typeShape describes a type as far as derived codecs see it: names of types do not matter to them, fields do.
func typeShape(t reflect.Type, above []reflect.Type) string {
	for i, a := range above {
		if a == t {
			return fmt.Sprintf("^%d", len(above)-i) // a recursive type
		}
	}
	if marshalsItself(t) {
		return path.Base(t.PkgPath()) + "." + t.Name()
	}
	above = append(above, t)
	switch t.Kind() {
	case reflect.Slice:
		return "[]" + typeShape(t.Elem(), above)
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), typeShape(t.Elem(), above))
	case reflect.Pointer:
		return "*" + typeShape(t.Elem(), above)
	case reflect.Map:
		return fmt.Sprintf("map[%s]%s", typeShape(t.Key(), above), typeShape(t.Elem(), above))
	case reflect.Struct:
		fields := make([]string, t.NumField())
		for i := range fields {
			fields[i] = t.Field(i).Name + " " + typeShape(t.Field(i).Type, above)
		}
		return "{" + strings.Join(fields, ";") + "}"
	}
	return t.Kind().String()
}
