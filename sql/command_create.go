package sql

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// create walks CREATE and REPLACE, what they create deciding.
func (w *walker) create(c *cursor) logical.Node {
	t := c.at(-1)
	replace := t.isWord("REPLACE") || c.accept("OR", "REPLACE")
	global := c.accept("GLOBAL")
	temporary := c.acceptAny("TEMPORARY", "TEMP") != ""
	external := c.accept("EXTERNAL")
	switch what := c.next(); {
	case what.isWord("VIEW"):
		return w.createView(c, t, replace, global, temporary)
	case what.isWord("TABLE") && !temporary:
		return w.createTable(c, t, replace)
	case what.isWord("TABLE"):
		return w.createTempTable(c, t, replace, external)
	case what.isWord("DATABASE", "SCHEMA", "NAMESPACE"):
		return w.createDatabase(c, t)
	case what.isWord("FUNCTION", "CATALOG", "INDEX", "ROLE", "VARIABLE"):
		return w.unsupported(c, t, t.upper+" "+what.upper)
	default:
		w.unexpected(what, "")
	}
	return nil
}

// createView walks a view over a query, or, if temporary, over a data source.
func (w *walker) createView(c *cursor, t token, replace, global, temporary bool) logical.Node {
	exists := ifNotExists(c)
	name := w.dotted(c)
	if temporary && (c.peek().isWord("USING") || c.at(1).isWord("USING")) {
		return w.createViewUsing(c, t, name, replace, global)
	}
	v := &logical.CreateView{Name: name, Replace: replace, IfNotExists: exists, Temporary: temporary, Global: global, Pos: position(t.beg)}
	if c.peek().isGroup("(") {
		v.Cols = w.viewColumns(w.group(c, "("))
	}
	for !c.accept("AS") {
		switch {
		case c.accept("COMMENT"):
			v.Comment = w.stringText(c)
		case c.accept("TBLPROPERTIES"):
			w.properties(c)
		case c.accept("PARTITIONED", "ON"):
			w.identList(c)
		case c.accept("WITH", "SCHEMA"):
			c.accept("TYPE")
			c.acceptAny("BINDING", "COMPENSATION", "EVOLUTION")
		case c.accept("DEFAULT", "COLLATION"):
			w.defaultCollation(c)
		default:
			w.unexpected(c.peek(), "expecting AS")
		}
	}
	v.Text = w.sourceText(c)
	v.Plan = w.plan(c)
	return v
}

// defaultCollation accepts the only collation there is.
func (w *walker) defaultCollation(c *cursor) {
	t := c.peek()
	if name := w.dotted(c); !strings.EqualFold(name[len(name)-1], "UTF8_BINARY") {
		w.fail(errorAt(t.beg, condFeature+".COLLATION", "The feature is not supported: the collation %s.", strings.ToLower(name[len(name)-1])))
	}
}

// viewColumns reads (a, b COMMENT 'text').
func (w *walker) viewColumns(in *cursor) (names []string) {
	w.list(in, func() {
		names = append(names, w.ident(in))
		if in.accept("COMMENT") {
			w.stringText(in)
		}
	})
	w.finish(in)
	return names
}

// createViewUsing walks the rest of CREATE TEMP VIEW name [(columns)] USING …;
// the options stay text, which the data source interprets.
func (w *walker) createViewUsing(c *cursor, t token, name []string, replace, global bool) logical.Node {
	v := &logical.CreateViewUsing{Name: name, Replace: replace, Global: global, Pos: position(t.beg)}
	if c.peek().isGroup("(") {
		v.Schema = w.columns(w.group(c, "("))
	}
	w.expect(c, "USING")
	v.Provider = strings.Join(w.dotted(c), ".")
	if c.accept("OPTIONS") {
		v.Options = optionMap(w.properties(c))
	}
	return v
}

// createTempTable walks Spark's old CREATE TEMPORARY TABLE … USING, a view.
func (w *walker) createTempTable(c *cursor, t token, replace, external bool) logical.Node {
	ifNotExists(c)
	name := w.dotted(c)
	if external || !c.peek().isWord("USING") && !c.at(1).isWord("USING") {
		return w.unsupported(c, t, "CREATE TEMPORARY TABLE")
	}
	return w.createViewUsing(c, t, name, replace, false)
}

// createTable walks CREATE TABLE, whose clauses may come in any order before
// the query. TBLPROPERTIES and bucketing are read and have no effect.
func (w *walker) createTable(c *cursor, t token, replace bool) logical.Node {
	n := &logical.CreateTable{Pos: position(t.beg)}
	d := &n.Table
	d.Replace, d.IfNotExists = replace, ifNotExists(c)
	d.Name = w.dotted(c)
	if c.accept("LIKE") {
		return w.unsupported(c, t, "CREATE TABLE LIKE")
	}
	if g := c.peek(); g.isGroup("(") && !isQuery(inside(g)) {
		d.Schema = w.columns(w.group(c, "("))
	}
	for !c.done() {
		if w.tableClause(c, d) {
			continue
		}
		if !c.accept("AS") && !isQuery(c) {
			w.unexpected(c.peek(), "")
		}
		n.Plan = w.plan(c)
	}
	return n
}

// tableClause walks one clause of CREATE TABLE; false if none is next.
func (w *walker) tableClause(c *cursor, d *logical.TableDefinition) bool {
	switch {
	case c.accept("USING"):
		d.Provider = strings.Join(w.dotted(c), ".")
	case c.accept("OPTIONS"):
		d.Options = optionMap(w.properties(c))
	case c.accept("TBLPROPERTIES"):
		w.properties(c)
	case c.accept("LOCATION"):
		d.Location = w.stringText(c)
	case c.accept("COMMENT"):
		d.Comment = w.stringText(c)
	case c.accept("PARTITIONED", "BY"):
		w.partitioning(w.group(c, "("), d)
	case c.accept("CLUSTERED", "BY"), c.accept("CLUSTER", "BY"), c.accept("SORTED", "BY"), c.accept("SKEWED", "BY"):
		w.group(c, "(")
	case c.accept("INTO"):
		c.next()
		w.expect(c, "BUCKETS")
	case c.accept("STORED", "AS"):
		d.Provider = strings.ToLower(w.ident(c))
	case c.accept("DEFAULT", "COLLATION"):
		w.defaultCollation(c)
	case c.accept("ROW", "FORMAT"):
		w.fail(errorAt(c.peek().beg, condFeature, "The feature is not supported: ROW FORMAT of Hive tables."))
	default:
		return false
	}
	return true
}

// partitioning reads PARTITIONED BY (a, b) or (a INT), whose columns are added.
func (w *walker) partitioning(in *cursor, d *logical.TableDefinition) {
	w.list(in, func() {
		t := in.peek()
		name := w.ident(in)
		if in.peek().isGroup("(") {
			w.fail(errorAt(t.beg, condFeature+".PARTITION_WITH_TRANSFORM", "The feature is not supported: partitioning by %s(…).", name))
		}
		d.PartitionBy = append(d.PartitionBy, name)
		if !in.done() && !in.peek().isPunct(",") {
			f := w.columnTail(in, name)
			if d.Schema == nil {
				d.Schema = columnar.NewSchema()
			}
			d.Schema = columnar.NewSchema(append(d.Schema.Fields[:len(d.Schema.Fields):len(d.Schema.Fields)], f)...)
		}
	})
	w.finish(in)
}

// columns reads the column list of a table.
func (w *walker) columns(in *cursor) *columnar.Schema {
	s := columnar.NewSchema()
	if in.done() {
		return s
	}
	w.list(in, func() {
		if in.peek().isWord("CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK") && !in.at(1).isWord("INT", "STRING") {
			w.fail(errorAt(in.peek().beg, condFeature+".TABLE_CONSTRAINT", "The feature is not supported: table constraints."))
		}
		name := w.ident(in)
		in.acceptOp(":")
		s.Fields = append(s.Fields, w.columnTail(in, name))
	})
	w.finish(in)
	return s
}

// columnTail reads the type of a column and what may follow it.
func (w *walker) columnTail(in *cursor, name string) columnar.Field {
	if t := in.peek(); t.isWord("CHAR", "CHARACTER", "VARCHAR") {
		// As STRING the column would take text that is too long, and give it back without padding.
		w.fail(errorAt(t.beg, condFeature+".CHAR_VARCHAR_COLUMN", "The feature is not supported: columns of type %s; use STRING.", t.upper))
	}
	f := columnar.Field{Name: name, Type: w.dataType(in), Nullable: true}
	for {
		switch {
		case in.accept("NOT", "NULL"):
			f.Nullable = false
		case in.accept("NULL"):
		case in.accept("COMMENT"):
			w.stringText(in)
		case in.peek().isWord("DEFAULT"):
			w.fail(errorAt(in.peek().beg, "UNSUPPORTED_DEFAULT_VALUE.WITHOUT_SUGGESTION", "DEFAULT column values is not supported."))
		case in.words("GENERATED", "ALWAYS"):
			w.fail(errorAt(in.peek().beg, condFeature, "The feature is not supported: generated columns."))
		default:
			return f
		}
	}
}

// createDatabase walks CREATE DATABASE; its location and properties have no
// effect, since databases here are names.
func (w *walker) createDatabase(c *cursor, t token) logical.Node {
	n := &logical.CreateDatabase{IfNotExists: ifNotExists(c), Pos: position(t.beg)}
	n.Name = w.dotted(c)
	for !c.done() {
		switch {
		case c.accept("COMMENT"), c.accept("LOCATION"):
			w.stringText(c)
		case c.accept("WITH", "DBPROPERTIES"), c.accept("WITH", "PROPERTIES"):
			w.properties(c)
		default:
			w.unexpected(c.peek(), "")
		}
	}
	return n
}

// drop walks DROP TABLE, VIEW and DATABASE.
func (w *walker) drop(c *cursor) logical.Node {
	t, what := c.at(-1), c.next()
	pos := position(t.beg)
	switch {
	case what.isWord("TABLE", "VIEW"):
		exists := ifExists(c)
		n := &logical.DropRelation{Name: w.dotted(c), View: what.isWord("VIEW"), IfExists: exists, Pos: pos}
		c.accept("PURGE")
		return n
	case what.isWord("DATABASE", "SCHEMA", "NAMESPACE"):
		exists := ifExists(c)
		n := &logical.CreateDatabase{Name: w.dotted(c), Drop: true, IfExists: exists, Pos: pos}
		n.Cascade = c.acceptAny("CASCADE", "RESTRICT") == "CASCADE"
		return n
	case what.isWord("FUNCTION", "TEMPORARY", "CATALOG", "INDEX", "ROLE", "VARIABLE"):
		return w.unsupported(c, t, "DROP "+what.upper)
	}
	w.unexpected(what, "")
	return nil
}
