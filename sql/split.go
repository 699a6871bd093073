package sql

import "strings"

// Statement is one statement of a longer text.
type Statement struct {
	Text       string // without the semicolon and without space around it; comments inside stay
	Start, End int    // Text is text[Start:End]
	Line       int    // line of Start, from 1
	Terminated bool   // a semicolon followed
	Open       string // what is still open at the end of the text: "'", "\"", "`", "/*", "$$" or "": a shell goes on reading
}

// Split cuts text at the semicolons that end statements: those outside of
// strings, quoted identifiers and (nested) comments. Statements that hold
// nothing but space and comments are left out, except an unfinished comment
// at the end. It never fails: what follows an unclosed quote is one statement.
func Split(text string) []Statement { return Options{}.Split(text) }

// Split is the package's Split under the session's options.
func (o Options) Split(text string) []Statement {
	var out []Statement
	s := scanner{text: text, opts: o}
	st := splitter{text: text, start: -1}
	for {
		t := s.next()
		switch {
		case t.kind == eof:
			return st.flush(out, false)
		case t.isPunct(";"):
			out = st.flush(out, true)
		case t.kind == space || t.kind == comment:
		default:
			if st.start < 0 {
				st.start = t.beg
			}
			st.end = t.end
			st.open = openMark(text, t)
		}
	}
}

type splitter struct {
	text       string
	start, end int // of the statement being read; start is -1 before its first token
	open       string
	line, seen int // number of line breaks before text[seen]
}

// flush ends the statement being read, if it has any token.
func (s *splitter) flush(out []Statement, terminated bool) []Statement {
	if s.start >= 0 {
		s.line += strings.Count(s.text[s.seen:s.start], "\n")
		s.seen = s.start
		out = append(out, Statement{
			Text:       s.text[s.start:s.end],
			Start:      s.start,
			End:        s.end,
			Line:       s.line + 1,
			Terminated: terminated,
			Open:       s.open,
		})
	}
	s.start, s.open = -1, ""
	return out
}

// openMark returns the opening mark of an unfinished token.
func openMark(text string, t token) string {
	switch {
	case t.kind != bad || t.text == badCharacter:
		return ""
	case t.text == unclosedComment:
		return "/*"
	case text[t.beg] == 'r' || text[t.beg] == 'R':
		return text[t.beg+1 : t.beg+2]
	case text[t.beg] == '$':
		return "$$"
	}
	return text[t.beg : t.beg+1]
}
