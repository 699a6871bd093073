package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// scope says what names mean in an expression.
type scope struct {
	q       *query
	layers  [][]*logical.Attr // in order: the first layer in which a name has a meaning wins
	inside  *scope            // for the arguments of aggregate functions, where that differs
	lambdas *lambdaScope
	block   *block // whose select list is being resolved: its aliases so far are a layer after the others
	groups  *block // whose HAVING is being resolved: subqueries may name aggregates of its input
}

// lambdaScope is the parameters of the lambdas around an expression, innermost first.
type lambdaScope struct {
	params []*logical.LambdaVar
	next   *lambdaScope
}

// scopeOf is the scope of expressions over a relation.
func (q *query) scopeOf(r relation) *scope {
	s := &scope{q: q}
	return s.add(r)
}

// add appends a relation's columns, those it shows before those it hides.
func (s *scope) add(r relation) *scope {
	s.layers = append(s.layers, r.columns())
	if h := r.hiddenColumns(); len(h) > 0 {
		s.layers = append(s.layers, h)
	}
	return s
}

// name resolves a name: a lambda's parameter, a column, an alias to the left in the select list, a column of a query around this one; with
// further parts, a field of it. It returns nil if the name has no meaning.
func (s *scope) name(e *logical.UnresolvedAttr) (logical.Expr, error) {
	for l := s.lambdas; l != nil; l = l.next {
		for _, p := range l.params {
			if strings.EqualFold(p.Name, e.Parts[0]) {
				return s.q.fields(p, e.Parts[1:], e.Pos)
			}
		}
	}
	for _, cols := range s.layers {
		found, err := s.q.column(e, cols)
		if found != nil || err != nil {
			return found, err
		}
	}
	if s.block != nil {
		found, err := s.block.lateralAlias(e)
		if found != nil || err != nil {
			return found, err
		}
	}
	return s.q.outerName(e)
}

// outerName resolves a name in the queries around this one.
func (q *query) outerName(e *logical.UnresolvedAttr) (logical.Expr, error) {
	if q.outer == nil {
		return nil, nil
	}
	found, err := q.outer.name(e)
	if found == nil || err != nil {
		return nil, err
	}
	return logical.TransformExpr(found, func(x logical.Expr) (logical.Expr, error) {
		switch x := x.(type) {
		case *logical.Attr:
			q.refer(x)
			return &logical.OuterRef{Attr: x}, nil
		case *logical.OuterRef:
			q.refer(x.Attr)
		}
		return x, nil
	})
}

// refer notes that the query refers to a column of a query around it.
func (q *query) refer(a *logical.Attr) {
	if !hasAttr(q.refs, a.ID) {
		q.refs = append(q.refs, a)
	}
}

// column finds a name among columns; nil if it is not there.
func (q *query) column(e *logical.UnresolvedAttr, cols []*logical.Attr) (logical.Expr, error) {
	for k := min(len(e.Parts)-1, 3); k >= 0; k-- {
		found := matches(e.Parts[:k+1], cols)
		if len(found) == 0 {
			continue
		}
		if len(found) > 1 {
			names := make([]string, len(found))
			for i, a := range found {
				names[i] = quoteParts(append(a.Qualifier[:len(a.Qualifier):len(a.Qualifier)], a.Name))
			}
			return nil, columnar.Errorf("AMBIGUOUS_REFERENCE", "Reference %s is ambiguous, could be: [%s].", quoteParts(e.Parts), strings.Join(names, ", ")).At(e.Pos)
		}
		a := *found[0]
		a.Name, a.Pos = e.Parts[k], e.Pos
		return q.fields(&a, e.Parts[k+1:], e.Pos)
	}
	return nil, nil
}

// matches are the different columns of that name, whose qualifier ends as the name's does.
func matches(parts []string, cols []*logical.Attr) []*logical.Attr {
	var out []*logical.Attr
	name, qualifier := parts[len(parts)-1], parts[:len(parts)-1]
	for _, a := range cols {
		if strings.EqualFold(a.Name, name) && endsWith(a.Qualifier, qualifier) && !hasAttr(out, a.ID) {
			out = append(out, a)
		}
	}
	return out
}

// endsWith says whether the last parts of a qualifier are those.
func endsWith(qualifier, tail []string) bool {
	if len(tail) > len(qualifier) {
		return false
	}
	rest := qualifier[len(qualifier)-len(tail):]
	for i := range tail {
		if !strings.EqualFold(rest[i], tail[i]) {
			return false
		}
	}
	return true
}

// fields goes down from a column into its fields.
func (q *query) fields(e logical.Expr, names []string, pos columnar.Pos) (logical.Expr, error) {
	var err error
	for _, n := range names {
		if e, err = q.extract(e, logical.Lit(n), true, pos); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// all are the columns that a message may suggest: those of the first layers that have any.
func (s *scope) all() []*logical.Attr {
	var out []*logical.Attr
	for _, l := range s.layers {
		for _, a := range l {
			if !hasAttr(out, a.ID) {
				out = append(out, a)
			}
		}
	}
	return out
}
