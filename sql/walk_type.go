package sql

import (
	"errors"
	"regexp"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
)

// castTo walks the type of a cast and wraps what was emitted from start on.
func (w *walker) castTo(c *cursor, start, pos int, try bool) {
	mode := columnar.CastANSI
	switch {
	case try:
		mode = columnar.CastTry
	case w.opts.LegacyCasts:
		mode = columnar.CastLegacy
	}
	w.wrap(start, pos, markCast, castNote{w.dataType(c), mode})
	w.close(pos)
}

// dataType skips a type.
func (w *walker) dataType(c *cursor) columnar.Type {
	beg := c.peek().beg
	text := w.typeText(c)
	t, err := columnar.ParseType(text)
	if err != nil {
		w.fail(shift(err, beg))
	}
	if w.opts.TimestampNTZ && !sessionZoned.MatchString(text) {
		t = withoutZone(t)
	}
	return t
}

// sessionZoned finds the timestamps of a type that keep their zone whatever TIMESTAMP means.
var sessionZoned = regexp.MustCompile(`(?i)\b(timestamp_ltz|local\s+time\s+zone)\b`)

// withoutZone is the type with TIMESTAMP_NTZ in the place of TIMESTAMP.
func withoutZone(t columnar.Type) columnar.Type {
	switch t.Kind {
	case columnar.Timestamp:
		return columnar.TimestampNTZType
	case columnar.Array:
		return columnar.ArrayOf(withoutZone(t.Elem()))
	case columnar.Map:
		return columnar.MapOf(withoutZone(t.Key()), withoutZone(t.Elem()))
	case columnar.Struct:
		fields := slices.Clone(t.Fields())
		for i := range fields {
			fields[i].Type = withoutZone(fields[i].Type)
		}
		return columnar.StructOf(fields...)
	}
	return t
}

// shift moves the place of an error in a piece of text to its place in the
// whole, where the piece begins at offset.
func shift(err error, offset int) error {
	var e *columnar.Error
	if !errors.As(err, &e) {
		return err
	}
	moved := *e
	moved.Pos = position(offset) + max(0, e.Pos-1)
	return &moved
}

// typeText skips a type and returns its text: a word with its arguments, its
// <…> and the words that belong to some types.
func (w *walker) typeText(c *cursor) string {
	t := c.peek()
	if !t.isIdent() {
		w.unexpected(t, "expecting a type")
	}
	c.i++
	w.typeArguments(c)
	if c.peek().isGroup("(") {
		c.i++
	}
	switch t.upper {
	case "DOUBLE":
		c.accept("PRECISION")
	case "STRING":
		if c.accept("COLLATE") {
			w.dotted(c)
		}
	case "INTERVAL":
		if c.acceptAny(intervalUnits...) != "" && c.accept("TO") {
			c.acceptAny(intervalUnits...)
		}
	case "TIMESTAMP", "TIME":
		if c.accept("WITHOUT", "TIME", "ZONE") || c.accept("WITH", "LOCAL", "TIME", "ZONE") {
			break
		}
	}
	return w.src[t.beg:c.at(-1).end]
}

// typeArguments skips <…>, where >> and >>> close several levels.
func (w *walker) typeArguments(c *cursor) {
	if c.acceptOp("<>") || !c.peek().isOp("<") {
		return
	}
	for depth := 0; ; {
		t := c.next()
		switch {
		case t.kind == eof:
			w.unexpected(t, "missing '>'")
		case t.isOp("<"):
			depth++
		case t.isOp(">", ">>", ">>>"):
			depth -= len(t.text)
		}
		if depth <= 0 {
			return
		}
	}
}

var intervalUnits = []string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}
