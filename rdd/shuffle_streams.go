package rdd

import (
	"encoding/binary"
	"sync"
)

// streamLayout writes one stream per reducer. What becomes of the streams tells the layouts apart: bypass joins them to
// one data file in the end, plain hash keeps a file for each, consolidated hash appends them to the files of a group
// that later tasks of the same slot go on with (Spark's BypassMergeSortShuffleWriter and HashShuffleWriter).
type streamLayout struct {
	tc      *TaskContext
	holding *holding // of bypass
	res     *Reservation
	buffer  int // bytes a stream holds before it writes
	streams []stream
	packing compression
	raw     []byte
	frame   []byte
	group   *fileGroup // of consolidated hash
	bypass  bool
}

// stream is what goes to one reducer.
type stream struct {
	enc   []byte // encoded elements
	count int    // of them
	file  *ScratchFile
	start int64 // where this task began in the file
	used  int64 // bytes this task wrote
}

// streamBuffer is what a stream holds at best (spark.shuffle.file.buffer), leastStreamBuffer what it holds anyhow.
const (
	streamBuffer      = 32 << 10
	leastStreamBuffer = 1 << 10
)

// maxOpenStreams bounds the files that a task keeps open; with more streams each is closed after every write.
const maxOpenStreams = 256

// newStreamLayout prepares n streams, with buffers as large as the budget allows.
func newStreamLayout(tc *TaskContext, h *holding, n int) *streamLayout {
	l := &streamLayout{tc: tc, holding: h, streams: make([]stream, n), packing: tc.job.sc.spill.packShuffles}
	l.res = tc.Reserve("shuffle streams", l.spill)
	for l.buffer = streamBuffer; l.buffer > leastStreamBuffer; l.buffer /= 2 {
		if l.res.TryGrow(int64(n*l.buffer)) == nil {
			break
		}
	}
	return l
}

// newBypassLayout is the layout for few reducers.
func newBypassLayout(tc *TaskContext, h *holding, n int) fileLayout {
	l := newStreamLayout(tc, h, n)
	l.bypass = true
	tc.OnComplete(func(error) { l.removeStreams() })
	return l
}

// newHashLayout is plain or consolidated hash.
func newHashLayout(tc *TaskContext, d *ShuffleDependency, n int, consolidate bool) fileLayout {
	l := newStreamLayout(tc, nil, n)
	if consolidate {
		l.group = d.groupFor(tc.slot, n)
		for i, f := range l.group.files {
			if f != nil {
				l.streams[i].file, l.streams[i].start = f, f.Size()
			}
		}
	}
	tc.OnComplete(func(err error) {
		if err != nil {
			l.undo()
		}
	})
	return l
}

// spill writes what all streams hold and goes on with the smallest buffers, which are not reserved.
func (l *streamLayout) spill(int64) (freed int64, err error) {
	if freed = l.res.Used(); freed == 0 {
		return 0, nil
	}
	for i := range l.streams {
		if err := l.write(i); err != nil {
			return 0, err
		}
		l.streams[i].enc = nil
	}
	l.buffer = leastStreamBuffer
	l.res.Shrink(freed)
	return freed, nil
}

// element adds to a stream's buffer, and writes the buffer when it is full.
func (l *streamLayout) element(bucket int, enc []byte) error {
	s := &l.streams[bucket]
	s.enc = append(s.enc, enc...)
	if s.count++; len(s.enc) >= l.buffer || s.count >= maxBatch {
		return l.write(bucket)
	}
	return nil
}

// block writes a block.
func (l *streamLayout) block(bucket int, raw []byte) (err error) {
	if l.frame, err = frameBlock(l.frame[:0], raw, l.packing); err != nil {
		return err
	}
	return l.append(bucket, l.frame)
}

// cut makes a block of what a stream holds.
func (l *streamLayout) cut(dst []byte, s *stream) ([]byte, error) {
	l.raw = append(binary.AppendUvarint(l.raw[:0], uint64(s.count)), s.enc...)
	s.enc, s.count = s.enc[:0], 0
	return frameBlock(dst, l.raw, l.packing)
}

// write appends what a stream holds to its file.
func (l *streamLayout) write(bucket int) (err error) {
	s := &l.streams[bucket]
	if s.count == 0 {
		return nil
	}
	if l.frame, err = l.cut(l.frame[:0], s); err != nil {
		return err
	}
	return l.append(bucket, l.frame)
}

// append writes a framed block to a stream's file.
func (l *streamLayout) append(bucket int, block []byte) (err error) {
	s := &l.streams[bucket]
	if s.file == nil {
		if s.file, err = l.create(bucket); err != nil {
			return err
		}
	}
	n, err := s.file.Write(block)
	if err != nil {
		return err
	}
	s.used += int64(n)
	if len(l.streams) > maxOpenStreams {
		return s.file.release()
	}
	return nil
}

// create makes the file of a stream.
func (l *streamLayout) create(bucket int) (*ScratchFile, error) {
	kind := "shuffle data"
	if l.bypass {
		kind = "shuffle stream"
	}
	f, err := l.tc.job.sc.spill.create(kind)
	if err == nil && l.group != nil {
		l.group.files[bucket] = f
	}
	if err == nil && !l.bypass {
		l.tc.metrics.ShuffleFiles++
	}
	return f, err
}

// finish writes the rest of all streams.
func (l *streamLayout) finish() (diskBlocks, []int64, error) {
	if l.bypass {
		return l.join()
	}
	spans, sizes := make([]fileSpan, len(l.streams)), make([]int64, len(l.streams))
	for i := range l.streams {
		if err := l.write(i); err != nil {
			return nil, nil, err
		}
		s := &l.streams[i]
		spans[i], sizes[i] = fileSpan{s.file, s.start, s.used}, s.used
		if s.file != nil {
			if err := l.close(s.file); err != nil {
				return nil, nil, err
			}
		}
	}
	l.res.Release()
	return &hashFiles{spans, l.group}, sizes, nil
}

// close ends writing; the files of a group are written on by later tasks.
func (l *streamLayout) close(f *ScratchFile) error {
	if l.group != nil {
		return f.release()
	}
	return f.Close()
}

// join copies the streams behind each other into one data file.
func (l *streamLayout) join() (diskBlocks, []int64, error) {
	out, err := newShuffleFile(&l.tc.job.sc.spill)
	if err != nil {
		return nil, nil, err
	}
	l.holding.attach(out)
	sizes := make([]int64, len(l.streams))
	for i := range l.streams {
		s, at := &l.streams[i], out.size()
		if s.file != nil {
			if err := out.copySpan(i, fileSpan{s.file, 0, s.used}); err != nil {
				return nil, nil, err
			}
			s.file.remove()
		}
		if s.count > 0 {
			from := out.size()
			if out.pending, err = l.cut(out.pending, s); err != nil {
				return nil, nil, err
			}
			out.span(i, from, out.size()-from)
		}
		if len(out.pending) >= writePiece {
			if err := out.flush(); err != nil {
				return nil, nil, err
			}
		}
		sizes[i] = out.size() - at
	}
	l.res.Release()
	l.tc.metrics.ShuffleFiles += 2
	return out, sizes, out.seal()
}

// removeStreams deletes the files of bypass; those that were joined are gone already.
func (l *streamLayout) removeStreams() {
	for i := range l.streams {
		if f := l.streams[i].file; f != nil {
			f.remove()
		}
	}
}

// undo takes back what a failed attempt wrote.
func (l *streamLayout) undo() {
	if l.group == nil {
		l.removeStreams()
		return
	}
	for i := range l.streams {
		if s := &l.streams[i]; s.file != nil {
			s.file.truncate(s.start)
		}
	}
	l.group.leave()
}

// hashFiles is a map output in the files of its streams; those of a group belong to other outputs too.
type hashFiles struct {
	spans []fileSpan // by bucket
	group *fileGroup // nil: the files are this output's own
}

func (h *hashFiles) spansOf(bucket int) ([]fileSpan, error) {
	if h.spans[bucket].length == 0 {
		return nil, nil
	}
	return h.spans[bucket : bucket+1], nil
}

func (h *hashFiles) remove() {
	if h.group != nil {
		h.group.leave()
		return
	}
	for _, s := range h.spans {
		if s.file != nil {
			s.file.remove()
		}
	}
}

// fileGroup is the files, one per reducer, that the map tasks of one slot append to in turn. They are deleted when the
// last output in them is dropped.
type fileGroup struct {
	files []*ScratchFile

	mu      sync.Mutex
	members int // outputs in the files, and tasks that write
	dead    bool
}

// enter counts a writing task, unless the files are gone.
func (g *fileGroup) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead {
		return false
	}
	g.members++
	return true
}

// leave takes an output, or a task that failed, out.
func (g *fileGroup) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.members--; g.members > 0 {
		return
	}
	g.dead = true
	for _, f := range g.files {
		if f != nil {
			f.remove()
		}
	}
}

// groupFor gives the group that a slot appends to; a slot runs one task at a time.
func (d *ShuffleDependency) groupFor(s *slot, reducers int) *fileGroup {
	d.mu.Lock()
	defer d.mu.Unlock()
	if g := d.groups[s]; g != nil && len(g.files) == reducers && g.enter() {
		return g
	}
	if d.groups == nil {
		d.groups = map[*slot]*fileGroup{}
	}
	g := &fileGroup{files: make([]*ScratchFile, reducers), members: 1}
	d.groups[s] = g
	return g
}
