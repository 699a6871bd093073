package javafmt

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSparkPatternErrors takes the conditions of Spark's own tests of invalid
// patterns: for each query with a pattern, the condition it fails with.
func TestSparkPatternErrors(t *testing.T) {
	dir := "../../../shared/corpora/spark-4.0/results"
	call := regexp.MustCompile(`(date_format|to_timestamp|to_date|unix_timestamp)\(['"](.*)['"], ['"](.*)['"]\)`)
	condition := regexp.MustCompile(`"errorClass" : "(.*)"`)
	for _, name := range []string{"datetime-formatting-invalid.sql.out", "datetime-parsing-invalid.sql.out", "datetime-parsing.sql.out"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Skipf("Spark's test results are not here: %v", err)
		}
		for _, block := range strings.Split(string(data), "-- !query\n")[1:] {
			query, result, _ := strings.Cut(block, "\n-- !query schema")
			m := call.FindStringSubmatch(query)
			if m == nil {
				continue
			}
			want := ""
			if c := condition.FindStringSubmatch(result); c != nil {
				want = c[1]
			} else if strings.Contains(result, "long overflow") {
				want = "DATETIME_OVERFLOW" // likewise
			} else if strings.Contains(result, "IllegalArgumentException\n") {
				want = "INVALID_DATETIME_PATTERN.WITH_SUGGESTION" // Spark lets Java's exception through
			}
			got, message := conditionOf(m[1], m[2], m[3])
			if got != want {
				t.Errorf("%s: got %q, want %q", query, got, want)
			}
			if want == "CANNOT_PARSE_TIMESTAMP" && !strings.Contains(result, message) {
				t.Errorf("%s: message %q is not that of Spark:\n%s", query, message, result)
			}
		}
	}
}

func conditionOf(function, text, pattern string) (condition, message string) {
	purpose := ForParsing
	if function == "date_format" {
		purpose = ForFormatting
	}
	f, err := NewFormatter(pattern, purpose)
	if err != nil {
		return err.(*Error).Condition, err.Error()
	}
	if purpose == ForParsing {
		_, err := f.Parse(text)
		if e, ok := err.(*Error); ok {
			return e.Condition, e.Message
		}
		if err != nil {
			return "CANNOT_PARSE_TIMESTAMP", err.Error()
		}
	}
	return "", ""
}
