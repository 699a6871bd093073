package gosql

import (
	"fmt"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// bindParameters puts the values of parameters in the place of ? and :name, in the plan and in the plans inside it.
func bindParameters(n logical.Node, args []Value) (logical.Node, error) {
	b := binder{named: map[string]Value{}}
	for _, a := range args {
		if named, ok := a.(Arg); ok {
			b.named[strings.ToLower(named.Name)] = named.Value
		} else {
			b.positional = append(b.positional, a)
		}
	}
	return b.node(n)
}

type binder struct {
	positional []Value
	named      map[string]Value
}

func (b *binder) node(n logical.Node) (logical.Node, error) {
	return logical.TransformDown(n, func(n logical.Node) (logical.Node, error) {
		n, err := logical.MapExprs(n, b.expr)
		if err != nil {
			return nil, err
		}
		if n, err = logical.TransformSubqueries(n, b.node); err != nil {
			return nil, err
		}
		return b.inside(n)
	})
}

// inside binds the plans that a node holds without their being its children.
func (b *binder) inside(n logical.Node) (logical.Node, error) {
	var err error
	switch n := n.(type) {
	case *logical.With:
		out := *n
		out.CTEs = append([]logical.CTE(nil), n.CTEs...)
		for i := range out.CTEs {
			if out.CTEs[i].Plan, err = b.node(out.CTEs[i].Plan); err != nil {
				return nil, err
			}
		}
		return &out, nil
	case *logical.CreateView:
		out := *n
		out.Plan, err = b.node(n.Plan)
		return &out, err
	case *logical.InsertInto:
		out := *n
		out.Plan, err = b.node(n.Plan)
		return &out, err
	case *logical.InsertDirectory:
		out := *n
		out.Plan, err = b.node(n.Plan)
		return &out, err
	}
	return n, nil
}

func (b *binder) expr(e logical.Expr) (logical.Expr, error) {
	p, ok := e.(*logical.Parameter)
	if !ok {
		return e, nil
	}
	var v Value
	if p.Name != "" {
		v, ok = b.named[strings.ToLower(p.Name)]
	} else if ok = p.Index < len(b.positional); ok {
		v = b.positional[p.Index]
	}
	if !ok {
		name := p.Name
		if name == "" {
			name = fmt.Sprintf("_%d", p.Index)
		}
		return nil, columnar.Errorf("UNBOUND_SQL_PARAMETER", "Found the unbound parameter: %s. Please, fix `args` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as `map()`, `array()`, `struct()`.", name).At(p.Pos)
	}
	c := Lit(v)
	return c.expr, c.err
}
