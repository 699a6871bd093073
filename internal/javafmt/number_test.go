package javafmt

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestNumbersOfJava compares with answers of the real DecimalFormat and
// Formatter.
func TestNumbersOfJava(t *testing.T) {
	data, err := os.ReadFile("testdata/numbers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#!") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		kind, pattern, value, want := cells[0], cells[1], cells[2], cells[3]
		if got := formattedNumber(t, kind, pattern, value); got != want {
			t.Errorf("%s %q of %s: got %q, want %q", kind, pattern, value, got, want)
		}
	}
}

func formattedNumber(t *testing.T, kind, pattern, value string) string {
	if kind == "printf" {
		out, err := AppendPrintf(nil, pattern, []Arg{argOf(t, value)})
		if err != nil {
			return "!" + err.(*Error).Message
		}
		return strings.ReplaceAll(string(out), "\n", "%0A")
	}
	f, err := NewDecimalFormat(pattern)
	if err != nil {
		return "!"
	}
	switch kind {
	case "decimal":
		return string(f.AppendDecimal(nil, value))
	case "int":
		return string(f.AppendInt(nil, number(t, value)))
	}
	return string(f.AppendDouble(nil, math.Float64frombits(uint64(number(t, value)))))
}

func number(t *testing.T, text string) int64 {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func argOf(t *testing.T, text string) Arg {
	kind, value, _ := strings.Cut(text, " ")
	switch kind {
	case "null":
		return NullArg()
	case "bool":
		return BoolArg(value == "true")
	case "double":
		return DoubleArg(math.Float64frombits(uint64(number(t, value))))
	case "float":
		return FloatArg(math.Float32frombits(uint32(number(t, value))))
	case "string":
		return StringArg(value)
	}
	return IntArg(number(t, value), int(number(t, kind[3:])))
}

func TestFixedDecimalFormat(t *testing.T) {
	f := func(v float64, d int, want string) {
		t.Helper()
		if got := string(NewFixedDecimalFormat(d).AppendDouble(nil, v)); got != want {
			t.Errorf("format_number(%g, %d) = %s, want %s", v, d, got, want)
		}
	}
	f(12332.123456, 4, "12,332.1235")
	f(1234567.891, 2, "1,234,567.89")
	f(0.5, 0, "0")
	f(-1e15, 1, "-1,000,000,000,000,000.0")
}

func TestPrintf(t *testing.T) {
	out, err := AppendPrintf(nil, "Hello World %d %s %2$s", []Arg{IntArg(100, 32), StringArg("days")})
	if want := "Hello World 100 days days"; err != nil || string(out) != want {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
}
