package gosql

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/internal/tree"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/logical/optimizer"
	"github.com/gosql-engine/gosql/physical"
)

// explain is the text of EXPLAIN of a statement.
func (s *Session) explain(ctx context.Context, plan logical.Node, mode logical.ExplainMode) (string, error) {
	if cmd, ok := plan.(logical.Command); ok {
		if cmd.Query() == nil {
			return "== Physical Plan ==\nExecute " + cmd.String() + "\n", nil
		}
		plan = cmd.Query()
	}
	q, err := s.compile(ctx, plan)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	section := func(title, text string) {
		b.WriteString("== " + title + " ==\n" + strings.TrimRight(text, "\n") + "\n\n")
	}
	if mode == logical.ExplainExtended || mode == logical.ExplainCost {
		section("Parsed Logical Plan", tree.Format(plan))
		section("Analyzed Logical Plan", schemaLine(q.analyzed)+tree.Format(q.analyzed))
		text := logical.Node.String
		if mode == logical.ExplainCost {
			text = withEstimate()
		}
		section("Optimized Logical Plan", tree.FormatFunc(q.optimized, text))
	}
	switch mode {
	case logical.ExplainAnalyze:
		text, err := physical.Analyze(ctx, s.rdd, q.physical, q.conf)
		if err != nil {
			return "", err
		}
		section("Analyzed Physical Plan", text)
	case logical.ExplainFormatted:
		section("Physical Plan", formatted(q.physical))
	default:
		section("Physical Plan", tree.Format(q.physical))
	}
	section("Stages", physical.Stages(q.physical))
	return strings.TrimRight(b.String(), "\n"), nil
}

// withEstimate shows a node with the estimates that joins are ordered by.
func withEstimate() func(logical.Node) string {
	est := logical.NewEstimator()
	return func(n logical.Node) string {
		return fmt.Sprintf("%s, Statistics(sizeInBytes=%.0f, rowCount=%.0f)", n, est.Bytes(n), est.Of(n).Rows)
	}
}

// formatted is the plan as an outline of numbered operators, followed by what each of them does.
func formatted(root physical.Operator) string {
	number := map[physical.Operator]int{}
	var order []physical.Operator
	var visit func(op physical.Operator)
	visit = func(op physical.Operator) {
		for _, c := range op.Children() {
			visit(c)
		}
		if number[op] == 0 {
			order = append(order, op)
			number[op] = len(order)
		}
	}
	visit(root)
	outline := tree.FormatFunc(root, func(op physical.Operator) string {
		name := op.String()
		if i := strings.IndexAny(name, " ("); i > 0 {
			name = name[:i]
		}
		return fmt.Sprintf("%s (%d)", name, number[op])
	})
	var b strings.Builder
	b.WriteString(strings.TrimRight(outline, "\n") + "\n")
	for _, op := range order {
		fmt.Fprintf(&b, "\n(%d) %s\nOutput [%d]: [%s]\n", number[op], op, len(op.Output()), logical.JoinStrings(op.Output()))
	}
	return b.String()
}

func schemaLine(n logical.Node) string {
	var parts []string
	for _, a := range n.Output() {
		parts = append(parts, a.Name+": "+a.T.String())
	}
	return strings.Join(parts, ", ") + "\n"
}

// physicalConf is what the planner and the operators need to know of the session; now is the query's start.
func (s *Session) physicalConf(now time.Time) physical.Conf {
	return physical.Conf{
		Slots: s.workers, Memory: s.rdd.Memory().Usage().Limit, ShufflePartitions: s.conf.int("spark.sql.shuffle.partitions"), BatchRows: s.conf.int("spark.gosql.batch.rows"),
		BroadcastThreshold: s.conf.bytes("spark.sql.autoBroadcastJoinThreshold"), ANSI: s.conf.bool("spark.sql.ansi.enabled"),
		Zone: s.zone(), ZoneName: zoneName(s.Get("spark.sql.session.timeZone")),
		Now: now, Session: s.info(), Maps: s.maps,
	}
}

func (s *Session) info() logical.SessionInfo {
	return logical.SessionInfo{User: s.user, Database: s.catalog.currentDatabase(), Catalog: defaultCatalog, Version: sparkVersion}
}

// optimizerConf is what the optimizer needs to know of the session; now is the query's start.
func (s *Session) optimizerConf(now time.Time) optimizer.Conf {
	excluded := map[string]bool{}
	for _, r := range strings.Split(s.Get("spark.sql.optimizer.excludedRules"), ",") {
		if r = strings.TrimSpace(r); r != "" {
			excluded[r] = true
		}
	}
	return optimizer.Conf{
		ANSI: s.conf.bool("spark.sql.ansi.enabled"), Zone: s.zone(), ZoneName: zoneName(s.Get("spark.sql.session.timeZone")), Now: now,
		Session: s.info(), Excluded: excluded,
		Function: func(name string) *logical.Function { return s.catalog.Function([]string{name}) },
	}
}
