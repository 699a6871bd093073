package sql

import (
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// show walks SHOW.
func (w *walker) show(c *cursor) logical.Node {
	t := c.at(-1)
	n := &logical.Show{Pos: position(t.beg)}
	n.Qualifier = c.acceptAny("USER", "SYSTEM", "ALL")
	what := c.next()
	switch what.upper {
	case "TABLES", "VIEWS", "DATABASES", "SCHEMAS", "NAMESPACES", "CATALOGS":
		n.Kind = map[string]logical.ShowKind{
			"TABLES": logical.ShowTables, "VIEWS": logical.ShowViews, "CATALOGS": logical.ShowCatalogs,
			"DATABASES": logical.ShowDatabases, "SCHEMAS": logical.ShowDatabases, "NAMESPACES": logical.ShowDatabases,
		}[what.upper]
		w.showIn(c, n)
		w.showPattern(c, n)
	case "FUNCTIONS":
		n.Kind = logical.ShowFunctions
		w.showIn(c, n)
		w.showPattern(c, n)
	case "COLUMNS":
		n.Kind = logical.ShowColumns
		w.showIn(c, n)
		if c.acceptAny("FROM", "IN") != "" {
			n.Name = append(w.dotted(c), n.Name...)
		}
	case "CREATE":
		w.expect(c, "TABLE")
		n.Kind, n.Name = logical.ShowCreateTable, w.dotted(c)
		c.accept("AS", "SERDE")
	case "TBLPROPERTIES", "PARTITIONS":
		n.Kind = logical.ShowTableProperties
		if what.upper == "PARTITIONS" {
			n.Kind = logical.ShowPartitions
		}
		n.Name = w.dotted(c)
		c.i = len(c.toks)
	case "CURRENT":
		n.Kind = logical.ShowCurrentNamespace
		c.acceptAny("NAMESPACE", "DATABASE", "SCHEMA")
	default:
		if !what.isIdent() {
			w.unexpected(what, "")
		}
		return w.unsupported(c, t, "SHOW "+what.upper)
	}
	return n
}

// showIn reads the FROM or IN that names a database or table.
func (w *walker) showIn(c *cursor, n *logical.Show) {
	if c.acceptAny("FROM", "IN") != "" {
		n.Name = w.dotted(c)
	}
}

// showPattern reads [LIKE] 'pattern'; of functions also a name.
func (w *walker) showPattern(c *cursor, n *logical.Show) {
	like := c.accept("LIKE")
	switch t := c.peek(); {
	case t.kind == str:
		n.Pattern = w.stringText(c)
	case t.isIdent() && n.Kind == logical.ShowFunctions:
		n.Pattern = strings.Join(w.dotted(c), ".")
	case like:
		w.unexpected(t, "expecting a string")
	}
}

// describe walks DESCRIBE of a function, database, query or table.
func (w *walker) describe(c *cursor) logical.Node {
	n := &logical.Describe{Pos: position(c.at(-1).beg)}
	next := c.at(1)
	switch {
	case c.peek().isWord("FUNCTION") && (next.isIdent() || next.kind == str || next.kind == op):
		c.i++
		n.Kind, n.Extended = logical.DescribeFunction, c.accept("EXTENDED")
		n.Name = w.functionName(c)
	case c.peek().isWord("DATABASE", "SCHEMA", "NAMESPACE") && next.isIdent():
		c.i++
		n.Kind, n.Extended = logical.DescribeDatabase, c.accept("EXTENDED")
		n.Name = w.dotted(c)
	case c.peek().isWord("QUERY") && (next.isIdent() || next.kind == group):
		c.i++
		n.Kind, n.Plan = logical.DescribeQuery, w.plan(c)
	case isQuery(c) && !c.peek().isWord("TABLE"):
		n.Kind, n.Plan = logical.DescribeQuery, w.plan(c)
	default:
		w.describeTable(c, n)
		if c.words("PARTITION") || c.words("AS", "JSON") {
			return w.unsupported(c, c.peek(), "DESCRIBE with "+c.peek().upper)
		}
	}
	return n
}

// describeTable reads [TABLE] [EXTENDED] name [column]. Each of the keywords is the table's name when no other name follows.
func (w *walker) describeTable(c *cursor, n *logical.Describe) {
	if c.at(1).isIdent() {
		c.accept("TABLE")
	}
	if c.at(1).isIdent() {
		n.Extended = c.acceptAny("EXTENDED", "FORMATTED") != ""
	}
	n.Name = w.dotted(c)
	if c.peek().isIdent() && !c.words("PARTITION") && !c.words("AS", "JSON") {
		n.Column = w.dotted(c)
	}
}

// functionName reads a function's name, which may be an operator or a string.
func (w *walker) functionName(c *cursor) []string {
	switch t := c.peek(); {
	case t.kind == op:
		c.i++
		return []string{t.text}
	case t.kind == str:
		return []string{w.stringText(c)}
	}
	return w.dotted(c)
}
