package physical

import "github.com/gosql-engine/gosql/logical"

// ensure puts exchanges and sorts into a plan wherever an operator requires a distribution that its child does not provide. It alone
// does: planning chooses operators, and they say what they require.
//
// Partitioning and ordering are one decision: a sort above an exchange is wanted exactly where the exchange would destroy the order.
// An operator that stands at several places stays one operator.
func ensure(op Operator, conf *Conf) Operator {
	return (&ensurer{conf, map[Operator]Operator{}}).ensure(op)
}

// ensurer is one pass over a plan.
type ensurer struct {
	conf *Conf
	done map[Operator]Operator
}

func (e *ensurer) ensure(op Operator) Operator {
	out := e.done[op]
	if out == nil {
		out = e.ensureOne(op)
		e.done[op] = out
	}
	return out
}

func (e *ensurer) ensureOne(op Operator) Operator {
	kids, conf := op.Children(), e.conf
	if len(kids) == 0 {
		return op
	}
	out := make([]Operator, len(kids))
	for i, k := range kids {
		out[i] = e.ensure(k)
	}
	if reqs := op.Requires(); reqs != nil {
		targets := align(out, reqs, conf)
		for i := range out {
			out[i] = satisfy(out[i], targets[i], conf)
		}
	}
	for i := range out {
		if out[i] != kids[i] {
			op = op.WithChildren(out)
			break
		}
	}
	if h, ok := op.(*HashAggregate); ok {
		return h.fused()
	}
	return op
}

// satisfy puts above the child what is missing for req.
func satisfy(child Operator, req Distribution, conf *Conf) Operator {
	if !spreadAs(child, req) {
		child = NewExchange(child, withPartitions(req, conf))
	}
	if len(req.Order) > 0 && !sortedAs(child, req.Order) {
		child = NewSort(child, req.Order)
	}
	return child
}

func spreadAs(child Operator, req Distribution) bool {
	for _, p := range child.Provides() {
		if req.satisfiedBy(p) {
			return true
		}
	}
	return req.Partitioning == AnyPartitioning && req.N == 0
}

// sortedAs says whether the child's partitions are sorted. The order that an exchange by range keeps is that of its partitions only.
func sortedAs(child Operator, order []*logical.SortKey) bool {
	if _, ok := child.(*Exchange); ok {
		return false
	}
	for _, p := range child.Provides() {
		if orderedBy(p.Order, order) {
			return true
		}
	}
	return false
}

// withPartitions fixes the number of partitions of an exchange.
func withPartitions(d Distribution, conf *Conf) Distribution {
	d.Aligned = false
	switch d.Partitioning {
	case Hash, Range, RoundRobin:
		if d.N == 0 {
			d.N = conf.partitions()
		}
	case Single, Broadcast:
		d.N = 1
	}
	return d
}

// align makes the requirements of aligned children concrete: all are spread by keys of the same positions over equally many
// partitions. A child that is already spread by some of its keys leads, so that only the others move; where several are, the
// one with the most partitions does.
func align(kids []Operator, reqs []Distribution, conf *Conf) []Distribution {
	out := append([]Distribution(nil), reqs...)
	var positions []int
	n := 0
	for i, req := range reqs {
		if !req.Aligned {
			continue
		}
		for _, p := range kids[i].Provides() {
			if p.Partitioning != Hash || p.N <= n {
				continue
			}
			if at := keysWithin(p.Keys, req.Keys); at != nil {
				positions, n = at, p.N
			}
		}
	}
	for i := range out {
		if !out[i].Aligned {
			continue
		}
		if positions == nil {
			out[i].N = conf.partitions()
			continue
		}
		keys := make([]logical.Expr, len(positions))
		for k, at := range positions {
			keys[k] = reqs[i].Keys[at]
		}
		out[i].Keys, out[i].N = keys, n
	}
	for i := range out {
		if out[i].Aligned && !exactlySpread(kids[i], out[i]) {
			kids[i] = NewExchange(kids[i], withPartitions(out[i], conf))
		}
	}
	return out
}

// exactlySpread says whether a child is spread by just these keys in this order over as many partitions: rows are then in the
// partitions where an exchange would put them.
func exactlySpread(child Operator, d Distribution) bool {
	for _, p := range child.Provides() {
		if p.Partitioning != Hash || p.N != d.N || len(p.Keys) != len(d.Keys) {
			continue
		}
		same := true
		for i := range p.Keys {
			same = same && sameExpr(p.Keys[i], d.Keys[i])
		}
		if same {
			return true
		}
	}
	return false
}
