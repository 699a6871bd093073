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
// Rows are lines, cells are parted by tabs and shown as CAST AS STRING shows them; NULL is NULL, the empty string is (empty), and
// backslash, newline, tab and carriage return within a cell are \\, \n, \t and \r. Rows are compared in any order, unless the word "ordered" follows
// "query". Records are parted by empty lines; lines that begin with # are comments. "skipif MODE reason" above a record leaves it out in that
// mode, with the reason printed. In SQL, $ROOT stands for the folder of the project and $TMP for an empty folder of the file's own.
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

// anyError stands in Record.Error for a condition that is still to be filled in.
const anyError = "?"

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
	case r.Kind == "statement" && len(words) >= 2 && words[1] == "error":
		r.Error = anyError
		if len(words) > 2 {
			r.Error = words[2]
		}
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

// Outcome is what a record came to.
type Outcome struct {
	Rows  []string
	Error string // the condition of the failure, or its text if it has none; "" if there was none
	Wrong string // why this is not as wanted; "" if it is
}

// Run executes a record, with the words of vars put in their place in its SQL.
func (r *Record) Run(ctx context.Context, s *gosql.Session, vars *strings.Replacer) Outcome {
	rows, err := execute(ctx, s, vars.Replace(r.SQL))
	out := Outcome{Rows: rows, Error: condition(err)}
	switch {
	case r.Error != "" && err == nil:
		out.Wrong = "succeeded, want the error " + r.Error
	case out.Error != r.Error:
		out.Wrong = fmt.Sprintf("failed with %v, want the condition %q", err, r.Error)
	case err != nil || r.Kind == "statement":
	case !slices.Equal(r.arranged(rows), r.arranged(r.Want)):
		out.Wrong = fmt.Sprintf("got rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(r.Want, "\n"))
	}
	return out
}

// arranged puts rows in the order in which they are compared.
func (r *Record) arranged(rows []string) []string {
	if r.Ordered {
		return rows
	}
	return sorted(rows)
}

func condition(err error) string {
	var e *gosql.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Condition
	}
	return err.Error()
}

func sorted(rows []string) []string {
	out := slices.Clone(rows)
	slices.Sort(out)
	return out
}

// cellEscapes keeps a row on one line.
var cellEscapes = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\t", "\\t", "\r", "\\r")

// execute runs a statement and returns its rows as text.
func execute(ctx context.Context, s *gosql.Session, text string) ([]string, error) {
	var rows []string
	for b, err := range s.SQL(text).Batches(ctx) {
		if err != nil {
			return nil, err
		}
		live := b.LiveRows()
		for k := range live.Count() {
			cells := make([]string, len(b.Cols))
			for i, c := range b.Cols {
				cells[i] = cellEscapes.Replace(gosql.FormatCell(s, c, live.Row(k)))
				if cells[i] == "" {
					cells[i] = "(empty)"
				}
			}
			rows = append(rows, strings.Join(cells, "\t"))
		}
	}
	return rows, nil
}

// Write writes records back, with the outcomes given in the place of those wanted. Rows that are compared in any order are written sorted, so
// that a file changes only where an answer does.
func Write(path string, records []Record, outcomes []Outcome) error {
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
		b.WriteString(r.directive(outcomes[i]) + "\n" + r.SQL + "\n")
		if r.Kind == "query" {
			b.WriteString("----\n")
			for _, row := range r.arranged(outcomes[i].Rows) {
				b.WriteString(row + "\n")
			}
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

func (r *Record) directive(o Outcome) string {
	switch {
	case r.Error != "":
		return "statement error " + o.Error
	case r.Kind == "statement":
		return "statement ok"
	case r.Ordered:
		return "query ordered"
	}
	return "query"
}
