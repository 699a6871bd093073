package datasources

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// taskWriter writes the files of one attempt of a partition: one, or one for each partition folder.
type taskWriter struct {
	job       *writeJob
	ctx       context.Context
	partition int
	folder    string // in the job's staging folder
	files     map[string]*outputFile
	result    logical.TaskResult
}

// outputFile is a file being written.
type outputFile struct {
	name    string // below the staging folder, with slashes
	file    *os.File
	buf     *bufio.Writer
	zip     io.WriteCloser // nil: not compressed
	enc     Encoder
	rows    int
	counter int // of files of this folder
}

// Write implements logical.TaskWriter.
func (t *taskWriter) Write(b columnar.Batch) error {
	if err := t.ctx.Err(); err != nil {
		return Cancelled(err)
	}
	if b.Live() == 0 {
		return nil
	}
	t.result.Rows += int64(b.Live())
	if len(t.job.partition) == 0 {
		return writeError(t.job.sink.Path, t.writeTo("", t.job.dataColumns(b)))
	}
	for folder, rows := range t.job.byFolder(b) {
		part := t.job.dataColumns(b)
		part.Sel = rows
		if err := t.writeTo(folder, part); err != nil {
			return writeError(t.job.sink.Path, err)
		}
	}
	return nil
}

func (j *writeJob) dataColumns(b columnar.Batch) columnar.Batch {
	cols := make([]columnar.Vector, len(j.data))
	for i, d := range j.data {
		cols[i] = b.Cols[d]
	}
	return columnar.Batch{Schema: j.schema, Cols: cols, Len: b.Len, Sel: b.Sel}
}

// byFolder groups the live rows by the folder that their partition values name.
func (j *writeJob) byFolder(b columnar.Batch) map[string][]int32 {
	out := map[string][]int32{}
	rows := b.LiveRows()
	var name []byte
	for i := range rows.Count() {
		r := rows.Row(i)
		name = name[:0]
		for k, c := range j.partition {
			if k > 0 {
				name = append(name, '/')
			}
			name = append(append(name, escapePath(j.names[k])...), '=')
			text := ""
			if v := b.Cols[c]; !v.IsNull(r) {
				text = string(columnar.AppendString(nil, v, r, time.UTC))
			}
			if text == "" {
				name = append(name, defaultPartition...)
			} else {
				name = append(name, escapePath(text)...)
			}
		}
		out[string(name)] = append(out[string(name)], int32(r))
	}
	return out
}

// escapePath writes the characters that Hive does not want in folder names as %XX.
func escapePath(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == 0x7f || strings.IndexByte("\"#%'*/:=?\\{[]^", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (t *taskWriter) writeTo(folder string, b columnar.Batch) error {
	for {
		f, err := t.open(folder)
		if err != nil {
			return err
		}
		n := b.Live()
		if limit := t.job.limit; limit > 0 && f.rows+n > limit {
			head := b
			head.Sel = liveRows(b)[:limit-f.rows]
			if err := f.enc.Write(head); err != nil {
				return err
			}
			if err := t.finish(f); err != nil {
				return err
			}
			b.Sel = liveRows(b)[limit-f.rows:]
			t.files[folder] = &outputFile{counter: f.counter + 1}
			continue
		}
		f.rows += n
		return f.enc.Write(b)
	}
}

func liveRows(b columnar.Batch) []int32 {
	if b.Sel != nil {
		return b.Sel
	}
	out := make([]int32, b.Len)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// open returns the file that is being written for a folder, and starts it if need be.
func (t *taskWriter) open(folder string) (*outputFile, error) {
	f := t.files[folder]
	if f == nil {
		f = &outputFile{}
		t.files[folder] = f
	}
	if f.file != nil {
		return f, nil
	}
	name := fmt.Sprintf("part-%05d-%s-c%03d%s", t.partition, t.job.id, f.counter, t.job.sink.Extension)
	if len(t.job.partition) > 0 {
		name = fmt.Sprintf("part-%05d-%s.c%03d%s", t.partition, t.job.id, f.counter, t.job.sink.Extension)
	}
	f.name = path.Join(t.folder, folder, name)
	full := filepath.Join(t.job.staging, filepath.FromSlash(f.name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		return nil, err
	}
	var err error
	if f.file, err = os.Create(full); err != nil {
		return nil, err
	}
	f.buf = bufio.NewWriterSize(f.file, 64<<10)
	w := io.Writer(f.buf)
	if f.zip, err = compressWriter(w, t.job.sink.Compression); err != nil {
		return nil, err
	}
	if f.zip != nil {
		w = f.zip
	}
	f.enc, err = t.job.sink.NewEncoder(w, t.job.schema)
	return f, err
}

func (t *taskWriter) finish(f *outputFile) error {
	if f.file == nil {
		return nil
	}
	err := f.enc.Close()
	if f.zip != nil && err == nil {
		err = f.zip.Close()
	}
	if err == nil {
		err = f.buf.Flush()
	}
	if st, statErr := f.file.Stat(); statErr == nil {
		t.result.Bytes += st.Size()
	}
	if closeErr := f.file.Close(); err == nil {
		err = closeErr
	}
	t.result.Files = append(t.result.Files, f.name)
	return err
}

// Close implements logical.TaskWriter.
func (t *taskWriter) Close() (logical.TaskResult, error) {
	if len(t.files) == 0 && len(t.job.partition) == 0 && t.partition == 0 && t.job.sink.EmptyFile {
		if _, err := t.open(""); err != nil {
			return logical.TaskResult{}, writeError(t.job.sink.Path, err)
		}
	}
	for _, f := range t.files {
		if err := t.finish(f); err != nil {
			return logical.TaskResult{}, writeError(t.job.sink.Path, err)
		}
	}
	return t.result, nil
}

// Abort implements logical.TaskWriter.
func (t *taskWriter) Abort() error {
	for _, f := range t.files {
		if f.file != nil {
			f.file.Close()
		}
	}
	return writeError(t.job.sink.Path, os.RemoveAll(filepath.Join(t.job.staging, t.folder)))
}

// CompressionSuffix is the file name suffix of a compression by the name that the option compression knows it by.
func CompressionSuffix(name string) (string, error) {
	switch strings.ToLower(name) {
	case "", "none", "uncompressed":
		return "", nil
	case "gzip":
		return ".gz", nil
	case "deflate":
		return ".deflate", nil
	case "zstd":
		return ".zst", nil
	case "lz4":
		return ".lz4", nil
	}
	return "", columnar.Errorf("CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
		"The compression %q is not available; available are none, gzip, deflate, zstd and lz4.", name)
}

func compressWriter(w io.Writer, name string) (io.WriteCloser, error) {
	switch strings.ToLower(name) {
	case "gzip":
		return gzip.NewWriter(w), nil
	case "deflate":
		return zlib.NewWriter(w), nil
	case "zstd":
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	case "lz4":
		return lz4.NewWriter(w), nil
	}
	return nil, nil
}
