// Package tree prints trees the way Spark's EXPLAIN does. It is the only tree
// printer of the project: logical plans, physical plans, RDD lineage and
// expressions all go through it.
//
//	Join Inner, (a#1 = b#2)
//	:- Filter (a#1 > 3)
//	:  +- Scan t
//	+- Scan u
package tree

import "strings"

// Node is what a tree of N is made of. An interface type like
//
//	type Operator interface { String() string; Children() []Operator; … }
//
// is a Node[Operator] as it stands, so printing needs no adapter.
//
// String gives the node's own text without its children; it may have several
// lines. Children are in the order they are printed.
type Node[N any] interface {
	String() string
	Children() []N
}

// Nesting is the optional method of nodes that hold whole trees beside their
// children: the plan inside a subquery expression, the cached plan below an
// in-memory scan. Inner trees are printed above the children and one level
// deeper, as Spark does.
type Nesting[N any] interface {
	InnerChildren() []N
}

// Format returns the tree below root, one line per node (more if a node's text
// has more), each line ended by a newline.
func Format[N Node[N]](root N) string {
	return FormatFunc(root, N.String)
}

// FormatFunc is Format with the text of each node given by text: EXPLAIN
// ANALYZE adds figures to it, EXPLAIN FORMATTED operator numbers.
func FormatFunc[N Node[N]](root N, text func(N) string) string {
	p := printer[N]{text: text}
	p.print(root, "", "")
	return p.out.String()
}

type printer[N Node[N]] struct {
	text func(N) string
	out  strings.Builder
}

// print writes n: first stands before its first line, rest before all lines
// that follow it (its own further lines and all its descendants).
func (p *printer[N]) print(n N, first, rest string) {
	children := n.Children()
	bar := ":  "
	if len(children) == 0 {
		bar = "   "
	}
	for i, line := range strings.Split(strings.TrimSuffix(p.text(n), "\n"), "\n") {
		if i == 0 {
			p.out.WriteString(first)
		} else {
			p.out.WriteString(rest + bar)
		}
		p.out.WriteString(line)
		p.out.WriteByte('\n')
	}
	if nesting, ok := any(n).(Nesting[N]); ok {
		p.printAll(nesting.InnerChildren(), rest+bar)
	}
	p.printAll(children, rest)
}

func (p *printer[N]) printAll(nodes []N, rest string) {
	for i, n := range nodes {
		if i < len(nodes)-1 {
			p.print(n, rest+":- ", rest+":  ")
		} else {
			p.print(n, rest+"+- ", rest+"   ")
		}
	}
}
