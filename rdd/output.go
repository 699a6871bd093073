package rdd

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// output is a folder being written. Tasks write their files into folders of their own in a staging folder beside the
// target, which has a hidden name. When all have succeeded, the file of each partition's accepted attempt is renamed
// into the folder that becomes the target, by one rename: the target appears with all its files and _SUCCESS, or not at
// all. (Hadoop stages inside the target, so a process that dies leaves a target that is in the way of the next try.)
type output struct {
	target, staging location
	extension       string // of the files, with the dot
}

// stagingPrefix begins the names of staging folders; isHidden knows it.
const stagingPrefix = "_temporary."

// successFile marks a finished output, as Hadoop's does.
const successFile = "_SUCCESS"

// newOutput checks that nothing is at the path and makes the staging folder.
func (sc *Context) newOutput(folder, extension string) (*output, error) {
	target, err := sc.locate(folder)
	if err != nil {
		return nil, err
	}
	target.name = strings.TrimRight(target.name, "/")
	if target.name == "" {
		return nil, fmt.Errorf("output path %q names no folder", folder)
	}
	o := &output{target: target, extension: extension}
	if err := o.mustNotExist(); err != nil {
		return nil, err
	}
	if target.fs == vfs.Local {
		removeDeadStaging(target)
	}
	o.staging = sibling(target, stagingName(path.Base(target.name)))
	if err := target.fs.MkdirAll(o.staging.in("out").name); err != nil {
		return nil, fmt.Errorf("cannot make the folder %s: %w", o.staging, err)
	}
	return o, nil
}

// mustNotExist refuses to write where something is.
func (o *output) mustNotExist() error {
	exists, err := vfs.Exists(o.target.fs, o.target.name)
	if exists {
		err = fmt.Errorf("output folder %s already exists: %w", o.target, fs.ErrExist)
	}
	return err
}

// sibling is a place beside another.
func sibling(l location, name string) location {
	dir, _ := path.Split(l.name)
	return location{l.fs, dir + name, l.prefix}
}

// stagingName names target, machine and process, so that a later process can tell whose the folder was.
func stagingName(target string) string {
	return fmt.Sprintf("%s%s.%s.%d.%s", stagingPrefix, target, hostName(), os.Getpid(), rand.Text()[:8])
}

// hostName is the machine's name without dots, which part the words of staging names.
func hostName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	return strings.ReplaceAll(host, ".", "-")
}

// removeDeadStaging deletes what processes of this machine that are no more have left beside the target, be it of the
// same target or of another one. A failure is of no concern: the folders are hidden and in nobody's way.
func removeDeadStaging(target location) {
	dir := path.Dir(target.name)
	entries, err := target.fs.ReadDir(dir)
	if err != nil {
		return
	}
	host := hostName()
	for _, e := range entries {
		words := strings.Split(e.Name(), ".")
		n := len(words)
		if !strings.HasPrefix(e.Name(), stagingPrefix) || n < 5 || words[n-3] != host {
			continue
		}
		if pid, err := strconv.Atoi(words[n-2]); err == nil && processIsGone(pid) {
			_ = target.fs.RemoveAll(path.Join(dir, e.Name()))
		}
	}
}

// partName is the name of a partition's file.
func (o *output) partName(partition int) string {
	return fmt.Sprintf("part-%05d%s", partition, o.extension)
}

// attempt is where an attempt of a task writes its file; what a failed one wrote is deleted when it ends.
func (o *output) attempt(tc *TaskContext) (location, error) {
	folder := o.staging.in(fmt.Sprintf("attempt-%d", tc.TaskID()))
	if err := folder.fs.MkdirAll(folder.name); err != nil {
		return location{}, err
	}
	tc.OnComplete(func(err error) {
		if err != nil {
			_ = folder.fs.RemoveAll(folder.name)
		}
	})
	return folder.in(o.partName(tc.Partition())), nil
}

// commit makes the accepted files visible, all at once.
func (o *output) commit(ctx context.Context, accepted map[int]location) error {
	out := o.staging.in("out")
	for p, from := range accepted {
		if err := o.target.fs.Rename(from.name, out.in(o.partName(p)).name); err != nil {
			return err
		}
	}
	if err := vfs.WriteFile(o.target.fs, out.in(successFile).name, nil); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := o.mustNotExist(); err != nil { // another one was faster
		return err
	}
	return o.target.fs.Rename(out.name, o.target.name)
}

// saveFiles runs r and writes a file for each partition with write. Nothing is to be seen at the path before all are
// written; after an error nothing is.
func saveFiles(ctx context.Context, r anyRDD, path, extension string,
	write func(tc *TaskContext, w io.Writer, in anyChunks) error, opts []Option) (err error) {
	o, err := r.sc.newOutput(path, extension)
	if err != nil {
		return err
	}
	defer func() { // also when a listener panics
		if e := o.staging.fs.RemoveAll(o.staging.name); err == nil {
			err = e
		}
	}()
	accepted := map[int]location{}
	err = runTasks(ctx, r.node, nil, func(tc *TaskContext, p Partition) (any, error) {
		at, err := o.attempt(tc)
		if err != nil {
			return nil, err
		}
		return at, writeFile(tc, at, watchedChunks(tc, r.elements, r.chunks(tc, p)), write)
	}, func(part int, at any) bool { accepted[part] = at.(location); return true }, opts)
	if err != nil {
		return err
	}
	if err := o.commit(ctx, accepted); err != nil {
		return fmt.Errorf("cannot finish the output %s: %w", o.target, err)
	}
	return nil
}

// writeFile writes and commits one file.
func writeFile(tc *TaskContext, at location, in anyChunks, write func(tc *TaskContext, w io.Writer, in anyChunks) error) error {
	f, err := at.fs.Create(at.name)
	if err != nil {
		return err
	}
	defer f.Close()
	counted := &countingWriter{w: f}
	buffered := bufio.NewWriterSize(counted, 64<<10)
	if err := write(tc, buffered, in); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	tc.metrics.OutputBytes += counted.n
	return f.Commit()
}

// countingWriter counts the bytes that were written.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
