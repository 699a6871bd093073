package physical

import "github.com/gosql-engine/gosql/logical"

// join plans a join.
func (p *planner) join(n *logical.Join) (Operator, error) {
	return nil, unsupported("joins of type "+n.Type.String(), n.Pos)
}
