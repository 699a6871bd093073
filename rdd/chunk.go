package rdd

import "iter"

// Streams in chunks. Between operators of this package elements travel in slices, so that a loop over elements costs a
// call of the user's function and not two calls more for every operator. To everybody else streams are iter.Seq2[T,
// error]: an RDD made by New is gathered into chunks where a chunked operator reads it, and a chunked RDD's Iterate
// takes them apart again. A chunk and its elements are lent until yield returns. A stream gives chunks that are not
// empty, with a nil error, and maybe at last a nil chunk with an error.

// A chunk has at most maxChunk elements, and of large elements so few that they take about maxChunkBytes together.
// What is more than a chunk is never between two operators. The first chunk of a stream has one element and each of the
// following up to twice as many as the last, so that an action that needs few elements computes few.
const (
	maxChunk      = 1024
	maxChunkBytes = 256 << 10
)

// chunker makes the chunks of one stream. Elements that are only lent travel alone.
type chunker[T any] struct {
	kind  *elementKind[T]
	buf   []T
	limit int // elements in the next chunk; buf has room for them
	yield func([]T, error) bool
}

// newChunker begins a stream.
func newChunker[T any](kind *elementKind[T], yield func([]T, error) bool) *chunker[T] {
	return &chunker[T]{kind: kind, buf: make([]T, 0, 1), limit: 1, yield: yield}
}

// add puts an element into the chunk; false when the consumer wants no more.
func (c *chunker[T]) add(v T) bool {
	c.buf = append(c.buf, v)
	return len(c.buf) < c.limit || c.flush()
}

// flush hands on what was gathered; false when the consumer wants no more.
func (c *chunker[T]) flush() bool {
	if len(c.buf) > 0 && !c.yield(c.buf, nil) {
		return false
	}
	if c.limit < maxChunk || c.kind.fixed == 0 {
		c.pace()
	}
	c.buf = c.buf[:0]
	return true
}

// fail hands on what was gathered and then the error.
func (c *chunker[T]) fail(err error) {
	if c.flush() {
		c.yield(nil, err)
	}
}

// pace chooses the length of the next chunk, from the sizes of a few elements of the last one.
func (c *chunker[T]) pace() {
	const samples = 4
	if c.kind.retain != nil {
		return
	}
	fits := maxChunk
	if n := len(c.buf); n > 0 {
		bytes, step := int64(0), (n+samples-1)/samples
		for i := n - 1; i >= 0; i -= step {
			b, _ := c.kind.size(&c.buf[i])
			bytes += b
		}
		each := max(bytes/int64((n+step-1)/step), 1)
		fits = int(min(max(maxChunkBytes/each, 1), maxChunk))
	}
	c.limit = min(2*c.limit, fits)
	if cap(c.buf) < c.limit {
		c.buf = make([]T, 0, c.limit)
	}
}

// newChunked is New for an RDD that streams in chunks.
func newChunked[T any](sc *Context, deps []Dependency, list listPartitions,
	chunks func(tc *TaskContext, p Partition) iter.Seq2[[]T, error], opts ...Option) *RDD[T] {
	return newFrom(sc, deps, list, &source[T]{chunks: chunks}, opts)
}

// gathered makes chunks of elements.
func gathered[T any](in iter.Seq2[T, error], kind *elementKind[T]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		out, open := newChunker(kind, yield), true
		in(func(v T, err error) bool {
			if err != nil {
				out.fail(err)
				open = false
			} else {
				open = out.add(v)
			}
			return open
		})
		if open {
			out.flush()
		}
	}
}

// scattered takes chunks apart.
func scattered[T any](in iter.Seq2[[]T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		in(func(chunk []T, err error) bool {
			if err != nil {
				yield(*new(T), err)
				return false
			}
			for _, v := range chunk {
				if !yield(v, nil) {
					return false
				}
			}
			return true
		})
	}
}

// sliced streams a slice that may be lent as it is, looking at the task's context before every chunk.
func sliced[T any](tc *TaskContext, vs []T) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for len(vs) > 0 && polled(tc, yield) {
			n := min(len(vs), maxChunk)
			if !yield(vs[:n:n], nil) {
				return
			}
			vs = vs[n:]
		}
	}
}

// stepwise makes a one-to-one child of r. step appends what it makes of in to out: at most one element for each, so
// that out, which has room for that, is a chunk. What step appended before an error is delivered before it.
func stepwise[T, U any](r *RDD[T], name string, step func(in []T, out []U) ([]U, error), opts ...Option) *RDD[U] {
	return deriveChunks(r, name, func(in iter.Seq2[[]T, error], out *chunker[U]) {
		for chunk, err := range in {
			if err != nil {
				out.fail(err)
				return
			}
			for len(chunk) > 0 {
				n := min(len(chunk), out.limit)
				if out.buf, err = step(chunk[:n], out.buf); err != nil {
					out.fail(err)
					return
				}
				if !out.flush() {
					return
				}
				chunk = chunk[n:]
			}
		}
	}, opts)
}

// expand makes a one-to-one child of r. add adds what it makes of an element to out; false when out wants no more.
func expand[T, U any](r *RDD[T], name string, add func(v T, out *chunker[U]) bool, opts ...Option) *RDD[U] {
	return deriveChunks(r, name, func(in iter.Seq2[[]T, error], out *chunker[U]) {
		for chunk, err := range in {
			if err != nil {
				out.fail(err)
				return
			}
			for _, v := range chunk {
				if !add(v, out) {
					return
				}
			}
			if !out.flush() {
				return
			}
		}
	}, opts)
}

// deriveChunks is derive for streams in chunks.
func deriveChunks[T, U any](r *RDD[T], name string, f func(in iter.Seq2[[]T, error], out *chunker[U]), opts []Option) *RDD[U] {
	kind := kindOf[U]()
	return newChunked(r.sc, OneToOne(r), r.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[[]U, error] {
		in := r.iterateChunks(tc, p)
		return func(yield func([]U, error) bool) { f(in, newChunker(kind, yield)) }
	}, childOptions(r, name, opts)...)
}
