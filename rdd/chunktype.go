package rdd

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"unsafe"
)

// What users call is compiled for their element types; what lies below is compiled once. Blocks, files, the reading side
// of shuffles, checkpoints and the actions that look at no element handle chunks as interfaces that hold a []T, and ask
// a chunkType for what they must know. That is one interface for up to a thousand elements; a copy of all this for every
// element type would cost each build of a program seconds.

// anyChunks is a stream of chunks, []T in interfaces, by the rules of chunk.go.
type anyChunks = iter.Seq2[any, error]

// chunkType is an element type T, with a codec or without, for code that is not compiled for it. What is named chunk
// holds a []T, what is named buckets a []bucketOf[T].
type chunkType interface {
	// name is Go's name of T.
	name() string
	// same tells whether o is of the same T.
	same(o chunkType) bool

	length(chunk any) int
	at(chunk any, i int) any
	// part is chunk[from:to].
	part(chunk any, from, to int) any
	// pick is the elements of chunk at some positions.
	pick(chunk any, at []int32) any
	// join is chunks behind each other: a slice that is not nil.
	join(chunks []any) any
	// bytes is what a chunk takes in memory.
	bytes(chunk any) int64
	// lent tells whether elements must be changed to be kept.
	lent() bool
	// keepChunk appends the elements of chunk, in the form that may be kept, to kept, which may be nil.
	keepChunk(kept, chunk any) any
	// reuse clears a slice and cuts it to no elements; nil where it is so large that it had better go.
	reuse(chunk any) any

	// newBuckets makes n empty ones.
	newBuckets(n int) (buckets any)
	// parts is a bucket, in order, in chunks of any length.
	parts(buckets any, i int) iter.Seq[any]
	// clearBucket empties one.
	clearBucket(buckets any, i int)
	// scatter appends each element of chunk to the bucket at its position in to, and adds to the sizes of buckets.
	scatter(buckets any, to []int32, chunk any, sizes *MapStatus)
	// count is scatter that only adds to the sizes.
	count(to []int32, chunk any, sizes *MapStatus)

	// coder is the type with the codec of the options, or else one derived from T; with an error it has none.
	coder(s settings) (chunkType, error)
	// encodable is nil, or why elements cannot be encoded. The methods that follow must not be called then.
	encodable() error
	// encode appends what the codec makes of a chunk.
	encode(b []byte, chunk any) ([]byte, error)
	// decode appends the elements of what one encode made to into, which may be nil.
	decode(raw []byte, into any) (any, error)
	// encodesSingly tells whether elements can be encoded one by one, as an elementAppender does.
	encodesSingly() bool
	// encodeElement appends an element without a count.
	encodeElement(b []byte, chunk any, i int) ([]byte, error)
	// codecName tells what bytes the codec makes.
	codecName() string
}

// typed gives the chunks of a stream their type back.
func typed[T any](in anyChunks) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		in(func(chunk any, err error) bool {
			vs, _ := chunk.([]T)
			return yield(vs, err)
		})
	}
}

// untyped is the inverse of typed.
func untyped[T any](in iter.Seq2[[]T, error]) anyChunks {
	return func(yield func(any, error) bool) {
		in(func(chunk []T, err error) bool { return yield(chunk, err) })
	}
}

// The methods of elementKind that make it a chunkType.

func (k *elementKind[T]) name() string                     { return fmt.Sprintf("%T", *new(T)) }
func (k *elementKind[T]) length(chunk any) int             { return len(chunk.([]T)) }
func (k *elementKind[T]) at(chunk any, i int) any          { return chunk.([]T)[i] }
func (k *elementKind[T]) part(chunk any, from, to int) any { return chunk.([]T)[from:to:to] }
func (k *elementKind[T]) same(o chunkType) bool            { _, ok := o.(*elementKind[T]); return ok }
func (k *elementKind[T]) lent() bool                       { return k.retain != nil }

func (k *elementKind[T]) bytes(chunk any) (n int64) {
	vs := chunk.([]T)
	if k.fixed > 0 {
		return k.fixed * int64(len(vs))
	}
	for i := range vs {
		size, _ := k.size(&vs[i])
		n += size
	}
	return n
}

func (k *elementKind[T]) keepChunk(kept, chunk any) any {
	vs, _ := kept.([]T)
	return k.keepAll(vs, chunk.([]T))
}

func (k *elementKind[T]) reuse(chunk any) any {
	vs, _ := chunk.([]T)
	clear(vs)
	if cap(vs) > 2*maxBatch {
		return nil
	}
	return vs[:0]
}

func (k *elementKind[T]) join(chunks []any) any {
	size := 0
	for _, c := range chunks {
		size += len(c.([]T))
	}
	all := make([]T, 0, size)
	for _, c := range chunks {
		all = append(all, c.([]T)...)
	}
	return all
}

func (k *elementKind[T]) pick(chunk any, at []int32) any {
	vs, out := chunk.([]T), make([]T, len(at))
	for i, from := range at {
		out[i] = vs[from]
	}
	return out
}

// bucketOf is what was scattered to one bucket: in parts, as a slice that grows as a whole would be copied, and would
// touch twice the memory, again and again.
type bucketOf[T any] struct {
	full [][]T
	last []T
}

// A part grows from leastPart elements to mostPart, or to partBytes if that is less.
const (
	leastPart = 16
	mostPart  = 4096
	partBytes = 64 << 10
)

// grow makes room in last.
func (b *bucketOf[T]) grow() {
	most := max(leastPart, min(mostPart, partBytes/max(1, int(unsafe.Sizeof(*new(T))))))
	n := cap(b.last)
	if n >= most {
		b.full = append(b.full, b.last)
		b.last = make([]T, 0, most)
		return
	}
	b.last = append(make([]T, 0, min(max(2*n, leastPart), most)), b.last...)
}

func (k *elementKind[T]) newBuckets(n int) any { return make([]bucketOf[T], n) }

func (k *elementKind[T]) parts(buckets any, i int) iter.Seq[any] {
	b := &buckets.([]bucketOf[T])[i]
	return func(yield func(any) bool) {
		for _, part := range b.full {
			if !yield(part) {
				return
			}
		}
		if len(b.last) > 0 {
			yield(b.last)
		}
	}
}

func (k *elementKind[T]) clearBucket(buckets any, i int) {
	b := &buckets.([]bucketOf[T])[i]
	clear(b.last)
	*b = bucketOf[T]{last: b.last[:0]}
}

func (k *elementKind[T]) scatter(buckets any, to []int32, chunk any, sizes *MapStatus) {
	all, vs := buckets.([]bucketOf[T]), chunk.([]T)
	for i, at := range to {
		b := &all[at]
		if len(b.last) == cap(b.last) {
			b.grow()
		}
		b.last = append(b.last, vs[i])
	}
	k.count(to, chunk, sizes)
}

func (k *elementKind[T]) count(to []int32, chunk any, sizes *MapStatus) {
	if k.fixed > 0 {
		for _, b := range to {
			sizes.Bytes[b] += k.fixed
			sizes.Rows[b]++
		}
		return
	}
	vs := chunk.([]T)
	for i, b := range to {
		n, rows := k.size(&vs[i])
		sizes.Bytes[b] += n
		sizes.Rows[b] += rows
	}
}

func (k *elementKind[T]) coder(s settings) (chunkType, error) {
	c := coderFor[T](s)
	return c, c.encodable()
}

// errNoCodec is why elements cannot be encoded when no codec was given.
var errNoCodec = errors.New("no codec was given")

// coderFor is T with the codec of the options, or with one derived from T.
func coderFor[T any](s settings) *elementKind[T] {
	k := kindOf[T]()
	if k.codec = codecFor[T](s); k.codec == nil {
		k.codec, k.why = CodecOf[T]()
	}
	return k
}

// coderOf is T with a codec; with nil its elements stay in memory.
func coderOf[T any](codec Codec[T]) *elementKind[T] {
	k := kindOf[T]()
	k.codec = codec
	return k
}

func (k *elementKind[T]) encodable() error {
	if k.codec == nil && k.why == nil {
		return errNoCodec
	}
	return k.why
}

func (k *elementKind[T]) encode(b []byte, chunk any) ([]byte, error) {
	return encodeBlock(b, chunk.([]T), k.codec)
}

func (k *elementKind[T]) decode(raw []byte, into any) (any, error) {
	vs, _ := into.([]T)
	return decodeBlock(raw, vs, k.codec)
}

func (k *elementKind[T]) encodesSingly() bool { _, ok := k.codec.(elementAppender[T]); return ok }

func (k *elementKind[T]) encodeElement(b []byte, chunk any, i int) ([]byte, error) {
	return k.codec.(elementAppender[T]).appendElement(b, &chunk.([]T)[i])
}

// codecName describes a derived codec by the shape of its type, others by their Go type.
func (k *elementKind[T]) codecName() string {
	if _, ok := k.codec.(*derivedCodec[T]); ok {
		return "derived from " + typeShape(reflect.TypeFor[T](), nil)
	}
	return fmt.Sprintf("%T", k.codec)
}

// inParts yields a chunk of any length in chunks; false when the consumer wants no more.
func inParts(of chunkType, chunk any, yield func(any, error) bool) bool {
	n := of.length(chunk)
	if n > 0 && n <= maxChunk {
		return yield(chunk, nil)
	}
	for at := 0; at < n; at += maxChunk {
		if !yield(of.part(chunk, at, min(at+maxChunk, n)), nil) {
			return false
		}
	}
	return true
}

// failedChunks is the stream that holds only an error.
func failedChunks(err error) anyChunks {
	return func(yield func(any, error) bool) { yield(nil, err) }
}
