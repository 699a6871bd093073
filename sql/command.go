package sql

import (
	"strings"

	"github.com/gosql-engine/gosql/logical"
)

// commands are the statements that are not queries, by their first word. They
// never go to the TiDB parser; the queries inside them do.
var commands map[string]func(w *walker, c *cursor) logical.Node

func init() {
	commands = map[string]func(w *walker, c *cursor) logical.Node{
		"CREATE": (*walker).create, "DROP": (*walker).drop, "INSERT": (*walker).insertCommand, "RESET": (*walker).reset,
		"SHOW": (*walker).show, "DESCRIBE": (*walker).describe, "DESC": (*walker).describe, "EXPLAIN": (*walker).explain,
		"CACHE": (*walker).cache, "UNCACHE": (*walker).uncache, "CLEAR": (*walker).clearCache, "REFRESH": (*walker).refresh,
		"USE": (*walker).use, "TRUNCATE": (*walker).truncate, "REPLACE": (*walker).create,
	}
}

// unsupportedCommands are Spark's statements that are recognised, so that the
// error can name them, but not executed.
var unsupportedCommands = []string{
	"ALTER", "ANALYZE", "COMMENT", "DECLARE", "EXECUTE", "MSCK", "LOAD", "LIST", "ADD", "DELETE", "UPDATE", "MERGE", "CALL", "REPAIR", "LOCK", "UNLOCK",
	"GRANT", "REVOKE", "EXPORT", "IMPORT", "START", "COMMIT", "ROLLBACK", "BEGIN", "MAP", "REDUCE",
}

// command walks a statement that is not a query.
func (w *walker) command(c *cursor) logical.Node {
	t := c.peek()
	if f, ok := commands[t.upper]; ok && t.kind == word {
		c.i++
		n := f(w, c)
		w.finish(c)
		return n
	}
	if t.isWord(unsupportedCommands...) && !c.at(1).isPunct(".") {
		what := t.upper
		if next := c.at(1); next.kind == word {
			what += " " + next.upper
		}
		return w.unsupported(c, t, what)
	}
	w.unexpected(t, "")
	return nil
}

// unsupported skips the rest of a statement that is not executed.
func (w *walker) unsupported(c *cursor, t token, what string) logical.Node {
	c.i = len(c.toks)
	return &logical.Unsupported{What: what, Pos: position(t.beg)}
}

// sourceText is the text of the tokens from c on, as the user wrote it.
func (w *walker) sourceText(c *cursor) string {
	if c.done() {
		return ""
	}
	return w.src[c.peek().beg:c.toks[len(c.toks)-1].end]
}

// ifExists skips IF EXISTS, ifNotExists IF NOT EXISTS.
func ifExists(c *cursor) bool    { return c.accept("IF", "EXISTS") }
func ifNotExists(c *cursor) bool { return c.accept("IF", "NOT", "EXISTS") }

// stringText skips a string literal.
func (w *walker) stringText(c *cursor) string {
	if c.peek().kind != str {
		w.unexpected(c.peek(), "expecting a string")
	}
	return w.adjacentStrings(c)
}

// explain walks EXPLAIN [mode] statement.
func (w *walker) explain(c *cursor) logical.Node {
	modes := map[string]logical.ExplainMode{
		"EXTENDED": logical.ExplainExtended, "FORMATTED": logical.ExplainFormatted, "ANALYZE": logical.ExplainAnalyze,
		"COST": logical.ExplainCost, "CODEGEN": logical.ExplainCodegen, "LOGICAL": logical.ExplainExtended,
	}
	n := &logical.Explain{}
	if t := c.peek(); t.kind == word {
		if mode, ok := modes[t.upper]; ok {
			c.i++
			n.Mode = mode
			if mode == logical.ExplainAnalyze && isAnalyzeCommand(c) { // EXPLAIN ANALYZE TABLE … explains a command
				c.i--
				n.Mode = logical.ExplainSimple
			}
		}
	}
	n.Plan = w.statement(c)
	c.i = len(c.toks)
	return n
}

// isAnalyzeCommand tells ANALYZE TABLE t COMPUTE STATISTICS, a command that may
// be explained, from EXPLAIN ANALYZE of the query TABLE t.
func isAnalyzeCommand(c *cursor) bool { return c.words("TABLE") && c.find("COMPUTE") >= 0 }

// cache walks CACHE [LAZY] TABLE name [OPTIONS (…)] [[AS] query].
func (w *walker) cache(c *cursor) logical.Node {
	pos := position(c.at(-1).beg)
	lazy := c.accept("LAZY")
	w.expect(c, "TABLE")
	n := &logical.CacheTable{Name: w.dotted(c), Lazy: lazy, Pos: pos}
	if c.accept("OPTIONS") {
		w.properties(c)
	}
	if as := c.accept("AS"); as || !c.done() {
		n.Plan = w.plan(c)
	}
	return n
}

// uncache walks UNCACHE TABLE [IF EXISTS] name.
func (w *walker) uncache(c *cursor) logical.Node {
	pos := position(c.at(-1).beg)
	w.expect(c, "TABLE")
	exists := ifExists(c)
	return &logical.UncacheTable{Name: w.dotted(c), IfExists: exists, Pos: pos}
}

// clearCache walks CLEAR CACHE, an UncacheTable without a name.
func (w *walker) clearCache(c *cursor) logical.Node {
	pos := position(c.at(-1).beg)
	w.expect(c, "CACHE")
	return &logical.UncacheTable{Pos: pos}
}

// refresh walks REFRESH [TABLE] name and REFRESH path.
func (w *walker) refresh(c *cursor) logical.Node {
	t := c.at(-1)
	if c.peek().isWord("FUNCTION") {
		return w.unsupported(c, t, "REFRESH FUNCTION")
	}
	if c.accept("TABLE") || c.peek().isIdent() {
		return &logical.RefreshTable{Name: w.dotted(c), Pos: position(t.beg)}
	}
	return &logical.RefreshTable{Name: []string{w.stringText(c)}, Pos: position(t.beg)}
}

// use walks USE [DATABASE] name. The keyword is a name when nothing follows it:
// USE database goes to a database called so.
func (w *walker) use(c *cursor) logical.Node {
	t := c.at(-1)
	if c.at(1).isIdent() {
		if c.accept("CATALOG") {
			return w.unsupported(c, t, "USE CATALOG")
		}
		c.acceptAny("DATABASE", "SCHEMA", "NAMESPACE")
	}
	return &logical.UseDatabase{Name: w.dotted(c), Pos: position(t.beg)}
}

// truncate walks TRUNCATE TABLE name.
func (w *walker) truncate(c *cursor) logical.Node {
	t := c.at(-1)
	w.expect(c, "TABLE")
	n := &logical.TruncateTable{Name: w.dotted(c), Pos: position(t.beg)}
	if c.peek().isWord("PARTITION") {
		return w.unsupported(c, t, "TRUNCATE TABLE with PARTITION")
	}
	return n
}

// reset walks RESET [key].
func (w *walker) reset(c *cursor) logical.Node {
	n := &logical.ResetConf{Key: strings.Trim(strings.TrimSpace(w.sourceText(c)), "`")}
	c.i = len(c.toks)
	return n
}

// properties reads (key = value, 'k2' 'v2', a.b = 1).
func (w *walker) properties(c *cursor) (out []option) {
	in := w.group(c, "(")
	if in.done() {
		return nil
	}
	w.list(in, func() {
		o := option{}
		if in.peek().kind == str {
			o.key = in.next().text
		} else {
			o.key = strings.Join(w.dotted(in), ".")
		}
		in.acceptOp("=", "==")
		switch t := in.next(); {
		case t.kind == str || t.kind == num || t.isWord("TRUE", "FALSE"):
			o.value = t.text
			if t.kind == word {
				o.value = strings.ToLower(t.text)
			}
		case t.isOp("-", "+") && in.peek().kind == num:
			o.value = t.text + in.next().text
		case t.isIdent(), t.kind == param:
			o.value = t.text
		default:
			w.unexpected(t, "expecting a constant")
		}
		out = append(out, o)
	})
	w.finish(in)
	return out
}

// optionMap is the properties as a map; nil if there are none.
func optionMap(options []option) map[string]string {
	var m map[string]string
	for _, o := range options {
		if m == nil {
			m = map[string]string{}
		}
		m[o.key] = o.value
	}
	return m
}
