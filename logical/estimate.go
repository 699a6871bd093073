package logical

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
)

// Estimate is what a plan's result is thought to be like.
type Estimate struct {
	Rows    float64
	Columns map[ID]ColumnEstimate
}

// ColumnEstimate is what a column is thought to hold.
type ColumnEstimate struct {
	Distinct float64 // 0: unknown
	Min, Max float64 // of numbers and dates; Min > Max: unknown
	Width    float64 // bytes a value
}

// The guesses where statistics tell nothing, as PostgreSQL and Spark make them.
const (
	unknownRows        = 1e6
	equalSelectivity   = 0.005
	rangeSelectivity   = 1.0 / 3
	likeSelectivity    = 0.1
	defaultSelectivity = 0.25
)

// Estimator estimates the sizes of plans from the statistics of their tables. It remembers what it has estimated; it is not safe for concurrent use.
type Estimator struct {
	seen map[Node]Estimate
}

// NewEstimator is an estimator that knows nothing yet.
func NewEstimator() *Estimator { return &Estimator{seen: map[Node]Estimate{}} }

// Of estimates a resolved plan.
func (s *Estimator) Of(n Node) Estimate {
	if e, ok := s.seen[n]; ok {
		return e
	}
	e := s.compute(n)
	e.Rows = max(e.Rows, 1)
	s.seen[n] = e
	return e
}

// Bytes estimates the memory that a plan's result takes.
func (s *Estimator) Bytes(n Node) float64 {
	e := s.Of(n)
	width := 0.0
	for _, a := range n.Output() {
		w := e.Columns[a.ID].Width
		if w == 0 {
			w = typeWidth(a.T)
		}
		width += w
	}
	return e.Rows * max(width, 1)
}

// typeWidth is the usual number of bytes of a value.
func typeWidth(t columnar.Type) float64 {
	switch t.Layout() {
	case columnar.LayoutBool, columnar.LayoutInt8:
		return 1
	case columnar.LayoutInt16:
		return 2
	case columnar.LayoutInt32, columnar.LayoutFloat32:
		return 4
	case columnar.LayoutInt64, columnar.LayoutFloat64:
		return 8
	case columnar.LayoutBytes:
		return 24
	case columnar.LayoutList, columnar.LayoutMap:
		return 100
	case columnar.LayoutStruct:
		w := 0.0
		for _, f := range t.Fields() {
			w += typeWidth(f.Type)
		}
		return w
	}
	return 16
}

func (s *Estimator) compute(n Node) Estimate {
	switch n := n.(type) {
	case *Relation:
		return relationEstimate(n)
	case *Local:
		rows := 0
		for _, b := range n.Batches {
			rows += b.Live()
		}
		return Estimate{Rows: float64(rows)}
	case *OneRow:
		return Estimate{Rows: 1}
	case *Range:
		return Estimate{Rows: math.Ceil(float64(n.End-n.Start) / float64(n.Step))}
	case *Filter:
		in := s.Of(n.Input)
		return scaled(in, in.Rows*Selectivity(n.Cond, in))
	case *Project:
		return s.project(n.List, s.Of(n.Input))
	case *Aggregate:
		in := s.Of(n.Input)
		out := s.project(n.List, in)
		out.Rows = groups(n.Group, in)
		return out
	case *Distinct:
		in := s.Of(n.Input)
		in.Rows *= 0.5
		return in
	case *Join:
		return s.join(n)
	case *Limit:
		in := s.Of(n.Input)
		if l, ok := n.Count.(*Literal); ok && !l.Value.IsNull(0) && l.Value.Type().IsInteger() {
			in.Rows = min(in.Rows, float64(columnar.Int64At(l.Value, 0)))
		}
		return in
	case *SetOp:
		out := Estimate{}
		for _, c := range n.Inputs {
			out.Rows += s.Of(c).Rows
		}
		return out
	case *Generate:
		in := s.Of(n.Input)
		in.Rows *= 4
		return in
	case *Expand:
		in := s.Of(n.Input)
		in.Rows *= float64(len(n.Projections))
		return in
	case *Sample:
		in := s.Of(n.Input)
		return scaled(in, in.Rows*(n.Upper-n.Lower))
	}
	if c := n.Children(); len(c) == 1 {
		return s.Of(c[0])
	}
	return Estimate{Rows: unknownRows}
}

func relationEstimate(n *Relation) Estimate {
	st := n.Table.Statistics()
	out := Estimate{Rows: float64(st.Rows), Columns: map[ID]ColumnEstimate{}}
	if st.Rows < 0 {
		out.Rows = unknownRows
		if st.Bytes > 0 {
			out.Rows = float64(st.Bytes) / 100
		}
	}
	for i, a := range n.Cols {
		c := ColumnEstimate{Min: 1, Max: 0, Width: typeWidth(a.T)}
		if k := n.Ordinals[i]; k < len(st.Columns) {
			c = columnEstimate(st.Columns[k], a.T, out.Rows)
		}
		out.Columns[a.ID] = c
	}
	return out
}

// columnEstimate reads a column's statistics. Without a distinct count, an integer column has at most as many values as its range holds.
func columnEstimate(st ColumnStatistics, t columnar.Type, rows float64) ColumnEstimate {
	c := ColumnEstimate{Min: 1, Max: 0, Width: st.Width}
	if c.Width == 0 {
		c.Width = typeWidth(t)
	}
	if st.Min != nil && st.Max != nil && !st.Min.IsNull(0) && !st.Max.IsNull(0) {
		lo, ok1 := numberOf(st.Min)
		hi, ok2 := numberOf(st.Max)
		if ok1 && ok2 {
			c.Min, c.Max = lo, hi
		}
	}
	switch {
	case st.Distinct > 0:
		c.Distinct = float64(st.Distinct)
	case c.Min <= c.Max && (t.IsInteger() || t.Kind == columnar.Date):
		c.Distinct = min(rows, c.Max-c.Min+1)
	case t.Kind == columnar.String && st.Min != nil && st.Max != nil && !st.Min.IsNull(0) && !st.Max.IsNull(0):
		// Codes of one letter, as from F to P: if the ends are of one byte, so are most likely the others.
		if lo, hi := columnar.StringAt(st.Min, 0), columnar.StringAt(st.Max, 0); len(lo) == 1 && len(hi) == 1 {
			c.Distinct = min(rows, float64(hi[0])-float64(lo[0])+1)
		}
	}
	return c
}

// numberOf is a constant on a line where constants of its type can be compared by distance.
func numberOf(v columnar.Vector) (float64, bool) {
	if v.IsNull(0) {
		return 0, false
	}
	switch t := v.Type(); {
	case t.IsNumeric() && t.Kind != columnar.Decimal:
		return columnar.Float64At(v, 0), true
	case t.Kind == columnar.Decimal:
		return columnar.DecimalAt(v, 0).ToFloat64(int(t.Scale)), true
	case t.IsDatetime():
		return float64(columnar.Int64At(v, 0)), true
	}
	return 0, false
}

// scaled is an estimate of rows of in, of which each column keeps at most that many values.
func scaled(in Estimate, rows float64) Estimate {
	out := Estimate{Rows: rows, Columns: make(map[ID]ColumnEstimate, len(in.Columns))}
	for id, c := range in.Columns {
		c.Distinct = min(c.Distinct, max(rows, 1))
		out.Columns[id] = c
	}
	return out
}

func (s *Estimator) project(list []Expr, in Estimate) Estimate {
	out := Estimate{Rows: in.Rows, Columns: map[ID]ColumnEstimate{}}
	for _, e := range list {
		switch e := e.(type) {
		case *Attr:
			out.Columns[e.ID] = in.Columns[e.ID]
		case *Alias:
			if a, ok := e.Child.(*Attr); ok {
				out.Columns[e.ID] = in.Columns[a.ID]
			}
		}
	}
	return out
}

// groups is the number of combinations of grouping values, at most the number of rows.
func groups(by []Expr, in Estimate) float64 {
	if len(by) == 0 {
		return 1
	}
	n := 1.0
	for _, e := range by {
		d := math.Sqrt(in.Rows)
		if a, ok := e.(*Attr); ok && in.Columns[a.ID].Distinct > 0 {
			d = in.Columns[a.ID].Distinct
		}
		n *= d
	}
	return min(n, in.Rows)
}

// join estimates by the containment of keys: |L|·|R| / max(distinct keys) for each equality.
func (s *Estimator) join(n *Join) Estimate {
	l, r := s.Of(n.Left), s.Of(n.Right)
	out := Estimate{Columns: map[ID]ColumnEstimate{}}
	for _, m := range []map[ID]ColumnEstimate{l.Columns, r.Columns} {
		for id, c := range m {
			out.Columns[id] = c
		}
	}
	both := Estimate{Rows: l.Rows * r.Rows, Columns: out.Columns}
	rows := both.Rows
	if n.Cond != nil {
		rows *= JoinSelectivity(splitAnd(n.Cond), l, r)
	}
	switch n.Type {
	case LeftSemi:
		return scaled(l, min(l.Rows, max(rows, l.Rows*0.1)))
	case LeftAnti:
		return scaled(l, max(l.Rows-rows, l.Rows*0.1))
	case LeftMark:
		return l
	case LeftOuter, LeftSingle:
		rows = max(rows, l.Rows)
	case RightOuter:
		rows = max(rows, r.Rows)
	case FullOuter:
		rows = max(rows, l.Rows+r.Rows)
	}
	return scaled(both, rows)
}

// JoinSelectivity is the estimated part of the pairs of rows of l and r that satisfy all the conditions. Equalities together are a key: a side has no more combinations of
// values than rows, so that the parts of a key of several columns do not multiply.
func JoinSelectivity(conds []Expr, l, r Estimate) float64 {
	both := Estimate{Rows: l.Rows * r.Rows, Columns: map[ID]ColumnEstimate{}}
	for _, m := range []map[ID]ColumnEstimate{l.Columns, r.Columns} {
		for id, c := range m {
			both.Columns[id] = c
		}
	}
	part, left, right, keyed := 1.0, 1.0, 1.0, false
	for _, e := range conds {
		c, ok := e.(*Call)
		if !ok || c.Fn.Name != "=" && c.Fn.Name != "<=>" {
			part *= Selectivity(e, both)
			continue
		}
		keyed = true
		for _, a := range c.Args {
			if d, onLeft := keyDistinct(a, l, r); onLeft {
				left *= d
			} else {
				right *= d
			}
		}
	}
	if keyed {
		part /= max(min(left, l.Rows), min(right, r.Rows), 1)
	}
	return part
}

// keyDistinct is how many values a key has, and whether the left side has it; where it is not known, every row is thought to have its own.
func keyDistinct(e Expr, l, r Estimate) (n float64, onLeft bool) {
	onLeft = true
	Walk(e, func(e Expr) bool {
		if a, ok := e.(*Attr); ok {
			_, onLeft = l.Columns[a.ID]
		}
		return true
	})
	if n = distinctOf(e, l, r); n > 0 {
		return n, onLeft
	}
	if onLeft {
		return l.Rows, true
	}
	return r.Rows, false
}

// splitAnd parts a condition at its ANDs.
func splitAnd(e Expr) []Expr {
	if c, ok := e.(*Call); ok && c.Fn.Name == "and" {
		return append(splitAnd(c.Args[0]), splitAnd(c.Args[1])...)
	}
	return []Expr{e}
}

// distinctOf is how many values an expression has on the side that it reads; 0 if that is unknown.
func distinctOf(e Expr, l, r Estimate) float64 {
	if c, ok := e.(*Cast); ok {
		e = c.Child
	}
	a, ok := e.(*Attr)
	if !ok {
		return 0
	}
	if c, ok := l.Columns[a.ID]; ok {
		return c.Distinct
	}
	return r.Columns[a.ID].Distinct
}

// Selectivity is the estimated part of the rows for which a condition is TRUE.
func Selectivity(cond Expr, in Estimate) float64 {
	switch e := cond.(type) {
	case *Literal:
		if e.Value.IsNull(0) || e.Value.Type().Kind == columnar.Boolean && !columnar.BoolAt(e.Value, 0) {
			return 0
		}
		return 1
	case *Call:
		return callSelectivity(e, in)
	}
	return defaultSelectivity
}

func callSelectivity(e *Call, in Estimate) float64 {
	switch e.Fn.Name {
	case "and":
		return conjunction(splitAnd(e), in)
	case "or":
		a, b := Selectivity(e.Args[0], in), Selectivity(e.Args[1], in)
		return a + b - a*b
	case "not":
		return 1 - Selectivity(e.Args[0], in)
	case "=", "<=>":
		return equality(e, in)
	case "in":
		return min(1, float64(len(e.Args)-1)*equality(e, in))
	case "<", "<=", ">", ">=":
		_, part := rangePart(e, in)
		return part
	case "like", "rlike", "contains", "startswith", "endswith", "ilike":
		return likeSelectivity
	case "isnull":
		return 0.05
	case "isnotnull":
		return 0.95
	}
	return defaultSelectivity
}

func equality(e *Call, in Estimate) float64 {
	d := max(distinctOf(e.Args[0], in, in), distinctOf(e.Args[1], in, in))
	if d > 0 {
		return 1 / d
	}
	return equalSelectivity
}

// conjunction takes conditions for independent of each other, but for bounds of one column: d >= x AND d < y leaves what is between x and y,
// that is the sum of the two parts less the whole.
func conjunction(conds []Expr, in Estimate) float64 {
	part := 1.0
	between := map[ID]float64{}
	for _, e := range conds {
		if c, ok := e.(*Call); ok && isBound[c.Fn.Name] {
			if id, p := rangePart(c, in); id != 0 {
				if _, seen := between[id]; !seen {
					between[id] = 1
				}
				between[id] += p - 1
				continue
			}
		}
		part *= Selectivity(e, in)
	}
	for _, p := range between {
		part *= min(max(p, leastPart), 1)
	}
	return part
}

// isBound are the comparisons that cut a range.
var isBound = map[string]bool{"<": true, "<=": true, ">": true, ">=": true}

// leastPart is the least that a condition on a range is thought to leave.
const leastPart = 0.0001

// rangePart is the part of a column's range that a comparison with a constant leaves, and which column that is; 0 where it is not known.
func rangePart(e *Call, in Estimate) (ID, float64) {
	a, okA := e.Args[0].(*Attr)
	l, okL := e.Args[1].(*Literal)
	op := e.Fn.Name
	if !okA {
		if a, okA = e.Args[1].(*Attr); okA {
			l, okL = e.Args[0].(*Literal)
			op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
		}
	}
	if !okA || !okL {
		return 0, rangeSelectivity
	}
	c := in.Columns[a.ID]
	v, ok := numberOf(l.Value)
	if !ok || c.Min >= c.Max {
		return 0, rangeSelectivity
	}
	part := (v - c.Min) / (c.Max - c.Min)
	if op == ">" || op == ">=" {
		part = 1 - part
	}
	return a.ID, min(max(part, leastPart), 1)
}
