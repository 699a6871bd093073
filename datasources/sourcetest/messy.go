package sourcetest

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// Better lists the nasty files with which we deliberately do other than Spark, and why.
type Better map[string]string

// Messy reads the nasty files of one format, whose folder lies beside the repository, and compares with what Spark does. root is
// the path of the repository's root. Files in better are only read: whatever comes of it must not be a panic.
func Messy(t *testing.T, f datasources.Format, format, root string, better Better) {
	dir := filepath.Join(root, "..", "shared", "data", "messy")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the nasty files are not there: %v", err)
	}
	for _, row := range readCSV(t, filepath.Join(dir, "MANIFEST.csv"))[1:] {
		name := row[0]
		if formatOf(name) != format {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var options map[string]string
			if format == "csv" {
				options = map[string]string{"header": "true", "inferSchema": "true"}
			}
			c := messyCase{dir, name, options, row[2], row[4], filepath.Join(dir, "expected", name+".csv"), better[name]}
			c.run(t, f)
		})
	}
	for _, row := range readCSV(t, filepath.Join(dir, "MANIFEST-options.csv"))[1:] {
		if row[2] != format {
			continue
		}
		t.Run("options"+row[0]+" "+row[1], func(t *testing.T) {
			c := messyCase{dir, row[1], parseOptions(dir, row[3]), row[4], row[6],
				filepath.Join(dir, "expected-options", row[0]+".csv"), better[row[0]]}
			c.run(t, f)
		})
	}
}

type messyCase struct {
	dir, name     string
	options       map[string]string
	schema, fails string
	expected      string
	better        string
}

func (c *messyCase) run(t *testing.T, f datasources.Format) {
	var schema *columnar.Schema
	if ddl, ok := c.options["schema"]; ok {
		var err error
		if schema, err = columnar.ParseSchema(ddl); err != nil {
			t.Fatal(err)
		}
	}
	var rows [][]string
	table, err := f.Open(t.Context(), []string{filepath.Join(c.dir, c.name)}, c.options, schema)
	if err == nil {
		if got := strings.ReplaceAll(table.Schema().String(), "\t", " "); got != c.schema && c.schema != "" && !strings.HasSuffix(c.schema, "…") && c.better == "" {
			t.Errorf("schema %s, want %s", got, c.schema)
		}
		rows, err = Rows(t.Context(), table, nil, 3)
	}
	if c.better != "" {
		t.Logf("other than Spark: %s (%d rows, error %v)", c.better, len(rows), err)
		return
	}
	if c.fails != "" {
		want := regexp.MustCompile(`^(infer|read): `).ReplaceAllString(c.fails, "")
		if Condition(err) != want {
			t.Errorf("error %v, want %s", err, want)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.expected); err == nil {
		want := readCSV(t, c.expected)[1:]
		if table.Schema().Len() == 1 { // a reader of CSV may not see rows whose only cell is empty
			empty := func(r []string) bool { return r[0] == "" }
			rows, want = slices.DeleteFunc(rows, empty), slices.DeleteFunc(want, empty)
		}
		for _, r := range rows {
			for i := range r { // nor CR LF in a cell
				r[i] = strings.ReplaceAll(r[i], "\r\n", "\n")
			}
		}
		sortRows(rows)
		sortRows(want)
		diff(t, rows, want)
	}
}

func sortRows(rows [][]string) { slices.SortStableFunc(rows, slices.Compare) }

func formatOf(name string) string {
	switch name {
	case "hive", "evolve", "evolve-add":
		return "parquet"
	case "hive-csv", "csv-folder":
		return "csv"
	}
	format, _ := datasources.FormatOf(name)
	if format == "" && strings.Contains(name, ".parquet") {
		return "parquet"
	}
	return format
}

// readCSV reads a file of answers; lines without any field are rows of one empty cell.
func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows
}

var optionText = regexp.MustCompile(`(\w+) '((?:[^']|'T')*)'`)

// parseOptions reads a list like: header 'true', sep ';'.
func parseOptions(dir, s string) map[string]string {
	out := map[string]string{}
	for _, m := range optionText.FindAllStringSubmatch(s, -1) {
		out[m[1]] = strings.NewReplacer(`\r`, "\r", `\n`, "\n").Replace(m[2])
	}
	if b, ok := out["basePath"]; ok {
		out["basePath"] = filepath.Join(dir, b)
	}
	return out
}
