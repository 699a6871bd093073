package sql

// cursor walks over the tokens of one bracket level.
type cursor struct {
	toks []token
	i    int
	end  token // what peek gives after the last token: eof at the closing bracket or the end of the text
}

// inside is a cursor over the content of a group.
func inside(g token) *cursor {
	return &cursor{toks: g.kids, end: token{beg: g.end - 1, end: g.end}}
}

// at is the token k places from here, which may be before it; outside of the
// level it is the end token.
func (c *cursor) at(k int) token {
	if i := c.i + k; i >= 0 && i < len(c.toks) {
		return c.toks[i]
	}
	return c.end
}

func (c *cursor) peek() token { return c.at(0) }
func (c *cursor) done() bool  { return c.i >= len(c.toks) }

// next skips a token and returns it. At the end it stays there.
func (c *cursor) next() token {
	t := c.peek()
	if !c.done() {
		c.i++
	}
	return t
}

// words says whether the next tokens are these keywords.
func (c *cursor) words(ws ...string) bool {
	for k, w := range ws {
		if !c.at(k).isWord(w) {
			return false
		}
	}
	return true
}

// accept skips the keywords if they are next.
func (c *cursor) accept(ws ...string) bool {
	if !c.words(ws...) {
		return false
	}
	c.i += len(ws)
	return true
}

// acceptAny skips the next token if it is one of the keywords, and returns it
// in upper case; otherwise "".
func (c *cursor) acceptAny(ws ...string) string {
	if !c.peek().isWord(ws...) {
		return ""
	}
	return c.next().upper
}

// acceptPunct and acceptOp skip a token if it is next, as accept does.
func (c *cursor) acceptPunct(s string) bool {
	if !c.peek().isPunct(s) {
		return false
	}
	c.i++
	return true
}

func (c *cursor) acceptOp(ops ...string) bool {
	if !c.peek().isOp(ops...) {
		return false
	}
	c.i++
	return true
}

// until is a cursor over the tokens before position end of this level; the
// receiver moves there.
func (c *cursor) until(end int) *cursor {
	sub := &cursor{toks: c.toks[c.i:end], end: c.end}
	if end < len(c.toks) {
		sub.end = token{beg: c.toks[end].beg, end: c.toks[end].end}
	}
	c.i = end
	return sub
}

// find returns the position of the first of the keywords at this level from
// here on, not counting parts of dotted names; -1 if there is none.
func (c *cursor) find(ws ...string) int {
	for i := c.i; i < len(c.toks); i++ {
		if c.toks[i].isWord(ws...) && !c.at(i-c.i-1).isPunct(".") && !c.at(i-c.i+1).isPunct(".") {
			return i
		}
	}
	return -1
}
