package sql

import "unicode/utf8"

// maxNesting bounds the depth of brackets: the walker and the decoder recurse
// once per level, and a stack overflow cannot be recovered from.
const maxNesting = 1000

// lex returns the tokens of text without space and comments, or the error of
// its first bad token.
func lex(text string, opts Options) ([]token, error) {
	s := scanner{text: text, opts: opts}
	var out []token
	gap := false
	for {
		t := s.next()
		switch t.kind {
		case eof:
			return out, nil
		case space, comment:
			gap = true
			continue
		case bad:
			return nil, badToken(text, t)
		}
		t.gap, gap = gap, false
		out = append(out, t)
	}
}

// badToken is the error about text that is no token.
func badToken(text string, t token) error {
	if t.text == unclosedComment {
		return errorAt(t.beg, condUnclosedComment, "Found an unclosed bracketed comment. Please, append */ at the end of the comment.")
	}
	_, n := utf8.DecodeRuneInString(text[t.beg:])
	return syntaxError(t.beg, text[t.beg:t.beg+n], t.text)
}

var closing = map[string]string{"(": ")", "[": "]", "{": "}"}

// tree pairs brackets: each pair becomes one group token.
type tree struct {
	text string
	toks []token
	pos  int
}

// parseTree lexes text and pairs its brackets. Trailing semicolons are dropped.
func parseTree(text string, opts Options) ([]token, error) {
	toks, err := lex(text, opts)
	if err != nil {
		return nil, err
	}
	for len(toks) > 0 && toks[len(toks)-1].isPunct(";") {
		toks = toks[:len(toks)-1]
	}
	t := &tree{text: text, toks: toks}
	out, _, err := t.level(token{}, 0)
	return out, err
}

// level reads to the bracket that closes open and returns what is between
// them and the end offset of the closing bracket.
func (t *tree) level(open token, depth int) ([]token, int, error) {
	if depth > maxNesting {
		return nil, 0, errorAt(open.beg, condStatement, "Brackets are nested too deeply.")
	}
	var out []token
	for t.pos < len(t.toks) {
		tok := t.toks[t.pos]
		t.pos++
		if tok.kind == punct {
			switch tok.text {
			case "(", "[", "{":
				kids, end, err := t.level(tok, depth+1)
				if err != nil {
					return nil, 0, err
				}
				tok = token{kind: group, text: tok.text, beg: tok.beg, end: end, gap: tok.gap, kids: kids}
			case ")", "]", "}":
				if tok.text != closing[open.text] {
					return nil, 0, syntaxError(tok.beg, tok.text, "")
				}
				return out, tok.end, nil
			}
		}
		out = append(out, tok)
	}
	if open.text != "" {
		return nil, 0, syntaxError(len(t.text), "", "missing '"+closing[open.text]+"'")
	}
	return out, 0, nil
}
