package functions

import (
	"strconv"
	"strings"
)

// jsonStep is a step of a path: a field by name, an element by index, or all elements.
type jsonStep struct {
	name  string
	index int
	all   bool
	field bool
}

// parseJSONPath reads $.a.b['c'][0][*]; ok is false for anything else.
func parseJSONPath(s string) (steps []jsonStep, ok bool) {
	s, ok = strings.CutPrefix(s, "$")
	if !ok {
		return nil, false
	}
	for s != "" {
		switch {
		case s[0] == '.':
			n := strings.IndexAny(s[1:], ".[")
			if n < 0 {
				n = len(s) - 1
			}
			if n == 0 {
				return nil, false
			}
			steps, s = append(steps, jsonStep{name: s[1 : 1+n], field: true}), s[1+n:]
		case strings.HasPrefix(s, "['"):
			n := strings.IndexAny(s[2:], "'?")
			if n < 0 || !strings.HasPrefix(s[2+n:], "']") {
				return nil, false
			}
			steps, s = append(steps, jsonStep{name: s[2 : 2+n], field: true}), s[2+n+2:]
		case s[0] == '[':
			n := strings.IndexByte(s, ']')
			if n < 0 {
				return nil, false
			}
			step := jsonStep{all: s[1:n] == "*"}
			if !step.all {
				i, err := strconv.ParseUint(s[1:n], 10, 31)
				if err != nil {
					return nil, false
				}
				step.index = int(i)
			}
			steps, s = append(steps, step), s[n+1:]
		default:
			return nil, false
		}
	}
	return steps, true
}

// jsonStyle is how a path's matches are written: raw ones bare, those among others quoted, and below two wildcards arrays without brackets.
type jsonStyle uint8

const (
	jsonRaw jsonStyle = iota
	jsonQuoted
	jsonFlat
)

// matches appends what a path finds, as parts to be joined by commas, as Spark's GetJsonObject does.
func (n *jsonNode) matches(out []string, style jsonStyle, path []jsonStep) []string {
	if len(path) == 0 {
		return n.leaf(out, style)
	}
	switch step := path[0]; {
	case step.field:
		if v := n.firstField(step.name); v != nil && v.kind != jsonNull {
			return v.matches(out, style, path[1:])
		}
	case n.kind != jsonArray:
	case step.all:
		return n.elements(out, style, path[1:])
	case step.index < len(n.items):
		if len(path) > 1 && path[1].all {
			style = jsonQuoted
		}
		return n.items[step.index].matches(out, style, path[1:])
	}
	return out
}

func (n *jsonNode) firstField(name string) *jsonNode {
	for i, k := range n.keys {
		if k == name {
			return n.items[i]
		}
	}
	return nil
}

func (n *jsonNode) leaf(out []string, style jsonStyle) []string {
	switch {
	case style == jsonRaw:
		return append(out, string(n.appendRaw(nil)))
	case style == jsonFlat && n.kind == jsonArray:
		for _, v := range n.items {
			out = v.leaf(out, style)
		}
		return out
	}
	return append(out, string(n.appendJSON(nil)))
}

// elements are the matches in all elements: more than one make an array, unless they are among others anyway.
func (n *jsonNode) elements(out []string, style jsonStyle, rest []jsonStep) []string {
	inner, array := style, style != jsonRaw
	switch {
	case len(rest) > 0 && rest[0].all:
		inner, array, rest = jsonFlat, true, rest[1:]
	case style == jsonRaw:
		inner = jsonQuoted
	}
	var found []string
	for _, v := range n.items {
		if inner == jsonFlat && style != jsonFlat && v.kind == jsonArray {
			for _, w := range v.items {
				found = w.matches(found, inner, rest)
			}
			continue
		}
		found = v.matches(found, inner, rest)
	}
	switch {
	case len(found) == 0:
		return out
	case style == jsonFlat:
		return append(out, found...)
	case array || len(found) > 1:
		return append(out, "["+strings.Join(found, ",")+"]")
	}
	return append(out, found[0])
}
