package datasources

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Encoder writes the rows of one file. Not safe for concurrent use.
type Encoder interface {
	// Write takes the live rows of a batch.
	Write(b columnar.Batch) error
	// Close writes what is left; the underlying writer stays open.
	Close() error
}

// FileSink is the logical.Sink of formats that write files into a folder. Nothing is visible before the job's Commit: tasks write
// below a folder whose name begins with a dot, next to the target (or, for an append, in it).
type FileSink struct {
	Name        string // of the format
	Path        string
	PartitionBy []string
	Options     Options
	Extension   string // of the files, with the suffix of the compression: ".csv.gz"
	Compression string // "" for none or if the format compresses itself; as the option compression spells it
	// NewEncoder starts a file with the columns of the schema.
	NewEncoder func(w io.Writer, schema *columnar.Schema) (Encoder, error)
	// EmptyFile says that a job without rows writes one file all the same, for its schema.
	EmptyFile bool
}

// String implements logical.Sink.
func (s *FileSink) String() string { return s.Name + " [" + s.Path + "]" }

// Write implements logical.Sink.
func (s *FileSink) Write(_ context.Context, schema *columnar.Schema, mode logical.SaveMode) (logical.WriteJob, error) {
	target, err := localPath(s.Path)
	if err != nil {
		return nil, err
	}
	target = filepath.Clean(target)
	j := &writeJob{sink: s, target: target, mode: mode, id: newID()}
	if j.limit, err = s.Options.Int("maxRecordsPerFile", 0); err != nil {
		return nil, err
	}
	if err := j.setColumns(schema); err != nil {
		return nil, err
	}
	_, err = os.Stat(target)
	switch exists := err == nil; {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, writeError(s.Path, err)
	case exists && mode == logical.SaveError:
		return nil, columnar.Errorf("PATH_ALREADY_EXISTS", "There is something at the path %q already; the mode overwrite would replace it.", s.Path)
	case exists && mode == logical.SaveIgnore:
		j.skip = true
		return j, nil
	case exists && mode == logical.SaveAppend:
		j.staging = filepath.Join(target, stagingPrefix+j.id)
	default:
		j.staging = filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+stagingPrefix+j.id)
	}
	if err := os.MkdirAll(filepath.Join(j.staging, outFolder), 0o777); err != nil {
		return nil, writeError(s.Path, err)
	}
	return j, nil
}

const (
	stagingPrefix = "_gosql_staging_"
	outFolder     = "out"
)

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

func writeError(path string, cause error) error {
	var known *columnar.Error
	if cause == nil || errors.As(cause, &known) {
		return cause
	}
	return columnar.Errorf("TASK_WRITE_FAILED", "Writing to %q failed: %w.", path, cause)
}

// writeJob is a write under way.
type writeJob struct {
	sink            *FileSink
	target, staging string
	mode            logical.SaveMode
	id              string
	limit           int // rows a file; 0: no limit
	skip            bool
	schema          *columnar.Schema // of the files
	data, partition []int            // ordinals in the batches
	names           []string         // of the partition columns
}

// setColumns parts the columns into those of the files and those of the folders.
func (j *writeJob) setColumns(schema *columnar.Schema) error {
	for _, name := range j.sink.PartitionBy {
		k := schema.Index(name)
		if k < 0 {
			return columnar.Errorf("PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA", "There is no column %q to partition by in %s.", name, schema)
		}
		j.partition, j.names = append(j.partition, k), append(j.names, schema.Fields[k].Name)
	}
	var fields []columnar.Field
	for i, f := range schema.Fields {
		if !slices.Contains(j.partition, i) {
			j.data, fields = append(j.data, i), append(fields, f)
		}
	}
	if len(fields) == 0 && len(j.partition) > 0 {
		return columnar.Errorf("ALL_PARTITION_COLUMNS_NOT_ALLOWED", "Not all columns can be partition columns.")
	}
	j.schema = columnar.NewSchema(fields...)
	return nil
}

// Skip implements logical.WriteJob.
func (j *writeJob) Skip() bool { return j.skip }

// Task implements logical.WriteJob. Each attempt writes into a folder of its own.
func (j *writeJob) Task(ctx context.Context, partition, attempt int) (logical.TaskWriter, error) {
	t := &taskWriter{job: j, ctx: ctx, partition: partition, files: map[string]*outputFile{},
		folder: fmt.Sprintf("task_%d_%d", partition, attempt)}
	if err := os.MkdirAll(filepath.Join(j.staging, t.folder), 0o777); err != nil {
		return nil, writeError(j.sink.Path, err)
	}
	return t, nil
}

// Abort implements logical.WriteJob.
func (j *writeJob) Abort(context.Context) error {
	if j.skip {
		return nil
	}
	return writeError(j.sink.Path, os.RemoveAll(j.staging))
}

// Commit implements logical.WriteJob: it makes the files of the tasks visible, all or none.
func (j *writeJob) Commit(ctx context.Context, done []logical.TaskResult) error {
	if j.skip {
		return nil
	}
	err := j.commit(ctx, done)
	if err != nil {
		_ = os.RemoveAll(j.staging) // the first error is the one to tell
	}
	return writeError(j.sink.Path, err)
}

func (j *writeJob) commit(ctx context.Context, done []logical.TaskResult) error {
	files := 0
	for _, d := range done {
		files += len(d.Files)
	}
	if files == 0 && j.sink.EmptyFile {
		empty, err := j.emptyFile(ctx)
		if err != nil {
			return err
		}
		done = []logical.TaskResult{empty}
	}
	out := filepath.Join(j.staging, outFolder)
	for _, d := range done {
		for _, f := range d.Files { // task_p_a/folders/name
			_, rest, _ := strings.Cut(f, "/")
			to := filepath.Join(out, filepath.FromSlash(rest))
			if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
				return err
			}
			if err := os.Rename(filepath.Join(j.staging, filepath.FromSlash(f)), to); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(filepath.Join(out, "_SUCCESS"), nil, 0o666); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return Cancelled(err)
	}
	if strings.HasPrefix(j.staging, j.target+string(filepath.Separator)) {
		return publishAppend(j.target, j.staging, j.id)
	}
	return publishFolder(out, j.target, j.staging)
}

func (j *writeJob) emptyFile(ctx context.Context) (logical.TaskResult, error) {
	w, err := j.Task(ctx, 0, 0)
	if err != nil {
		return logical.TaskResult{}, err
	}
	if _, err := w.(*taskWriter).open(""); err != nil {
		return logical.TaskResult{}, err
	}
	return w.Close()
}
