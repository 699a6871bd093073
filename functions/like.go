package functions

import (
	"bytes"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
)

// likePattern is a LIKE pattern ready to match. Patterns without _ are matched by searching for the pieces between the %; the rest
// by the general matcher.
type likePattern struct {
	pieces [][]byte    // between the %: the first stands at the beginning of the text, the last at its end
	tokens []likeToken // nil unless there is a _
}

// likeToken is one element of a pattern: a character, any one character, or any text.
type likeToken struct {
	char rune
	kind likeKind
}

type likeKind uint8

const (
	likeChar likeKind = iota
	likeOne
	likeAny
)

// compileLike parses a pattern. The escape character makes the %, _ or escape character after it stand for itself and may stand
// before nothing else.
func compileLike(pattern []byte, escape rune) (*likePattern, error) {
	var tokens []likeToken
	single := false
	for rest := pattern; len(rest) > 0; {
		c, n := utf8.DecodeRune(rest)
		rest = rest[n:]
		switch {
		case c == escape:
			if len(rest) == 0 {
				return nil, columnar.Errorf("INVALID_FORMAT.ESC_AT_THE_END", "The format is invalid: '%s'. The escape character is not allowed to end with.", pattern)
			}
			c, n = utf8.DecodeRune(rest)
			if c != '%' && c != '_' && c != escape {
				return nil, columnar.Errorf("INVALID_FORMAT.ESC_IN_THE_MIDDLE",
					"The format is invalid: '%s'. The escape character is not allowed to precede '%c'.", pattern, c)
			}
			rest = rest[n:]
			tokens = append(tokens, likeToken{char: c})
		case c == '%':
			tokens = append(tokens, likeToken{kind: likeAny})
		case c == '_':
			single = true
			tokens = append(tokens, likeToken{kind: likeOne})
		default:
			tokens = append(tokens, likeToken{char: c})
		}
	}
	if single {
		return &likePattern{tokens: tokens}, nil
	}
	return &likePattern{pieces: likePieces(tokens)}, nil
}

func likePieces(tokens []likeToken) [][]byte {
	pieces := [][]byte{nil}
	for _, t := range tokens {
		if t.kind == likeAny {
			pieces = append(pieces, nil)
			continue
		}
		last := &pieces[len(pieces)-1]
		*last = utf8.AppendRune(*last, t.char)
	}
	return pieces
}

// match says whether the whole of s fits the pattern.
func (p *likePattern) match(s []byte) bool {
	if p.tokens != nil {
		return matchLike(p.tokens, s)
	}
	first, last := p.pieces[0], p.pieces[len(p.pieces)-1]
	if len(p.pieces) == 1 {
		return bytes.Equal(s, first)
	}
	if len(s) < len(first)+len(last) || !bytes.HasPrefix(s, first) || !bytes.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, piece := range p.pieces[1 : len(p.pieces)-1] {
		k := bytes.Index(s, piece)
		if k < 0 {
			return false
		}
		s = s[k+len(piece):]
	}
	return true
}

// matchLike matches character by character. After a mismatch it goes back to the last % only, and lets that take one character more:
// an earlier % need never take more than it did, so the time is at most pattern × text.
func matchLike(tokens []likeToken, s []byte) bool {
	at, back, backText := 0, -1, 0
	for i := 0; i < len(s); {
		c, n := utf8.DecodeRune(s[i:])
		switch {
		case at < len(tokens) && tokens[at].kind == likeAny:
			at++
			back, backText = at, i
			continue
		case at < len(tokens) && (tokens[at].kind == likeOne || tokens[at].char == c):
			at++
			i += n
			continue
		case back < 0:
			return false
		}
		_, n = utf8.DecodeRune(s[backText:])
		backText += n
		at, i = back, backText
	}
	for at < len(tokens) && tokens[at].kind == likeAny {
		at++
	}
	return at == len(tokens)
}
