package rdd

import (
	"context"
	"fmt"
	"strings"
)

// ToDebugString shows the lineage of r, a line per RDD: its name and id, in brackets the storage level that it is
// persisted with, and, when partitions of it are stored, a line that counts them. The first RDD of each stage has the
// number of its partitions in front, and each shuffle begins a deeper indent, as in Spark. Listing partitions may read
// folders or run a sampling job; where that fails the number is ?.
func (r *node) ToDebugString(ctx context.Context) string {
	p := &lineagePrinter{ctx: ctx}
	p.stage(r, "", "")
	return p.out.String()
}

// lineagePrinter writes the lines of ToDebugString.
type lineagePrinter struct {
	ctx context.Context
	out strings.Builder
}

// stage prints the first RDD of a stage behind lead, with the number of its partitions, and what is below it; indent
// leads the lines below.
func (p *lineagePrinter) stage(l Lineage, lead, indent string) {
	count := "(?)"
	if ps, err := l.Partitions(p.ctx); err == nil {
		count = fmt.Sprintf("(%d)", len(ps))
	}
	left := (len(count) - 1) / 2 // the bar stands below the middle of the number
	indent += strings.Repeat(" ", left)
	below := indent + "|" + strings.Repeat(" ", len(count)-left)
	stored := below
	if lead == "" {
		stored += " "
	}
	p.line(lead+count+" ", stored, l)
	p.parents(l, below, indent)
}

// parents prints what l depends on: narrow parents in the same column, shuffled ones one deeper.
func (p *lineagePrinter) parents(l Lineage, below, indent string) {
	deps := l.Dependencies()
	for i, d := range deps {
		if _, ok := d.(*ShuffleDependency); !ok {
			p.line(below, below, d.RDD())
			p.parents(d.RDD(), below, indent)
			continue
		}
		next := indent + "| "
		if i == len(deps)-1 {
			next = indent + "  "
		}
		p.stage(d.RDD(), indent+"+-", next)
	}
}

// line writes one RDD, and below it what is kept of it.
func (p *lineagePrinter) line(lead, below string, l Lineage) {
	n := l.lineage()
	kept := ""
	if level := n.StorageLevel(); level != StorageNone {
		kept = level.Description()
	}
	fmt.Fprintf(&p.out, "%s%s[%d] [%s]\n", lead, l.Name(), l.ID(), kept)
	if kept == "" {
		return
	}
	if i := n.sc.storageInfo(n); i.CachedPartitions > 0 {
		fmt.Fprintf(&p.out, "%s    CachedPartitions: %d; MemorySize: %s; DiskSize: %s\n", below, i.CachedPartitions,
			formatBytes(i.MemoryBytes), formatBytes(i.DiskBytes))
	}
}
