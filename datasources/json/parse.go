package json

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// kind is the kind of a JSON value.
type kind uint8

const (
	kindNull kind = iota
	kindTrue
	kindFalse
	kindInt   // a number without point and exponent
	kindFloat // any other number, and NaN and the infinities where they are allowed
	kindString
	kindArray
	kindObject
)

// node is a value in a parsed record.
type node struct {
	kind  kind
	key   []byte // its name, as a member of an object
	text  []byte // of a string: its content; of others: as it stands in the record
	first int32  // of an array or object: its first child, 0 for none
	next  int32  // the next child of the same parent, 0 for none
}

// parser parses records. The nodes and texts of a record are good until the next one is parsed. Not safe for concurrent use.
type parser struct {
	grammar
	src   []byte
	pos   int
	nodes []node // nodes[0] is unused, so that 0 can mean none
	arena []byte // of strings that had escapes
}

// maxDepth bounds the nesting, so that a hostile file does not exhaust the stack.
const maxDepth = 1000

// start begins to parse src, which may hold several values.
func (p *parser) start(src []byte) { p.src, p.pos = src, 0 }

// next parses the next value; 0 at the end of the source.
func (p *parser) next() (int32, error) {
	p.nodes, p.arena = append(p.nodes[:0], node{}), p.arena[:0]
	if p.space(); p.pos == len(p.src) {
		return 0, nil
	}
	return p.value(0)
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("at byte %d: "+format, append([]any{p.pos + 1}, args...)...)
}

func (p *parser) space() {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		case '/', '#':
			if !p.comment() {
				return
			}
		default:
			return
		}
	}
}

func (p *parser) comment() bool {
	rest := p.src[p.pos:]
	end := ""
	switch {
	case !p.comments:
		return false
	case bytes.HasPrefix(rest, []byte("//")):
		end = "\n"
	case bytes.HasPrefix(rest, []byte("/*")):
		end = "*/"
	default:
		return false
	}
	if i := bytes.Index(rest, []byte(end)); i >= 0 {
		p.pos += i + len(end)
	} else {
		p.pos = len(p.src)
	}
	return true
}

func (p *parser) add(n node) int32 {
	p.nodes = append(p.nodes, n)
	return int32(len(p.nodes) - 1)
}

func (p *parser) value(depth int) (int32, error) {
	if depth > maxDepth {
		return 0, p.errorf("values are nested more than %d deep", maxDepth)
	}
	if p.space(); p.pos == len(p.src) {
		return 0, p.errorf("a value is missing at the end")
	}
	switch c := p.src[p.pos]; c {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"', '\'':
		if c == '"' || p.singleQuotes {
			s, err := p.str()
			return p.add(node{kind: kindString, text: s}), err
		}
	case 't':
		return p.word("true", kindTrue)
	case 'f':
		return p.word("false", kindFalse)
	case 'n':
		return p.word("null", kindNull)
	default:
		return p.number()
	}
	return 0, p.errorf("%q begins no value", p.src[p.pos])
}

func (p *parser) word(w string, k kind) (int32, error) {
	end := p.pos + len(w)
	if !bytes.HasPrefix(p.src[p.pos:], []byte(w)) || end < len(p.src) && isWord(p.src[end]) {
		return 0, p.errorf("unknown word")
	}
	n := p.add(node{kind: k, text: p.src[p.pos:end]})
	p.pos = end
	return n, nil
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$'
}

func (p *parser) number() (int32, error) {
	start, i := p.pos, p.pos
	b := p.src
	digits := func() int {
		from := i
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		return i - from
	}
	if b[i] == '-' || b[i] == '+' && p.nonNumeric {
		i++
	}
	if i < len(b) && (b[i] == 'I' || b[i] == 'N') && p.nonNumeric {
		for _, w := range []string{"Infinity", "INF", "NaN"} {
			if bytes.HasPrefix(b[i:], []byte(w)) && (w != "NaN" || i == start) {
				p.pos = i + len(w)
				return p.add(node{kind: kindFloat, text: b[start:p.pos]}), nil
			}
		}
	}
	first := i
	n := digits()
	if n == 0 || b[start] == '+' || n > 1 && b[first] == '0' && !p.leadingZeros {
		return 0, p.errorf("no number")
	}
	k := kindInt
	if i < len(b) && b[i] == '.' {
		i++
		if k = kindFloat; digits() == 0 {
			return 0, p.errorf("a number ends in its point")
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '-' || b[i] == '+') {
			i++
		}
		if k = kindFloat; digits() == 0 {
			return 0, p.errorf("a number has no exponent")
		}
	}
	if i < len(b) && isWord(b[i]) {
		return 0, p.errorf("a number goes on with %q", b[i])
	}
	p.pos = i
	return p.add(node{kind: k, text: b[start:i]}), nil
}

func (p *parser) array(depth int) (int32, error) {
	start := p.pos
	self := p.add(node{kind: kindArray})
	p.pos++
	last := int32(0)
	for {
		if p.space(); p.pos < len(p.src) && p.src[p.pos] == ']' && last == 0 {
			break
		}
		child, err := p.value(depth + 1)
		if err != nil {
			return 0, err
		}
		p.link(self, last, child)
		last = child
		more, err := p.comma(']')
		if err != nil {
			return 0, err
		}
		if !more {
			p.nodes[self].text = p.src[start:p.pos]
			return self, nil
		}
	}
	p.pos++
	p.nodes[self].text = p.src[start:p.pos]
	return self, nil
}

func (p *parser) link(parent, last, child int32) {
	if last == 0 {
		p.nodes[parent].first = child
	} else {
		p.nodes[last].next = child
	}
}

// comma passes a comma (true) or the closing character.
func (p *parser) comma(end byte) (bool, error) {
	if p.space(); p.pos == len(p.src) {
		return false, p.errorf("%q is missing at the end", end)
	}
	c := p.src[p.pos]
	if c != ',' && c != end {
		return false, p.errorf("%q stands where a comma or %q may", c, end)
	}
	p.pos++
	return c == ',', nil
}

func (p *parser) object(depth int) (int32, error) {
	start := p.pos
	self := p.add(node{kind: kindObject})
	p.pos++
	if p.space(); p.pos < len(p.src) && p.src[p.pos] == '}' {
		p.pos++
		p.nodes[self].text = p.src[start:p.pos]
		return self, nil
	}
	last := int32(0)
	for {
		key, err := p.name()
		if err != nil {
			return 0, err
		}
		if p.space(); p.pos == len(p.src) || p.src[p.pos] != ':' {
			return 0, p.errorf("a colon is missing")
		}
		p.pos++
		child, err := p.value(depth + 1)
		if err != nil {
			return 0, err
		}
		p.nodes[child].key = key
		p.link(self, last, child)
		last = child
		more, err := p.comma('}')
		if err != nil {
			return 0, err
		}
		if !more {
			p.nodes[self].text = p.src[start:p.pos]
			return self, nil
		}
	}
}

func (p *parser) name() ([]byte, error) {
	if p.space(); p.pos == len(p.src) {
		return nil, p.errorf("a name is missing at the end")
	}
	c := p.src[p.pos]
	if c == '"' || c == '\'' && p.singleQuotes {
		return p.str()
	}
	start := p.pos
	for p.unquotedNames && p.pos < len(p.src) && (isWord(p.src[p.pos]) || p.src[p.pos] >= 0x80) {
		p.pos++
	}
	if start == p.pos {
		return nil, p.errorf("%q begins no name", c)
	}
	return p.src[start:p.pos], nil
}

// str parses a string; the quote at its beginning ends it.
func (p *parser) str() ([]byte, error) {
	quote := p.src[p.pos]
	p.pos++
	start := p.pos
	for i := start; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == quote:
			p.pos = i + 1
			return p.src[start:i], nil
		case c == '\\':
			return p.escaped(start, i, quote)
		case c < ' ' && !p.controlChars:
			p.pos = i
			return nil, p.errorf("a string holds the control character %q", c)
		}
	}
	p.pos = len(p.src)
	return nil, p.errorf("a string is not closed")
}

// escaped goes on with a string at its first backslash, at i, putting it together in the arena.
func (p *parser) escaped(start, i int, quote byte) ([]byte, error) {
	base := len(p.arena)
	p.arena = append(p.arena, p.src[start:i]...)
	for i < len(p.src) {
		c := p.src[i]
		switch {
		case c == quote:
			p.pos = i + 1
			return p.arena[base:len(p.arena):len(p.arena)], nil
		case c != '\\':
			if c < ' ' && !p.controlChars {
				p.pos = i
				return nil, p.errorf("a string holds the control character %q", c)
			}
			p.arena = append(p.arena, c)
			i++
		default:
			n, err := p.escape(i)
			if err != nil {
				return nil, err
			}
			i += n
		}
	}
	p.pos = len(p.src)
	return nil, p.errorf("a string is not closed")
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', '\'': '\''}

// escape reads the escape sequence at i and returns its length.
func (p *parser) escape(i int) (int, error) {
	p.pos = i
	if i+1 >= len(p.src) {
		return 0, p.errorf("a string is not closed")
	}
	c := p.src[i+1]
	if c == 'u' {
		r, ok := p.hex(i + 2)
		if !ok {
			return 0, p.errorf("an escape has no four hexadecimal digits")
		}
		n := 6
		if utf16.IsSurrogate(r) {
			low, ok := rune(0), false
			if i+7 < len(p.src) && p.src[i+6] == '\\' && p.src[i+7] == 'u' {
				low, ok = p.hex(i + 8)
			}
			if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
				n = 12
			}
		}
		p.arena = utf8.AppendRune(p.arena, r)
		return n, nil
	}
	e, ok := escapes[c]
	if c == '\'' && !p.singleQuotes {
		ok = false
	}
	if !ok {
		if !p.anyEscape {
			return 0, p.errorf("unknown escape \\%c", c)
		}
		e = c
	}
	p.arena = append(p.arena, e)
	return 2, nil
}

func (p *parser) hex(i int) (rune, bool) {
	if i+4 > len(p.src) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(p.src[i:i+4]), 16, 32)
	return rune(v), err == nil
}
