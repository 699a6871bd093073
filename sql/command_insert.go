package sql

import (
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// insertCommand walks INSERT INTO and INSERT OVERWRITE.
func (w *walker) insertCommand(c *cursor) logical.Node {
	t := c.at(-1)
	overwrite := c.accept("OVERWRITE")
	if overwrite && (c.peek().isWord("DIRECTORY") || c.words("LOCAL", "DIRECTORY")) {
		return w.insertDirectory(c, t)
	}
	into := c.accept("INTO")
	if !overwrite && !into {
		w.unexpected(c.peek(), "expecting INTO or OVERWRITE")
	}
	if c.at(1).isIdent() && !c.at(1).isWord("SELECT", "VALUES", "FROM", "TABLE", "PARTITION", "BY") || c.at(1).isWord("IDENTIFIER") {
		c.accept("TABLE")
	}
	n := &logical.InsertInto{Name: w.dotted(c), Overwrite: overwrite, Pos: position(t.beg)}
	if c.words("WITH") && c.at(1).isGroup("(") {
		c.i++
		w.properties(c)
	}
	switch {
	case c.peek().isWord("PARTITION"):
		return w.unsupported(c, t, "INSERT with PARTITION")
	case c.words("REPLACE", "WHERE"):
		return w.unsupported(c, t, "INSERT with REPLACE WHERE")
	}
	c.accept("IF", "NOT", "EXISTS")
	if g := c.peek(); g.isGroup("(") && !isQuery(inside(g)) {
		n.Cols = w.identList(c)
	}
	n.ByName = c.accept("BY", "NAME")
	n.Plan = w.plan(c)
	return n
}

// insertDirectory walks [LOCAL] DIRECTORY ['path'] [USING format] [OPTIONS (…)] query.
func (w *walker) insertDirectory(c *cursor, t token) logical.Node {
	c.accept("LOCAL")
	w.expect(c, "DIRECTORY")
	n := &logical.InsertDirectory{Pos: position(t.beg)}
	if c.peek().kind == str {
		n.Path = w.stringText(c)
	}
	if c.accept("USING") {
		n.Provider = strings.Join(w.dotted(c), ".")
	} else if c.accept("STORED", "AS") {
		n.Provider = strings.ToLower(w.ident(c))
	}
	if c.accept("OPTIONS") {
		n.Options = optionMap(w.properties(c))
	}
	if path, ok := n.Options["path"]; ok && n.Path == "" {
		n.Path = path
		delete(n.Options, "path")
	}
	n.Plan = w.plan(c)
	return n
}

// withCommand walks WITH … INSERT, whose CTEs belong to the inserted query:
// they are put before it.
func (w *walker) withCommand(c *cursor) (logical.Node, bool) {
	at := c.find("INSERT")
	if !c.peek().isWord("WITH") || at < 0 || !c.at(at-c.i+1).isWord("INTO", "OVERWRITE") {
		return nil, false
	}
	with := c.toks[c.i:at]
	c.i = at + 1
	query := c.i
	for !isQuery(&cursor{toks: c.toks, i: query, end: c.end}) || c.toks[query].isWord("TABLE") && c.toks[query-1].isWord("INTO", "OVERWRITE") {
		if query++; query >= len(c.toks) {
			w.unexpected(c.end, "expecting a query")
		}
	}
	toks := append([]token{}, c.toks[c.i-1:query]...)
	toks = append(append(toks, with...), c.toks[query:]...)
	c.i = len(c.toks)
	sub := &cursor{toks: toks, i: 1, end: c.end}
	n := w.insertCommand(sub)
	w.finish(sub)
	return n, true
}
