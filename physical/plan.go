package physical

import (
	"context"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Plan chooses operators for a resolved, optimized plan, and sees to their distributions. It may do I/O: sources plan their reads.
// Errors that the user caused are *columnar.Error.
func Plan(ctx context.Context, n logical.Node, conf Conf) (Operator, error) {
	p := &planner{ctx: ctx, conf: &conf, planned: map[logical.Node]Operator{}}
	op, err := p.plan(n)
	if err != nil {
		return nil, err
	}
	return ensure(op, p.conf), nil
}

// planner is one planning. A node that stands at several places of a plan is planned once, so that it also runs once.
type planner struct {
	ctx     context.Context
	conf    *Conf
	planned map[logical.Node]Operator
}

func (p *planner) plan(n logical.Node) (Operator, error) {
	if op := p.planned[n]; op != nil {
		return op, nil
	}
	op, err := p.choose(n)
	if err == nil {
		p.planned[n] = op
	}
	return op, err
}

// choose is the one switch over the kinds of logical nodes.
func (p *planner) choose(n logical.Node) (Operator, error) {
	switch n := n.(type) {
	case *logical.Relation:
		return p.scan(n)
	case *logical.Local:
		return &local{cols: n.Cols, batches: n.Batches}, nil
	case *logical.OneRow:
		return &local{batches: []columnar.Batch{{Schema: &columnar.Schema{}, Len: 1}}}, nil
	case *logical.Range:
		return &numbers{node: n}, nil
	case *logical.Project:
		return p.over(n.Input, func(c Operator) Operator { return NewProject(n.List, narrowChild(c, n.List)) })
	case *logical.Filter:
		return p.filter(n)
	case *logical.Aggregate:
		return p.aggregate(n)
	case *logical.Distinct:
		return p.distinct(n)
	case *logical.Join:
		return p.join(n)
	case *logical.Sort:
		return p.sort(n)
	case *logical.Limit:
		return p.limit(n)
	case *logical.SetOp:
		return p.setOp(n)
	case *logical.Window:
		return p.window(n)
	case *logical.Generate:
		return p.over(n.Input, func(c Operator) Operator { return newGenerate(n, c) })
	case *logical.Expand:
		return p.over(n.Input, func(c Operator) Operator { return newExpand(n, c) })
	case *logical.Sample:
		return p.over(n.Input, func(c Operator) Operator { return newSample(n, c) })
	case *logical.Repartition:
		return p.repartition(n)
	case *logical.SubqueryAlias:
		return p.over(n.Input, func(c Operator) Operator { return rename(c, n.Attrs) })
	}
	return nil, columnar.Errorf("INTERNAL_ERROR", "no operator for the plan node %s (%T).", n, n)
}

// over plans a node with one input.
func (p *planner) over(input logical.Node, make func(child Operator) Operator) (Operator, error) {
	child, err := p.plan(input)
	if err != nil {
		return nil, err
	}
	return make(child), nil
}

// rename gives a child's columns, position by position, the identities of others.
func rename(child Operator, as []*logical.Attr) Operator {
	list := make([]logical.Expr, len(as))
	same := true
	for i, a := range child.Output() {
		list[i] = &logical.Alias{Child: a, Name: as[i].Name, ID: as[i].ID}
		if a.ID == as[i].ID {
			list[i] = a
		} else {
			same = false
		}
	}
	if same {
		return child
	}
	return NewProject(list, child)
}

// supported is an error for what no operator does.
func unsupported(what string, pos columnar.Pos) error {
	return columnar.Errorf("UNSUPPORTED_FEATURE", "The feature is not supported: %s.", what).At(pos)
}
