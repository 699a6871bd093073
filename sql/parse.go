package sql

import (
	"time"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Options are the settings of a session on which the meaning of text depends.
// The zero value is Spark's default.
type Options struct {
	// DoubleQuotedIdentifiers makes "x" an identifier rather than a string
	// (spark.sql.ansi.doubleQuotedIdentifiers, which needs ANSI mode).
	DoubleQuotedIdentifiers bool
	// EscapedStringLiterals keeps backslashes in strings as they are
	// (spark.sql.parser.escapedStringLiterals).
	EscapedStringLiterals bool
	// LegacyCasts gives casts the semantics of spark.sql.ansi.enabled=false.
	LegacyCasts bool
	// TimestampNTZ makes TIMESTAMP mean TIMESTAMP_NTZ (spark.sql.timestampType).
	TimestampNTZ bool
	// Zone is the session's time zone, in which TIMESTAMP literals are read;
	// nil is UTC.
	Zone *time.Location
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// Parse turns the text of one statement, with or without a semicolon at its
// end, into an unresolved plan or a command. Errors are *Error. It and the
// package's other functions are safe for concurrent use; they read text as Spark
// does by default, the methods of Options as a session's settings say.
func Parse(text string) (logical.Node, error) { return Options{}.Parse(text) }

// ParseExpr reads an expression, which may have an alias: "a + 1 AS b".
func ParseExpr(text string) (logical.Expr, error) { return Options{}.ParseExpr(text) }

// ParseType reads a type as DDL writes it: "array<struct<a: int>>".
func ParseType(text string) (columnar.Type, error) {
	t, err := columnar.ParseType(text)
	return t, Locate(text, err)
}

// ParseSchema reads a list of columns as DDL writes it: "a INT, b STRING NOT NULL".
func ParseSchema(text string) (*columnar.Schema, error) {
	s, err := columnar.ParseSchema(text)
	return s, Locate(text, err)
}

// Parse is the package's Parse under the session's options.
func (o Options) Parse(text string) (node logical.Node, err error) {
	defer locate(text, &err)
	defer catch(&err)
	if n, ok := (&walker{src: text, opts: o}).set(); ok {
		return n, nil
	}
	w, c, err := o.start(text)
	if err != nil {
		return nil, err
	}
	if c.done() {
		return nil, errorAt(len(text), condEmpty, "Syntax error, unexpected empty statement.")
	}
	return w.statement(c), nil
}

// ParseExpr is the package's ParseExpr under the session's options.
func (o Options) ParseExpr(text string) (e logical.Expr, err error) {
	defer locate(text, &err)
	defer catch(&err)
	w, c, err := o.start(text)
	if err != nil {
		return nil, err
	}
	w.emit(0, "SELECT")
	w.namedExpr(c)
	w.finish(c)
	w.parseTiDB(func(stmt ast.StmtNode, d *decoder) {
		s, ok := stmt.(*ast.SelectStmt)
		if !ok || len(s.Fields.Fields) != 1 {
			w.fail(internalError(0, "an expression became something else"))
		}
		e = d.expr(s.Fields.Fields[0].Expr)
	})
	return e, nil
}

func locate(text string, err *error) {
	if *err != nil {
		*err = Locate(text, *err)
	}
}

// start lexes text for the walker.
func (o Options) start(text string) (*walker, *cursor, error) {
	toks, err := parseTree(text, o)
	if err != nil {
		return nil, nil, err
	}
	return &walker{src: text, opts: o}, &cursor{toks: toks, end: token{beg: len(text), end: len(text)}}, nil
}

// plan walks the query at c, which has to fill the rest of the level, and
// returns its plan. The walker starts a text of its own for it.
func (w *walker) plan(c *cursor) logical.Node {
	q := &walker{src: w.src, opts: w.opts, params: w.params}
	q.query(c)
	q.finish(c)
	w.params = q.params
	var n logical.Node
	q.parseTiDB(func(stmt ast.StmtNode, d *decoder) { n = d.query(stmt) })
	return n
}

// statement walks a query or a command.
func (w *walker) statement(c *cursor) logical.Node {
	if n, ok := w.withCommand(c); ok {
		return n
	}
	if isQuery(c) || c.peek().isGroup("(") {
		return w.plan(c)
	}
	return w.command(c)
}
