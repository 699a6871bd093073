package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// writeParquet and writeArrow write the result as one file of the format.
func writeParquet(w io.Writer, r result) error { return writeFile(w, r, "parquet") }

func writeArrow(w io.Writer, r result) error { return writeFile(w, r, "arrow") }

// writeFile has a data source write the rows to a temporary folder and copies the one file from there: formats with a footer cannot stream.
func writeFile(w io.Writer, r result, name string) error {
	dir, err := os.MkdirTemp("", "gosql-out-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f, err := datasources.Lookup(name)
	if err != nil {
		return err
	}
	sink, err := f.Create(filepath.Join(dir, "out"), nil, nil)
	if err != nil {
		return err
	}
	if err := writeOne(sink, r); err != nil {
		return err
	}
	parts, err := filepath.Glob(filepath.Join(dir, "out", "part-*"))
	if err != nil || len(parts) != 1 {
		return fmt.Errorf("writing %s: %d files came out, want 1 (%v)", name, len(parts), err)
	}
	in, err := os.Open(parts[0])
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}

// writeOne writes all rows as one partition.
func writeOne(sink logical.Sink, r result) error {
	ctx := context.Background()
	job, err := sink.Write(ctx, r.schema, logical.SaveError)
	if err != nil {
		return err
	}
	done, err := writeTask(ctx, job, r)
	if err != nil {
		job.Abort(ctx)
		return err
	}
	return job.Commit(ctx, []logical.TaskResult{done})
}

func writeTask(ctx context.Context, job logical.WriteJob, r result) (logical.TaskResult, error) {
	task, err := job.Task(ctx, 0, 0)
	if err != nil {
		return logical.TaskResult{}, err
	}
	for b, err := range r.batches {
		if err == nil {
			err = task.Write(b)
		}
		if err != nil {
			task.Abort()
			return logical.TaskResult{}, err
		}
	}
	return task.Close()
}
