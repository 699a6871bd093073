package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// generate joins each row with the rows that a table-generating function makes of it.
type generate struct {
	unary
	node   *logical.Generate
	out    []*logical.Attr
	schema *columnar.Schema
}

func newGenerate(n *logical.Generate, child Operator) *generate {
	in := child.Output()
	out := append(in[:len(in):len(in)], n.Cols...)
	return &generate{unary{child}, n, out, schemaOf(out)}
}

func (g *generate) Output() []*logical.Attr            { return g.out }
func (g *generate) Schema() *columnar.Schema           { return g.schema }
func (g *generate) WithChildren(c []Operator) Operator { return newGenerate(g.node, c[0]) }
func (g *generate) String() string                     { return g.node.String() }

// Lower implements Operator.
func (g *generate) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(g.Child)
	if err != nil {
		return nil, err
	}
	call, ok := g.node.Gen.(*logical.Call)
	if !ok || !call.Fn.IsGenerator() {
		return nil, unsupported("the generator "+g.node.Gen.String(), g.node.Gen.Position())
	}
	fn := call.Fn.Kind.(logical.Generator)
	bound, err := x.Bind(call.Args, g.Child.Output())
	if err != nil {
		return nil, err
	}
	return mapBatches(in, func(tc *rdd.TaskContext) (func(columnar.Batch) (columnar.Batch, error), error) {
		ev, err := bound.Open(tc)
		if err != nil {
			return nil, err
		}
		var args []columnar.Vector
		var state logical.CallState
		return func(b columnar.Batch) (columnar.Batch, error) {
			ev.Next(b)
			if args, err = ev.All(b, args); err != nil {
				return b, err
			}
			ev.ec.State = &state
			parent, made, err := fn(ev.ec, b.LiveRows(), args)
			if err != nil {
				return b, at(err, call.Pos)
			}
			return g.join(ev.ec.Pool, b, parent, made), nil
		}, nil
	}), nil
}

// join puts the made rows beside the rows they came from.
func (g *generate) join(p *columnar.Pool, b columnar.Batch, parent []int32, made []columnar.Vector) columnar.Batch {
	n := len(parent)
	if g.node.Outer {
		var from []int32
		if parent, from = withChildless(b.LiveRows(), parent); from != nil {
			n = len(parent)
			for i, v := range made {
				made[i] = columnar.TakeNullable(p, v, from)
			}
		}
	}
	cols := make([]columnar.Vector, 0, len(b.Cols)+len(made))
	for _, c := range b.Cols {
		cols = append(cols, columnar.Take(p, c, parent))
	}
	return columnar.Batch{Schema: g.schema, Cols: append(cols, made...), Len: n}
}

// withChildless adds the rows that no row was made of: the parents then, and for each the made row (-1: none). from is nil if there
// are no such rows.
func withChildless(rows columnar.Rows, parent []int32) (parents, from []int32) {
	k := 0
	for i := range rows.Count() {
		r := int32(rows.Row(i))
		if k >= len(parent) || parent[k] != r {
			parents, from = append(parents, r), append(from, -1)
			continue
		}
		for ; k < len(parent) && parent[k] == r; k++ {
			parents, from = append(parents, r), append(from, int32(k))
		}
	}
	if len(parents) == len(parent) {
		return parent, nil
	}
	return parents, from
}
