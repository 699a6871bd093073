package sql

import (
	"errors"
	"strings"
	"testing"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/gosql-engine/gosql/columnar"
)

// TestErrorPositions: in each text the error is at the character behind «.
func TestErrorPositions(t *testing.T) {
	for _, c := range []struct{ text, condition, near string }{
		{"SELECT «FROM t", "PARSE_SYNTAX_ERROR", "'FROM'"},
		{"SELECT a, «FROM t", "PARSE_SYNTAX_ERROR", "'FROM'"},
		{"«SELEC 1", "PARSE_SYNTAX_ERROR", ""},
		{"SELECT 1 +«", "PARSE_SYNTAX_ERROR", "end of input"},
		{"SELECT (1 + 2«", "PARSE_SYNTAX_ERROR", "end of input"},
		{"SELECT 1«)", "PARSE_SYNTAX_ERROR", "')'"},
		{"SELECT * FROM t\nWHERE «GROUP BY a", "PARSE_SYNTAX_ERROR", "'GROUP'"},
		{"SELECT * FROM t JOIN «ON x", "PARSE_SYNTAX_ERROR", "'ON'"},
		{"SELECT * FROM t WHERE a = «= b", "PARSE_SYNTAX_ERROR", ""},
		{"SELECT a FROM t LIMIT 5«, 10", "PARSE_SYNTAX_ERROR", "','"},
		{"SELECT a FROM t ORDER BY a «UNION SELECT b FROM u", "PARSE_SYNTAX_ERROR", "'UNION'"},
		{"SELECT «'open", "PARSE_SYNTAX_ERROR", ""},
		{"SELECT 1 «/* open", "UNCLOSED_BRACKETED_COMMENT", ""},
		{"SELECT «DATE 'x'", "INVALID_TYPED_LITERAL", ""},
		{"SELECT «128Y", "INVALID_NUMERIC_LITERAL_RANGE", "tinyint"},
		{"SELECT CASE WHEN a THEN 1 «FROM t", "PARSE_SYNTAX_ERROR", "'FROM'"},
		{"SELECT f(a, «) FROM t", "PARSE_SYNTAX_ERROR", "')'"},
		{"SELECT a FROM t«; SELECT 2", "PARSE_SYNTAX_ERROR", ""},
		{"WITH a AS (SELECT 1), «a AS (SELECT 2) SELECT 1", "DUPLICATED_CTE_NAMES", ""},
		{"SELECT CAST(a AS «nonsense)", "UNSUPPORTED_DATATYPE", "NONSENSE"},
		{"SELECT «TRANSFORM(a) USING 'cat' FROM t", "UNSUPPORTED_FEATURE.TRANSFORM_NON_HIVE", ""},
		{"«", "PARSE_EMPTY_STATEMENT", ""},
		{"-- only a comment«", "PARSE_EMPTY_STATEMENT", ""},
		{"SELECT a FROM t LIMIT 1 «ORDER BY a", "PARSE_SYNTAX_ERROR", "'ORDER'"},
		{"SELECT a FROM t LIMIT 1 «LIMIT 2", "PARSE_SYNTAX_ERROR", "'LIMIT'"},
		{"SELECT * FROM «VALUES (1, 2), (3)", "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "row 1"},
		{"SELECT «INTERVAL 1 YEAR 2 DAYS", "_LEGACY_ERROR_TEMP_0029", "INTERVAL 1 YEAR 2 DAYS"},
		{"SELECT INTERVAL «'1 2' YEAR TO MONTH", "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", "1 2"},
		{"SELECT dateadd(«'DAY', 1, d)", "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "'DAY'"},
		{"SELECT «GEO '(1, 2)'", "UNSUPPORTED_TYPED_LITERAL", "GEO"},
		{"SELECT * FROM a NATURAL JOIN «LATERAL (SELECT 1)", "INCOMPATIBLE_JOIN_TYPES", ""},
		{"SELECT * FROM a «VERSION AS OF 3", "UNSUPPORTED_FEATURE.TIME_TRAVEL", "`a`"},
		{"CREATE TABLE t (a INT «DEFAULT 1)", "UNSUPPORTED_DEFAULT_VALUE.WITHOUT_SUGGESTION", ""},
		{"CREATE VIEW v DEFAULT COLLATION «UTF8_LCASE AS SELECT 1", "UNSUPPORTED_FEATURE.COLLATION", "utf8_lcase"},
		{"SHOW TABLES LIKE «x", "PARSE_SYNTAX_ERROR", "'x'"},
		{"«SET a b c", "INVALID_SQL_SYNTAX.INVALID_SET_SYNTAX", ""},
		{"SELECT * FROM IDENTIFIER(«:p)", "NOT_A_CONSTANT_STRING.NOT_CONSTANT", ""},
		{"SELECT * FROM t TABLESAMPLE («101 PERCENT)", "_LEGACY_ERROR_TEMP_0064", ""},
		{"FROM t «WHERE a", "PARSE_SYNTAX_ERROR", "'WHERE'"},
		{"CREATE «NONSENSE x", "PARSE_SYNTAX_ERROR", "'NONSENSE'"},
		{"SELECT é, «, b", "PARSE_SYNTAX_ERROR", "','"},
	} {
		text := strings.Replace(c.text, "«", "", 1)
		_, err := Parse(text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: error %v, want a *Error", text, err)
			continue
		}
		if e.Err.Condition != c.condition || !strings.Contains(e.Err.Message, c.near) {
			t.Errorf("%q: %v, want %s near %s", text, err, c.condition, c.near)
		}
		if want := strings.Index(c.text, "«"); e.Offset != want {
			t.Errorf("%q: at %d, want %d: %v", text, e.Offset, want, err)
		}
	}
}

func TestErrorText(t *testing.T) {
	_, err := Parse("SELECT 1,\n\ta +\n\tFROM t")
	want := "[PARSE_SYNTAX_ERROR] Syntax error at or near 'FROM'. SQLSTATE: 42601 (line 3, column 2)\n\tFROM t\n\t^"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	var e *columnar.Error
	if !errors.As(err, &e) || e.Pos == 0 {
		t.Errorf("%v does not wrap a columnar.Error with a place", err)
	}
	located := Locate("SELECT\n  x", columnar.Errorf("UNRESOLVED_COLUMN", "no x").At(10))
	if !strings.Contains(located.Error(), "(line 2, column 3)\n  x\n  ^") {
		t.Errorf("Locate: %v", located)
	}
}

// TestUnknownMarker: what the decoder does not know is an internal error.
func TestUnknownMarker(t *testing.T) {
	for _, text := range []string{"`$`.`nonsense`(0)", "`$`.`cast`(0, 1)", "`$`.`value`(9)", "`f`(1)", "`a` + `$`.`op nonsense` + `b`", "'text'", "`$`.`op ||`"} {
		err := func() (err error) {
			defer catch(&err)
			w := &walker{src: "x"}
			w.emit(0, "SELECT", text)
			w.add(0, noNote{})
			w.parseTiDB(func(stmt ast.StmtNode, d *decoder) { d.query(stmt) })
			return nil
		}()
		var e *columnar.Error
		if !errors.As(err, &e) || e.Condition != condInternal {
			t.Errorf("%s: %v, want an internal error", text, err)
		}
	}
}

// TestMarkerNames: a user's names that look like markers stay names.
func TestMarkerNames(t *testing.T) {
	checkShapes(t, [][2]string{
		{"`$`.`value`(0)", "($.value 0)"}, {"`$`.`x`", "$.x"}, {"SELECT a FROM `$t`.`0` AS `$a0`", "Project[a]($a0:$t.0)"}, {"`$`", "$"},
		{"WITH `$a1` AS (SELECT 1) SELECT * FROM `$a1`", "With[$a1=Project[1](OneRow);](Project[*]($a1))"},
	})
}
