package csv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
)

func TestMessy(t *testing.T) {
	sourcetest.Messy(t, Format{}, "csv", "../..", sourcetest.Better{
		"comp.csv.xz": "Spark reads the compressed bytes as text; we name the compression that is missing",
		"05":          "Spark cuts UTF-16 at the bytes of line ends, and reads half characters",
	})
}

func TestSuite(t *testing.T) {
	schema, err := columnar.ParseSchema("i bigint, b boolean, t tinyint, sm smallint, n int, f float, d double, dec decimal(12,2), wide decimal(30,2), s string, dt date, ts timestamp, nt timestamp_ntz")
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Suite{Format: Format{}, Schema: schema, Read: map[string]string{"header": "true"}, Write: map[string]string{"header": "true", "compression": "gzip"}}.Run(t)
}

// read reads a CSV text under options and a schema ("" to find it).
func read(t *testing.T, text, ddl string, options map[string]string) ([][]string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var schema *columnar.Schema
	if ddl != "" {
		var err error
		if schema, err = columnar.ParseSchema(ddl); err != nil {
			t.Fatal(err)
		}
	}
	table, err := Format{}.Open(t.Context(), []string{path}, options, schema)
	if err != nil {
		return nil, err
	}
	return sourcetest.Rows(t.Context(), table, nil, 2)
}

func TestFailFast(t *testing.T) {
	failFast := map[string]string{"mode": "failfast", "header": "true"}
	for _, c := range []struct{ text, ddl, want string }{
		{"a,b\n1,2\n3,x\n", "a int, b int", "f.csv:3:3: "},
		{"a,b\n\n\n1,2\n10,20,30\n", "a int, b int", "f.csv:5:1: "},
		{"a\n2024-01-01\n2024-13-01\n", "a date", "f.csv:3:1: "},
		{"a\n99999999999\n", "a int", "\"a\" is no INT"},
	} {
		_, err := read(t, c.text, c.ddl, failFast)
		if sourcetest.Condition(err) != "FAILED_READ_FILE.NO_HINT" || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION") {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		name, text, ddl, want string
		options               map[string]string
	}{
		{"delimiter of two", "1||a\n2||b||\n", "a int, b string", "1,a;2,b", map[string]string{"sep": "||"}},
		{"tab", "1\ta\n", "", "1,a", map[string]string{"DELIMITER": `\t`}},
		{"other quote", "'a,b',\"c\"\n", "", "a,b,\"c\"", map[string]string{"quote": "'"}},
		{"no quote", "\"a,b\"\n", "", "\"a,b\"", map[string]string{"quote": ""}},
		{"comment", "#x\n1,2\n #3\n", "", "1,2; #3,", map[string]string{"comment": "#"}},
		{"words of doubles", "NA,oo,-oo,1.5\n", "a double, b double, c double, d float", "NaN,Infinity,-Infinity,1.5",
			map[string]string{"nanValue": "NA", "positiveInf": "oo", "negativeInf": "-oo"}},
		{"line end", "1,2|3,4|", "a int, b int", "1,2;3,4", map[string]string{"lineSep": "|"}},
		{"multi-line", "a,\"x\r\ny\"\n\n\"b\",z\r\n", "", "a,x\r\ny;b,z", map[string]string{"multiLine": "true"}},
		{"multi-line header", "\"h\n1\",h2\n1,2\n", "", "1,2", map[string]string{"multiLine": "true", "header": "true"}},
		{"no header, types", "1,2024-01-01,true,x\n2,2024-01-02,false,\n", "", "1,2024-01-01,true,x;2,2024-01-02,false,",
			map[string]string{"inferSchema": "true"}},
		{"drop", "1\nx\n3\n", "a int", "1;3", map[string]string{"mode": "DROPMALFORMED"}},
		{"corrupt column", "1,2\nx,3\n", "bad string, a int, b int", ",1,2;x,3,,3", map[string]string{"columnNameOfCorruptRecord": "bad"}},
		{"zone", "2024-07-01 12:00:00\n", "t timestamp", "2024-07-01 10:00:00", map[string]string{"timeZone": "Europe/Berlin"}},
	} {
		rows, err := read(t, c.text, c.ddl, c.options)
		var got []string
		for _, r := range rows {
			got = append(got, strings.Join(r, ","))
		}
		if err != nil || strings.Join(got, ";") != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, strings.Join(got, ";"), err, c.want)
		}
	}
	for option, value := range map[string]string{"header": "maybe", "encoding": "EBCDIC", "quote": "ab", "sep": "", "locale": "de-DE"} {
		if _, err := read(t, "1\n", "", map[string]string{option: value}); sourcetest.Condition(err) == "" {
			t.Errorf("%s %q: %v, want an error", option, value, err)
		}
	}
}

func TestInference(t *testing.T) {
	for values, want := range map[string]string{
		"1 2 3": "int", "1 3000000000": "bigint", "1 2.5": "double", "1 x": "string", "9223372036854775808 1": "decimal(19,0)", "3000000000 9223372036854775808": "decimal(20,0)",
		"2024-01-01 2024-01-02": "date", "2024-01-01 2024-01-01T10:00:00": "timestamp", "true FALSE": "boolean", "true 1": "string",
		"1e3": "double", "NaN 1": "double", "2024-1-1": "timestamp", "+5 -3": "int", "2024-01-01 5": "string",
	} {
		path := filepath.Join(t.TempDir(), "f.csv")
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(values, " ", "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
		table, err := Format{}.Open(t.Context(), []string{path}, map[string]string{"inferSchema": "true"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Schema().Fields[0].Type.String(); got != want {
			t.Errorf("%s: %s, want %s", values, got, want)
		}
	}
}
