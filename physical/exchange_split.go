package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// splitter chooses the target partitions of rows, for one task of the map side of an exchange.
type splitter interface {
	// targets fills dst with the partition of each row of a dense batch.
	targets(b columnar.Batch, dst []uint32) error
}

// splitRows is how many rows the map side gathers before it splits them, so that the pieces are not tiny.
const splitRows = 16 << 10

// lowerSplit makes the exchange of n partitions whose rows go where the splitters say.
func (e *Exchange) lowerSplit(x *Exec, n int, open func(tc *rdd.TaskContext) (splitter, error)) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(e.Child)
	if err != nil {
		return nil, err
	}
	schema, m := e.Schema(), x.Metrics(e)
	pieces := rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[rdd.Pair[int, columnar.Batch], error] {
		return func(yield func(rdd.Pair[int, columnar.Batch], error) bool) {
			s, err := open(tc)
			if err != nil {
				yield(rdd.Pair[int, columnar.Batch]{}, err)
				return
			}
			w := &pieceWriter{tc: tc, n: n, by: s, schema: schema, metrics: m, yield: yield, scratch: rdd.Scratch[splitScratch](tc, "exchange")}
			w.run(in)
		}
	}, rdd.Named("Split"))
	return rdd.Exchange(pieces, n, rdd.Named(e.String()), rdd.Encoding(batchCodec{schema})), nil
}

// splitScratch is what a task's splitting keeps of its buffers for the next task.
type splitScratch struct {
	targets []uint32
	starts  []int32
	index   []int32
}

// pieceWriter splits the batches of one map task.
type pieceWriter struct {
	tc      *rdd.TaskContext
	n       int
	by      splitter
	schema  *columnar.Schema
	metrics *Metrics
	yield   func(rdd.Pair[int, columnar.Batch], error) bool
	scratch *splitScratch
	pending []columnar.Batch
	rows    int
}

// run splits a whole stream.
func (w *pieceWriter) run(in iter.Seq2[columnar.Batch, error]) {
	for b, err := range in {
		if err != nil {
			w.yield(rdd.Pair[int, columnar.Batch]{}, err)
			return
		}
		if b.Live() == 0 {
			continue
		}
		w.pending = append(w.pending, b.Compact(nil).Retain())
		if w.rows += b.Live(); w.rows >= splitRows && !w.flush() {
			return
		}
	}
	w.flush()
}

// flush splits what has been gathered; false when the stream is over.
func (w *pieceWriter) flush() bool {
	if w.rows == 0 {
		return true
	}
	b := w.pending[0]
	if len(w.pending) > 1 {
		b = w.concat()
	}
	b.Schema = w.schema
	clear(w.pending)
	w.pending, w.rows = w.pending[:0], 0
	if w.n == 1 {
		return w.emit(0, b)
	}
	if err := w.sortByTarget(b); err != nil {
		return w.yield(rdd.Pair[int, columnar.Batch]{}, err) && false
	}
	for part := range w.n {
		rows := w.scratch.index[w.scratch.starts[part]:w.scratch.starts[part+1]]
		if len(rows) == 0 {
			continue
		}
		piece := columnar.Batch{Schema: w.schema, Cols: make([]columnar.Vector, len(b.Cols)), Len: len(rows)}
		for i, c := range b.Cols {
			piece.Cols[i] = columnar.Take(nil, c, rows)
		}
		if !w.emit(part, piece) {
			return false
		}
	}
	return true
}

// concat is the pending batches as one. Columns of one value, as partial aggregations make them, stay so.
func (w *pieceWriter) concat() columnar.Batch {
	b := columnar.Batch{Schema: w.schema, Cols: make([]columnar.Vector, len(w.schema.Fields)), Len: w.rows}
	vs := make([]columnar.Vector, len(w.pending))
	for c, f := range w.schema.Fields {
		for i, p := range w.pending {
			vs[i] = p.Cols[c]
		}
		if one := sameConst(vs); one != nil {
			b.Cols[c] = columnar.NewConst(one, w.rows)
		} else {
			b.Cols[c] = columnar.Concat(f.Type, vs)
		}
	}
	return b
}

// sameConst is the only value in vectors, as a vector of one row; nil if there are several.
func sameConst(vs []columnar.Vector) columnar.Vector {
	var one columnar.Vector
	for _, v := range vs {
		c, ok := v.(*columnar.Const)
		switch {
		case !ok:
			return nil
		case one == nil:
			one = c.Value
		case one != c.Value:
			return nil
		}
	}
	return one
}

// sortByTarget lists the rows of b by target, in their order within each: a counting sort.
func (w *pieceWriter) sortByTarget(b columnar.Batch) error {
	s := w.scratch
	s.targets, s.index = sized(s.targets, b.Len), sized(s.index, b.Len)
	s.starts = sized(s.starts, w.n+1)
	if err := w.by.targets(b, s.targets); err != nil {
		return err
	}
	clear(s.starts)
	for _, t := range s.targets {
		s.starts[t+1]++
	}
	for i := range w.n {
		s.starts[i+1] += s.starts[i]
	}
	for i, t := range s.targets {
		s.index[s.starts[t]] = int32(i)
		s.starts[t]++
	}
	copy(s.starts[1:], s.starts[:w.n]) // each start has moved to its end
	s.starts[0] = 0
	return nil
}

func (w *pieceWriter) emit(part int, b columnar.Batch) bool {
	b = tightened(b)
	w.metrics.Bytes.Add(b.Bytes())
	return w.yield(rdd.Pair[int, columnar.Batch]{Key: part, Val: b}, nil)
}

// sized is a slice of n elements, in s's memory if that is enough.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// singleSplitter sends all rows to one partition.
type singleSplitter struct{}

func (singleSplitter) targets(_ columnar.Batch, dst []uint32) error {
	clear(dst)
	return nil
}

// roundRobinSplitter deals rows out in turns, from a start that depends on the task, so that few rows do not all go to the first
// partitions.
type roundRobinSplitter struct{ next, n uint32 }

func (s *roundRobinSplitter) targets(_ columnar.Batch, dst []uint32) error {
	for i := range dst {
		dst[i] = s.next
		if s.next++; s.next == s.n {
			s.next = 0
		}
	}
	return nil
}

// hashSplitter sends rows by the hash of keys. It uses the upper half of the hash: hash tables use the lower one.
type hashSplitter struct {
	ev     *Evaluation
	n      uint64
	keys   []columnar.Vector
	hashes []uint64
}

func (s *hashSplitter) targets(b columnar.Batch, dst []uint32) (err error) {
	s.ev.Next(b)
	if s.keys, err = s.ev.All(b, s.keys); err != nil {
		return err
	}
	s.hashes = sized(s.hashes, b.Len)
	columnar.Hash(s.keys, b.LiveRows(), s.hashes)
	for i, h := range s.hashes {
		dst[i] = uint32((h >> 32) * s.n >> 32)
	}
	return nil
}

func (e *Exchange) lowerHash(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	bound, err := x.Bind(e.Dist.Keys, e.Child.Output())
	if err != nil {
		return nil, err
	}
	return e.lowerSplit(x, e.Dist.N, func(tc *rdd.TaskContext) (splitter, error) {
		ev, err := bound.Open(tc)
		return &hashSplitter{ev: ev, n: uint64(e.Dist.N)}, err
	})
}
