package javafmt

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestRegexOfJava compares with all matches and the replaced text of the real
// java.util.regex, for many patterns on many texts.
func TestRegexOfJava(t *testing.T) {
	data, err := os.ReadFile("testdata/regex.tsv")
	if err != nil {
		t.Fatal(err)
	}
	escaped := regexp.MustCompile("%[0-9a-f]{4}")
	plain := func(s string) string {
		return escaped.ReplaceAllStringFunc(s, func(e string) string {
			v, _ := strconv.ParseUint(e[1:], 16, 32)
			return string(rune(v))
		})
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#!") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		pattern, text := plain(cells[0]), plain(cells[1])
		re, err := CompileRegex(pattern)
		if text == "ERROR" || err != nil {
			if e, ok := err.(*Error); text != "ERROR" || !ok || e.SQLState == "" {
				t.Errorf("CompileRegex(%q): error %v, want %s", pattern, err, text)
			}
			continue
		}
		if got := matchesAsText(re, text); got != cells[2] {
			t.Errorf("%q in %q: got %s, want %s", pattern, text, got, cells[2])
		}
		with, err := re.CompileReplacement(`<$0>\$`)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(re.AppendReplaceAll(nil, text, with)); got != plain(cells[3]) {
			t.Errorf("%q in %q replaced: got %q, want %q", pattern, text, got, plain(cells[3]))
		}
	}
}

func matchesAsText(re *Regex, text string) string {
	var out strings.Builder
	for _, m := range re.FindAllSubmatchIndex(text, -1) {
		for i := 0; i < len(m); i += 2 {
			separator := ";"
			if i == 0 {
				separator = " "
			}
			fmt.Fprintf(&out, "%s%d,%d", separator, m[i], m[i+1])
		}
	}
	return strings.TrimSpace(out.String())
}

func TestRegexUnsupported(t *testing.T) {
	for pattern, what := range map[string]string{
		`a(?=b)`: "lookahead", `a(?!b)`: "lookahead", `(?<=a)b`: "lookbehind", `(?<!a)b`: "lookbehind",
		`(?>a)`: "atomic group", `a++`: "possessive", `a{2}+`: "possessive", `(a)\1`: "back-reference",
		`(?<n>a)\k<n>`: "back-reference", `\X`: "grapheme", `\G`: `\G`, `a{1001}`: "1000", `\p{InGreek}`: "InGreek",
	} {
		_, err := CompileRegex(pattern)
		var e *Error
		if !errors.As(err, &e) || e.Condition != "UNSUPPORTED_FEATURE" || !strings.Contains(e.Message, what) {
			t.Errorf("CompileRegex(%q) = %v, want UNSUPPORTED_FEATURE naming %s", pattern, err, what)
		}
	}
}

func TestReplacement(t *testing.T) {
	re, err := CompileRegex(`(?<y>\d+)-(\d+)`)
	if err != nil {
		t.Fatal(err)
	}
	f := func(replacement, want string) {
		t.Helper()
		with, err := re.CompileReplacement(replacement)
		if err != nil {
			if want != "" {
				t.Errorf("CompileReplacement(%q): %v", replacement, err)
			}
			return
		}
		if got := string(re.AppendReplaceAll(nil, "on 10-20.", with)); got != want {
			t.Errorf("replaced by %q: got %q, want %q", replacement, got, want)
		}
	}
	f("num", "on num.")
	f("$2/$1", "on 20/10.")
	f("${y}!", "on 10!.")
	f("$12", "on 102.")
	f(`\$1\\`, `on $1\.`)
	f("$3", "")
	f("$", "")
	f(`\`, "")
	f("${x}", "")
	f("$x", "")
}

// The expected parts are those of String.split.
func TestSplit(t *testing.T) {
	f := func(text, pattern string, limit int, want string) {
		t.Helper()
		re, err := CompileRegex(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(re.Split(text, limit), "|"); got != want {
			t.Errorf("Split(%q, %q, %d) = %q, want %q", text, pattern, limit, got, want)
		}
	}
	f(`oneAtwoBthreeC`, `[ABC]`, -1, `one|two|three|`)
	f(`oneAtwoBthreeC`, `[ABC]`, 1, `oneAtwoBthreeC`)
	f(`oneAtwoBthreeC`, `[ABC]`, 2, `one|twoBthreeC`)
	f(`oneAtwoBthreeC`, `[ABC]`, 3, `one|two|threeC`)
	f(`abc`, ``, -1, `a|b|c|`)
	f(`abc`, ``, 1, `abc`)
	f(`abc`, ``, 2, `a|bc`)
	f(`abc`, ``, 3, `a|b|c`)
	f(``, `x`, -1, ``)
	f(``, `x`, 1, ``)
	f(``, `x`, 2, ``)
	f(``, `x`, 3, ``)
	f(``, ``, -1, ``)
	f(``, ``, 1, ``)
	f(``, ``, 2, ``)
	f(``, ``, 3, ``)
	f(`aXbX`, `X`, -1, `a|b|`)
	f(`aXbX`, `X`, 1, `aXbX`)
	f(`aXbX`, `X`, 2, `a|bX`)
	f(`aXbX`, `X`, 3, `a|b|`)
	f(`Xa`, `X`, -1, `|a`)
	f(`Xa`, `X`, 1, `Xa`)
	f(`Xa`, `X`, 2, `|a`)
	f(`Xa`, `X`, 3, `|a`)
	f(`a,b;c`, `[,;]`, -1, `a|b|c`)
	f(`a,b;c`, `[,;]`, 1, `a,b;c`)
	f(`a,b;c`, `[,;]`, 2, `a|b;c`)
	f(`a,b;c`, `[,;]`, 3, `a|b|c`)
	f(`ab`, `a*`, -1, `||b|`)
	f(`ab`, `a*`, 1, `ab`)
	f(`ab`, `a*`, 2, `|b`)
	f(`ab`, `a*`, 3, `||b`)
	f(`boo:and:foo`, `o`, -1, `b||:and:f||`)
	f(`boo:and:foo`, `o`, 1, `boo:and:foo`)
	f(`boo:and:foo`, `o`, 2, `b|o:and:foo`)
	f(`boo:and:foo`, `o`, 3, `b||:and:foo`)
	f(`a1b22c`, `\d*`, -1, `a||b||c|`)
	f(`a1b22c`, `\d*`, 1, `a1b22c`)
	f(`a1b22c`, `\d*`, 2, `a|b22c`)
	f(`a1b22c`, `\d*`, 3, `a||b22c`)
	f(`foo bar`, `\b`, -1, `foo| |bar|`)
	f(`foo bar`, `\b`, 1, `foo bar`)
	f(`foo bar`, `\b`, 2, `foo| bar`)
	f(`foo bar`, `\b`, 3, `foo| |bar`)
}
