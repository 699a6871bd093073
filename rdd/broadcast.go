package rdd

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"sync/atomic"
)

// Broadcast is a read-only value that tasks share. Where there is one executor it goes by reference, so it costs nothing
// but the memory it already has. Where there are several, as in local-cluster, the tasks' ValueIn is a copy of their
// executor's own, which is sent once, on its first use, in checked pieces (spark.broadcast.blockSize); values that no
// codec can encode go by reference there, too. What a Broadcast holds is given back by Destroy, or once it is
// unreachable. Safe for concurrent use.
type Broadcast[T any] struct {
	value T
	codec Codec[T] // nil: by reference
	core  *broadcastCore
}

// broadcastCore is a Broadcast without the value, so that what drops the copies does not keep the value.
type broadcastCore struct {
	sc        *Context
	id        int64
	reserve   *Reservation
	destroyed atomic.Bool
}

// NewBroadcast makes v available to all tasks; v must not be changed any more. A value that is a Sizer is charged to
// the memory budget, as are all copies, which may refuse it with a *MemoryError. Of the options it heeds Encoding.
func NewBroadcast[T any](sc *Context, v T, opts ...Option) (*Broadcast[T], error) {
	core := &broadcastCore{sc: sc, id: sc.broadcastIDs.Add(1) - 1, reserve: sc.Reserve("broadcast")}
	if s, ok := any(v).(Sizer); ok {
		if err := core.reserve.Grow(s.Bytes()); err != nil {
			return nil, err
		}
	}
	b := &Broadcast[T]{value: v, codec: coderFor[T](newSettings(opts)).codec, core: core}
	if sc.conf.storing.cleaner {
		runtime.AddCleanup(b, (*broadcastCore).destroy, core)
	}
	return b, nil
}

// ID is unique among the broadcasts of the Context; errors and events name it.
func (b *Broadcast[T]) ID() int64 { return b.core.id }

// BroadcastError is the failure to use a Broadcast.
type BroadcastError struct {
	Broadcast int64 // its id
	Err       error
}

// Error names the broadcast.
func (e *BroadcastError) Error() string { return fmt.Sprintf("broadcast %d: %v", e.Broadcast, e.Err) }

// Unwrap gives the reason.
func (e *BroadcastError) Unwrap() error { return e.Err }

// Permanent tells whether another attempt would fail alike.
func (e *BroadcastError) Permanent() bool { return errors.Is(e.Err, errBroadcastDestroyed) }

// The reasons of a BroadcastError.
var (
	errBroadcastDestroyed = errors.New("it was destroyed")
	errBroadcastDamaged   = errors.New("a piece arrived damaged each time it was sent")
)

// Value is the value itself, by reference, for the program and for tasks of a Context with one executor. After Destroy
// it panics with a *BroadcastError, which in a task is the task's failure.
func (b *Broadcast[T]) Value() T {
	if b.core.destroyed.Load() {
		panic(&BroadcastError{b.core.id, errBroadcastDestroyed})
	}
	return b.value
}

// ValueIn is the value for a task: its executor's copy, which it waits for while it is being sent.
func (b *Broadcast[T]) ValueIn(tc *TaskContext) (v T, err error) {
	if b.core.destroyed.Load() {
		return v, &BroadcastError{b.core.id, errBroadcastDestroyed}
	}
	if b.codec == nil || len(b.core.sc.executors.all()) < 2 {
		return b.value, nil
	}
	if err := tc.passes(hookBroadcast); err != nil {
		return v, err
	}
	store := tc.executor.blocks
	for {
		c, mine := store.broadcastCopy(b.core)
		if mine {
			return b.send(store, c)
		}
		select {
		case <-c.done:
			if v, ok := c.value.(T); ok && c.err == nil {
				return v, nil
			}
		case <-tc.ctx.Done():
		}
		if err := tc.Err(); err != nil {
			return v, err
		}
	}
}

// send makes the copy of one executor. A failure is this task's; the next to ask tries again.
func (b *Broadcast[T]) send(store *blockStore, c *broadcastCopy) (v T, err error) {
	c.err = errBroadcastDamaged // unless it is finished, also when a codec panics
	defer store.settleCopy(c)
	var raw bytes.Buffer
	if err := b.codec.Encode(&raw, []T{b.value}); err != nil {
		return v, &BroadcastError{b.core.id, err}
	}
	c.bytes = int64(raw.Len())
	if err := b.core.reserve.Grow(c.bytes); err != nil {
		c.bytes = 0
		return v, err
	}
	sent := &BroadcastSent{Broadcast: b.core.id, Executor: store.ex.id, Bytes: c.bytes}
	received, err := b.core.transfer(raw.Bytes(), sent)
	if err != nil {
		return v, err
	}
	found := false
	for v, err = range b.codec.Decode(received) {
		if found = err == nil; !found {
			return v, &BroadcastError{b.core.id, err}
		}
		break
	}
	if !found {
		return v, &BroadcastError{b.core.id, errShortBlock}
	}
	c.value, c.err = v, nil
	if b.core.sc.events.wanted() {
		b.core.sc.events.tell(sent)
	}
	return v, nil
}

// maxPieceTries is how often a piece is sent.
const maxPieceTries = 4

// transfer sends the bytes in pieces, each with its checksum, and again the pieces that arrive damaged.
func (c *broadcastCore) transfer(raw []byte, sent *BroadcastSent) (io.Reader, error) {
	var arrived []io.Reader
	size := int(c.sc.conf.storing.broadcastBlock)
	for at := 0; at < len(raw); at += size {
		piece := raw[at:min(at+size, len(raw))]
		sum := crc32.Checksum(piece, castagnoli)
		for try := 0; ; try++ {
			got := piece
			if wire := c.sc.conf.storing.broadcastWire; wire != nil {
				got = wire(sent.Pieces, try, piece)
			}
			if crc32.Checksum(got, castagnoli) == sum {
				arrived = append(arrived, bytes.NewReader(got))
				break
			}
			if sent.Resent++; try+1 == maxPieceTries {
				return nil, &BroadcastError{c.id, errBroadcastDamaged}
			}
		}
		sent.Pieces++
	}
	return io.MultiReader(arrived...), nil
}

// Unpersist drops the executors' copies; the next use sends them again.
func (b *Broadcast[T]) Unpersist() { b.core.unpersist() }

// Destroy drops the copies and gives the memory back to the budget. Using the value afterwards is a *BroadcastError.
func (b *Broadcast[T]) Destroy() { b.core.destroy() }

// unpersist is Broadcast.Unpersist.
func (c *broadcastCore) unpersist() {
	for _, s := range c.sc.stores() {
		s.dropCopies(func(id int64) bool { return id == c.id })
	}
}

// destroy is Broadcast.Destroy.
func (c *broadcastCore) destroy() {
	if c.destroyed.CompareAndSwap(false, true) {
		c.unpersist()
		c.reserve.Release()
	}
}

// BroadcastSent is told when an executor has got its copy of a broadcast value.
type BroadcastSent struct {
	Broadcast int64 // its id
	Executor  string
	Pieces    int
	Resent    int // pieces that arrived damaged and were sent again
	Bytes     int64
}

func (*BroadcastSent) event() {}

// broadcastCopy is the copy of one executor, which is there once done is closed.
type broadcastCopy struct {
	of    *broadcastCore
	done  chan struct{}
	value any
	bytes int64
	err   error
}

// broadcastCopy finds the executor's copy, or makes the place for one that the caller must fill.
func (s *blockStore) broadcastCopy(of *broadcastCore) (c *broadcastCopy, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.broadcasts[of.id]; ok {
		return c, false
	}
	if s.broadcasts == nil {
		s.broadcasts = map[int64]*broadcastCopy{}
	}
	c = &broadcastCopy{of: of, done: make(chan struct{})}
	s.broadcasts[of.id] = c
	return c, true
}

// settleCopy ends the making of a copy. One that could not be made, or was dropped meanwhile, gives its memory back.
func (s *blockStore) settleCopy(c *broadcastCopy) {
	s.mu.Lock()
	kept := s.broadcasts[c.of.id] == c
	if kept && (c.err != nil || c.of.destroyed.Load()) {
		delete(s.broadcasts, c.of.id)
		kept = false
	}
	close(c.done)
	s.mu.Unlock()
	if !kept {
		c.of.reserve.Shrink(c.bytes)
	}
}

// dropCopies drops the copies of one broadcast value, or all of them.
func (s *blockStore) dropCopies(match func(id int64) bool) {
	var freed []*broadcastCopy
	s.mu.Lock()
	for id, c := range s.broadcasts {
		if !match(id) {
			continue
		}
		delete(s.broadcasts, id)
		select {
		case <-c.done:
			freed = append(freed, c)
		default: // settleCopy will find it dropped
		}
	}
	s.mu.Unlock()
	for _, c := range freed {
		c.of.reserve.Shrink(c.bytes)
	}
}
