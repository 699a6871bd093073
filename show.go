package gosql

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/gosql-engine/gosql/columnar"
)

// showTable draws rows as Spark's show does: right-aligned in a frame of + - and |.
func showTable(names []string, rows [][]string, truncate int) string {
	width := make([]int, len(names))
	all := append([][]string{names}, rows...)
	for r, row := range all {
		for i := range row {
			if r > 0 || truncate > 0 {
				row[i] = cut(row[i], truncate)
			}
			width[i] = max(width[i], 3, uniseg.StringWidth(row[i]))
		}
	}
	var rule, b strings.Builder
	for _, w := range width {
		rule.WriteString("+" + strings.Repeat("-", w))
	}
	rule.WriteString("+\n")
	b.WriteString(rule.String())
	for r, row := range all {
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-uniseg.StringWidth(cell))
			if truncate > 0 {
				b.WriteString("|" + pad + cell)
			} else {
				b.WriteString("|" + cell + pad)
			}
		}
		b.WriteString("|\n")
		if r == 0 {
			b.WriteString(rule.String())
		}
	}
	b.WriteString(rule.String())
	return b.String()
}

// showCell is a value as Spark's show prints it: NULL, BINARY in hexadecimal, everything else as CAST to STRING gives it.
func showCell(v columnar.Vector, row int, zone *time.Location) string {
	switch {
	case v.IsNull(row):
		return "NULL"
	case v.Type().Kind == columnar.Binary:
		return fmt.Sprintf("[% X]", columnar.AppendString(nil, v, row, zone))
	}
	return string(columnar.AppendString(nil, v, row, zone))
}

// cut shortens text to n characters, the last three of them dots; n = 0 leaves it whole.
func cut(s string, n int) string {
	if n <= 0 || utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	if n < 4 {
		return string(r[:n])
	}
	return string(r[:n-3]) + "..."
}

// schemaTree draws a schema as Spark's printSchema does.
func schemaTree(s *columnar.Schema) string {
	var b strings.Builder
	b.WriteString("root\n")
	for _, f := range s.Fields {
		fieldTree(&b, " |-- ", f.Name, f.Type, fmt.Sprintf(" (nullable = %v)", f.Nullable))
	}
	return b.String()
}

func fieldTree(b *strings.Builder, indent, name string, t columnar.Type, note string) {
	kind := t.String()
	switch t.Kind {
	case columnar.Array, columnar.Map, columnar.Struct:
		kind, _, _ = strings.Cut(kind, "<")
	}
	b.WriteString(indent + name + ": " + kind + note + "\n")
	deeper := strings.Replace(indent, " |-- ", " |    |-- ", 1)
	switch t.Kind {
	case columnar.Array:
		fieldTree(b, deeper, "element", t.Elem(), " (containsNull = true)")
	case columnar.Map:
		fieldTree(b, deeper, "key", t.Key(), "")
		fieldTree(b, deeper, "value", t.Elem(), " (valueContainsNull = true)")
	case columnar.Struct:
		for _, f := range t.Fields() {
			fieldTree(b, deeper, f.Name, f.Type, " (nullable = true)")
		}
	}
}
