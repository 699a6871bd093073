package tree

import (
	"strings"
	"testing"
)

type plan interface {
	String() string
	Children() []plan
}

type op struct {
	text     string
	children []plan
}

func (o *op) String() string   { return o.text }
func (o *op) Children() []plan { return o.children }

type nestingOp struct {
	op
	inner []plan
}

func (o *nestingOp) InnerChildren() []plan { return o.inner }

func node(text string, children ...plan) plan { return &op{text, children} }

func nesting(text string, inner []plan, children ...plan) plan {
	return &nestingOp{op{text, children}, inner}
}

func TestFormat(t *testing.T) {
	f := func(root plan, want ...string) {
		t.Helper()
		if got := Format(root); got != strings.Join(want, "\n")+"\n" {
			t.Errorf("got\n%swant\n%s", got, strings.Join(want, "\n"))
		}
	}
	f(node("Scan t"), "Scan t")
	f(node("Join", node("Filter", node("Scan t")), node("Project", node("Join", node("Scan u"), node("Scan v")))),
		"Join",
		":- Filter",
		":  +- Scan t",
		"+- Project",
		"   +- Join",
		"      :- Scan u",
		"      +- Scan v")
	// Inner trees stand one level deeper, above the children.
	f(nesting("Filter", []plan{node("Subquery#1", node("Scan u")), node("Subquery#2")}, node("Scan t")),
		"Filter",
		":  :- Subquery#1",
		":  :  +- Scan u",
		":  +- Subquery#2",
		"+- Scan t")
	f(node("Union", nesting("InMemoryScan", []plan{node("Cached", node("Scan t"))}), node("Scan u")),
		"Union",
		":- InMemoryScan",
		":     +- Cached",
		":        +- Scan t",
		"+- Scan u")
	// A text of several lines keeps the bars of the tree unbroken.
	f(node("Union", node("Scan t\nrows 3", node("Leaf\nlast")), node("Scan u\nrows 4\n")),
		"Union",
		":- Scan t",
		":  :  rows 3",
		":  +- Leaf",
		":        last",
		"+- Scan u",
		"      rows 4")
}

func TestFormatFunc(t *testing.T) {
	number := 0
	got := FormatFunc(node("Filter", node("Scan t")), func(p plan) string {
		number++
		return p.String() + " (" + string(rune('0'+number)) + ")"
	})
	if want := "Filter (1)\n+- Scan t (2)\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
