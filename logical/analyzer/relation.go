package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// cteScope is the WITH clauses around a plan, innermost first.
type cteScope struct {
	name string
	def  *cte
	next *cteScope
}

// cte is a named query, resolved at its first use.
type cte struct {
	logical.CTE
	ctes      *cteScope // what its own names mean
	plan      logical.Node
	recursive bool               // of a WITH RECURSIVE
	work      *logical.WorkTable // what its name means while its step is being resolved
}

func (c *cteScope) find(name string) *cte {
	for ; c != nil; c = c.next {
		if strings.EqualFold(c.name, name) {
			return c.def
		}
	}
	return nil
}

// with makes the clause's names known while it resolves its input.
func (q *query) with(n *logical.With) (relation, error) {
	outside := q.ctes
	defer func() { q.ctes = outside }()
	for i, c := range n.CTEs {
		for _, before := range n.CTEs[:i] {
			if strings.EqualFold(before.Name, c.Name) {
				return relation{}, columnar.Errorf("DUPLICATED_CTE_NAMES", "CTE definition can't have duplicate names: %s.", quoteParts([]string{c.Name})).At(c.Pos)
			}
		}
		def := &cte{CTE: c, ctes: q.ctes, recursive: n.Recursive}
		q.ctes = &cteScope{c.Name, def, q.ctes}
		if n.Recursive {
			def.ctes = q.ctes
		}
	}
	r, err := q.resolve(n.Input)
	if err != nil {
		return r, err
	}
	return r, q.unusedCTEs(n, outside)
}

// unusedCTEs resolves the named queries that nothing used, which must be right too.
func (q *query) unusedCTEs(n *logical.With, outside *cteScope) error {
	for s := q.ctes; s != outside; s = s.next {
		if s.def.plan != nil {
			continue
		}
		if _, err := q.ctePlan(s.def); err != nil {
			return err
		}
	}
	return nil
}

// ctePlan resolves a named query once.
func (q *query) ctePlan(c *cte) (logical.Node, error) {
	if c.plan != nil {
		return c.plan, nil
	}
	if c.recursive && mentions(c.Plan, c.Name) {
		plan, err := q.recursivePlan(c)
		if err != nil {
			return nil, err
		}
		c.plan, err = aliased(&logical.SubqueryAlias{Alias: c.Name, Input: plan, Pos: c.Pos}, []string{c.Name})
		return c.plan, err
	}
	inner := &query{a: q.a, outer: q.outer, ctes: c.ctes}
	plan, err := inner.plan(c.Plan)
	if err != nil {
		return nil, err
	}
	for _, r := range inner.refs {
		q.refer(r)
	}
	if len(inner.refs) == 0 && nonDeterministic(plan) {
		plan = &logical.Shared{Name: logical.NewID(), Input: plan}
	}
	a := &logical.SubqueryAlias{Alias: c.Name, Cols: c.Cols, Input: plan, Pos: c.Pos}
	c.plan, err = aliased(a, []string{c.Name})
	return c.plan, err
}

// nonDeterministic says whether a plan calls a function that gives something else each time.
func nonDeterministic(n logical.Node) bool {
	found := false
	logical.WalkNodes(n, func(n logical.Node) bool {
		for _, e := range n.Exprs() {
			found = found || logical.Any(e, func(e logical.Expr) bool {
				c, ok := e.(*logical.Call)
				return ok && c.Fn.NonDeterministic
			})
		}
		return !found
	})
	return found
}

// mentions says whether a plan reads a relation of that name.
func mentions(n logical.Node, name string) bool {
	found := false
	var visit func(n logical.Node) bool
	visit = func(n logical.Node) bool {
		if r, ok := n.(*logical.UnresolvedRelation); ok && len(r.Name) == 1 && strings.EqualFold(r.Name[0], name) {
			found = true
		}
		for _, e := range n.Exprs() {
			logical.Walk(e, func(e logical.Expr) bool {
				if s, ok := e.(logical.SubqueryExpr); ok {
					logical.WalkNodes(s.Subplan(), visit)
				}
				return !found
			})
		}
		return !found
	}
	logical.WalkNodes(n, visit)
	return found
}

// table finds a relation: a named query of WITH, then a table or view of the catalog.
func (q *query) table(n *logical.UnresolvedRelation) (relation, error) {
	if len(n.Name) == 1 {
		if c := q.ctes.find(n.Name[0]); c != nil && c.work != nil {
			return q.workTable(c)
		} else if c != nil {
			plan, err := q.ctePlan(c)
			if err != nil {
				return relation{}, err
			}
			return relation{node: q.a.own(plan)}, nil
		}
	}
	plan, err := q.a.env.Catalog.Relation(q.a.ctx, n.Name, n.Options)
	if err != nil {
		return relation{}, placed(err, n.Pos)
	}
	if plan == nil {
		return relation{}, columnar.Errorf("TABLE_OR_VIEW_NOT_FOUND", "The table or view %s cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.", quoteParts(n.Name)).At(n.Pos)
	}
	plan = q.a.own(plan)
	qualifier := n.Name[len(n.Name)-1:]
	if len(n.Name) == 2 && strings.EqualFold(n.Name[0], "global_temp") {
		qualifier = n.Name
	}
	if r, ok := plan.(*logical.Relation); ok && len(n.Name) == 2 && strings.Contains(r.Name, "`") {
		return relation{node: plan}, nil // a path: Spark gives its columns no qualifier
	} else if ok {
		if parts := strings.Split(r.Name, "."); len(parts) == 3 {
			qualifier = parts
		}
	}
	a := &logical.SubqueryAlias{Alias: strings.Join(qualifier, "."), Input: plan, Pos: n.Pos}
	node, err := aliased(a, qualifier)
	return relation{node: node}, err
}

// placed gives an error of the catalog a place in the text.
func placed(err error, pos columnar.Pos) error {
	if e, ok := err.(*columnar.Error); ok {
		return e.At(pos)
	}
	return err
}

// subqueryAlias gives a relation a name, and perhaps its columns.
func (q *query) subqueryAlias(n *logical.SubqueryAlias) (relation, error) {
	input, err := q.plan(n.Input)
	if err != nil {
		return relation{}, err
	}
	if inner, ok := input.(*logical.SubqueryAlias); ok {
		input = inner.Input // the new name hides the old
	}
	a := *n
	a.Input = input
	var qualifier []string
	if n.Alias != "" {
		qualifier = []string{n.Alias}
	}
	node, err := aliased(&a, qualifier)
	return relation{node: node}, err
}

// aliased sets the columns of an alias: those of its input with the new qualifier and names.
func aliased(n *logical.SubqueryAlias, qualifier []string) (logical.Node, error) {
	out := n.Input.Output()
	if len(n.Cols) > 0 && len(n.Cols) != len(out) {
		if g, ok := n.Input.(*logical.Generate); ok {
			name := ""
			if c, ok := g.Gen.(*logical.Call); ok {
				name = c.Name
			}
			return nil, columnar.Errorf("NUM_TABLE_VALUE_ALIASES_MISMATCH", "Number of given aliases does not match number of output columns. Function name: %s; number of aliases: %d; number of output columns: %d.", quoteParts([]string{name}), len(n.Cols), len(out)).At(n.Pos)
		}
		if _, ok := n.Input.(*logical.Local); ok {
			return nil, columnar.Errorf("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "Invalid inline table. Inline table expected %d columns but found %d columns in row %d.", len(n.Cols), len(out), 0).At(n.Pos)
		}
		return nil, columnar.Errorf("ASSIGNMENT_ARITY_MISMATCH", "The number of columns or variables assigned or aliased: %d does not match the number of source expressions: %d.", len(n.Cols), len(out)).At(n.Pos)
	}
	if len(n.Cols) > 0 {
		list := make([]logical.Expr, len(out))
		for i, a := range out {
			list[i] = logical.NewAlias(a, n.Cols[i])
		}
		n.Input, n.Cols = &logical.Project{List: list, Input: n.Input}, nil
		out = n.Input.Output()
	}
	n.Attrs = make([]*logical.Attr, len(out))
	for i, a := range out {
		c := *a
		c.Qualifier = qualifier
		n.Attrs[i] = &c
	}
	return n, nil
}

// tableFunction resolves a function in FROM: one of the catalog's, or a generator. left is the scope of the relations before it, for LATERAL.
func (q *query) tableFunction(n *logical.UnresolvedTableFunction, left *scope) (relation, error) {
	if f := q.a.env.Catalog.Function(n.Name); f != nil && f.IsGenerator() {
		s := &scope{q: q}
		if left != nil {
			s = left
		}
		gen, err := q.expr(&logical.UnresolvedCall{Name: n.Name, Args: n.Args, Pos: n.Pos}, s)
		if err != nil {
			return relation{}, err
		}
		cols := generatorColumns(gen, n.Name[len(n.Name)-1])
		node := &logical.Generate{Gen: plain(gen), Cols: cols, Input: &logical.OneRow{}}
		return relation{node: node}, nil
	}
	args := make([]*logical.Literal, len(n.Args))
	call := *n
	for i, a := range n.Args {
		named, isNamed := a.(*logical.NamedArg)
		if isNamed {
			a = named.Value
		}
		e, err := q.expr(a, &scope{q: q})
		if err != nil {
			return relation{}, err
		}
		if args[i], err = q.a.constant(plain(e)); err != nil {
			return relation{}, err
		}
		if args[i] == nil {
			return relation{}, columnar.Errorf("NON_FOLDABLE_ARGUMENT", "The function %s requires the parameter to be a foldable expression of the type \"BIGINT\", but the actual argument is a non-foldable.", quoteParts(n.Name)).At(a.Position())
		}
	}
	node, err := q.a.env.Catalog.TableFunction(q.a.ctx, &call, args)
	if err != nil {
		return relation{}, placed(err, n.Pos)
	}
	if node == nil {
		return relation{}, columnar.Errorf("UNRESOLVABLE_TABLE_VALUED_FUNCTION", "Could not resolve %s to a table-valued function.\nPlease make sure that %s is defined as a table-valued function and that all required parameters are provided correctly.\nIf %s is not defined, please create the table-valued function before using it.\nFor more information about defining table-valued functions, please refer to the Apache Spark documentation.",
			quoteParts(n.Name), quoteParts(n.Name), quoteParts(n.Name)).At(n.Pos)
	}
	return relation{node: q.a.own(node)}, nil
}
