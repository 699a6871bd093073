package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// firstOfEach keeps the first row of each combination of keys. It gives rows as they come, by narrowing selections. The local form
// only thins out what an exchange has to move: it may forget.
type firstOfEach struct {
	unary
	keys  []logical.Expr
	local bool
}

// distinct plans DISTINCT.
func (p *planner) distinct(n *logical.Distinct) (Operator, error) {
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	if len(n.On) > 0 {
		return &firstOfEach{unary{child}, n.On, false}, nil
	}
	return p.distinctOf(child), nil
}

// distinctOf gives each row of the input once.
func (p *planner) distinctOf(in Operator) Operator {
	keys := attrExprs(in.Output())
	return &firstOfEach{unary{&firstOfEach{unary{in}, keys, true}}, keys, false}
}

// Output, Schema, WithChildren, Requires and String implement Operator.
func (d *firstOfEach) Output() []*logical.Attr  { return d.Child.Output() }
func (d *firstOfEach) Schema() *columnar.Schema { return d.Child.Schema() }
func (d *firstOfEach) WithChildren(c []Operator) Operator {
	return &firstOfEach{unary{c[0]}, d.keys, d.local}
}
func (d *firstOfEach) Requires() []Distribution {
	if d.local {
		return nil
	}
	return []Distribution{HashBy(d.keys)}
}
func (d *firstOfEach) String() string {
	if d.local {
		return "Distinct(keys=[" + joinExprs(d.keys) + "], partial)"
	}
	return "Distinct(keys=[" + joinExprs(d.keys) + "])"
}

// Lower implements Operator.
func (d *firstOfEach) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(d.Child)
	if err != nil {
		return nil, err
	}
	bound, err := x.Bind(d.keys, d.Child.Output())
	if err != nil {
		return nil, err
	}
	types := make([]columnar.Type, len(d.keys))
	for i, k := range d.keys {
		types[i] = k.Type()
	}
	if !d.local {
		return d.lowerWhole(x, in, bound), nil
	}
	return mapBatches(in, func(tc *rdd.TaskContext) (func(columnar.Batch) (columnar.Batch, error), error) {
		ev, err := bound.Open(tc)
		d := &deduplication{ev: ev, types: types}
		d.reserve = tc.Reserve("distinct", d.forget)
		return d.take, err
	}, rdd.PreservesPartitioning()), nil
}

// lowerWhole is the form that forgets nothing.
func (d *firstOfEach) lowerWhole(x *Exec, in *rdd.RDD[columnar.Batch], bound *Bound) *rdd.RDD[columnar.Batch] {
	schema, keyed, m := d.Child.Schema(), &columnar.Schema{}, x.Metrics(d)
	for _, k := range d.keys {
		keyed.Fields = append(keyed.Fields, columnar.Field{Type: k.Type(), Nullable: true})
	}
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			ev, err := bound.Open(tc)
			f := &uniqueRows{tc: tc, owner: "distinct", schema: schema, keyed: keyed, metrics: m, reserve: tc.Reserve("distinct", nil)}
			var cols []columnar.Vector
			f.keys = func(b columnar.Batch) ([]columnar.Vector, error) {
				ev.Next(b)
				cols, err = ev.All(b, cols)
				return cols, err
			}
			f.give = func(b columnar.Batch) error {
				if !yield(b, nil) {
					return errStopped
				}
				return nil
			}
			if err == nil {
				err = f.run(func(func(columnar.Batch, error) bool) {}, in, 0)
			}
			if err != nil && err != errStopped {
				yield(columnar.Batch{}, err)
			}
		}
	}, rdd.PreservesPartitioning())
}

// deduplication is the local form at work in one task.
type deduplication struct {
	ev      *Evaluation
	types   []columnar.Type
	reserve *rdd.Reservation
	groups  grouper
	rows    int
	idle    bool // it does not reduce
	keys    []columnar.Vector
	group   []uint32
	sel     []int32
}

func (d *deduplication) take(b columnar.Batch) (columnar.Batch, error) {
	if d.idle {
		return b, nil
	}
	if d.groups == nil {
		d.groups, d.rows = newGrouper(d.types), 0
	}
	d.ev.Next(b)
	var err error
	if d.keys, err = d.ev.All(b, d.keys); err != nil {
		return b, err
	}
	rows := b.LiveRows()
	d.rows += rows.Count()
	d.group = sized(d.group, rows.Count())
	next := uint32(d.groups.len())
	if len(d.types) == 0 && d.rows > rows.Count() {
		next = 1 // the one group of no keys has been given
	} else if len(d.types) == 0 {
		next = 0
	}
	d.groups.assign(d.keys, rows, d.group)
	d.sel = sized(d.sel, rows.Count())[:0]
	for i, g := range d.group {
		if g == next {
			next++
			d.sel = append(d.sel, int32(rows.Row(i)))
		}
	}
	b.Sel = d.sel
	return b, d.limit()
}

// limit reserves memory, and forgets what was seen where there is too much.
func (d *deduplication) limit() error {
	if d.groups.len() >= partialGroups {
		d.idle = d.groups.len()*10 > d.rows*notReduced
		d.groups = nil
		d.reserve.Release()
		return nil
	}
	more := max(d.groups.bytes()-d.reserve.Used(), 0)
	err := d.reserve.TryGrow(more)
	if err != nil || d.groups == nil {
		d.groups = nil
		d.reserve.Release()
	}
	return nil
}

// forget is the callback of the reservation: the whole form, behind the exchange, knows all.
func (d *deduplication) forget(int64) (freed int64, err error) {
	freed = d.reserve.Used()
	d.reserve.Shrink(freed)
	d.groups = nil
	return freed, nil
}
