package sql

import (
	"fmt"
	"strings"

	"github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
)

// parseTiDB runs the TiDB parser over the walker's text, places its errors in
// the source and hands the statement to decode. The parser goes back to the
// pool only then: its stack keeps nodes of the tree, whose positions the next
// text to be parsed overwrites.
func (w *walker) parseTiDB(decode func(ast.StmtNode, *decoder)) {
	r := w.render()
	p := parsers.Get().(*parser.Parser)
	defer parsers.Put(p)
	stmts, _, err := p.ParseSQL(r.text)
	if err != nil {
		w.fail(w.tidbError(r, err))
	}
	if len(stmts) != 1 {
		w.fail(internalError(0, fmt.Sprintf("%d statements parsed", len(stmts))))
	}
	decode(stmts[0], &decoder{notes: w.notes, text: r})
}

// tidbError finds the place of a parser's error. All it gives is the rest of
// the text from the offending token on: "line 1 column 9 near \"…\" ".
func (w *walker) tidbError(r rendered, err error) error {
	text := err.Error()
	i := strings.Index(text, "near \"")
	if i < 0 {
		return errorAt(0, condSyntax, "Syntax error: %s.", text)
	}
	rest := text[i+len("near \""):]
	if j := strings.LastIndex(rest, "\""); j >= 0 {
		rest = rest[:j]
	}
	offset := len(r.text) - len(rest)
	if k := strings.LastIndex(text, "(total length "); k >= 0 {
		var n int
		if _, err := fmt.Sscanf(text[k:], "(total length %d)", &n); err == nil {
			offset = len(r.text) - n
		}
	}
	pos := r.source(max(0, offset))
	if rest == "" {
		pos = len(w.src)
	}
	return syntaxError(pos, tokenAt(w.src, pos, w.opts), "")
}

// tokenAt is the text of the token at an offset.
func tokenAt(src string, pos int, opts Options) string {
	if pos >= len(src) {
		return ""
	}
	s := scanner{text: src, pos: pos, opts: opts}
	t := s.next()
	return src[t.beg:t.end]
}

// internalError is a failure that no text should be able to cause.
func internalError(pos int, message string) error {
	return errorAt(pos, condInternal, "The SQL parser failed: %s.", message)
}
