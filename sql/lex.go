package sql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind uint8

const (
	eof     kind = iota
	word         // unquoted: keyword or identifier
	quoted       // `x`, or "x" when double quotes hold identifiers
	str          // 'x', "x", r'x', $$x$$
	num          // 1, 1.5, 1e3, 1L, 2S, 1.5BD
	op           // operators
	punct        // , ; . and brackets that the tree has not yet paired
	param        // ? or :name
	hint         // /*+ … */
	group        // a bracketed token list; only in trees
	space        // white space; only from scanner
	comment      // -- … and /* … */; only from scanner
	bad          // text that is no token; only from scanner
)

// token is one lexical element, or, in a tree, a bracketed group of them.
type token struct {
	kind     kind
	text     string // str, quoted: the decoded value; param: the name; bad: what is wrong; group: its opening bracket; else as written
	upper    string // word: upper case, for keyword tests; op: as written
	beg, end int    // byte offsets in the source
	gap      bool   // white space or a comment stands before it
	kids     []token
}

func (t token) is(k kind, text string) bool { return t.kind == k && t.text == text }
func (t token) isPunct(s string) bool       { return t.is(punct, s) }
func (t token) isGroup(open string) bool    { return t.is(group, open) }
func (t token) isIdent() bool               { return t.kind == word || t.kind == quoted }

func (t token) isWord(words ...string) bool {
	if t.kind != word {
		return false
	}
	for _, w := range words {
		if t.upper == w {
			return true
		}
	}
	return false
}

func (t token) isOp(ops ...string) bool {
	if t.kind != op {
		return false
	}
	for _, o := range ops {
		if t.text == o {
			return true
		}
	}
	return false
}

// scanner cuts text into tokens that together cover all of it. It never
// fails: what it cannot read becomes a bad token, so that highlighting and
// statement splitting work on half-typed text too.
type scanner struct {
	text string
	opts Options
	pos  int
	gap  bool
	prev token // last token that is neither space nor comment
}

func (s *scanner) rest() string { return s.text[s.pos:] }

func (s *scanner) peek(k int) byte {
	if s.pos+k < len(s.text) {
		return s.text[s.pos+k]
	}
	return 0
}

// next returns the next token; at the end of the text its kind is eof.
func (s *scanner) next() token {
	t := token{beg: s.pos, gap: s.gap}
	s.gap = false
	s.scan(&t)
	t.end = s.pos
	switch t.kind {
	case space, comment:
		s.gap = true
	case word:
		t.text = s.text[t.beg:t.end]
		t.upper = strings.ToUpper(t.text)
		s.prev = t
	default:
		s.prev = t
	}
	return t
}

// scan reads one token at the scanner's place. The order of the cases matters
// where tokens begin alike: comments before operators, raw strings before words.
func (s *scanner) scan(t *token) {
	c := s.peek(0)
	switch {
	case s.pos >= len(s.text):
		t.kind = eof
	case s.skipSpace():
		t.kind = space
	case c == '-' && s.peek(1) == '-':
		t.kind = comment
		s.lineComment()
	case c == '/' && s.peek(1) == '*':
		s.blockComment(t)
	case (c == 'r' || c == 'R') && (s.peek(1) == '\'' || s.peek(1) == '"' && !s.opts.DoubleQuotedIdentifiers):
		s.rawString(t)
	case c == '\'' || c == '"' && !s.opts.DoubleQuotedIdentifiers:
		s.string(t)
	case c == '`' || c == '"':
		s.quotedIdent(t, c)
	case isDigit(c) || c == '.' && isDigit(s.peek(1)) && !s.afterName():
		s.number(t)
	case isIdentByte(c):
		t.kind = word
		s.identTail()
	case c == '?':
		t.kind, t.text = param, ""
		s.pos++
	case c == ':' && isIdentByte(s.peek(1)) && s.paramCanStart():
		t.kind = param
		s.pos++
		s.identTail()
		t.text = s.text[t.beg+1 : s.pos]
	case c == '$':
		s.dollarString(t)
	case strings.IndexByte("()[]{},;.", c) >= 0:
		t.kind, t.text = punct, s.text[s.pos:s.pos+1]
		s.pos++
	default:
		s.operator(t)
	}
}

// afterName: ".5" right after a name, a string or a bracket is field access.
func (s *scanner) afterName() bool {
	return !s.gapBefore() && (s.prev.kind == word || s.prev.kind == quoted || s.prev.isPunct(")") || s.prev.isPunct("]"))
}

// paramCanStart: ":x" is a parameter unless it continues a value (col:path).
func (s *scanner) paramCanStart() bool {
	return s.gapBefore() || s.prev.kind == eof || s.prev.kind == op || s.prev.kind == punct && s.prev.text != ")" && s.prev.text != "]"
}

func (s *scanner) gapBefore() bool { return s.prev.end < s.pos }

// skipSpace skips white space of any script, as Spark's WS does.
func (s *scanner) skipSpace() bool {
	beg := s.pos
	for s.pos < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.rest())
		if !unicode.IsSpace(r) {
			break
		}
		s.pos += n
	}
	return s.pos > beg
}

// lineComment runs to the end of the line; a backslash before the line break
// carries it on to the next line (SqlBaseLexer.g4, SIMPLE_COMMENT).
func (s *scanner) lineComment() {
	for s.pos < len(s.text) && s.text[s.pos] != '\n' {
		if s.text[s.pos] == '\\' && s.peek(1) == '\n' {
			s.pos++
		}
		s.pos++
	}
}

// blockComment reads a comment, which may hold others, or a hint.
func (s *scanner) blockComment(t *token) {
	t.kind = comment
	if s.peek(2) == '+' {
		t.kind = hint
	}
	beg, depth := s.pos, 1
	s.pos += 2
	for depth > 0 {
		switch {
		case s.pos >= len(s.text):
			t.kind, t.text = bad, unclosedComment
			return
		case strings.HasPrefix(s.rest(), "/*"):
			depth++
			s.pos += 2
		case strings.HasPrefix(s.rest(), "*/"):
			depth--
			s.pos += 2
		default:
			s.pos++
		}
	}
	if t.kind == hint {
		t.text = s.text[beg+3 : s.pos-2]
	}
}

// quotedIdent reads `x`, where a doubled quote stands for itself.
func (s *scanner) quotedIdent(t *token, quote byte) {
	var name strings.Builder
	for s.pos++; s.pos < len(s.text); s.pos++ {
		c := s.text[s.pos]
		if c == quote {
			if s.peek(1) != quote {
				s.pos++
				t.kind, t.text = quoted, name.String()
				return
			}
			s.pos++
		}
		name.WriteByte(c)
	}
	t.kind, t.text = bad, unclosedQuote
}

// identTail skips the letters of a word.
func (s *scanner) identTail() {
	for s.pos < len(s.text) && isIdentByte(s.text[s.pos]) {
		if r, _ := utf8.DecodeRuneInString(s.rest()); unicode.IsSpace(r) {
			return
		}
		s.pos++
	}
}

// operators, longest first. << >> >>> are single tokens here, so that the
// reader of types takes them apart again (array<array<int>>).
var operators = []string{
	">>>", "<=>",
	"||", "::", "->", "=>", "<>", "!=", "==", "<=", ">=", "<<", ">>", "!<", "!>", "|>",
	"+", "-", "*", "/", "%", "|", "&", "^", "~", "!", "=", "<", ">", ":", "@",
}

// operator reads the longest operator, or a single character that is no token.
func (s *scanner) operator(t *token) {
	for _, o := range operators {
		if strings.HasPrefix(s.rest(), o) {
			t.kind, t.text, t.upper = op, o, o
			s.pos += len(o)
			return
		}
	}
	_, n := utf8.DecodeRuneInString(s.rest())
	s.pos += n
	t.kind, t.text = bad, badCharacter
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isIdentByte accepts all of a UTF-8 sequence: which letters make an
// identifier is not worth a table here, and Spark takes them all.
func isIdentByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || isDigit(c) || c >= utf8.RuneSelf
}

// What is wrong with a bad token.
const (
	unclosedComment = "unclosed comment"
	unclosedQuote   = "unclosed quote"
	badCharacter    = "unexpected character"
)
