package sql

import (
	"github.com/gosql-engine/gosql/logical"
)

// walker turns the token tree of a statement into text that the TiDB parser
// reads as Spark means it. It is a recursive descent over Spark's grammar
// (SqlBaseParser.g4): it knows which clause and which call each token belongs
// to, quotes every name, and leaves operator precedence and the shape of
// queries to the parser.
type walker struct {
	emitter
	src    string
	opts   Options
	params int // number of ? seen so far
	depth  int // of expressions being walked
}

// fail stops the walk; the entry point returns err.
func (w *walker) fail(err error) { panic(bail{err}) }

// unexpected stops the walk with a syntax error at t.
func (w *walker) unexpected(t token, hint string) {
	near := ""
	if t.beg < len(w.src) {
		near = w.src[t.beg:min(t.end, len(w.src))]
		if t.kind == group {
			near = t.text
		}
	}
	w.fail(syntaxError(t.beg, near, hint))
}

// expect skips the keywords or fails.
func (w *walker) expect(c *cursor, words ...string) {
	for _, word := range words {
		if !c.accept(word) {
			w.unexpected(c.peek(), "expecting "+word)
		}
	}
}

// group skips a bracketed group and returns a cursor over its content.
func (w *walker) group(c *cursor, open string) *cursor {
	t := c.peek()
	if !t.isGroup(open) {
		w.unexpected(t, "expecting '"+open+"'")
	}
	c.i++
	return inside(t)
}

// finish fails unless all tokens of the level are used up.
func (w *walker) finish(c *cursor) {
	if !c.done() {
		w.unexpected(c.peek(), "")
	}
}

// list calls item for each of a comma-separated list that ends where item
// leaves a token that is no comma.
func (w *walker) list(c *cursor, item func()) {
	for {
		item()
		if !c.acceptPunct(",") {
			return
		}
	}
}

// emitList is list with a comma emitted between the items.
func (w *walker) emitList(c *cursor, item func()) {
	first := true
	w.list(c, func() {
		if !first {
			w.arg(c.peek().beg)
		}
		first = false
		item()
	})
}

// ident skips a name.
func (w *walker) ident(c *cursor) string {
	t := c.peek()
	if !t.isIdent() {
		w.unexpected(t, "expecting an identifier")
	}
	c.i++
	return t.text
}

// dotted skips a name of one or more parts.
func (w *walker) dotted(c *cursor) []string {
	if parts, ok := w.identifierClause(c); ok {
		return parts
	}
	parts := []string{w.ident(c)}
	for c.peek().isPunct(".") && c.at(1).isIdent() {
		c.i++
		parts = append(parts, w.ident(c))
	}
	return parts
}

// identifierClause reads IDENTIFIER('name'), the name being a constant string
// or a concatenation of such.
func (w *walker) identifierClause(c *cursor) ([]string, bool) {
	g := c.at(1)
	if !c.peek().isWord("IDENTIFIER") || !g.isGroup("(") || len(g.kids) == 0 || g.kids[0].kind != str && g.kids[0].kind != param {
		return nil, false
	}
	name := ""
	in := inside(g)
	for {
		if in.peek().kind != str {
			w.fail(errorAt(in.peek().beg, "NOT_A_CONSTANT_STRING.NOT_CONSTANT", "The expression used for IDENTIFIER must be a constant string."))
		}
		name += w.adjacentStrings(in)
		if !in.acceptOp("||") {
			break
		}
	}
	w.finish(in)
	c.i += 2
	if name == "" {
		w.fail(errorAt(g.beg, condEmpty, "Syntax error, unexpected empty statement."))
	}
	parts, err := parseName(name)
	if err != nil {
		w.fail(errorAt(g.beg, condSyntax, "Syntax error at or near '%s'.", name))
	}
	return parts, true
}

// parseName cuts the text of a dotted name into its parts.
func parseName(text string) ([]string, error) {
	toks, err := lex(text, Options{})
	if err != nil {
		return nil, err
	}
	var parts []string
	for i, t := range toks {
		if i%2 == 0 && !t.isIdent() || i%2 == 1 && !t.isPunct(".") {
			return nil, syntaxError(t.beg, t.text, "")
		}
		if i%2 == 0 {
			parts = append(parts, t.text)
		}
	}
	if len(toks)%2 == 0 {
		return nil, syntaxError(len(text), "", "")
	}
	return parts, nil
}

// identList reads (a, b, c).
func (w *walker) identList(c *cursor) []string {
	in := w.group(c, "(")
	var names []string
	w.list(in, func() { names = append(names, w.ident(in)) })
	w.finish(in)
	return names
}

// value emits an expression that the walker has decoded itself.
func (w *walker) value(pos int, e logical.Expr) { w.leaf(pos, markValue, valueNote{e}) }

// column emits a column name.
func (w *walker) column(pos int, parts []string) {
	if len(parts) > 3 || parts[0] == "" || parts[0][0] == markerSchema[0] {
		w.leaf(pos, markName, nameNote{parts}) // more parts than TiDB's grammar has, or a name like a marker's
		return
	}
	for i, p := range parts {
		if i > 0 {
			w.emit(pos, ".")
		}
		if p == "" {
			w.fail(errorAt(pos, condSyntax, "Syntax error at or near '``'."))
		}
		w.emit(pos, quote(p))
	}
}
