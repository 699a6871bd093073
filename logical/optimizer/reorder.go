package optimizer

import (
	"math"
	"math/bits"

	"github.com/gosql-engine/gosql/logical"
)

// exactRelations is the largest number of relations for which all bushy join orders are tried.
const exactRelations = 10

// ReorderJoins orders inner joins by the estimated sizes of what they give: the plan of the least sum of intermediate rows, found exactly (by dynamic programming over connected
// sets) for up to ten relations, and greedily above. Outer, semi and anti joins are relations here: their rows depend on the order.
//
// The larger side goes left, where it streams past the other side's hash table.
var reorderJoins = Rule{"ReorderJoins", func(o *Optimizer, n logical.Node) (logical.Node, error) {
	return o.reorder(n)
}}

func (o *Optimizer) reorder(n logical.Node) (logical.Node, error) {
	j, ok := n.(*logical.Join)
	if !ok || !reorderable(j) {
		return logical.TransformChildren(n, o.reorder)
	}
	g := &joinGraph{o: o, est: logical.NewEstimator()}
	if err := g.collect(n); err != nil {
		return nil, err
	}
	if len(g.rels) < 2 || len(g.rels) > 63 {
		return logical.TransformChildren(n, o.reorder)
	}
	best := g.solve()
	plan := g.build(best)
	return restoreOrder(plan, n.Output()), nil
}

func reorderable(j *logical.Join) bool {
	return (j.Type == logical.Inner || j.Type == logical.Cross) && !j.Lateral && j.Hint == ""
}

// restoreOrder projects to the columns in the order they had before.
func restoreOrder(n logical.Node, cols []*logical.Attr) logical.Node {
	out := n.Output()
	for i, a := range cols {
		if out[i].ID != a.ID {
			return &logical.Project{List: attrExprs(cols), Input: n}
		}
	}
	return n
}

// joinGraph is the relations of a tree of inner joins and the conditions between them.
type joinGraph struct {
	o     *Optimizer
	est   *logical.Estimator
	rels  []logical.Node
	cols  []idSet
	conds []joinCondition
}

type joinCondition struct {
	expr     logical.Expr
	rels     uint64 // the relations that it reads
	sel      float64
	equality bool
}

// collect finds the relations and conditions, each relation reordered within itself.
func (g *joinGraph) collect(n logical.Node) error {
	var conds []logical.Expr
	var visit func(n logical.Node) error
	visit = func(n logical.Node) error {
		if j, ok := n.(*logical.Join); ok && reorderable(j) {
			conds = append(conds, conjuncts(j.Cond)...)
			if err := visit(j.Left); err != nil {
				return err
			}
			return visit(j.Right)
		}
		r, err := g.o.reorder(n)
		g.rels = append(g.rels, r)
		g.cols = append(g.cols, idsOf(n.Output()))
		return err
	}
	if err := visit(n); err != nil {
		return err
	}
	for _, c := range conds {
		_, eq := isCall(c, "=")
		_, safe := isCall(c, "<=>")
		g.conds = append(g.conds, joinCondition{expr: c, rels: g.relsOf(c), equality: eq || safe})
	}
	g.estimate()
	return nil
}

// estimate gives the conditions between the same two relations one selectivity together, which the first of them holds.
func (g *joinGraph) estimate() {
	for i := range g.conds {
		g.conds[i].sel = 1
		if bits.OnesCount64(g.conds[i].rels) != 2 {
			g.conds[i].sel = unknownJoinSelectivity
			continue
		}
		var together []logical.Expr
		for k, c := range g.conds {
			if c.rels == g.conds[i].rels {
				if k < i {
					together = nil
					break
				}
				together = append(together, c.expr)
			}
		}
		if together != nil {
			a, b := bits.TrailingZeros64(g.conds[i].rels), 63-bits.LeadingZeros64(g.conds[i].rels)
			g.conds[i].sel = logical.JoinSelectivity(together, g.est.Of(g.rels[a]), g.est.Of(g.rels[b]))
		}
	}
}

// unknownJoinSelectivity is the guess for conditions that read one relation or more than two.
const unknownJoinSelectivity = 0.1

func (g *joinGraph) relsOf(e logical.Expr) uint64 {
	var set uint64
	for id := range references(e) {
		for i, c := range g.cols {
			if c[id] {
				set |= 1 << i
			}
		}
	}
	return set
}

// order is a way to join a set of relations.
type order struct {
	set         uint64
	rows, cost  float64
	left, right *order // nil for a single relation
}

func (g *joinGraph) single(i int) *order {
	return &order{set: 1 << i, rows: g.est.Of(g.rels[i]).Rows}
}

// join puts two disjoint orders together. Its cost is the rows of all intermediate results, and half a row more for each one that a hash table must hold.
func (g *joinGraph) join(a, b *order) *order {
	if a.rows < b.rows {
		a, b = b, a
	}
	rows := a.rows * b.rows
	set := a.set | b.set
	for _, c := range g.conds {
		if c.rels&^set == 0 && c.rels&^a.set != 0 && c.rels&^b.set != 0 {
			rows *= c.sel
		}
	}
	rows = math.Max(rows, 1)
	cost := a.cost + b.cost + rows + b.rows/2
	if !g.connected(a.set, b.set) {
		cost += a.rows * b.rows // every pair is looked at
	}
	return &order{set: set, rows: rows, cost: cost, left: a, right: b}
}

// connected says whether an equality joins the two sets; other conditions alone make a nested-loop join.
func (g *joinGraph) connected(a, b uint64) bool {
	for _, c := range g.conds {
		if c.equality && c.rels&a != 0 && c.rels&b != 0 && c.rels&^(a|b) == 0 {
			return true
		}
	}
	return false
}

func (g *joinGraph) solve() *order {
	if len(g.rels) <= exactRelations {
		if best := g.exact(); best != nil {
			return best
		}
	}
	return g.greedy()
}

// exact tries all splits of all connected sets, smaller sets first; nil if the graph is not connected.
func (g *joinGraph) exact() *order {
	n := len(g.rels)
	best := make([]*order, 1<<n)
	for i := range n {
		best[1<<i] = g.single(i)
	}
	for set := uint64(1); set < 1<<n; set++ {
		if bits.OnesCount64(set) < 2 {
			continue
		}
		for a := (set - 1) & set; a > 0; a = (a - 1) & set {
			b := set &^ a
			if a < b || best[a] == nil || best[b] == nil || !g.connected(a, b) {
				continue
			}
			if o := g.join(best[a], best[b]); best[set] == nil || o.cost < best[set].cost {
				best[set] = o
			}
		}
	}
	return best[1<<n-1]
}

// greedy joins, again and again, the two parts that give the fewest rows; parts that no condition connects come last.
func (g *joinGraph) greedy() *order {
	var parts []*order
	for i := range g.rels {
		parts = append(parts, g.single(i))
	}
	for len(parts) > 1 {
		bi, bj, found := 0, 1, false
		var best *order
		for i := range parts {
			for j := i + 1; j < len(parts); j++ {
				linked := g.connected(parts[i].set, parts[j].set)
				if found && !linked {
					continue
				}
				o := g.join(parts[i], parts[j])
				if best == nil || linked && !found || o.rows < best.rows {
					best, bi, bj = o, i, j
					found = found || linked
				}
			}
		}
		parts[bi] = best
		parts = append(parts[:bj], parts[bj+1:]...)
	}
	return parts[0]
}

// build makes the joins of an order, each with the conditions that can first be decided there.
func (g *joinGraph) build(o *order) logical.Node {
	if o.left == nil {
		return g.rels[bits.TrailingZeros64(o.set)]
	}
	j := &logical.Join{Type: logical.Cross, Left: g.build(o.left), Right: g.build(o.right)}
	var on []logical.Expr
	for _, c := range g.conds {
		here := c.rels&^o.set == 0
		below := c.rels&^o.left.set == 0 || c.rels&^o.right.set == 0
		if here && (!below || c.rels == 0 && o.set == g.all()) {
			on = append(on, c.expr)
		}
	}
	if len(on) > 0 {
		j.Type, j.Cond = logical.Inner, g.o.and(on)
	}
	return j
}

func (g *joinGraph) all() uint64 { return 1<<len(g.rels) - 1 }
