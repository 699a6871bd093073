package physical

import (
	"context"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// blockJoin joins with a build side that does not fit the memory: it is taken block by block, and the probe side, in a file, is read for each. What is
// known of the probe rows after one block is kept for the next; they are decided on with the last.
type blockJoin struct {
	sink     *pairSink
	tc       *rdd.TaskContext
	reserve  *rdd.Reservation // of the block at hand
	probe    iter.Seq2[columnar.Batch, error]
	spool    *spilledRows      // what the first block's pass writes of probe, unless the first is the last
	matched  []columnar.Bitmap // by batch of the probe side
	limit    int64             // of a block
	rowBytes int64             // what open takes for each row
	// open prepares for a block.
	open func(build columnar.Batch, last bool) error
	// look makes candidates of batch i of the probe side and the block.
	look func(i int, b columnar.Batch) bool
}

// leastBlock is how many bytes of the build side are taken at once however little memory there is.
const leastBlock = 64 << 10

// blockShare is into how many blocks a task's share of the memory goes: the probe side is computed while there is a block.
const blockShare = 4

// blockLimit is the size of the blocks of a query's joins.
func (x *Exec) blockLimit() int64 {
	return x.SC.Memory().Usage().Limit / int64(blockShare*x.Conf.slots())
}

// run joins with all blocks of the build side. What is given to others on the way is given by the sink, errors too.
func (j *blockJoin) run(build iter.Seq2[columnar.Batch, error]) {
	next, stop := iter.Pull2(build)
	defer stop()
	defer j.reserve.Release()
	ahead, err, more := next()
	for first := true; ; first = false {
		var block []columnar.Batch
		var bytes int64
		for more && err == nil {
			b := settled(ahead)
			n := 2*b.Bytes() + int64(b.Len)*j.rowBytes // the block is made one batch
			if bytes >= leastBlock && (bytes+n > j.limit || j.reserve.TryGrow(n) != nil) {
				break
			}
			block, bytes = append(block, b), bytes+n
			ahead, err, more = next()
		}
		if err != nil {
			j.sink.fail(err)
			return
		}
		if !j.block(columnar.ConcatBatches(j.buildSchema(block), block), first, !more) || !more {
			return
		}
		j.reserve.Release()
	}
}

// buildSchema is the schema of a block's rows; of no rows nobody looks at it.
func (j *blockJoin) buildSchema(block []columnar.Batch) *columnar.Schema {
	if len(block) == 0 {
		return j.sink.build.Schema
	}
	return block[0].Schema
}

// block joins with one block. It returns false when the stream is over.
func (j *blockJoin) block(rows columnar.Batch, first, last bool) bool {
	s := j.sink
	s.build = rows
	if s.mode.tracksBuild() {
		s.matched = columnar.NewBitmap(rows.Len)
	}
	if err := j.open(rows, last); err != nil {
		return s.fail(err)
	}
	probe := j.probe
	if !first && j.spool != nil {
		probe = j.spool.batches()
	}
	i := 0
	for b, err := range probe {
		if err == nil {
			err = j.tc.Err()
		}
		if err == nil && first && !last && j.spool != nil {
			err = j.spool.add(b)
			b = b.Compact(nil) // as it comes out of the file
		}
		if err != nil {
			return s.fail(err)
		}
		if b.Live() == 0 {
			continue
		}
		if !j.batch(i, b, first, last) {
			return false
		}
		i++
	}
	return s.end()
}

// batch joins batch i of the probe side with the block.
func (j *blockJoin) batch(i int, b columnar.Batch, first, last bool) bool {
	s := j.sink
	s.start(b)
	if !first && s.wantsProbeMatched() {
		copy(s.probeMatched, j.matched[i])
	}
	if !j.look(i, b) || !s.flush() {
		return false
	}
	if last {
		return s.finish()
	}
	if s.wantsProbeMatched() {
		if first {
			j.matched = append(j.matched, nil)
		}
		j.matched[i] = append(j.matched[i][:0], s.probeMatched...)
	}
	return true
}

// lowerBlocks makes the RDD of a join whose tasks each read the whole build side, from the one partition of an exchange, which is on disk where
// memory is short. join is the work of one task; spool is for its copy of the probe side.
func lowerBlocks(x *Exec, probe, build Operator, join func(tc *rdd.TaskContext, probe, build iter.Seq2[columnar.Batch, error], spool *spilledRows, yield func(columnar.Batch, error) bool)) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(probe)
	if err != nil {
		return nil, err
	}
	whole, err := x.RDD(NewExchange(build, Distribution{Partitioning: Single, N: 1}))
	if err != nil {
		return nil, err
	}
	parts, err := in.Partitions(x.Context)
	if err != nil {
		return nil, err
	}
	every, err := repeated(x, whole, len(parts))
	if err != nil {
		return nil, err
	}
	schema := probe.Schema()
	return rdd.ZipPartitions(in, every, func(tc *rdd.TaskContext, probe, build iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			join(tc, probe, build, newSpilledRows(tc, "join", schema, nil), yield)
		}
	}), nil
}

// repeated is the one partition of an RDD n times.
func repeated(x *Exec, r *rdd.RDD[columnar.Batch], n int) (*rdd.RDD[columnar.Batch], error) {
	only, err := r.Partitions(x.Context)
	if err != nil {
		return nil, err
	}
	deps := []rdd.Dependency{&rdd.Narrow{Of: r, Parents: func(int) []int { return []int{0} }}}
	list := func(context.Context) ([]rdd.Partition, error) { return rdd.PartitionRange(n), nil }
	return rdd.New(x.SC, deps, list, func(tc *rdd.TaskContext, _ rdd.Partition) iter.Seq2[columnar.Batch, error] {
		return r.Iterate(tc, only[0])
	}, rdd.Named("Every task")), nil
}

// lowerBlocks is the broadcast join of a table that does not fit, where the sides cannot be spread by the keys: each task has tables of parts of it, one
// after the other.
func (j *HashJoin) lowerBlocks(x *Exec, keys *Bound, builder *tableBuilder, plan *pairPlan) (*rdd.RDD[columnar.Batch], error) {
	probe, build, _, _ := j.sides()
	limit := x.blockLimit()
	return lowerBlocks(x, probe, build, func(tc *rdd.TaskContext, probe, build iter.Seq2[columnar.Batch, error], spool *spilledRows, yield func(columnar.Batch, error) bool) {
		tableBlocks(tc, limit, plan, keys, builder, probe, pickEach(build, builder), spool, yield)
	})
}

// pickEach is a stream with just the columns that a table keeps.
func pickEach(in iter.Seq2[columnar.Batch, error], b *tableBuilder) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		for p, err := range in {
			if err == nil {
				p = pickColumns(p, b.schema, b.ordinals)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// tableBlocks is the work of one task: a hash join block by block of the build side.
func tableBlocks(tc *rdd.TaskContext, limit int64, plan *pairPlan, keys *Bound, builder *tableBuilder, probe, build iter.Seq2[columnar.Batch, error], spool *spilledRows, yield func(columnar.Batch, error) bool) {
	l, err := openLookup(tc, plan, keys, &joinTable{}, yield)
	if err != nil {
		yield(columnar.Batch{}, err)
		return
	}
	nulls := false
	j := &blockJoin{sink: l.pairSink, tc: tc, reserve: tc.Reserve("hash join", nil), probe: probe, spool: spool, limit: limit, rowBytes: builder.rowBytes()}
	j.open = func(rows columnar.Batch, last bool) error {
		t, err := builder.build(tc, []columnar.Batch{rows}, nil)
		if err == nil {
			nulls = nulls || t.nulls
			t.nulls = nulls
			l.use(t)
			l.build = t.rows
		}
		return err
	}
	j.look = func(_ int, b columnar.Batch) bool { return l.candidates(b) }
	j.run(build)
}
