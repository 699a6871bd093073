package gosql

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/logical/analyzer"
	"github.com/gosql-engine/gosql/logical/optimizer"
	"github.com/gosql-engine/gosql/physical"
)

// query is a query on its way from meaning to rows, with the plans that EXPLAIN shows.
type query struct {
	session   *Session
	analyzed  logical.Node
	optimized logical.Node
	physical  physical.Operator
	conf      physical.Conf
}

// recovered turns a panic of the layers below into an error: a program that embeds gosql goes on, and a shell's user sees what was attempted.
func recovered(what string, err *error) {
	if r := recover(); r != nil {
		*err = &Error{Condition: "INTERNAL_ERROR", SQLState: "XX000", Message: fmt.Sprintf("%s failed: %v. This is a bug in gosql.", what, r),
			cause: fmt.Errorf("panic: %v\n%s", r, debug.Stack())}
	}
}

// compile takes an unresolved plan through analysis, optimization and planning.
func (s *Session) compile(ctx context.Context, plan logical.Node) (*query, error) {
	analyzed, err := s.analyze(ctx, plan)
	if err != nil {
		return nil, err
	}
	return s.compileAnalyzed(ctx, analyzed)
}

// compileAnalyzed takes a resolved plan through optimization and planning.
func (s *Session) compileAnalyzed(ctx context.Context, analyzed logical.Node) (q *query, err error) {
	defer recovered("Planning the query", &err)
	if s.closed.Load() {
		return nil, ErrClosed
	}
	now := time.Now() // the same for what is folded now and what is computed later
	q = &query{session: s, analyzed: analyzed, conf: s.physicalConf(now)}
	plan, err := s.runRecursions(ctx, s.catalog.substituteCached(analyzed))
	if err != nil {
		return nil, err
	}
	if q.optimized, err = optimizer.Optimize(ctx, plan, s.optimizerConf(now)); err != nil {
		return nil, err
	}
	if q.physical, err = physical.Plan(ctx, q.optimized, q.conf); err != nil {
		return nil, err
	}
	return q, nil
}

// analyze resolves a plan's names and types.
func (s *Session) analyze(ctx context.Context, plan logical.Node) (resolved logical.Node, err error) {
	defer recovered("Analyzing the query", &err)
	return analyzer.Analyze(ctx, plan, analyzer.Env{Catalog: s.catalog, Conf: s.analyzerConf()})
}

// analyzerConf is what the analyzer needs to know of the session.
func (s *Session) analyzerConf() analyzer.Conf {
	return analyzer.Conf{
		ANSI:           s.conf.bool("spark.sql.ansi.enabled"),
		TimestampNTZ:   s.timestampNTZ(),
		GroupByAliases: s.conf.bool("spark.sql.groupByAliases"),
		GroupByOrdinal: s.conf.bool("spark.sql.groupByOrdinal"),
		OrderByOrdinal: s.conf.bool("spark.sql.orderByOrdinal"),
		Zone:           s.zone(), ZoneName: zoneName(s.Get("spark.sql.session.timeZone")), Now: time.Now(),
		Session: s.info(), CurrentDatabase: s.catalog.currentDatabase(),
	}
}

// functionSettings are the settings that change which function a name means.
func (s *Session) functionSettings() functions.Settings {
	return functions.Settings{
		TimestampNTZ:         s.timestampNTZ(),
		ExactDecimals:        !s.conf.bool("spark.sql.decimalOperations.allowPrecisionLoss"),
		ConcatBinaryAsString: s.conf.bool("spark.sql.function.concatBinaryAsString"),
		EltOutputAsString:    s.conf.bool("spark.sql.function.eltOutputAsString"),
	}
}

// timestampNTZ says whether TIMESTAMP means TIMESTAMP_NTZ.
func (s *Session) timestampNTZ() bool {
	return strings.EqualFold(s.Get("spark.sql.timestampType"), "TIMESTAMP_NTZ")
}

// run executes the query and yields its batches, lent until the next.
func (q *query) run(ctx context.Context) iter.Seq2[columnar.Batch, error] {
	return physical.Execute(ctx, q.session.rdd, q.physical, q.conf)
}

// write executes the query and writes its rows to a sink.
func (q *query) write(ctx context.Context, sink logical.Sink, mode logical.SaveMode) error {
	return physical.Write(ctx, q.session.rdd, q.physical, q.conf, sink, mode)
}

// zone is the session's time zone.
func (s *Session) zone() *time.Location {
	z, err := loadZone(s.Get("spark.sql.session.timeZone"))
	if err != nil {
		return time.UTC // set has refused names that cannot be loaded
	}
	return z
}
