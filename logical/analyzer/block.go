package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// block is a SELECT on its way: its input, its resolved select list and what HAVING and ORDER BY add to them. It is built bottom-up as
//
//	input → [Expand → Aggregate → HAVING's Filter] → generators → windows and lateral aliases → [QUALIFY's Filter] → Project → [Distinct] → ORDER BY → [Project]
//
// where the last Project takes away the columns that only ORDER BY wanted.
type block struct {
	q        *query
	input    relation
	items    []logical.Expr // Attrs and Aliases; expressions may hold aggregate calls and windows
	extra    []logical.Expr // likewise, wanted by what follows
	grouped  bool
	groupAll bool
	group    []logical.Expr
	sets     *groupingSets
	having   logical.Expr
	qualify  logical.Expr
	gens     []*logical.Generate // without Input: generators of the select list
	lateral  map[logical.ID]bool // aliases that other items refer to
	distinct bool
	tail     []func(logical.Node) logical.Node
	// outerAggregates are the aggregates of this block's input that subqueries in HAVING name, by the IDs of their columns.
	outerAggregates map[logical.ID]*logical.Alias
}

// project starts the block of a SELECT without GROUP BY; an aggregate among its items makes it one group.
func (q *query) project(n *logical.Project) (relation, error) {
	input, err := q.from(n.Input)
	if err != nil {
		return input, err
	}
	b := &block{q: q, input: input, lateral: map[logical.ID]bool{}}
	if err := b.list(n.List); err != nil {
		return relation{}, err
	}
	for _, e := range b.items {
		b.grouped = b.grouped || hasAggregate(e)
	}
	for _, g := range b.gens {
		b.grouped = b.grouped || hasAggregate(g.Gen)
	}
	return relation{block: b}, nil
}

// list resolves the select list.
func (b *block) list(items []logical.Expr) error {
	s := b.q.scopeOf(b.input)
	s.block = b
	for _, e := range items {
		if err := b.item(e, s); err != nil {
			return err
		}
	}
	return nil
}

// item resolves an item of the select list, which may stand for several columns.
func (b *block) item(e logical.Expr, s *scope) error {
	if star, ok := e.(*logical.UnresolvedStar); ok {
		cols, err := b.q.star(star, s)
		b.items = append(b.items, cols...)
		return err
	}
	alias, isAlias := e.(*logical.Alias)
	multi, isMulti := e.(*logical.MultiAlias)
	source := e
	switch {
	case isAlias:
		source = alias.Child
	case isMulti:
		source = multi.Child
	}
	if star, ok := source.(*logical.UnresolvedStar); ok && isAlias {
		return columnar.Errorf("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in alias.").At(star.Pos)
	}
	value, err := b.q.expr(source, s)
	if err != nil {
		return err
	}
	if c, ok := generatorOf(value); ok {
		var names []string
		if isAlias {
			names = []string{alias.Name}
		} else if isMulti {
			names = multi.Names
		}
		return b.generate(c, names)
	}
	switch {
	case isMulti:
		return columnar.Errorf("MULTI_ALIAS_WITHOUT_GENERATOR", "Multi part aliasing (%s) is not supported with %s as it is not a generator function.", joinNames(multi.Names), value).At(multi.Pos)
	case isAlias:
		b.items = append(b.items, &logical.Alias{Child: plain(value), Name: alias.Name, ID: b.freshID(alias.ID), Pos: alias.Pos})
	default:
		b.items = append(b.items, named(source, value))
	}
	return nil
}

// freshID keeps an alias's ID at its first use in the statement, so that a plan that occurs twice makes different columns.
func (b *block) freshID(id logical.ID) logical.ID {
	if id == 0 || b.q.a.seen[id] {
		id = logical.NewID()
	}
	b.q.a.seen[id] = true
	return id
}

// named gives an unaliased item the name that Spark gives it.
func named(source, value logical.Expr) logical.Expr {
	if a, ok := value.(*logical.Attr); ok {
		return a
	}
	name := value.String()
	switch s := source.(type) {
	case *logical.UnresolvedAttr:
		if _, call := value.(*logical.Call); !call || len(s.Parts) > 1 {
			name = s.Parts[len(s.Parts)-1]
		}
	case *logical.Cast:
		if _, ok := value.(*logical.Cast); ok && isPath(s.Child) {
			name = s.Child.(*logical.UnresolvedAttr).Parts[len(s.Child.(*logical.UnresolvedAttr).Parts)-1]
		}
	}
	a := logical.NewAlias(plain(value), name)
	a.Pos = value.Position()
	return a
}

func isPath(e logical.Expr) bool { _, ok := e.(*logical.UnresolvedAttr); return ok }

// lateralAlias finds a name among the aliases that stand before it in the select list.
func (b *block) lateralAlias(e *logical.UnresolvedAttr) (logical.Expr, error) {
	var found *logical.Attr
	for _, i := range b.items {
		a, ok := i.(*logical.Alias)
		if !ok || len(matches(e.Parts[:1], []*logical.Attr{a.Attr()})) == 0 {
			continue
		}
		if found != nil {
			return nil, columnar.Errorf("AMBIGUOUS_LATERAL_COLUMN_ALIAS", "Lateral column alias %s is ambiguous and has %d matches.", quoteParts(e.Parts[:1]), 2).At(e.Pos)
		}
		found = a.Attr()
	}
	if found == nil {
		return nil, nil
	}
	b.lateral[found.ID] = true
	return b.q.fields(found, e.Parts[1:], e.Pos)
}

// output are the columns of the select list.
func (b *block) output() []*logical.Attr { return logical.AttrsOf(b.items) }

// outputScope is the scope of what stands behind the select list: its columns first, then those of its input. Inside aggregate functions the input's
// come first, because an output column may be an aggregate itself.
func (b *block) outputScope() *scope {
	s := &scope{q: b.q, layers: [][]*logical.Attr{b.output()}}
	s.add(b.input)
	in := b.q.scopeOf(b.input)
	in.layers = append(in.layers, b.output())
	s.inside = in
	return s
}

// inline replaces the columns that the select list makes by their expressions.
func (b *block) inline(e logical.Expr) logical.Expr {
	out, _ := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) {
		a, ok := e.(*logical.Attr)
		if !ok {
			return e, nil
		}
		for _, i := range b.items {
			if al, ok := i.(*logical.Alias); ok && al.ID == a.ID && !b.lateral[al.ID] {
				return b.inline(al.Child), nil
			}
		}
		return e, nil
	})
	return out
}

// inlineLateral is inline for GROUP BY, which may name an alias that other items refer to.
func (b *block) inlineLateral(e logical.Expr) logical.Expr {
	out, _ := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) {
		a, ok := e.(*logical.Attr)
		if !ok {
			return e, nil
		}
		for _, i := range b.items {
			if al, ok := i.(*logical.Alias); ok && al.ID == a.ID {
				return al.Child, nil
			}
		}
		return e, nil
	})
	return b.inline(out)
}

// reach rewrites an expression of what stands behind the select list to the block's output, adding to it what is missing.
func (b *block) reach(e logical.Expr) (logical.Expr, error) {
	if a, ok := e.(*logical.Attr); ok && (hasAttr(b.output(), a.ID) || hasAttr(logical.AttrsOf(b.extra), a.ID)) {
		return a, nil
	}
	if _, ok := e.(*logical.Literal); ok {
		return e, nil
	}
	whole := b.inline(e)
	for _, list := range [][]logical.Expr{b.items, b.extra} {
		for _, i := range list {
			if al, ok := i.(*logical.Alias); ok && logical.Equal(b.inline(al.Child), whole) {
				return al.Attr(), nil
			}
		}
	}
	if b.atomic(e, whole) {
		return b.append(whole)
	}
	if s, ok := e.(logical.SubqueryExpr); ok {
		for _, a := range s.OuterRefs() {
			if b.owns(a) {
				if _, err := b.reach(a); err != nil {
					return nil, err
				}
			}
		}
	}
	kids := e.Children()
	if len(kids) == 0 {
		return e, nil
	}
	out := make([]logical.Expr, len(kids))
	for i, c := range kids {
		var err error
		if out[i], err = b.reach(c); err != nil {
			return nil, err
		}
	}
	return e.WithChildren(out), nil
}

// owns says whether a column is the block's or its input's.
func (b *block) owns(a *logical.Attr) bool {
	return hasAttr(b.output(), a.ID) || hasAttr(b.input.node.Output(), a.ID)
}

// atomic says whether an expression must be computed in the block.
func (b *block) atomic(e, whole logical.Expr) bool {
	switch e := e.(type) {
	case *logical.Attr, *logical.WindowExpr, *groupingRef:
		return true
	case *logical.Call:
		if e.Fn.IsAggregate() {
			return true
		}
	}
	return b.grouped && b.isGroup(whole)
}

func (b *block) isGroup(e logical.Expr) bool {
	for _, g := range b.group {
		if logical.Equal(g, e) {
			return true
		}
	}
	return false
}

// append adds a column to the block for what stands behind it.
func (b *block) append(e logical.Expr) (logical.Expr, error) {
	a, isAttr := e.(*logical.Attr)
	if isAttr && (b.distinct || b.grouped && !b.isGroup(a)) {
		return nil, unresolvedColumn([]string{a.Name}, b.output(), a.Pos)
	}
	if b.distinct {
		return nil, columnar.Errorf("UNSUPPORTED_FEATURE.ORDER_BY_WITH_DISTINCT", "The feature is not supported: ORDER BY %s with DISTINCT, which is not in the select list.", e).At(e.Position())
	}
	if isAttr && b.sets == nil {
		b.extra = append(b.extra, a)
		return a, nil
	}
	if hasAggregate(e) && !b.grouped {
		b.grouped = true
	}
	al := logical.NewAlias(e, e.String())
	b.extra = append(b.extra, al)
	return al.Attr(), nil
}

// build makes the block's plan.
func (b *block) build() (logical.Node, error) {
	exprs := append(b.items[:len(b.items):len(b.items)], b.extra...)
	if b.qualify != nil {
		exprs = append(exprs, logical.NewAlias(b.qualify, "qualify"))
	}
	node := b.input.node
	gens := b.gens
	if b.grouped {
		var err error
		var done bool
		if node, exprs, gens, done, err = b.buildAggregate(exprs); err != nil {
			return nil, err
		}
		if done {
			return b.finish(node), nil
		}
	}
	for _, g := range gens {
		node = &logical.Generate{Gen: g.Gen, Outer: g.Outer, Cols: g.Cols, Input: node}
	}
	node, exprs = b.lateralLayers(node, exprs)
	node, exprs, err := extractWindows(node, exprs)
	if err != nil {
		return nil, err
	}
	if b.qualify != nil {
		last := len(exprs) - 1
		node = &logical.Filter{Cond: exprs[last].(*logical.Alias).Child, Input: node}
		exprs = exprs[:last]
	}
	return b.finish(&logical.Project{List: exprs, Input: node}), nil
}

// finish puts DISTINCT and what follows over the select list.
func (b *block) finish(n logical.Node) logical.Node {
	if b.distinct {
		n = &logical.Distinct{Input: n}
	}
	for _, t := range b.tail {
		n = t(n)
	}
	if len(b.extra) > 0 {
		n = &logical.Project{List: attrExprs(n.Output()[:len(b.items)]), Input: n}
	}
	return n
}

// lateralLayers computes aliases that other items use in Projects of their own, one for each level of use.
func (b *block) lateralLayers(node logical.Node, exprs []logical.Expr) (logical.Node, []logical.Expr) {
	for len(b.lateral) > 0 {
		ready := attrExprs(node.Output())
		left := map[logical.ID]bool{}
		var out []logical.Expr
		for _, e := range exprs {
			al, ok := e.(*logical.Alias)
			if ok && b.lateral[al.ID] && !refersTo(al.Child, b.lateral) {
				ready = append(ready, al)
				e = al.Attr()
			} else if ok && b.lateral[al.ID] {
				left[al.ID] = true
			}
			out = append(out, e)
		}
		var err error
		inner, list, err := extractWindows(node, ready)
		if err != nil || len(left) == len(b.lateral) {
			return node, exprs
		}
		node, exprs, b.lateral = &logical.Project{List: list, Input: inner}, out, left
	}
	return node, exprs
}

func refersTo(e logical.Expr, ids map[logical.ID]bool) bool {
	return logical.Any(e, func(e logical.Expr) bool {
		a, ok := e.(*logical.Attr)
		return ok && ids[a.ID]
	})
}
