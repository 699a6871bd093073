package sql

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

var (
	setStatement = regexp.MustCompile(`(?is)^set(\s+(.*))?$`)
	setPair      = regexp.MustCompile(`(?s)^(` + "`[^`]+`" + `|[\w.:/-]+)\s*=(.*)$`)
	setKey       = regexp.MustCompile("^(`[^`]+`|[\\w.:-]+)$")
)

// set reads SET, whose values are raw text that need not consist of tokens
// (SET spark.sql.warehouse.dir=C:\data). ok is false for other statements.
func (w *walker) set() (n logical.Node, ok bool) {
	s := scanner{text: w.src, opts: w.opts}
	t := s.next()
	for t.kind == space || t.kind == comment {
		t = s.next()
	}
	m := setStatement.FindStringSubmatch(strings.TrimRight(w.src[t.beg:], "; \t\r\n"))
	if m == nil {
		return nil, false
	}
	body := strings.TrimSpace(m[2])
	first, rest, _ := strings.Cut(body, " ")
	switch {
	case body == "":
		return &logical.SetConf{}, true
	case body == "-v":
		return &logical.SetConf{All: true}, true
	case strings.EqualFold(first, "TIME") && len(rest) > 4 && strings.EqualFold(rest[:4], "ZONE"):
		return w.setTimeZone(strings.TrimSpace(rest[4:]), t.beg), true
	case strings.EqualFold(first, "CATALOG"), strings.EqualFold(first, "VAR"), strings.EqualFold(first, "VARIABLE"), strings.EqualFold(first, "ROLE"):
		return &logical.Unsupported{What: "SET " + strings.ToUpper(first), Pos: position(t.beg)}, true
	}
	if p := setPair.FindStringSubmatch(body); p != nil {
		return &logical.SetConf{Key: strings.Trim(p[1], "`"), Value: strings.TrimSpace(unquoteBackticks(p[2])), HasValue: true}, true
	}
	if setKey.MatchString(body) {
		return &logical.SetConf{Key: strings.Trim(body, "`")}, true
	}
	w.fail(errorAt(t.beg, condStatement+".INVALID_SET_SYNTAX", "The SQL syntax is invalid: Expected format is 'SET', 'SET key', or 'SET key=value'. If you want to include special characters in key, or include semicolon in value, please use backquotes, e.g., SET `key`=`value`."))
	return nil, false
}

// unquoteBackticks takes the backticks off a value that has them on both ends.
func unquoteBackticks(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '`' && s[len(s)-1] == '`' {
		return strings.ReplaceAll(s[1:len(s)-1], "``", "`")
	}
	return s
}

// setTimeZone reads LOCAL, a zone's name as a string, or an interval.
func (w *walker) setTimeZone(text string, pos int) logical.Node {
	n := &logical.SetConf{Key: "spark.sql.session.timeZone", HasValue: true}
	toks, err := lex(text, w.opts)
	if err != nil {
		w.fail(err)
	}
	c := &cursor{toks: toks}
	switch {
	case c.accept("LOCAL"):
		n.Value = "LOCAL"
	case c.peek().kind == str:
		n.Value = c.next().text
	case c.peek().isWord("INTERVAL"):
		sub := &walker{src: text, opts: w.opts}
		if sub.interval(c) {
			n.Value = sub.zoneOffset()
		}
	}
	if n.Value == "" || !c.done() {
		w.fail(errorAt(pos, condSyntax, "Syntax error at or near '%s': expecting a time zone.", text))
	}
	return n
}

// zoneOffset is the interval literal that was just emitted as +08:00; "" if it
// is no number of whole seconds.
func (w *walker) zoneOffset() string {
	v, ok := w.notes[len(w.notes)-1].note.(valueNote)
	if !ok {
		return ""
	}
	micros, ok := v.expr.(*logical.Literal).Value.(*columnar.Fixed[int64])
	if !ok {
		return ""
	}
	seconds, sign := micros.Values[0]/microsSecond, "+"
	if seconds < 0 {
		seconds, sign = -seconds, "-"
	}
	if seconds > 18*3600 || micros.Values[0]%microsSecond != 0 {
		return ""
	}
	s := fmt.Sprintf("%s%02d:%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf(":%02d", seconds%60)
	}
	return s
}
