package functions

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

// jsonNode is a JSON value. Numbers keep the text that they were written with.
type jsonNode struct {
	kind  jsonKind
	text  string   // of a string, without quotes and escapes; of a number or a truth value, as written
	keys  []string // of an object
	items []*jsonNode
}

// jsonDepth is how deep values may be nested.
const jsonDepth = 1000

// parseJSON reads the first JSON value of a text; what follows it is left alone, as Jackson's parser does. Strings may stand in single quotes and hold
// control characters. nil if there is no value.
func parseJSON(s string) *jsonNode {
	p := jsonParser{s: s}
	n, ok := p.value(0)
	if !ok {
		return nil
	}
	return n
}

type jsonParser struct {
	s  string
	at int
}

func (p *jsonParser) skipSpace() {
	for p.at < len(p.s) && (p.s[p.at] == ' ' || p.s[p.at] == '\n' || p.s[p.at] == '\t' || p.s[p.at] == '\r') {
		p.at++
	}
}

// next is the next byte that is no space, or 0.
func (p *jsonParser) next() byte {
	p.skipSpace()
	if p.at == len(p.s) {
		return 0
	}
	return p.s[p.at]
}

func (p *jsonParser) take(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

func (p *jsonParser) value(depth int) (*jsonNode, bool) {
	if depth > jsonDepth {
		return nil, false
	}
	switch c := p.next(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"' || c == '\'':
		s, ok := p.quoted()
		return &jsonNode{kind: jsonString, text: s}, ok
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for _, w := range [...]struct {
		text string
		kind jsonKind
	}{{"null", jsonNull}, {"true", jsonBool}, {"false", jsonBool}} {
		if end := p.at + len(w.text); end <= len(p.s) && p.s[p.at:end] == w.text && !wordAt(p.s, end) {
			p.at = end
			return &jsonNode{kind: w.kind, text: w.text}, true
		}
	}
	return nil, false
}

func wordAt(s string, i int) bool {
	return i < len(s) && (s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z')
}

func (p *jsonParser) object(depth int) (*jsonNode, bool) {
	n := &jsonNode{kind: jsonObject}
	p.at++
	if p.take('}') {
		return n, true
	}
	for {
		if c := p.next(); c != '"' && c != '\'' {
			return nil, false
		}
		key, ok := p.quoted()
		if !ok || !p.take(':') {
			return nil, false
		}
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		n.keys, n.items = append(n.keys, key), append(n.items, v)
		if p.take('}') {
			return n, true
		}
		if !p.take(',') {
			return nil, false
		}
	}
}

func (p *jsonParser) array(depth int) (*jsonNode, bool) {
	n := &jsonNode{kind: jsonArray}
	p.at++
	if p.take(']') {
		return n, true
	}
	for {
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		n.items = append(n.items, v)
		if p.take(']') {
			return n, true
		}
		if !p.take(',') {
			return nil, false
		}
	}
}

// number reads -?digits[.digits][e[±]digits]; no zero may lead other digits.
func (p *jsonParser) number() (*jsonNode, bool) {
	from := p.at
	if p.s[p.at] == '-' {
		p.at++
	}
	whole := p.at
	if n := p.digits(); n == 0 || n > 1 && p.s[whole] == '0' {
		return nil, false
	}
	if p.at < len(p.s) && p.s[p.at] == '.' {
		p.at++
		if p.digits() == 0 {
			return nil, false
		}
	}
	if p.at < len(p.s) && p.s[p.at]|0x20 == 'e' {
		p.at++
		if p.at < len(p.s) && (p.s[p.at] == '+' || p.s[p.at] == '-') {
			p.at++
		}
		if p.digits() == 0 {
			return nil, false
		}
	}
	if wordAt(p.s, p.at) {
		return nil, false
	}
	return &jsonNode{kind: jsonNumber, text: p.s[from:p.at]}, true
}

func (p *jsonParser) digits() int {
	from := p.at
	for p.at < len(p.s) && p.s[p.at] >= '0' && p.s[p.at] <= '9' {
		p.at++
	}
	return p.at - from
}

// quoted reads a string from its opening quote to its closing one.
func (p *jsonParser) quoted() (string, bool) {
	quote := p.s[p.at]
	p.at++
	from := p.at
	for p.at < len(p.s) && p.s[p.at] != quote && p.s[p.at] != '\\' {
		p.at++
	}
	if p.at < len(p.s) && p.s[p.at] == quote {
		p.at++
		return p.s[from : p.at-1], true
	}
	out := []byte(p.s[from:p.at])
	for p.at < len(p.s) {
		c := p.s[p.at]
		p.at++
		switch c {
		case quote:
			return string(out), true
		case '\\':
			var ok bool
			if out, ok = p.escape(out); !ok {
				return "", false
			}
		default:
			out = append(out, c)
		}
	}
	return "", false
}

// escape appends what the escape behind a backslash stands for.
func (p *jsonParser) escape(out []byte) ([]byte, bool) {
	if p.at == len(p.s) {
		return out, false
	}
	c := p.s[p.at]
	p.at++
	switch c {
	case '"', '\\', '/', '\'':
		return append(out, c), true
	case 'b':
		return append(out, '\b'), true
	case 'f':
		return append(out, '\f'), true
	case 'n':
		return append(out, '\n'), true
	case 'r':
		return append(out, '\r'), true
	case 't':
		return append(out, '\t'), true
	case 'u':
		r, ok := p.hex4()
		if !ok {
			return out, false
		}
		if utf16.IsSurrogate(r) && p.at+1 < len(p.s) && p.s[p.at] == '\\' && p.s[p.at+1] == 'u' {
			p.at += 2
			low, ok := p.hex4()
			if !ok {
				return out, false
			}
			r = utf16.DecodeRune(r, low)
		}
		return utf8.AppendRune(out, r), true
	}
	return out, false
}

func (p *jsonParser) hex4() (rune, bool) {
	if p.at+4 > len(p.s) {
		return 0, false
	}
	v, err := strconv.ParseUint(p.s[p.at:p.at+4], 16, 32)
	p.at += 4
	return rune(v), err == nil
}

// field is the value of an object's last field of a name; nil if there is none.
func (n *jsonNode) field(name string) *jsonNode {
	for i := len(n.keys) - 1; i >= 0; i-- {
		if n.keys[i] == name {
			return n.items[i]
		}
	}
	return nil
}

// appendJSON writes the value without spaces.
func (n *jsonNode) appendJSON(dst []byte) []byte {
	switch n.kind {
	case jsonNull:
		return append(dst, "null"...)
	case jsonString:
		return appendQuoted(dst, n.text)
	case jsonArray:
		dst = append(dst, '[')
		for i, v := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.appendJSON(dst)
		}
		return append(dst, ']')
	case jsonObject:
		dst = append(dst, '{')
		for i, v := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.appendJSON(append(appendQuoted(dst, n.keys[i]), ':'))
		}
		return append(dst, '}')
	}
	return append(dst, n.text...)
}

// appendRaw is appendJSON, but for a string, which it writes bare.
func (n *jsonNode) appendRaw(dst []byte) []byte {
	if n.kind == jsonString {
		return append(dst, n.text...)
	}
	return n.appendJSON(dst)
}

// appendQuoted writes a string as Jackson does: only quotes, backslashes and control characters are escaped.
func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, '"')
}
