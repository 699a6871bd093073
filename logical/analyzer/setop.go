package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// setOp resolves UNION, INTERSECT and EXCEPT: the inputs' columns meet by position (or by name) in common types, and the result has columns of its own.
func (q *query) setOp(n *logical.SetOp) (relation, error) {
	inputs := make([]logical.Node, len(n.Inputs))
	for i, c := range n.Inputs {
		var err error
		if inputs[i], err = q.plan(c); err != nil {
			return relation{}, err
		}
	}
	if n.ByName {
		var err error
		if inputs, err = q.matchNames(inputs, n.AllowMissing); err != nil {
			return relation{}, err
		}
	}
	name := operatorName(n)
	first := inputs[0].Output()
	types := make([]columnar.Type, len(first))
	for i, in := range inputs {
		out := in.Output()
		if len(out) != len(first) {
			return relation{}, columnar.Errorf("NUM_COLUMNS_MISMATCH", "%s can only be performed on inputs with the same number of columns, but the first input has %d columns and the %s input has %d columns.",
				name, len(first), ordinalWord(i), len(out)).At(nodePosition(n.Inputs[i]))
		}
		for c, a := range out {
			t, ok := logical.CommonType(types[c], a.T)
			if i == 0 {
				t, ok = a.T, true
			}
			if !ok {
				return relation{}, columnar.Errorf("INCOMPATIBLE_COLUMN_TYPE", "%s can only be performed on tables with compatible column types. The %s column of the %s table is %q type which is not compatible with %q at the same column of the first table..",
					name, ordinalWord(c), ordinalWord(i), a.T.SQL(), types[c].SQL()).At(nodePosition(n.Inputs[i]))
			}
			types[c] = t
		}
	}
	return relation{node: q.a.combined(n, inputs, types)}, nil
}

// combined is the set operation over inputs cast to the types.
func (a *analyzer) combined(n *logical.SetOp, inputs []logical.Node, types []columnar.Type) logical.Node {
	out := &logical.SetOp{Kind: n.Kind, All: n.All, Inputs: make([]logical.Node, len(inputs))}
	for i, in := range inputs {
		out.Inputs[i] = a.castColumns(in, types)
	}
	for c, f := range out.Inputs[0].Output() {
		null := f.Null
		for _, in := range out.Inputs[1:] {
			if n.Kind == logical.Union {
				null = null || in.Output()[c].Null
			}
		}
		out.Cols = append(out.Cols, logical.NewAttr(f.Name, types[c], null, f.Qualifier...))
	}
	return out
}

// castColumns casts a node's columns to types; the node itself if they have them.
func (a *analyzer) castColumns(n logical.Node, types []columnar.Type) logical.Node {
	list := make([]logical.Expr, len(types))
	same := true
	for i, c := range n.Output() {
		list[i] = c
		if c.T != types[i] {
			list[i] = logical.NewAlias(a.implicit(c, types[i]), c.Name)
			same = false
		}
	}
	if same {
		return n
	}
	return &logical.Project{List: list, Input: n}
}

// matchNames brings the columns of UNION BY NAME's inputs into the order of the first; missing ones become NULL if that is allowed.
func (q *query) matchNames(inputs []logical.Node, allowMissing bool) ([]logical.Node, error) {
	names := inputs[0].Output()
	if allowMissing {
		for _, in := range inputs[1:] {
			for _, a := range in.Output() {
				if len(matches([]string{a.Name}, names)) == 0 {
					names = append(names[:len(names):len(names)], a)
				}
			}
		}
	}
	out := make([]logical.Node, len(inputs))
	for i, in := range inputs {
		have := in.Output()
		var list []logical.Expr
		for _, want := range names {
			found := matches([]string{want.Name}, have)
			switch {
			case len(found) > 0:
				list = append(list, found[0])
			case allowMissing:
				list = append(list, logical.NewAlias(logical.Null(want.T), want.Name))
			default:
				return nil, unresolvedColumn([]string{want.Name}, have, 0)
			}
		}
		if !allowMissing && len(list) != len(have) {
			return nil, columnar.Errorf("NUM_COLUMNS_MISMATCH", "UNION can only be performed on inputs with the same number of columns, but the first input has %d columns and the %s input has %d columns.", len(list), ordinalWord(i), len(have))
		}
		out[i] = &logical.Project{List: list, Input: in}
	}
	return out, nil
}

func operatorName(n *logical.SetOp) string {
	name := [...]string{"UNION", "INTERSECT", "EXCEPT"}[n.Kind]
	if n.All && n.Kind != logical.Union {
		name += " ALL"
	}
	return name
}

var ordinalWords = [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

func ordinalWord(i int) string {
	if i < len(ordinalWords) {
		return ordinalWords[i]
	}
	return columnar.FormatValue(columnar.ScalarOf(int32(i+1)), 0) + "th"
}

// nodePosition is a place in the text near the beginning of a plan; 0 if no expression of it has one.
func nodePosition(n logical.Node) (pos columnar.Pos) {
	logical.WalkNodes(n, func(n logical.Node) bool {
		for _, e := range n.Exprs() {
			if p := e.Position(); p != 0 && (pos == 0 || p < pos) {
				pos = p
			}
		}
		return true
	})
	return pos
}
