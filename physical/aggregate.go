package physical

import "github.com/gosql-engine/gosql/logical"

func (p *planner) aggregate(n *logical.Aggregate) (Operator, error) { return nil, nil }
func (p *planner) distinct(n *logical.Distinct) (Operator, error)   { return nil, nil }
func (p *planner) distinctOf(in Operator) Operator                  { return nil }
func (p *planner) setOpByCounts(n *logical.SetOp) (Operator, error) { return nil, nil }
