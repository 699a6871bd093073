package physical

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/tree"
	"github.com/gosql-engine/gosql/rdd"
)

// Analyze runs a plan to its end, dropping its rows, and returns its tree with what each operator did: rows and batches given, bytes
// read or moved, and time. The time of an operator holds that of the operators below it in its stage, summed over tasks.
func Analyze(ctx context.Context, sc *rdd.Context, op Operator, conf Conf) (string, error) {
	var failed error
	var rows int64
	from := time.Now()
	x := run(ctx, sc, op, conf, func(b columnar.Batch, err error) bool {
		failed = err
		rows += int64(b.Live())
		return err == nil
	})
	if failed != nil {
		return "", failed
	}
	took := time.Since(from).Round(10 * time.Microsecond)
	text := tree.FormatFunc(op, func(op Operator) string {
		if m := x.metrics[op]; m != nil && (m.Batches.Load() > 0 || m.Rows.Load() > 0) {
			return op.String() + "  (" + m.String() + ")"
		}
		return op.String()
	})
	return text + fmt.Sprintf("\n%d rows in %s\n", rows, took), nil
}

// Stages describes the stages that a plan runs in, in an order in which each comes after those it reads: the operators of each, from
// the exchange it writes (the last stage: the result) down to what it reads.
func Stages(op Operator) string {
	s := &stageList{numbers: map[Operator]int{}}
	s.add(op, "result")
	return strings.Join(s.lines, "")
}

// stageList cuts a plan at its exchanges.
type stageList struct {
	numbers map[Operator]int // of the stage that writes an exchange
	lines   []string
}

// add describes the stage whose topmost operator is top, after those that it reads. An exchange that stands at several places of the plan
// is written once.
func (s *stageList) add(top Operator, writes string) int {
	var b strings.Builder
	s.collect(&b, top, 1)
	n := len(s.lines)
	s.lines = append(s.lines, fmt.Sprintf("Stage %d (%s)\n%s", n, writes, b.String()))
	return n
}

func (s *stageList) collect(b *strings.Builder, op Operator, depth int) {
	indent := strings.Repeat("  ", depth)
	if e, ok := op.(*Exchange); ok {
		n, known := s.numbers[e]
		if !known {
			n = s.add(e.Child, e.String())
			s.numbers[e] = n
		}
		fmt.Fprintf(b, "%sread stage %d, %s\n", indent, n, e.Dist)
		return
	}
	b.WriteString(indent + op.String() + "\n")
	for _, c := range op.Children() {
		s.collect(b, c, depth+1)
	}
}
