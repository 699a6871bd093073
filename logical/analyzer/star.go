package analyzer

import (
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// star expands *, t.* and struct.* with what EXCEPT leaves out and REPLACE puts in.
func (q *query) star(e *logical.UnresolvedStar, s *scope) ([]logical.Expr, error) {
	cols, err := q.starColumns(e, s)
	if err != nil {
		return nil, err
	}
	if len(e.Except) > 0 {
		if cols, err = q.except(e, cols); err != nil {
			return nil, err
		}
	}
	for _, r := range e.Replace {
		if cols, err = q.replace(cols, r, s); err != nil {
			return nil, err
		}
	}
	return cols, nil
}

func (q *query) starColumns(e *logical.UnresolvedStar, s *scope) ([]logical.Expr, error) {
	var visible []*logical.Attr
	if len(s.layers) > 0 {
		visible = s.layers[0]
	}
	if len(e.Target) == 0 {
		return attrExprs(visible), nil
	}
	if cols := s.qualified(e.Target); len(cols) > 0 {
		return cols, nil
	}
	base, err := s.name(&logical.UnresolvedAttr{Parts: e.Target, Pos: e.Pos})
	if err != nil {
		return nil, err
	}
	if base == nil || base.Type().Kind != columnar.Struct {
		names := make([]string, len(visible))
		for i, a := range visible {
			names[i] = quoteParts([]string{a.Name})
		}
		return nil, columnar.Errorf("CANNOT_RESOLVE_STAR_EXPAND", "Cannot resolve %s.* given input columns %s. Please check that the specified table or struct exists and is accessible in the input columns.",
			quoteParts(e.Target), strings.Join(names, ", ")).At(e.Pos)
	}
	var cols []logical.Expr
	for i, f := range base.Type().Fields() {
		cols = append(cols, logical.NewAlias(&logical.GetField{Child: base, Index: i, Name: f.Name, Pos: e.Pos}, f.Name))
	}
	return cols, nil
}

// qualified are the columns of a relation, of this query or of one around it. The keys of USING that * hides come first, as in Spark.
func (s *scope) qualified(target []string) []logical.Expr {
	var cols []logical.Expr
	for _, l := range slices.Backward(s.layers) {
		for _, a := range l {
			if endsWith(a.Qualifier, target) {
				cols = append(cols, a)
			}
		}
	}
	if len(cols) > 0 || s.q.outer == nil {
		return cols
	}
	for _, e := range s.q.outer.qualified(target) {
		a, ok := e.(*logical.Attr)
		if !ok {
			a = e.(*logical.Alias).Child.(*logical.OuterRef).Attr
		}
		s.q.refer(a)
		cols = append(cols, logical.NewAlias(&logical.OuterRef{Attr: a}, a.Name))
	}
	return cols
}

// except leaves out columns, or fields of struct columns.
func (q *query) except(e *logical.UnresolvedStar, cols []logical.Expr) ([]logical.Expr, error) {
	for _, name := range e.Except {
		found := false
		var out []logical.Expr
		for _, c := range cols {
			a := columnOf(c)
			k := excepted(a, name)
			switch {
			case k == 0:
				out = append(out, c)
				continue
			case k < len(name):
				var base logical.Expr = a
				if al, ok := c.(*logical.Alias); ok {
					base = al.Child
				}
				field, err := q.withoutField(base, name[k:], e.Pos)
				if err != nil {
					return nil, err
				}
				out = append(out, logical.NewAlias(field, a.Name))
			}
			found = true
		}
		if !found {
			attrs := make([]*logical.Attr, len(cols))
			for i, c := range cols {
				attrs[i] = columnOf(c)
			}
			return nil, unresolvedColumn(name, attrs, e.Pos)
		}
		cols = out
	}
	return cols, nil
}

// excepted says how many parts of a name lead to the column; 0 if it is another.
func excepted(a *logical.Attr, name []string) int {
	for k := len(name); k > 0; k-- {
		if len(matches(name[:k], []*logical.Attr{a})) > 0 {
			return k
		}
	}
	return 0
}

// withoutField rebuilds a struct without a field.
func (q *query) withoutField(e logical.Expr, path []string, pos columnar.Pos) (logical.Expr, error) {
	if e.Type().Kind != columnar.Struct {
		return nil, unresolvedColumn(path, nil, pos)
	}
	var args []logical.Expr
	found := false
	for i, f := range e.Type().Fields() {
		var part logical.Expr = &logical.GetField{Child: e, Index: i, Name: f.Name, Pos: pos}
		if strings.EqualFold(f.Name, path[0]) {
			found = true
			if len(path) == 1 {
				continue
			}
			var err error
			if part, err = q.withoutField(part, path[1:], pos); err != nil {
				return nil, err
			}
		}
		args = append(args, logical.Lit(f.Name), part)
	}
	if !found {
		return field(e, e.Type().Fields(), path[0], pos)
	}
	c, err := q.call(&logical.UnresolvedCall{Name: []string{"named_struct"}, Args: args, Pos: pos}, &scope{q: q})
	if err != nil {
		return nil, err
	}
	return plain(c), nil
}

// replace puts an expression in the place of the column of its name.
func (q *query) replace(cols []logical.Expr, r *logical.Alias, s *scope) ([]logical.Expr, error) {
	value, err := q.expr(r.Child, s)
	if err != nil {
		return nil, err
	}
	out := make([]logical.Expr, len(cols))
	found := false
	for i, c := range cols {
		if out[i] = c; strings.EqualFold(columnOf(c).Name, r.Name) {
			out[i], found = logical.NewAlias(plain(value), r.Name), true
		}
	}
	if !found {
		return nil, unresolvedColumn([]string{r.Name}, logical.AttrsOf(cols), r.Pos)
	}
	return out, nil
}

func columnOf(e logical.Expr) *logical.Attr {
	switch e := e.(type) {
	case *logical.Attr:
		return e
	case *logical.Alias:
		return e.Attr()
	}
	return &logical.Attr{Name: e.String(), T: e.Type()}
}

func joinNames(names []string) string { return strings.Join(names, ", ") }
