package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// generatorOf is the call of a generator that an expression is.
func generatorOf(e logical.Expr) (*logical.Call, bool) {
	c, ok := plain(e).(*logical.Call)
	return c, ok && c.Fn.IsGenerator()
}

// hasGenerator says whether an expression calls a generator anywhere.
func hasGenerator(e logical.Expr) bool {
	return logical.Any(e, func(e logical.Expr) bool {
		c, ok := e.(*logical.Call)
		return ok && c.Fn.IsGenerator()
	})
}

// generatorColumns are the columns that a generator makes: the fields of its type, which is a STRUCT, or one column called col.
func generatorColumns(e logical.Expr, name string) []*logical.Attr {
	t := e.Type()
	if t.Kind != columnar.Struct {
		return []*logical.Attr{logical.NewAttr("col", t, true)}
	}
	var out []*logical.Attr
	for _, f := range t.Fields() {
		out = append(out, logical.NewAttr(f.Name, f.Type, true))
	}
	return out
}

// generate takes a generator out of the select list: its rows are made below, and the list has its columns.
func (b *block) generate(c *logical.Call, names []string) error {
	if len(b.gens) > 0 {
		return columnar.Errorf("UNSUPPORTED_GENERATOR.MULTI_GENERATOR", "The generator is not supported: only one generator allowed per SELECT clause but found %d: %q, %q.", len(b.gens)+1, b.gens[0].Gen, c).At(c.Pos)
	}
	g := &logical.Generate{Gen: c, Cols: generatorColumns(c, c.Name)}
	if err := rename(g.Cols, names, c); err != nil {
		return err
	}
	b.gens = append(b.gens, g)
	b.items = append(b.items, attrExprs(g.Cols)...)
	return nil
}

// rename gives a generator's columns the names of AS.
func rename(cols []*logical.Attr, names []string, c *logical.Call) error {
	if len(names) > 0 && len(names) != len(cols) {
		return columnar.Errorf("UDTF_ALIAS_NUMBER_MISMATCH", "The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. Expected %d aliases, but got %s. Please ensure that the number of aliases provided matches the number of columns output by the UDTF.",
			len(cols), strings.Join(names, ",")).At(c.Pos)
	}
	for i, n := range names {
		cols[i].Name = n
	}
	return nil
}

// lateralView resolves LATERAL VIEW to a Generate.
func (q *query) lateralView(n *logical.LateralView) (relation, error) {
	r, err := q.input(n.Input)
	if err != nil {
		return r, err
	}
	gen, err := q.expr(n.Gen, q.scopeOf(r))
	if err != nil {
		return r, err
	}
	c, ok := generatorOf(gen)
	if !ok {
		return r, columnar.Errorf("NOT_A_TABLE_FUNCTION", "Operation \"LATERAL VIEW\" expects a generator, but %q is not one.", gen).At(n.Pos)
	}
	g := &logical.Generate{Gen: c, Outer: n.Outer, Cols: generatorColumns(c, c.Name), Input: r.node}
	if len(n.Cols) > 0 && len(n.Cols) != len(g.Cols) {
		return r, columnar.Errorf("NUM_TABLE_VALUE_ALIASES_MISMATCH", "Number of given aliases does not match number of output columns. Function name: %s; number of aliases: %d; number of output columns: %d.", quoteParts([]string{c.Name}), len(n.Cols), len(g.Cols)).At(n.Pos)
	}
	for i, col := range g.Cols {
		if len(n.Cols) > 0 {
			col.Name = n.Cols[i]
		}
		if n.Alias != "" {
			col.Qualifier = []string{n.Alias}
		}
	}
	return relation{node: g, hidden: r.hidden}, nil
}
