package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/gosql-engine/gosql/columnar"
)

// writeCSV prints a header and the rows: NULL is an empty cell, the empty string is "".
func writeCSV(w io.Writer, r result) error {
	var line []byte
	for i, f := range r.schema.Fields {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendCSV(line, []byte(f.Name))
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return err
	}
	var scratch []byte
	return eachRow(r, func(b columnar.Batch, row int) error {
		line = line[:0]
		for i, c := range b.Cols {
			if i > 0 {
				line = append(line, ',')
			}
			text, ok := cell(scratch[:0], c, row, r)
			if ok {
				line = appendCSV(line, text)
			}
			scratch = text
		}
		_, err := w.Write(append(line, '\n'))
		return err
	})
}

func appendCSV(dst, text []byte) []byte {
	if len(text) > 0 && !bytes.ContainsAny(text, ",\"\r\n") && text[0] != ' ' && text[len(text)-1] != ' ' {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = append(dst, bytes.ReplaceAll(text, []byte(`"`), []byte(`""`))...)
	return append(dst, '"')
}

// tsvEscapes keep a cell on its line and in its column.
var tsvEscapes = strings.NewReplacer("\\", "\\\\", "\t", "\\t", "\n", "\\n", "\r", "\\r")

// writeTSV prints a header and the rows parted by tabs: NULL is \N, tabs and line breaks are escaped.
func writeTSV(w io.Writer, r result) error {
	names := make([]string, r.schema.Len())
	for i, f := range r.schema.Fields {
		names[i] = tsvEscapes.Replace(f.Name)
	}
	if _, err := fmt.Fprintln(w, strings.Join(names, "\t")); err != nil {
		return err
	}
	cells := make([]string, len(names))
	return eachRow(r, func(b columnar.Batch, row int) error {
		for i, c := range b.Cols {
			cells[i] = `\N`
			if text, ok := cell(nil, c, row, r); ok {
				cells[i] = tsvEscapes.Replace(string(text))
			}
		}
		_, err := fmt.Fprintln(w, strings.Join(cells, "\t"))
		return err
	})
}

// errEnough ends a query of whose rows no more are shown.
var errEnough = errors.New("enough rows")

// gather reads the rows as text, NULL as null, up to the most that a table shows.
func gather(r result, null string) (rows [][]string, more bool, err error) {
	err = eachRow(r, func(b columnar.Batch, row int) error {
		if r.maxRows > 0 && len(rows) == r.maxRows {
			return errEnough
		}
		cells := make([]string, len(b.Cols))
		for i, c := range b.Cols {
			cells[i] = null
			if text, ok := readable(c, row, r); ok {
				cells[i] = text
			}
		}
		rows = append(rows, cells)
		return nil
	})
	if errors.Is(err, errEnough) {
		return rows, true, nil
	}
	return rows, false, err
}

// visible makes control characters show as escapes, so that a cell cannot move the terminal's cursor.
func visible(s string) string {
	clean := true
	for _, r := range s {
		clean = clean && r >= ' ' && r != 0x7f
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString("\\n")
		case r == '\t':
			b.WriteString("\\t")
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\x%02x", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// pad fills a text up to a width on the screen.
func pad(s string, width int, right bool) string {
	fill := strings.Repeat(" ", max(0, width-uniseg.StringWidth(s)))
	if right {
		return fill + s
	}
	return s + fill
}

// columnWidths are the widths on the screen of the columns of header rows and rows.
func columnWidths(columns int, rows ...[][]string) []int {
	width := make([]int, columns)
	for _, rs := range rows {
		for _, row := range rs {
			for i, c := range row {
				width[i] = max(width[i], uniseg.StringWidth(c))
			}
		}
	}
	return width
}

// writeTable draws a box with names, types and rows; numbers stand right, NULL is written NULL.
func writeTable(w io.Writer, r result) error {
	rows, more, err := gather(r, "NULL")
	if err != nil {
		return err
	}
	n := r.schema.Len()
	head, numeric := [][]string{make([]string, n), make([]string, n)}, make([]bool, n)
	for i, f := range r.schema.Fields {
		head[0][i], head[1][i] = visible(f.Name), f.Type.String()
		numeric[i] = f.Type.IsNumeric()
	}
	for _, row := range rows {
		for i := range row {
			row[i] = visible(row[i])
		}
	}
	width := columnWidths(n, head, rows)
	var b strings.Builder
	rule := func(left, mid, right string) {
		for i, wd := range width {
			b.WriteString(map[bool]string{true: left, false: mid}[i == 0] + strings.Repeat("─", wd+2))
		}
		b.WriteString(right + "\n")
	}
	line := func(cells []string) {
		for i, c := range cells {
			b.WriteString("│ " + pad(c, width[i], numeric[i]) + " ")
		}
		b.WriteString("│\n")
	}
	rule("┌", "┬", "┐")
	line(head[0])
	line(head[1])
	rule("├", "┼", "┤")
	for _, row := range rows {
		line(row)
	}
	rule("└", "┴", "┘")
	b.WriteString(plural(len(rows), "row"))
	if more {
		b.WriteString(", and more that are not shown (.maxrows)")
	}
	b.WriteString("\n")
	_, err = io.WriteString(w, b.String())
	return err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// writeMarkdown draws a table in Markdown.
func writeMarkdown(w io.Writer, r result) error {
	rows, _, err := gather(r, "NULL")
	if err != nil {
		return err
	}
	escape := func(s string) string { return strings.ReplaceAll(visible(s), "|", "\\|") }
	names, rule := make([]string, r.schema.Len()), make([]string, r.schema.Len())
	for i, f := range r.schema.Fields {
		names[i], rule[i] = escape(f.Name), "---"
		if f.Type.IsNumeric() {
			rule[i] = "---:"
		}
	}
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(names)
	line(rule)
	for _, row := range rows {
		for i := range row {
			row[i] = escape(row[i])
		}
		line(row)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// writeVertical prints each row as a block of name: value lines.
func writeVertical(w io.Writer, r result) error {
	width := 0
	for _, f := range r.schema.Fields {
		width = max(width, uniseg.StringWidth(visible(f.Name)))
	}
	n := 0
	return eachRow(r, func(b columnar.Batch, row int) error {
		n++
		if _, err := fmt.Fprintf(w, "-RECORD %d%s\n", n, strings.Repeat("-", max(4, width))); err != nil {
			return err
		}
		for i, c := range b.Cols {
			text := "NULL"
			if s, ok := readable(c, row, r); ok {
				text = visible(s)
			}
			if _, err := fmt.Fprintf(w, " %s | %s\n", pad(visible(r.schema.Fields[i].Name), width, false), text); err != nil {
				return err
			}
		}
		return nil
	})
}
