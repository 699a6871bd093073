// Package analyzer resolves a plan: it finds tables through the Catalog, gives names and types to columns and calls, and rewrites what SQL
// says in short (USING, GROUPING SETS, PIVOT, lateral views) into the operators of package logical. A plan that cannot
// be resolved is an error with Spark's condition, the place in the text and, where it helps, the nearest names.
//
// The plan is walked once, bottom-up, with a query object for each (sub)query; a SELECT is gathered in a block until its ORDER BY is known,
// because HAVING and ORDER BY may need columns that the select list does not have. See query.resolve for the list of the operators.
package analyzer

import (
	"context"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Env is what the meaning of a plan depends on besides its text.
type Env struct {
	Catalog logical.Catalog
	Conf    Conf
	Params  Params
}

// Conf are the settings that change what a plan means. The zero value is not Spark's default: see DefaultConf.
type Conf struct {
	ANSI            bool // spark.sql.ansi.enabled
	TimestampNTZ    bool // spark.sql.timestampType=TIMESTAMP_NTZ: what timestamp(x) makes
	GroupByAliases  bool // spark.sql.groupByAliases
	GroupByOrdinal  bool // spark.sql.groupByOrdinal
	OrderByOrdinal  bool // spark.sql.orderByOrdinal
	Zone            *time.Location
	ZoneName        string
	Now             time.Time // the query's start, for constants that are computed here
	Session         logical.SessionInfo
	CurrentDatabase string // for the search path in messages; "" for default
}

// DefaultConf are Spark's defaults, in UTC.
func DefaultConf() Conf {
	return Conf{ANSI: true, GroupByAliases: true, GroupByOrdinal: true, OrderByOrdinal: true, Zone: time.UTC, ZoneName: "UTC"}
}

// Params are the values of parameter markers: ? by position, :name by lower-case name.
type Params struct {
	Positional []logical.Expr
	Named      map[string]logical.Expr
}

// Analyze resolves a plan. The result has no unresolved nodes or expressions, and every column has an ID of its own. Commands are returned as
// they are: their queries are analyzed one by one. It is safe for concurrent use; errors are *columnar.Error or come from the Catalog.
func Analyze(ctx context.Context, n logical.Node, env Env) (logical.Node, error) {
	if _, ok := n.(logical.Command); ok {
		return n, nil
	}
	a := &analyzer{ctx: ctx, env: env, seen: map[logical.ID]bool{}}
	q := &query{a: a}
	r, err := q.resolve(n)
	if err != nil {
		return nil, err
	}
	plan, err := r.visible()
	if err != nil {
		return nil, err
	}
	if err := check(plan); err != nil {
		return nil, err
	}
	return plan, nil
}

// analyzer is the state of one Analyze.
type analyzer struct {
	ctx  context.Context
	env  Env
	seen map[logical.ID]bool // columns of plans taken from the catalog, so that a second use gets columns of its own
}

// castMode is the mode of casts that nobody asked to try.
func (a *analyzer) castMode() columnar.CastMode {
	if a.env.Conf.ANSI {
		return columnar.CastANSI
	}
	return columnar.CastLegacy
}

// query is one query being resolved: the statement's, a subquery's or the right side of a lateral join.
type query struct {
	a       *analyzer
	outer   *scope // what names mean outside; nil for the statement's own
	refs    []*logical.Attr
	ctes    *cteScope
	windows *windowScope
}

// relation is a resolved input. Until its node is wanted it may be a SELECT block that HAVING and ORDER BY can still add to.
type relation struct {
	node   logical.Node
	hidden []*logical.Attr // of the node's output, the columns that * leaves out: keys of USING
	block  *block
}

// done makes the relation's node, hidden columns included.
func (r relation) done() (relation, error) {
	if r.block == nil {
		return r, nil
	}
	n, err := r.block.build()
	return relation{node: n}, err
}

// visible is the relation's node without hidden columns.
func (r relation) visible() (logical.Node, error) {
	r, err := r.done()
	if err != nil || len(r.hidden) == 0 {
		return r.node, err
	}
	return &logical.Project{List: attrExprs(r.columns()), Input: r.node}, nil
}

// columns are the columns that * stands for.
func (r relation) columns() []*logical.Attr {
	if len(r.hidden) == 0 {
		return r.node.Output()
	}
	var out []*logical.Attr
	for _, a := range r.node.Output() {
		if !hasAttr(r.hidden, a.ID) {
			out = append(out, a)
		}
	}
	return out
}

// hiddenColumns are the hidden columns as the node gives them.
func (r relation) hiddenColumns() []*logical.Attr {
	if len(r.hidden) == 0 {
		return nil
	}
	var out []*logical.Attr
	for _, a := range r.node.Output() {
		if hasAttr(r.hidden, a.ID) {
			out = append(out, a)
		}
	}
	return out
}

// resolve resolves a plan. Every unresolved operator has its case here.
func (q *query) resolve(n logical.Node) (relation, error) {
	if err := q.a.ctx.Err(); err != nil {
		return relation{}, err
	}
	switch n := n.(type) {
	case *logical.UnresolvedRelation:
		return q.table(n)
	case *logical.UnresolvedTableFunction:
		return q.tableFunction(n, nil)
	case *logical.Values:
		return q.values(n)
	case *logical.With:
		return q.with(n)
	case *logical.SubqueryAlias:
		return q.subqueryAlias(n)
	case *logical.Join:
		return q.join(n)
	case *logical.LateralView:
		return q.lateralView(n)
	case *logical.Pivot:
		return q.pivot(n)
	case *logical.Unpivot:
		return q.unpivot(n)
	case *logical.UnresolvedSample:
		return q.sample(n)
	case *logical.Hint:
		return q.hint(n)
	case *logical.Project:
		return q.project(n)
	case *logical.Aggregate:
		return q.aggregate(n)
	case *logical.Having:
		return q.having(n)
	case *logical.Qualify:
		return q.qualify(n)
	case *logical.WithWindows:
		return q.withWindows(n)
	case *logical.Distinct:
		return q.distinct(n)
	case *logical.Sort:
		return q.sort(n)
	case *logical.Repartition:
		return q.repartition(n)
	case *logical.Filter:
		return q.filter(n)
	case *logical.Limit:
		return q.limit(n)
	case *logical.SetOp:
		return q.setOp(n)
	}
	if len(n.Children()) == 0 {
		return relation{node: q.a.own(n)}, nil
	}
	return q.children(n)
}

// children resolves what is below a node that needs no rule of its own.
func (q *query) children(n logical.Node) (relation, error) {
	out, err := logical.TransformChildren(n, q.plan)
	return relation{node: out}, err
}

// from resolves the input of a SELECT, which does not see the SELECT's named windows.
func (q *query) from(n logical.Node) (relation, error) {
	windows := q.windows
	q.windows = nil
	defer func() { q.windows = windows }()
	return q.input(n)
}

// input resolves a node's input to a node, with its hidden columns.
func (q *query) input(n logical.Node) (relation, error) {
	r, err := q.resolve(n)
	if err != nil {
		return r, err
	}
	return r.done()
}

// plan resolves a plan to a node with just its visible columns.
func (q *query) plan(n logical.Node) (logical.Node, error) {
	r, err := q.resolve(n)
	if err != nil {
		return nil, err
	}
	return r.visible()
}

// filter resolves WHERE. A DataFrame may filter by columns that its last Select dropped, so it shares the path of ORDER BY.
func (q *query) filter(n *logical.Filter) (relation, error) {
	r, err := q.input(n.Input)
	if err != nil {
		return r, err
	}
	cond, err := q.expr(n.Cond, q.scopeOf(r))
	if err != nil {
		return r, err
	}
	cond = plain(cond)
	if err := checkCondition(cond, "WHERE"); err != nil {
		return r, err
	}
	return relation{node: &logical.Filter{Cond: cond, Input: r.node}, hidden: r.hidden}, nil
}

// distinct ends a block: ORDER BY may not add columns below it.
func (q *query) distinct(n *logical.Distinct) (relation, error) {
	r, err := q.resolve(n.Input)
	if err != nil {
		return r, err
	}
	if r.block != nil && len(n.On) == 0 && len(r.block.tail) == 0 {
		r.block.distinct = true
		return r, nil
	}
	input, err := r.visible()
	if err != nil {
		return r, err
	}
	on, err := q.exprs(n.On, q.scopeOf(relation{node: input}))
	return relation{node: &logical.Distinct{On: plainAll(on), Input: input}}, err
}

func attrExprs(as []*logical.Attr) []logical.Expr {
	out := make([]logical.Expr, len(as))
	for i, a := range as {
		out[i] = a
	}
	return out
}

func hasAttr(as []*logical.Attr, id logical.ID) bool {
	for _, a := range as {
		if a.ID == id {
			return true
		}
	}
	return false
}

// quoteParts writes a name of several parts as Spark's messages do.
func quoteParts(parts []string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = "`" + strings.ReplaceAll(p, "`", "``") + "`"
	}
	return strings.Join(quoted, ".")
}
