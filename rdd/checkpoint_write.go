package rdd

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"path"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// A checkpoint is a folder with a file for each partition and a file that describes them, which is written last. The
// folder is filled under a hidden name and renamed when it is whole, so that a checkpoint is there entirely or not at
// all, whenever the process dies. Layout of a partition's file, all little endian:
//
//	"GSQLCKP1", then frames {length u32, crc32c of its bytes u32, bytes: some elements as their codec encodes them},
//	then the end {0xFFFFFFFF u32, number of elements u64, crc32c of these eight bytes u32}
const (
	checkpointMagic  = "GSQLCKP1"
	checkpointEnd    = 0xFFFFFFFF
	checkpointMeta   = "_metadata"
	checkpointFormat = 1
	// keyHashVersion is the version of the hashes by which partitioners place keys: a partitioner of a checkpoint means
	// something only to a process with the same.
	keyHashVersion = 1
)

// checkpointInfo is the content of the file that describes a checkpoint.
type checkpointInfo struct {
	Format      int              `json:"format"`
	Name        string           `json:"name"`
	Element     string           `json:"element"`               // Go's name of the type
	Codec       string           `json:"codec"`                 // what the bytes mean
	Partitioner string           `json:"partitioner,omitempty"` // which keys are where
	KeyHash     int              `json:"keyHash"`
	Parts       []checkpointPart `json:"parts"`
	CRC32C      uint32           `json:"crc32c"` // of this, as it is with 0 here
}

// checkpointPart is the file of a partition.
type checkpointPart struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
	Rows  int64  `json:"rows"`
}

// seal gives the bytes of the file, with their checksum.
func (i checkpointInfo) seal() ([]byte, error) {
	i.CRC32C = 0
	raw, err := json.Marshal(i)
	if err != nil {
		return nil, err
	}
	i.CRC32C = crc32.Checksum(raw, castagnoli)
	return json.MarshalIndent(i, "", "  ")
}

// describePartitioner tells partitioners apart by kind, key type and number of partitions.
func describePartitioner(p Partitioner) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%T/%d", p, p.NumPartitions())
}

// writeCheckpoint writes r, again when an indeterminate ancestor was computed anew meanwhile, and cuts its lineage.
func (n anyRDD) writeCheckpoint(ctx context.Context, s settings) (string, error) {
	coder, err := n.elements.coder(s)
	if err != nil {
		return "", err
	}
	folder, err := n.sc.checkpoints.place(n.sc)
	if err != nil {
		return "", err
	}
	w := &checkpointWriter{r: n, coder: coder, final: folder.in(fmt.Sprintf("rdd-%d", n.id))}
	for range n.sc.conf.scheduling.stageAttempts {
		w.under = folder.in(fmt.Sprintf(".writing-rdd-%d-%s", n.id, rand.Text()))
		if err = w.write(ctx); !errors.Is(err, errIndeterminateResult) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	c := &checkpointFiles{w.final, w.info, coder}
	from := newUntyped(n.sc, nil, fixedPartitions(len(w.info.Parts)), c.compute, c.options()...)
	from.elements = coder
	n.cutTo(from, len(w.info.Parts))
	return w.final.String(), nil
}

// checkpointWriter is a checkpoint being written.
type checkpointWriter struct {
	r     anyRDD
	coder chunkType
	under location // while it is being written
	final location
	info  checkpointInfo
}

// write fills the folder and shows it under its final name. What a failure leaves is removed.
func (w *checkpointWriter) write(ctx context.Context) (err error) {
	fs := w.under.fs
	if err := fs.MkdirAll(w.under.name); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = fs.RemoveAll(w.under.name)
		}
	}()
	parts := map[int]checkpointPart{}
	err = runResults(ctx, w.r, nil, func(tc *TaskContext, p Partition) (any, error) { return w.writePart(tc, p) },
		func(i int, p any) bool { parts[i] = p.(checkpointPart); return true }, nil)
	if err != nil {
		return err
	}
	w.info = checkpointInfo{Format: checkpointFormat, Name: w.r.name, Element: w.coder.name(), Codec: w.coder.codecName(),
		Partitioner: describePartitioner(w.r.partitioner), KeyHash: keyHashVersion, Parts: make([]checkpointPart, len(parts))}
	for i, p := range parts {
		w.info.Parts[i] = p
	}
	if err := w.removeStrays(); err != nil {
		return err
	}
	raw, err := w.info.seal()
	if err != nil {
		return err
	}
	if err := writeDurable(fs, w.under.in(checkpointMeta).name, raw); err != nil {
		return err
	}
	if err := vfs.Sync(fs, w.under.name); err != nil {
		return err
	}
	if err := fs.Rename(w.under.name, w.final.name); err != nil {
		return err
	}
	return vfs.Sync(fs, path.Dir(w.final.name))
}

// removeStrays deletes the files of attempts whose result was not taken.
func (w *checkpointWriter) removeStrays() error {
	known := map[string]bool{}
	for _, p := range w.info.Parts {
		known[p.File] = true
	}
	files, err := w.under.fs.ReadDir(w.under.name)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !known[f.Name()] {
			if err := w.under.fs.RemoveAll(w.under.in(f.Name()).name); err != nil {
				return err
			}
		}
	}
	return nil
}

// writePart writes the file of one partition; every attempt has a file of its own.
func (w *checkpointWriter) writePart(tc *TaskContext, p Partition) (done checkpointPart, err error) {
	done.File = fmt.Sprintf("part-%05d-%d", p.Index(), tc.TaskID())
	f, err := w.under.fs.Create(w.under.in(done.File).name)
	if err != nil {
		return done, err
	}
	out := &frameWriter{w: f, coder: w.coder}
	defer f.Close()
	out.raw([]byte(checkpointMagic))
	for chunk, err := range watchedChunks(tc, w.coder, w.r.chunks(tc, p)) {
		if err != nil {
			return done, err
		}
		if out.add(chunk); out.err != nil {
			return done, out.err
		}
	}
	if out.end(); out.err != nil {
		return done, out.err
	}
	done.Bytes, done.Rows = out.bytes, out.rows
	tc.metrics.OutputBytes += out.bytes
	tc.metrics.OutputRows += out.rows
	return done, commitDurable(f)
}

// frameWriter writes elements in frames; its first error stays.
type frameWriter struct {
	w       vfs.Writer
	coder   chunkType
	buf     any // a slice
	count   int // of buf
	pending int64
	frame   []byte
	bytes   int64
	rows    int64
	err     error
}

// raw writes bytes as they are.
func (f *frameWriter) raw(p []byte) {
	if f.err == nil {
		_, f.err = f.w.Write(p)
		f.bytes += int64(len(p))
	}
}

// add puts elements into the frame, and writes the frame when it is full.
func (f *frameWriter) add(chunk any) {
	f.pending += f.coder.bytes(chunk)
	f.buf = f.coder.keepChunk(f.buf, chunk)
	n := f.coder.length(chunk)
	f.count += n
	f.rows += int64(n)
	if f.pending >= chunkBytes || f.count >= chunkElements {
		f.flush()
	}
}

// flush writes the frame.
func (f *frameWriter) flush() {
	if f.count == 0 || f.err != nil {
		return
	}
	f.frame = append(f.frame[:0], 0, 0, 0, 0, 0, 0, 0, 0)
	if f.frame, f.err = f.coder.encode(f.frame, f.buf); f.err != nil {
		return
	}
	body := f.frame[8:]
	if uint64(len(body)) >= checkpointEnd {
		f.err = Permanent(fmt.Errorf("an element of %d bytes is too large", len(body)))
		return
	}
	binary.LittleEndian.PutUint32(f.frame, uint32(len(body)))
	binary.LittleEndian.PutUint32(f.frame[4:], crc32.Checksum(body, castagnoli))
	f.raw(f.frame)
	f.buf, f.count, f.pending = f.coder.reuse(f.buf), 0, 0
}

// end writes the last frame and the end.
func (f *frameWriter) end() {
	f.flush()
	rows := binary.LittleEndian.AppendUint64(nil, uint64(f.rows))
	end := append(binary.LittleEndian.AppendUint32(nil, checkpointEnd), rows...)
	f.raw(binary.LittleEndian.AppendUint32(end, crc32.Checksum(rows, castagnoli)))
}

// commitDurable shows a file once it is on the disk.
func commitDurable(w vfs.Writer) error {
	if s, ok := w.(vfs.Syncer); ok {
		if err := s.Sync(); err != nil {
			return err
		}
	}
	return w.Commit()
}

// writeDurable is vfs.WriteFile that waits for the disk.
func writeDurable(fs vfs.FS, name string, content []byte) error {
	w, err := fs.Create(name)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Write(content); err != nil {
		return err
	}
	return commitDurable(w)
}
