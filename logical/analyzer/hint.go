package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// joinHints are the hints about joins, by all their names.
var joinHints = map[string]string{
	"BROADCAST": "broadcast", "BROADCASTJOIN": "broadcast", "MAPJOIN": "broadcast",
	"MERGE": "merge", "SHUFFLE_MERGE": "merge", "MERGEJOIN": "merge",
	"SHUFFLE_HASH": "shuffle_hash", "SHUFFLE_REPLICATE_NL": "shuffle_replicate_nl",
}

// hint applies a hint: one about joins to the joins whose side it names, one about partitions as a Repartition. Unknown ones have no effect, as in Spark.
func (q *query) hint(n *logical.Hint) (relation, error) {
	name := strings.ToUpper(n.Name)
	if how, ok := joinHints[name]; ok {
		return q.resolve(withJoinHint(n.Input, how, n.Args))
	}
	switch name {
	case "COALESCE", "REPARTITION", "REPARTITION_BY_RANGE", "REBALANCE":
		r, err := q.repartitionHint(n, name)
		if err != nil {
			return relation{}, err
		}
		return q.resolve(r)
	}
	return q.resolve(n.Input)
}

// repartitionHint makes the Repartition of a hint: COALESCE(n), REPARTITION([n][, columns]), ….
func (q *query) repartitionHint(n *logical.Hint, name string) (logical.Node, error) {
	r := &logical.Repartition{Coalesce: name == "COALESCE", Input: n.Input}
	args := n.Args
	if len(args) > 0 {
		if count, ok := ordinalOf(args[0]); ok {
			r.N, args = count, args[1:]
		}
	}
	if r.Coalesce && (r.N <= 0 || len(args) > 0) {
		return nil, columnar.Errorf("_LEGACY_ERROR_TEMP_1055", "%s Hint expects a partition number as a parameter.", name)
	}
	for _, a := range args {
		if _, ok := a.(*logical.UnresolvedAttr); !ok {
			return nil, columnar.Errorf("_LEGACY_ERROR_TEMP_1056", "%s Hint parameter should include columns, but %s found.", name, a).At(a.Position())
		}
		if name == "REPARTITION_BY_RANGE" {
			r.Keys = append(r.Keys, &logical.SortKey{Child: a, NullsFirst: true})
		} else {
			r.By = append(r.By, a)
		}
	}
	return r, nil
}

// withJoinHint marks the joins of a SELECT's FROM one of whose sides is a relation that the hint names; without names, every join.
func withJoinHint(n logical.Node, how string, names []logical.Expr) logical.Node {
	j, ok := n.(*logical.Join)
	if !ok {
		switch n.(type) {
		case *logical.SubqueryAlias, *logical.With:
			return n
		}
		out, _ := logical.TransformChildren(n, func(c logical.Node) (logical.Node, error) { return withJoinHint(c, how, names), nil })
		return out
	}
	c := *j
	c.Left, c.Right = withJoinHint(j.Left, how, names), withJoinHint(j.Right, how, names)
	left, right := isNamed(j.Left, names), isNamed(j.Right, names)
	switch {
	case !left && !right || c.Hint != "":
	case how == "broadcast" && right:
		c.Hint = "broadcastright"
	case how == "broadcast":
		c.Hint = "broadcastleft"
	default:
		c.Hint = how
	}
	return &c
}

// isNamed says whether a side of a join is a relation of one of the names.
func isNamed(n logical.Node, names []logical.Expr) bool {
	if len(names) == 0 {
		return true
	}
	var alias string
	switch n := n.(type) {
	case *logical.UnresolvedRelation:
		alias = n.Name[len(n.Name)-1]
	case *logical.SubqueryAlias:
		alias = n.Alias
	case *logical.UnresolvedSample:
		return isNamed(n.Input, names)
	}
	for _, e := range names {
		if u, ok := e.(*logical.UnresolvedAttr); ok && alias != "" && strings.EqualFold(u.Parts[len(u.Parts)-1], alias) {
			return true
		}
	}
	return false
}
