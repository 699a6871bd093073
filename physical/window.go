package physical

import "github.com/gosql-engine/gosql/logical"

// window plans window functions.
func (p *planner) window(n *logical.Window) (Operator, error) {
	return nil, unsupported("window functions", n.List[0].Position())
}
