package sql

import (
	"reflect"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" ;; -- nothing\n;", nil},
		{"SELECT 1; SELECT 2", []string{"SELECT 1", "SELECT 2"}},
		{"SELECT ';' /* ; /* ; */ ; */ -- ;\n, `;`, \";\" ; x;", []string{"SELECT ';' /* ; /* ; */ ; */ -- ;\n, `;`, \";\"", "x"}},
		{`SELECT 'a\';b', r'\'; y`, []string{`SELECT 'a\';b', r'\'`, "y"}},
		{"SELECT $$;$$, $t$;$$;$t$; z", []string{"SELECT $$;$$, $t$;$$;$t$", "z"}},
		{"SELECT /*+ HINT(a) */ 1;", []string{"SELECT /*+ HINT(a) */ 1"}},
	} {
		var got []string
		for _, s := range Split(c.text) {
			got = append(got, s.Text)
			if c.text[s.Start:s.End] != s.Text {
				t.Errorf("%q: offsets %d to %d are not %q", c.text, s.Start, s.End, s.Text)
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestSplitOpen(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 'a": "'", "SELECT `a": "`", "SELECT 1 /* a": "/*", "SELECT \"a;": "\"", "SELECT $$a": "$$", "SELECT r'a": "'", "/* a": "/*",
		"SELECT (1": "", "SELECT 1": "",
	} {
		s := Split(text)
		if len(s) != 1 || s[0].Open != want || s[0].Terminated {
			t.Errorf("%q: %+v, want open %q", text, s, want)
		}
	}
	s := Split("\n\nSELECT 1;\n-- c\nSELECT 2;")
	if len(s) != 2 || s[0].Line != 3 || s[1].Line != 5 || !s[1].Terminated {
		t.Errorf("lines: %+v", s)
	}
}

// TestTokensCover: tokens cover any text, finished or not, without gaps.
func TestTokensCover(t *testing.T) {
	for _, text := range []string{"SELECT 'a' || b -- c\n, 1.5e3 :x ?", "SELECT 'open", "/* open", "\xff\xfe #", "a.b . `c`", "1.2.3 5. FROM"} {
		at := 0
		for _, k := range Tokens(text) {
			if k.Start != at || k.End <= k.Start {
				t.Errorf("%q: token %+v at %d", text, k, at)
			}
			at = k.End
		}
		if at != len(text) {
			t.Errorf("%q: covered to %d", text, at)
		}
	}
	kinds := map[TokenKind]string{}
	text := "SELECT foo, 'x', 1.5 + :p -- c"
	for _, k := range Tokens(text) {
		kinds[k.Kind] += text[k.Start:k.End]
	}
	want := map[TokenKind]string{KeywordToken: "SELECT", IdentifierToken: "foo", StringToken: "'x'", NumberToken: "1.5", OperatorToken: "+", ParameterToken: ":p", CommentToken: "-- c", PunctToken: ",,"}
	for k, w := range want {
		if strings.TrimSpace(kinds[k]) != w {
			t.Errorf("kind %d: %q, want %q", k, kinds[k], w)
		}
	}
}
