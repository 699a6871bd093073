package physical

import (
	"errors"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// shuffledJoin is what the tasks of a shuffled hash join share. A task whose partition of the build side does not fit its memory sorts
// both sides, which spills, and merges them; where keys have no order it makes tables of parts of the build side, one after the other.
type shuffledJoin struct {
	*mergePlan
	builder                *tableBuilder
	tableLimit             int64     // bytes of rows in a table
	probeOrder, buildOrder *sortPlan // nil: the keys cannot be sorted
}

func (j *HashJoin) newShuffledJoin(x *Exec, probe Operator, probeKeys []logical.Expr, buildKeys []logical.Expr, keys *Bound, builder *tableBuilder, plan *pairPlan) (*shuffledJoin, error) {
	s := &shuffledJoin{builder: builder, tableLimit: 2 * blockShare * x.blockLimit() / 3}
	s.mergePlan = &mergePlan{pairPlan: plan, limit: x.blockLimit(), probeKeys: keys, buildKeys: builder.keys, order: ascending(probeKeys), nullSafe: j.spec.nullSafe,
		probeSchema: probe.Schema(), buildSchema: builder.schema}
	if !mergeable(j.spec) {
		return s, nil
	}
	var err error
	if s.probeOrder, err = newSortPlan(x, s.order, probe.Output(), x.Metrics(j)); err != nil {
		return nil, err
	}
	s.buildOrder, err = newSortPlan(x, ascending(buildKeys), builder.attrs, x.Metrics(j))
	return s, err
}

// lowerShuffled joins partition by partition.
func (j *HashJoin) lowerShuffled(x *Exec, keys *Bound, builder *tableBuilder, plan *pairPlan) (*rdd.RDD[columnar.Batch], error) {
	probe, build, probeKeys, buildKeys := j.sides()
	s, err := j.newShuffledJoin(x, probe, probeKeys, buildKeys, keys, builder, plan)
	if err != nil {
		return nil, err
	}
	p, err := x.RDD(probe)
	if err != nil {
		return nil, err
	}
	b, err := x.RDD(build)
	if err != nil {
		return nil, err
	}
	return rdd.ZipPartitions(p, b, func(tc *rdd.TaskContext, probe, build iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) { s.run(tc, probe, build, yield) }
	}), nil
}

// run is the work of one task.
func (s *shuffledJoin) run(tc *rdd.TaskContext, probe, build iter.Seq2[columnar.Batch, error], yield func(columnar.Batch, error) bool) {
	if s.buildOrder == nil {
		tableBlocks(tc, s.limit, s.pairPlan, s.probeKeys, s.builder, probe, pickEach(build, s.builder), newSpilledRows(tc, "hash join", s.probeSchema, nil), yield)
		return
	}
	t, sorter, err := s.collect(tc, build)
	switch {
	case err != nil:
		yield(columnar.Batch{}, err)
	case sorter != nil:
		s.join(tc, s.probeOrder.sorted(tc, probe), sorter.emit, yield)
	default:
		joinLookup(tc, s.pairPlan, s.probeKeys, t, probe, yield)
	}
}

// collect makes a table of a task's partition, or, if there is not enough memory for it, starts sorting the rows.
func (s *shuffledJoin) collect(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) (*joinTable, *rowSorter, error) {
	reserve := tc.Reserve("hash join", nil)
	var kept []columnar.Batch
	var sorter *rowSorter
	for b, err := range in {
		if err != nil {
			return nil, nil, err
		}
		b = pickColumns(b, s.builder.schema, s.builder.ordinals)
		if sorter != nil {
			err = sorter.add(b)
		} else {
			b = b.Compact(nil).Retain()
			kept = append(kept, b)
			if err = reserve.TryGrow(b.Bytes()); s.tooLarge(err) || err == nil && reserve.Used() > s.tableLimit {
				sorter, err = s.sortInstead(tc, kept, reserve)
			}
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if sorter != nil {
		return nil, sorter, nil
	}
	t, err := s.builder.build(tc, kept, reserve)
	if s.tooLarge(err) {
		sorter, err = s.sortInstead(tc, kept, reserve)
	}
	return t, sorter, err
}

// tooLarge says whether an error is a lack of memory that sorting helps against.
func (s *shuffledJoin) tooLarge(err error) bool {
	var m *rdd.MemoryError
	return err != nil && errors.As(err, &m)
}

func (s *shuffledJoin) sortInstead(tc *rdd.TaskContext, kept []columnar.Batch, reserve *rdd.Reservation) (*rowSorter, error) {
	reserve.Release()
	sorter, err := s.buildOrder.open(tc)
	for i, b := range kept {
		if err == nil {
			err = sorter.add(b)
		}
		kept[i] = columnar.Batch{}
	}
	return sorter, err
}
