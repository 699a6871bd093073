package sql

// TokenKind says how a piece of SQL text is to be shown.
type TokenKind uint8

// The kinds of Token.
const (
	SpaceToken      TokenKind = iota
	CommentToken              // -- … and /* … */, hints included
	KeywordToken              // a word of Spark's grammar
	IdentifierToken           // any other word, or a quoted identifier
	StringToken               // a string literal
	NumberToken               // a numeric literal
	OperatorToken             // an operator
	PunctToken                // brackets, comma, dot, semicolon
	ParameterToken            // ? or :name
	ErrorToken                // text that is no token, or an unclosed quote or comment
)

// Token is a piece of SQL text and its kind.
type Token struct {
	Kind       TokenKind
	Start, End int // byte offsets
}

// Tokens cuts text, which may be unfinished, into tokens for highlighting and
// completion. Together they cover all of text.
func Tokens(text string) []Token { return Options{}.Tokens(text) }

// Tokens is the package's Tokens under the session's options.
func (o Options) Tokens(text string) []Token {
	var out []Token
	s := scanner{text: text, opts: o}
	for t := s.next(); t.kind != eof; t = s.next() {
		out = append(out, Token{tokenKind(t), t.beg, t.end})
	}
	return out
}

var tokenKinds = [...]TokenKind{
	quoted: IdentifierToken, str: StringToken, num: NumberToken, op: OperatorToken, punct: PunctToken,
	param: ParameterToken, hint: CommentToken, space: SpaceToken, comment: CommentToken, bad: ErrorToken,
}

func tokenKind(t token) TokenKind {
	if t.kind != word {
		return tokenKinds[t.kind]
	}
	if IsKeyword(t.text) {
		return KeywordToken
	}
	return IdentifierToken
}
