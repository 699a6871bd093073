package gosql

import (
	"fmt"
	"math/rand/v2"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// DataFrame is a query that has not run: a logical plan and the session that will run it. Transformations return new DataFrames; actions (Collect,
// Count, Show, Rows, Batches, Write) run the query. The first mistake made in a chain of transformations is kept and returned by the action. A DataFrame
// is immutable and safe for concurrent use.
type DataFrame struct {
	session *Session
	plan    logical.Node
	text    string // of the statement that the plan's places are in; "" if there is none, or more than one
	err     error
}

// derive is the DataFrame of a new plan, or of the first mistake.
func (df *DataFrame) derive(plan logical.Node, err error) *DataFrame {
	if df.err != nil {
		return df
	}
	return &DataFrame{session: df.session, plan: plan, text: df.text, err: err}
}

// Err is the first mistake that was made in building the query, or nil; actions return it too.
func (df *DataFrame) Err() error { return df.err }

// with is df for a plan that holds another DataFrame's too: places are known only if both came from one text.
func (df *DataFrame) with(other *DataFrame) *DataFrame {
	if df.text == other.text {
		return df
	}
	return &DataFrame{session: df.session, plan: df.plan, err: df.err}
}

// Select computes columns (Columns or names) for each row; an aggregate among them makes it one row.
func (df *DataFrame) Select(cols ...Value) *DataFrame {
	es, err := exprs(columns(cols))
	return df.derive(&logical.Project{List: es, Input: df.plan}, err)
}

// SelectExpr is Select with expressions in SQL.
func (df *DataFrame) SelectExpr(texts ...string) *DataFrame {
	cols := make([]Value, len(texts))
	for i, t := range texts {
		cols[i] = Expr(t)
	}
	return df.Select(cols...)
}

// Filter keeps the rows for which the condition (a Column, or text in SQL) is TRUE.
func (df *DataFrame) Filter(cond Value) *DataFrame {
	c, ok := cond.(Column)
	if text, isText := cond.(string); isText {
		c = Expr(text)
	} else if !ok {
		c = Column{err: fmt.Errorf("gosql: Filter takes a Column or an expression in SQL, not %v (%T)", cond, cond)}
	}
	return df.derive(&logical.Filter{Cond: c.expr, Input: df.plan}, c.err)
}

// Where is Filter.
func (df *DataFrame) Where(cond Value) *DataFrame { return df.Filter(cond) }

// WithColumn adds a column, or replaces the one of that name in its place.
func (df *DataFrame) WithColumn(name string, col Column) *DataFrame {
	schema, err := df.Schema()
	if err != nil {
		return df.derive(nil, err)
	}
	if col.err != nil {
		return df.derive(nil, col.err)
	}
	named := logical.NewAlias(col.expr, name)
	var list []logical.Expr
	found := false
	for _, f := range schema.Fields {
		if equalFold(f.Name, name) {
			list, found = append(list, named), true
		} else {
			list = append(list, &logical.UnresolvedAttr{Parts: []string{f.Name}})
		}
	}
	if !found {
		list = append(list, named)
	}
	return df.derive(&logical.Project{List: list, Input: df.plan}, nil)
}

// WithColumnRenamed gives a column another name; nothing happens if there is none of the old name.
func (df *DataFrame) WithColumnRenamed(old, name string) *DataFrame {
	schema, err := df.Schema()
	if err != nil {
		return df.derive(nil, err)
	}
	var list []logical.Expr
	for _, f := range schema.Fields {
		var e logical.Expr = &logical.UnresolvedAttr{Parts: []string{f.Name}}
		if equalFold(f.Name, old) {
			e = logical.NewAlias(e, name)
		}
		list = append(list, e)
	}
	return df.derive(&logical.Project{List: list, Input: df.plan}, nil)
}

// Drop leaves columns out; names that there are not are ignored.
func (df *DataFrame) Drop(names ...string) *DataFrame {
	schema, err := df.Schema()
	if err != nil {
		return df.derive(nil, err)
	}
	var list []logical.Expr
	for _, f := range schema.Fields {
		dropped := false
		for _, n := range names {
			dropped = dropped || equalFold(n, f.Name)
		}
		if !dropped {
			list = append(list, &logical.UnresolvedAttr{Parts: []string{f.Name}})
		}
	}
	return df.derive(&logical.Project{List: list, Input: df.plan}, nil)
}

// ToDF renames all columns.
func (df *DataFrame) ToDF(names ...string) *DataFrame {
	schema, err := df.Schema()
	if err == nil && len(names) != schema.Len() {
		err = fmt.Errorf("gosql: ToDF got %d names for %d columns", len(names), schema.Len())
	}
	return df.derive(&logical.SubqueryAlias{Alias: "__renamed", Cols: names, Input: df.plan}, err)
}

// As names the DataFrame, so that Col("name.column") means its column.
func (df *DataFrame) As(alias string) *DataFrame {
	return df.derive(&logical.SubqueryAlias{Alias: alias, Input: df.plan}, nil)
}

// GroupBy groups the rows by columns (Columns or names).
func (df *DataFrame) GroupBy(cols ...Value) *GroupedData {
	es, err := exprs(columns(cols))
	return &GroupedData{df: df, group: es, err: err}
}

// Rollup groups by the columns, by all but the last, and so on to none.
func (df *DataFrame) Rollup(cols ...Value) *GroupedData { return df.grouping(logical.Rollup, cols) }

// Cube groups by every subset of the columns.
func (df *DataFrame) Cube(cols ...Value) *GroupedData { return df.grouping(logical.Cube, cols) }

func (df *DataFrame) grouping(kind logical.GroupingKind, cols []Value) *GroupedData {
	es, err := exprs(columns(cols))
	sets := make([][]logical.Expr, len(es))
	for i, e := range es {
		sets[i] = []logical.Expr{e}
	}
	return &GroupedData{df: df, group: []logical.Expr{&logical.GroupingAnalytics{Kind: kind, Sets: sets}}, show: es, err: err}
}

// Agg aggregates all rows into one.
func (df *DataFrame) Agg(aggs ...Column) *DataFrame { return df.GroupBy().Agg(aggs...) }

// OrderBy sorts the rows (Columns, perhaps with Asc or Desc, or names).
func (df *DataFrame) OrderBy(cols ...Value) *DataFrame {
	keys, err := sortKeys(columns(cols))
	return df.derive(&logical.Sort{Keys: keys, Global: true, Input: df.plan}, err)
}

// Sort is OrderBy.
func (df *DataFrame) Sort(cols ...Value) *DataFrame { return df.OrderBy(cols...) }

// SortWithinPartitions sorts each partition by itself.
func (df *DataFrame) SortWithinPartitions(cols ...Value) *DataFrame {
	keys, err := sortKeys(columns(cols))
	return df.derive(&logical.Sort{Keys: keys, Input: df.plan}, err)
}

// Limit keeps the first n rows.
func (df *DataFrame) Limit(n int) *DataFrame {
	return df.derive(&logical.Limit{Count: logical.Lit(int32(n)), Input: df.plan}, nil)
}

// Offset leaves out the first n rows.
func (df *DataFrame) Offset(n int) *DataFrame {
	return df.derive(&logical.Limit{Offset: logical.Lit(int32(n)), Input: df.plan}, nil)
}

// Distinct gives each row once.
func (df *DataFrame) Distinct() *DataFrame {
	return df.derive(&logical.Distinct{Input: df.plan}, nil)
}

// DropDuplicates gives one row (any) for each combination of the columns; without names it is Distinct.
func (df *DataFrame) DropDuplicates(names ...string) *DataFrame {
	on := make([]logical.Expr, len(names))
	for i, n := range names {
		on[i] = &logical.UnresolvedAttr{Parts: splitName(n)}
	}
	return df.derive(&logical.Distinct{On: on, Input: df.plan}, nil)
}

// joinTypes are Spark's spellings of the join types.
var joinTypes = map[string]logical.JoinType{
	"inner": logical.Inner, "cross": logical.Cross, "left": logical.LeftOuter, "leftouter": logical.LeftOuter, "left_outer": logical.LeftOuter,
	"right": logical.RightOuter, "rightouter": logical.RightOuter, "right_outer": logical.RightOuter, "outer": logical.FullOuter,
	"full": logical.FullOuter, "fullouter": logical.FullOuter, "full_outer": logical.FullOuter, "semi": logical.LeftSemi,
	"leftsemi": logical.LeftSemi, "left_semi": logical.LeftSemi, "anti": logical.LeftAnti, "leftanti": logical.LeftAnti, "left_anti": logical.LeftAnti,
}

// Join joins with another DataFrame of the same session on a condition. The kind is Spark's: "inner", "left", "right", "full", "semi", "anti", "cross".
func (df *DataFrame) Join(other *DataFrame, on Column, kind string) *DataFrame {
	return df.join(other, &logical.Join{Cond: on.expr}, kind, on.err)
}

// JoinUsing joins on the equality of columns that both sides have, which come once in the result.
func (df *DataFrame) JoinUsing(other *DataFrame, cols []string, kind string) *DataFrame {
	return df.join(other, &logical.Join{Using: cols}, kind, nil)
}

// CrossJoin pairs every row with every row of the other DataFrame.
func (df *DataFrame) CrossJoin(other *DataFrame) *DataFrame {
	return df.join(other, &logical.Join{}, "cross", nil)
}

func (df *DataFrame) join(other *DataFrame, j *logical.Join, kind string, err error) *DataFrame {
	t, ok := joinTypes[kind]
	switch {
	case err != nil:
	case other.err != nil:
		err = other.err
	case !ok:
		err = columnar.Errorf("UNSUPPORTED_JOIN_TYPE", "Unsupported join type %q. Supported join types include: 'inner', 'outer', 'full', 'left', 'right', 'semi', 'anti', 'cross'.", kind)
	case other.session != df.session:
		err = errSessions
	}
	j.Type, j.Left, j.Right = t, df.plan, other.plan
	return df.with(other).derive(j, err)
}

// Union puts the rows of both together, by position, duplicates included.
func (df *DataFrame) Union(other *DataFrame) *DataFrame {
	return df.setOp(other, &logical.SetOp{Kind: logical.Union, All: true})
}

// UnionByName puts the rows of both together by the names of columns; with allowMissing, columns that one side lacks are NULL.
func (df *DataFrame) UnionByName(other *DataFrame, allowMissing bool) *DataFrame {
	return df.setOp(other, &logical.SetOp{Kind: logical.Union, All: true, ByName: true, AllowMissing: allowMissing})
}

// Intersect gives the distinct rows that both have.
func (df *DataFrame) Intersect(other *DataFrame) *DataFrame {
	return df.setOp(other, &logical.SetOp{Kind: logical.Intersect})
}

// IntersectAll gives the rows that both have, as often as both have them.
func (df *DataFrame) IntersectAll(other *DataFrame) *DataFrame {
	return df.setOp(other, &logical.SetOp{Kind: logical.Intersect, All: true})
}

// Subtract gives the distinct rows that the other DataFrame does not have.
func (df *DataFrame) Subtract(other *DataFrame) *DataFrame {
	return df.setOp(other, &logical.SetOp{Kind: logical.Except})
}

// ExceptAll takes away one row for each equal one of the other DataFrame.
func (df *DataFrame) ExceptAll(other *DataFrame) *DataFrame {
	return df.setOp(other, &logical.SetOp{Kind: logical.Except, All: true})
}

func (df *DataFrame) setOp(other *DataFrame, s *logical.SetOp) *DataFrame {
	err := other.err
	if err == nil && other.session != df.session {
		err = errSessions
	}
	s.Inputs = []logical.Node{df.plan, other.plan}
	return df.with(other).derive(s, err)
}

// Sample keeps about the given fraction of the rows, the same ones for the same seed.
func (df *DataFrame) Sample(fraction float64, seed int64) *DataFrame {
	var err error
	if fraction < 0 || fraction > 1 {
		err = fmt.Errorf("gosql: Sample fraction %v is not between 0 and 1", fraction)
	}
	return df.derive(&logical.Sample{Upper: fraction, Seed: seed, Input: df.plan}, err)
}

// RandomSplit parts the rows at random into DataFrames in proportion to the weights.
func (df *DataFrame) RandomSplit(weights []float64, seed int64) []*DataFrame {
	total := 0.0
	var err error
	for _, w := range weights {
		if w < 0 {
			err = fmt.Errorf("gosql: RandomSplit weight %v is negative", w)
		}
		total += w
	}
	if seed == 0 {
		seed = rand.Int64()
	}
	out := make([]*DataFrame, len(weights))
	low := 0.0
	for i, w := range weights {
		high := low + w/total
		out[i] = df.derive(&logical.Sample{Lower: low, Upper: high, Seed: seed, Input: df.plan}, err)
		low = high
	}
	return out
}

// Repartition spreads the rows over n partitions (0: the default number), by hash of the columns or, without columns, evenly.
func (df *DataFrame) Repartition(n int, cols ...Value) *DataFrame {
	es, err := exprs(columns(cols))
	return df.derive(&logical.Repartition{N: n, By: es, Input: df.plan}, err)
}

// RepartitionByRange spreads the rows over n partitions by ranges of the columns.
func (df *DataFrame) RepartitionByRange(n int, cols ...Value) *DataFrame {
	keys, err := sortKeys(columns(cols))
	return df.derive(&logical.Repartition{N: n, Keys: keys, Input: df.plan}, err)
}

// Coalesce joins partitions into at most n, without a shuffle.
func (df *DataFrame) Coalesce(n int) *DataFrame {
	return df.derive(&logical.Repartition{N: n, Coalesce: true, Input: df.plan}, nil)
}

// Hint gives the optimizer a hint, such as "broadcast" or "merge".
func (df *DataFrame) Hint(name string) *DataFrame {
	return df.derive(&logical.Hint{Name: name, Input: df.plan}, nil)
}

// Unpivot turns columns into rows: for each of values one row with the ids, the column's name and its value.
func (df *DataFrame) Unpivot(ids, values []string, nameColumn, valueColumn string) *DataFrame {
	u := &logical.Unpivot{NameCol: nameColumn, ValueCols: []string{valueColumn}, IncludeNulls: true, IDs: []logical.Expr{}, Input: df.plan}
	for _, id := range ids {
		u.IDs = append(u.IDs, &logical.UnresolvedAttr{Parts: splitName(id)})
	}
	for _, v := range values {
		u.Columns = append(u.Columns, logical.UnpivotColumns{Cols: []logical.Expr{&logical.UnresolvedAttr{Parts: splitName(v)}}})
	}
	return df.derive(u, nil)
}

// NA gives the functions for rows with NULLs.
func (df *DataFrame) NA() NAFunctions { return NAFunctions{df} }

// NAFunctions drop or fill rows with NULLs.
type NAFunctions struct{ df *DataFrame }

// Drop leaves out the rows in which any of the columns (all columns, if none is named) is NULL.
func (n NAFunctions) Drop(names ...string) *DataFrame {
	names, err := n.names(names)
	if err != nil || len(names) == 0 {
		return n.df.derive(n.df.plan, err)
	}
	cond := Col("`" + names[0] + "`").IsNotNull()
	for _, name := range names[1:] {
		cond = cond.And(Col("`" + name + "`").IsNotNull())
	}
	return n.df.Filter(cond)
}

// Fill puts a value in the place of NULLs in the columns of the value's type (numbers, text or booleans), or just in those that are named.
func (n NAFunctions) Fill(value Value, names ...string) *DataFrame {
	schema, err := n.df.Schema()
	if err != nil {
		return n.df.derive(nil, err)
	}
	lit := Lit(value)
	if lit.err != nil {
		return n.df.derive(nil, lit.err)
	}
	wanted := func(f columnar.Field) bool {
		t := lit.expr.Type()
		if !(f.Type == t || f.Type.IsNumeric() && t.IsNumeric()) {
			return false
		}
		for _, name := range names {
			if equalFold(name, f.Name) {
				return true
			}
		}
		return len(names) == 0
	}
	var cols []Value
	for _, f := range schema.Fields {
		c := Col("`" + f.Name + "`")
		if wanted(f) {
			c = call("coalesce", c, lit.Cast(f.Type.String())).As(f.Name)
		}
		cols = append(cols, c)
	}
	return n.df.Select(cols...)
}

func (n NAFunctions) names(names []string) ([]string, error) {
	if len(names) > 0 {
		return names, nil
	}
	schema, err := n.df.Schema()
	if err != nil {
		return nil, err
	}
	for _, f := range schema.Fields {
		names = append(names, f.Name)
	}
	return names, nil
}

// GroupedData is a DataFrame with its grouping, waiting for the aggregates.
type GroupedData struct {
	df    *DataFrame
	group []logical.Expr
	show  []logical.Expr // the grouping columns of the result, if not group
	pivot *logical.Pivot
	err   error
}

// Agg computes the aggregates for each group, after the grouping columns.
func (g *GroupedData) Agg(aggs ...Column) *DataFrame {
	es, err := exprs(aggs)
	if g.err != nil {
		err = g.err
	}
	if g.pivot != nil {
		p := *g.pivot
		p.Aggregates, p.GroupBy, p.Input = es, g.group, g.df.plan
		return g.df.derive(&p, err)
	}
	shown := g.group
	if g.show != nil {
		shown = g.show
	}
	list := append(append([]logical.Expr(nil), shown...), es...)
	return g.df.derive(&logical.Aggregate{Group: g.group, List: list, Input: g.df.plan}, err)
}

// Count is the number of rows of each group, as column "count".
func (g *GroupedData) Count() *DataFrame { return g.Agg(Count("*").As("count")) }

// Sum sums columns for each group.
func (g *GroupedData) Sum(names ...string) *DataFrame { return g.each(Sum, names) }

// Avg is the mean of columns for each group.
func (g *GroupedData) Avg(names ...string) *DataFrame { return g.each(Avg, names) }

// Min is the least value of columns for each group.
func (g *GroupedData) Min(names ...string) *DataFrame { return g.each(Min, names) }

// Max is the greatest value of columns for each group.
func (g *GroupedData) Max(names ...string) *DataFrame { return g.each(Max, names) }

func (g *GroupedData) each(f func(Value) Column, names []string) *DataFrame {
	cols := make([]Column, len(names))
	for i, n := range names {
		cols[i] = f(n)
	}
	return g.Agg(cols...)
}

// Pivot makes a column of each of the values of a column.
func (g *GroupedData) Pivot(column string, values ...Value) *GroupedData {
	p := &logical.Pivot{For: []logical.Expr{&logical.UnresolvedAttr{Parts: splitName(column)}}}
	out := *g
	for _, v := range values {
		l := Lit(v)
		if l.err != nil && out.err == nil {
			out.err = l.err
		}
		p.Values = append(p.Values, l.expr)
	}
	out.pivot = p
	return &out
}
