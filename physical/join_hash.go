package physical

import (
	"iter"
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// HashJoin builds a table of one side's rows by the keys and looks the other side's rows up in it. As a broadcast join it has one table of the
// whole build side for each executor, and the probe side stays where it is; else both sides are spread by the keys, and each task has a table
// of its partition.
type HashJoin struct {
	spec        *joinSpec
	mode        joinMode
	Left, Right Operator
	BuildLeft   bool // which side is in the table
	Broadcast   bool
	blocks      bool // the broadcast side does not fit the memory: tasks read it block by block
	schema      *columnar.Schema
}

func newHashJoin(s *joinSpec, left, right Operator, buildLeft, broadcast bool) *HashJoin {
	mode, _ := modeOf(s, buildLeft)
	return &HashJoin{spec: s, mode: mode, Left: left, Right: right, BuildLeft: buildLeft, Broadcast: broadcast, schema: schemaOf(s.out)}
}

// Output, Schema, Children, WithChildren and String implement Operator.
func (j *HashJoin) Output() []*logical.Attr { return j.spec.out }

// Schema implements Operator.
func (j *HashJoin) Schema() *columnar.Schema { return j.schema }

// Children implements Operator.
func (j *HashJoin) Children() []Operator { return []Operator{j.Left, j.Right} }

// WithChildren implements Operator.
func (j *HashJoin) WithChildren(c []Operator) Operator {
	out := newHashJoin(j.spec, c[0], c[1], j.BuildLeft, j.Broadcast)
	out.blocks = j.blocks
	return out
}

// String implements Operator.
func (j *HashJoin) String() string {
	name, side := "ShuffledHashJoin ", ", build right"
	if j.Broadcast {
		name = "BroadcastHashJoin "
	}
	if j.BuildLeft {
		side = ", build left"
	}
	return name + j.spec.text() + side
}

func (j *HashJoin) narrow(wanted map[logical.ID]bool) Operator {
	s := j.spec.narrowed(wanted)
	if s == j.spec {
		return j
	}
	return newHashJoin(s, j.Left, j.Right, j.BuildLeft, j.Broadcast)
}

// sides are the two inputs by role, with their keys.
func (j *HashJoin) sides() (probe, build Operator, probeKeys, buildKeys []logical.Expr) {
	if j.BuildLeft {
		return j.Right, j.Left, j.spec.rightKeys, j.spec.leftKeys
	}
	return j.Left, j.Right, j.spec.leftKeys, j.spec.rightKeys
}

// Requires implements Operator.
func (j *HashJoin) Requires() []Distribution {
	if !j.Broadcast {
		return alignedKeys(j.spec)
	}
	d := []Distribution{{}, {Partitioning: Broadcast}}
	if j.blocks {
		d[1] = Distribution{}
	}
	if j.BuildLeft {
		d[0], d[1] = d[1], d[0]
	}
	return d
}

// alignedKeys spreads both sides of a join by its keys.
func alignedKeys(s *joinSpec) []Distribution {
	return []Distribution{
		{Partitioning: Hash, Keys: s.leftKeys, Aligned: true},
		{Partitioning: Hash, Keys: s.rightKeys, Aligned: true},
	}
}

// Provides implements Operator. A side whose rows may be replaced by NULLs is no longer spread by its keys. The order is lost: rows without a
// match come late.
func (j *HashJoin) Provides() []Distribution {
	probe, build, _, _ := j.sides()
	if j.Broadcast {
		return unordered(probe.Provides())
	}
	var out []Distribution
	if !j.mode.keepBuild && !j.mode.buildSemi && !j.mode.buildAnti {
		out = append(out, unordered(probe.Provides())...)
	}
	if !j.mode.keepProbe && (j.mode.pairs || j.mode.buildSemi || j.mode.buildAnti) {
		out = append(out, unordered(build.Provides())...)
	}
	return out
}

func unordered(ds []Distribution) []Distribution {
	var out []Distribution
	for _, d := range ds {
		if d.Partitioning == Range {
			d.Partitioning = AnyPartitioning
		}
		d.Order = nil
		out = append(out, d)
	}
	return out
}

// Lower implements Operator.
func (j *HashJoin) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	probe, build, probeKeys, buildKeys := j.sides()
	builder, err := newTableBuilder(x, j, build.Output(), buildKeys)
	if err != nil {
		return nil, err
	}
	keys, err := x.Bind(probeKeys, probe.Output())
	if err != nil {
		return nil, err
	}
	plan, err := newPairPlan(x, j.spec, j.mode, probe.Output(), builder.attrs)
	if err != nil {
		return nil, err
	}
	if j.blocks {
		return j.lowerBlocks(x, keys, builder, plan)
	}
	if j.Broadcast {
		return j.lowerBroadcast(x, keys, builder, plan)
	}
	return j.lowerShuffled(x, keys, builder, plan)
}

func (j *HashJoin) lowerBroadcast(x *Exec, keys *Bound, builder *tableBuilder, plan *pairPlan) (*rdd.RDD[columnar.Batch], error) {
	probe, build, probeKeys, _ := j.sides()
	batches, err := x.Broadcast(build)
	if err != nil {
		return nil, x.outgrown(j, build, err)
	}
	picked := make([]columnar.Batch, len(batches))
	var rows int64
	for i, b := range batches {
		picked[i] = pickColumns(b, builder.schema, builder.ordinals)
		rows += int64(b.Len)
	}
	// The table's memory is reserved now, while the plan can still be another.
	if err := x.reserveTable("hash join", rows*builder.rowBytes()*int64(len(x.SC.Executors()))); err != nil {
		return nil, x.outgrown(j, build, err)
	}
	builder.workers = x.Conf.slots()
	once := rdd.NewOnceKey[*joinTable]()
	table := func(tc *rdd.TaskContext) (*joinTable, error) {
		return rdd.Once(tc, once, func() (*joinTable, error) {
			return builder.build(tc, picked, nil)
		})
	}
	if err := x.pushKeys(j, probe, probeKeys, table); err != nil {
		return nil, err
	}
	in, err := x.RDD(probe)
	if err != nil {
		return nil, err
	}
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			t, err := table(tc)
			if err != nil {
				yield(columnar.Batch{}, err)
				return
			}
			joinLookup(tc, plan, keys, t, in, yield)
		}
	}), nil
}

// tableBuilder makes tables of the build side's rows: only the columns that the join reads, in fresh memory, with the keys.
type tableBuilder struct {
	attrs    []*logical.Attr // the columns kept
	ordinals []int
	schema   *columnar.Schema
	keys     *Bound
	nullSafe []bool
	distinct bool // rows with keys that are there already may be left out
	keysOnly bool // no column is read once the table is made
	workers  int
}

func newTableBuilder(x *Exec, j *HashJoin, attrs []*logical.Attr, keys []logical.Expr) (*tableBuilder, error) {
	want := columnsOf(append(attrExprs(j.spec.out), j.spec.residual...)...)
	picked, _ := pickAttrs(attrs, want)
	b := &tableBuilder{nullSafe: j.spec.nullSafe, workers: 1, keysOnly: len(picked) == 0 && !j.mode.tracksBuild()}
	b.distinct = !j.mode.pairs && !j.mode.tracksBuild() && len(j.spec.residual) == 0
	for id := range columnsOf(keys...) {
		want[id] = true
	}
	b.attrs, b.ordinals = pickAttrs(attrs, want)
	b.schema = schemaOf(b.attrs)
	var err error
	b.keys, err = x.Bind(keys, b.attrs)
	return b, err
}

// maxTableRows is how many rows an index of 32 bits can name.
const maxTableRows = math.MaxInt32 - 1

// build makes the table of all rows of the batches, which have the columns kept; their memory is reserved already, that of the
// table is now, unless reserve is nil.
func (b *tableBuilder) build(tc *rdd.TaskContext, batches []columnar.Batch, reserve *rdd.Reservation) (*joinTable, error) {
	var total int
	picked := make([]columnar.Batch, len(batches))
	for i, p := range batches {
		picked[i] = p.Compact(nil)
		total += p.Live()
	}
	if total > maxTableRows {
		return nil, columnar.Errorf("UNSUPPORTED_FEATURE", "The feature is not supported: a hash join with %d rows in one table.", total)
	}
	if reserve != nil {
		if err := reserve.TryGrow(int64(total) * b.rowBytes()); err != nil {
			return nil, err
		}
	}
	rows := concatColumns(b.schema, picked, total, b.workers)
	ev, err := b.keys.Open(tc)
	if err != nil {
		return nil, err
	}
	ev.ec.Pool = nil // keys are kept
	ev.Next(rows)
	keys, err := ev.All(rows, nil)
	if err != nil {
		return nil, err
	}
	for i, k := range keys {
		keys[i] = k.Retain()
	}
	t := newJoinTable(rows, keys, b.nullSafe, b.distinct, b.workers)
	if t.exact() {
		t.keys = nil
		if b.keysOnly {
			t.rows.Cols = nil
		}
	}
	return t, nil
}

// rowBytes is about what a row takes in a table.
func (b *tableBuilder) rowBytes() int64 { return rowBytes(b.schema) + tableRowBytes }

// tableRowBytes is about what a row takes in an index.
const tableRowBytes = 32

// rowBytes is about what a row of a schema takes in vectors, without the bytes of long strings.
func rowBytes(s *columnar.Schema) int64 {
	var n int64
	for _, f := range s.Fields {
		switch f.Type.Layout() {
		case columnar.LayoutBool, columnar.LayoutInt8:
			n++
		case columnar.LayoutInt16:
			n += 2
		case columnar.LayoutInt32, columnar.LayoutFloat32:
			n += 4
		case columnar.LayoutInt64, columnar.LayoutFloat64:
			n += 8
		default:
			n += 16
		}
	}
	return n
}

// concatColumns puts dense batches one behind the other, the columns shared out among workers.
func concatColumns(schema *columnar.Schema, bs []columnar.Batch, total, workers int) columnar.Batch {
	out := columnar.Batch{Schema: schema, Cols: make([]columnar.Vector, len(schema.Fields)), Len: total}
	workers = max(min(workers, len(out.Cols)), 1)
	inParallel(workers, func(w int) {
		vs := make([]columnar.Vector, len(bs))
		for c := w; c < len(out.Cols); c += workers {
			for i, b := range bs {
				vs[i] = b.Cols[c]
			}
			out.Cols[c] = columnar.Concat(schema.Fields[c].Type, vs)
		}
	})
	return out
}
