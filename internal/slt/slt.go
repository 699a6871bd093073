// Package slt runs sqllogictest files: SQL with the answers written below it.
//
//	statement ok
//	CREATE TEMP VIEW t AS VALUES (1), (2)
//
//	query
//	SELECT col1, col1 * 2 FROM t
//	----
//	1	2
//	2	4
//
//	statement error DIVIDE_BY_ZERO
//	SELECT 1 / 0
//
// Rows are lines, cells are parted by tabs; NULL is NULL, the empty string is (empty). Rows are compared in any order, unless the word "ordered" follows "query". Records are parted by empty lines; lines that begin with # are
// comments. "skipif MODE reason" above a record leaves it out in that mode, with the reason printed.
package slt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql"
)

// Record is one statement of a file with what it should do.
type Record struct {
	Line    int // of the directive, from 1
	Kind    string
	Ordered bool
	Error   string // the condition that the statement should fail with; "" if it should succeed
	SQL     string
	Want    []string // rows
	Skip    map[string]string
	head    []string // comments and directives above, as written
}

// Parse reads a file's records.
func Parse(path string) ([]Record, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
	var out []Record
	for i := 0; i < len(lines); {
		if strings.TrimSpace(lines[i]) == "" {
			i++
			continue
		}
		r, next, err := parseRecord(lines, i)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		out = append(out, r)
		i = next
	}
	return out, nil
}

func parseRecord(lines []string, i int) (Record, int, error) {
	r := Record{Skip: map[string]string{}}
	for ; i < len(lines) && (strings.HasPrefix(lines[i], "#") || strings.HasPrefix(lines[i], "skipif ")); i++ {
		r.head = append(r.head, lines[i])
		if rest, ok := strings.CutPrefix(lines[i], "skipif "); ok {
			mode, reason, _ := strings.Cut(rest, " ")
			r.Skip[mode] = reason
		}
	}
	if i == len(lines) || strings.TrimSpace(lines[i]) == "" {
		r.Kind = "comment"
		return r, i, nil
	}
	r.Line = i + 1
	words := strings.Fields(lines[i])
	r.Kind = words[0]
	switch {
	case r.Kind == "query":
		r.Ordered = slices.Contains(words, "ordered")
	case r.Kind == "statement" && len(words) >= 2 && words[1] == "ok":
	case r.Kind == "statement" && len(words) == 3 && words[1] == "error":
		r.Error = words[2]
	default:
		return r, i, fmt.Errorf("directive %q: want 'query', 'statement ok' or 'statement error CONDITION'", lines[i])
	}
	var sql []string
	for i++; i < len(lines) && lines[i] != "----" && strings.TrimSpace(lines[i]) != ""; i++ {
		sql = append(sql, lines[i])
	}
	r.SQL = strings.Join(sql, "\n")
	if i < len(lines) && lines[i] == "----" {
		for i++; i < len(lines) && lines[i] != ""; i++ {
			r.Want = append(r.Want, lines[i])
		}
	}
	return r, i, nil
}

// Run executes a record and returns its rows, and why it is not as wanted ("" if it is).
func (r *Record) Run(ctx context.Context, s *gosql.Session) (rows []string, wrong string) {
	rows, err := execute(ctx, s, r.SQL)
	switch {
	case r.Error != "":
		return nil, r.checkError(err)
	case err != nil:
		return nil, "failed: " + err.Error()
	case r.Kind == "statement":
		return rows, ""
	}
	got, want := rows, r.Want
	if !r.Ordered {
		got, want = sorted(got), sorted(want)
	}
	if !slices.Equal(got, want) {
		return rows, fmt.Sprintf("got rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return rows, ""
}

func (r *Record) checkError(err error) string {
	var e *gosql.Error
	switch {
	case err == nil:
		return "succeeded, want the error " + r.Error
	case !errors.As(err, &e):
		return fmt.Sprintf("failed with %v, want the condition %s", err, r.Error)
	case e.Condition != r.Error:
		return fmt.Sprintf("failed with %s (%v), want the condition %s", e.Condition, err, r.Error)
	}
	return ""
}

func sorted(rows []string) []string {
	out := slices.Clone(rows)
	slices.Sort(out)
	return out
}

// execute runs a statement and returns its rows as text.
func execute(ctx context.Context, s *gosql.Session, text string) ([]string, error) {
	df := s.SQL(text)
	var rows []string
	for b, err := range df.Batches(ctx) {
		if err != nil {
			return nil, err
		}
		live := b.LiveRows()
		for k := range live.Count() {
			cells := make([]string, len(b.Cols))
			for i, c := range b.Cols {
				cells[i] = gosql.FormatCell(s, c, live.Row(k))
				if cells[i] == "" {
					cells[i] = "(empty)"
				}
				cells[i] = strings.NewReplacer("\n", "\\n", "\t", "\\t").Replace(cells[i])
			}
			rows = append(rows, strings.Join(cells, "\t"))
		}
	}
	return rows, nil
}

// Write writes records back, with the rows given in the place of those wanted.
func Write(path string, records []Record, rows [][]string) error {
	var b strings.Builder
	for i, r := range records {
		if i > 0 {
			b.WriteString("\n")
		}
		for _, h := range r.head {
			b.WriteString(h + "\n")
		}
		if r.Kind == "comment" {
			continue
		}
		switch {
		case r.Error != "":
			b.WriteString("statement error " + r.Error + "\n")
		case r.Kind == "statement":
			b.WriteString("statement ok\n")
		case r.Ordered:
			b.WriteString("query ordered\n")
		default:
			b.WriteString("query\n")
		}
		b.WriteString(r.SQL + "\n")
		if r.Kind == "query" {
			b.WriteString("----\n")
			for _, row := range rows[i] {
				b.WriteString(row + "\n")
			}
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
