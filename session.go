package gosql

import (
	"context"
	"fmt"
	"log/slog"
	"os/user"
	"strings"
	"sync/atomic"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
	"github.com/gosql-engine/gosql/sql"
)

// Version is the version of gosql.
const Version = "0.1.0"

// sparkVersion is the version of Spark whose behaviour version() and the semantics follow.
const sparkVersion = "4.0.0"

// Session is where queries are made and run: it holds settings, views, registered functions and the machine that runs stages. Safe for concurrent use.
type Session struct {
	conf    *conf
	catalog *catalog
	rdd     *rdd.Context
	log     *slog.Logger
	workers int
	user    string
	usage   usage
	maps    *logical.MapBudget
	closed  atomic.Bool
}

// NewSession starts a session. Close it to stop its tasks and remove its files.
func NewSession(opts ...SessionOption) (*Session, error) {
	c, err := newSessionConfig(opts)
	if err != nil {
		return nil, fmt.Errorf("gosql: starting a session: %w", err)
	}
	cf, err := newConf(c.settings)
	if err != nil {
		return nil, err
	}
	rddOpts := c.machineOptions()
	memory, err := c.memoryOptions()
	if err != nil {
		return nil, err
	}
	rddOpts = append(rddOpts, memory...)
	if c.faults != nil {
		rddOpts = append(rddOpts, rdd.WithFaults(c.faults.seed, c.faults.probability))
	}
	for _, l := range c.listeners {
		rddOpts = append(rddOpts, rdd.WithListener(l))
	}
	s := &Session{conf: cf, log: c.logger}
	machine, err := rdd.NewContext(append(rddOpts, rdd.WithListener(&s.usage))...)
	if err != nil {
		return nil, fmt.Errorf("gosql: starting a session: %w", err)
	}
	s.rdd, s.workers = machine, machine.Slots()
	s.maps = logical.NewMapBudget(int64(float64(s.MemoryLimit()) * mappedShare))
	if u, err := user.Current(); err == nil {
		s.user = u.Username
	}
	s.catalog = newCatalog(s)
	return s, nil
}

// Close cancels what runs, waits for it to end and removes the session's files. Queries after it fail.
func (s *Session) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.rdd.Close()
}

// RDD is the machine on which the session's stages run, for programs on RDDs.
func (s *Session) RDD() *rdd.Context { return s.rdd }

// Set changes a setting of the session, as SET key=value does.
func (s *Session) Set(key, value string) error { return s.conf.set(key, value) }

// Get reads a setting; "" if it is not set.
func (s *Session) Get(key string) string {
	v, _ := s.conf.get(key)
	return v
}

// Arg is a parameter of a statement by name: Named("b", 2) is :b.
type Arg struct {
	Name  string
	Value Value
}

// Named is a parameter by name.
func Named(name string, v Value) Arg { return Arg{name, v} }

// SQL is the DataFrame of a statement. Arguments are the values of its parameters: ? by position, :name by Named. Queries run when an action asks for their rows;
// other statements (CREATE VIEW, SET, INSERT …) are executed at once, by SQLContext so that they can be cancelled.
func (s *Session) SQL(text string, args ...Value) *DataFrame {
	return s.SQLContext(context.Background(), text, args...)
}

// SQLContext is SQL with a context for what is done at once: reading schemas, and statements that are not queries.
func (s *Session) SQLContext(ctx context.Context, text string, args ...Value) *DataFrame {
	df := &DataFrame{session: s, text: text}
	plan, err := s.parse(text, args)
	if err != nil {
		df.err = withSource(err, text)
		return df
	}
	if cmd, ok := plan.(logical.Command); ok {
		out, err := s.execute(ctx, cmd)
		df.plan, df.err = out, withSource(err, text)
		return df
	}
	df.plan = plan
	// Names and types are checked now, so that the error comes with the text it is about.
	if _, err := s.analyze(ctx, plan); err != nil {
		df.err = withSource(err, text)
	}
	return df
}

// parse turns text into an unresolved plan with the parameters in place.
func (s *Session) parse(text string, args []Value) (logical.Node, error) {
	if s.closed.Load() {
		return nil, ErrClosed
	}
	plan, err := s.parserOptions().Parse(text)
	if err != nil {
		return nil, err
	}
	return bindParameters(plan, args)
}

func (s *Session) parserOptions() sql.Options {
	return sql.Options{
		DoubleQuotedIdentifiers: s.conf.bool("spark.sql.ansi.doubleQuotedIdentifiers"),
		EscapedStringLiterals:   s.conf.bool("spark.sql.parser.escapedStringLiterals"),
		LegacyCasts:             !s.conf.bool("spark.sql.ansi.enabled"),
		TimestampNTZ:            s.timestampNTZ(),
		Zone:                    s.zone(),
	}
}

// Table is the DataFrame of a view or table by name.
func (s *Session) Table(name string) *DataFrame {
	return &DataFrame{session: s, plan: &logical.UnresolvedRelation{Name: splitName(name)}}
}

// Range is the numbers from start to end (exclusive) in steps, as column id.
func (s *Session) Range(start, end, step int64) *DataFrame {
	df := &DataFrame{session: s}
	if step == 0 {
		df.err = fmt.Errorf("gosql: Range with step 0")
		return df
	}
	df.plan = &logical.Range{Start: start, End: end, Step: step, Col: logical.NewAttr("id", columnar.BigIntType, false)}
	return df
}

// Read starts reading files.
func (s *Session) Read() *Reader { return &Reader{session: s, options: map[string]string{}} }

// CreateTempView names the query, for SQL and Table; a view of that name is replaced.
func (df *DataFrame) CreateTempView(name string) error {
	if df.err != nil {
		return df.err
	}
	ctx := context.Background()
	plan, err := df.session.analyze(ctx, df.plan)
	if err != nil {
		return withSource(err, df.text)
	}
	return df.session.catalog.CreateView(ctx, logical.ViewDefinition{Name: splitName(name), Plan: plan, Replace: true, Temporary: true})
}

// DropTempView removes a view and says whether there was one.
func (s *Session) DropTempView(name string) bool {
	return s.catalog.Drop(context.Background(), splitName(name), true, false) == nil
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
