package main

import (
	"context"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/chzyer/readline"

	"github.com/gosql-engine/gosql/sql"
)

// completer offers keywords, tables, columns, functions, settings and, inside quotes, files.
type completer struct {
	shell *shell
}

// narrowTerminal is the width below which nothing is offered: the library divides by the number of candidates that fit a line, which is zero there.
const narrowTerminal = 40

// Do implements readline.AutoCompleter: it returns what can follow the word before the cursor.
func (c *completer) Do(line []rune, pos int) ([][]rune, int) {
	width := readline.GetScreenWidth()
	if width < narrowTerminal {
		return nil, 0
	}
	head := string(line[:pos])
	word := lastWord(head)
	var candidates []string
	switch {
	case inQuotes(head):
		word = head[strings.LastIndexAny(head, "'`\"")+1:]
		candidates = files(word)
	case strings.HasPrefix(strings.TrimSpace(head), "."):
		for _, d := range dotCommands() {
			candidates = append(candidates, d.names[0])
		}
		word = strings.TrimSpace(head)
	case word == "":
		return nil, 0
	default:
		candidates = c.names(word)
	}
	var out [][]rune
	for _, s := range candidates {
		if len(s) > len(word) && strings.EqualFold(s[:len(word)], word) && len(s) < width-2 {
			out = append(out, []rune(s[len(word):]))
		}
	}
	return out, len([]rune(word))
}

// lastWord is the word that ends a text.
func lastWord(s string) string {
	i := len(s)
	for i > 0 && (isWordByte(s[i-1]) || s[i-1] >= 0x80) {
		i--
	}
	return s[i:]
}

func isWordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// inQuotes says whether a text ends inside a quoted literal or name.
func inQuotes(s string) bool {
	st := sql.Split(s)
	return len(st) > 0 && strings.ContainsAny(st[len(st)-1].Open, "'`\"")
}

// files are the files whose names go on from prefix.
func files(prefix string) []string {
	found, _ := filepath.Glob(prefix + "*")
	for i, f := range found {
		if st, err := os.Stat(f); err == nil && st.IsDir() {
			found[i] += string(filepath.Separator)
		}
	}
	return found
}

// names are the words of SQL and of the session that go on from word, in the case in which the word is written.
func (c *completer) names(word string) []string {
	seen := map[string]bool{}
	add := func(s string) { seen[s] = true }
	upper := word == strings.ToUpper(word)
	for _, k := range sql.Keywords() {
		if !upper {
			k = strings.ToLower(k)
		}
		add(k)
	}
	for _, f := range c.shell.session.FunctionNames() {
		if f != "" && isWordByte(f[0]) {
			add(f)
		}
	}
	tables, columns := c.shell.session.Names(context.Background())
	for _, n := range append(tables, columns...) {
		add(n)
	}
	out := make([]string, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// painter colours a line of SQL. Colours are the eight that every terminal has.
type painter struct{}

var colours = map[sql.TokenKind]string{
	sql.KeywordToken: "\x1b[34m", sql.StringToken: "\x1b[32m", sql.NumberToken: "\x1b[36m", sql.CommentToken: "\x1b[33m", sql.ErrorToken: "\x1b[31m",
}

// Paint implements readline.Painter.
func (painter) Paint(line []rune, _ int) []rune {
	if os.Getenv("NO_COLOR") != "" {
		return line
	}
	text := string(line)
	var b strings.Builder
	last := 0
	for _, t := range sql.Tokens(text) {
		colour, ok := colours[t.Kind]
		if !ok {
			continue
		}
		b.WriteString(text[last:t.Start] + colour + text[t.Start:t.End] + "\x1b[0m")
		last = t.End
	}
	b.WriteString(text[last:])
	return []rune(b.String())
}
