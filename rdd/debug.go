package rdd

import (
	"context"
	"fmt"
	"strings"
)

// ToDebugString shows the lineage of r, a line per RDD with the number of its partitions; each shuffle begins a deeper
// indent, as in Spark. Listing partitions may read folders or run a sampling job; where that fails the number is ?.
func (r *RDD[T]) ToDebugString(ctx context.Context) string {
	var b strings.Builder
	p := &lineagePrinter{ctx: ctx, out: &b}
	p.stage(r, "", "")
	return b.String()
}

// lineagePrinter writes the lines of ToDebugString.
type lineagePrinter struct {
	ctx context.Context
	out *strings.Builder
}

// stage prints the first RDD of a stage, with the number of partitions in front, and what is below it.
func (p *lineagePrinter) stage(l Lineage, first, rest string) {
	count := "(?)"
	if ps, err := l.Partitions(p.ctx); err == nil {
		count = fmt.Sprintf("(%d)", len(ps))
	}
	p.line(first+count+" ", l)
	bare := rest + strings.Repeat(" ", (len(count)-1)/2)
	p.parents(l, bare+"|"+strings.Repeat(" ", len(count)-(len(count)-1)/2), bare)
}

// parents prints what l depends on: narrow parents at the same depth, shuffled ones one deeper.
func (p *lineagePrinter) parents(l Lineage, prefix, bare string) {
	deps := l.Dependencies()
	for i, d := range deps {
		if _, ok := d.(*ShuffleDependency); ok {
			rest := bare + "| "
			if i == len(deps)-1 {
				rest = bare + "  "
			}
			p.stage(d.RDD(), bare+"+-", rest)
			continue
		}
		p.line(prefix, d.RDD())
		p.parents(d.RDD(), prefix, bare)
	}
}

// line writes one RDD: its name, its id and, as Spark does, where it is kept.
func (p *lineagePrinter) line(prefix string, l Lineage) {
	kept := ""
	if level := l.lineage().storageLevel(); level != StorageNone {
		kept = " [" + level.Description() + "]"
	}
	fmt.Fprintf(p.out, "%s%s[%d]%s\n", prefix, l.Name(), l.ID(), kept)
}
