package sql

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// infix are the operators that Spark's names show between their operands.
var infix = map[string]string{
	"+": "+", "-": "-", "*": "*", "/": "/", "%": "%", "div": "div", "=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "<=>": "<=>",
	"and": "AND", "or": "OR", "|": "|", "&": "&", "^": "^", "<<": "<<", ">>": ">>", ">>>": ">>>",
}

// namer prints an unresolved expression as Spark names a select item, and
// counts its operators.
type namer struct {
	operators int // infix and NOT
	unknown   bool
}

func (m *namer) names(es []logical.Expr) (out []string) {
	for _, e := range es {
		out = append(out, m.name(e))
	}
	return out
}

func (m *namer) name(e logical.Expr) string {
	switch e := e.(type) {
	case *logical.UnresolvedAttr:
		if n := strings.ToLower(e.Parts[0]); n == "current_date" || n == "current_timestamp" {
			return n + "()" // a function without brackets, there being no such column
		}
		return e.Parts[len(e.Parts)-1]
	case *logical.UnresolvedStar:
		return "1"
	case *logical.Cast:
		s := e.Child
		if e.Mode == columnar.CastTry {
			return "TRY_CAST(" + m.name(s) + " AS " + e.To.SQL() + ")"
		}
		return "CAST(" + m.name(s) + " AS " + e.To.SQL() + ")"
	case *logical.UnresolvedExtract:
		if e.Dot {
			return m.name(e.Child) + "." + m.name(e.Key)
		}
		return m.name(e.Child) + "[" + m.name(e.Key) + "]"
	case *logical.ScalarSubquery, *logical.Exists, *logical.InSubquery, *logical.WindowExpr, *logical.Lambda:
		m.unknown = true
		return e.String()
	case *logical.UnresolvedCall:
		return m.call(e)
	case *logical.Alias:
		return m.name(e.Child) + " AS " + e.Name
	}
	return e.String()
}

func (m *namer) call(e *logical.UnresolvedCall) string {
	name := strings.ToLower(e.Name[len(e.Name)-1])
	a := m.names(e.Args)
	if op, ok := infix[name]; ok && len(a) == 2 {
		m.operators++
		return "(" + a[0] + " " + op + " " + a[1] + ")"
	}
	switch name {
	case "not":
		m.operators++
		return "(NOT " + a[0] + ")"
	case "negative":
		return "(- " + a[0] + ")"
	case "positive":
		return "(+ " + a[0] + ")"
	case "~":
		return "~" + a[0]
	case "isnull":
		return "(" + a[0] + " IS NULL)"
	case "isnotnull":
		return "(" + a[0] + " IS NOT NULL)"
	case "in":
		m.operators++
		return "(" + a[0] + " IN (" + strings.Join(a[1:], ", ") + "))"
	case "like":
		m.operators++
		s := a[0] + " LIKE " + a[1]
		if len(a) == 3 {
			s += " ESCAPE '" + a[2] + "'"
		}
		return s
	case "case":
		return caseName(a)
	case "if":
		return "(IF(" + strings.Join(a, ", ") + "))"
	case "extract":
		return "extract(" + a[0] + " FROM " + a[1] + ")"
	case "from_json":
		return "from_json(" + a[0] + ")"
	}
	if typ, err := columnar.ParseType(name); err == nil && len(a) == 1 {
		return "CAST(" + a[0] + " AS " + typ.SQL() + ")" // int(x) is a cast
	}
	s := strings.Join(a, ", ")
	if e.Distinct {
		s = "DISTINCT " + s
	}
	s = name + "(" + s + ")"
	if len(e.OrderBy) > 0 {
		s += " WITHIN GROUP (ORDER BY " + m.orderName(e.OrderBy) + ")"
	}
	if e.Filter != nil {
		s += " FILTER (WHERE " + m.name(e.Filter) + ")"
	}
	return s
}

// orderName shows only what differs from the default, as Spark does.
func (m *namer) orderName(keys []*logical.SortKey) string {
	var out []string
	for _, k := range keys {
		s := m.name(k.Child)
		if k.Desc {
			s += " DESC"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func caseName(a []string) string {
	s := "CASE"
	for len(a) >= 2 {
		s += " WHEN " + a[0] + " THEN " + a[1]
		a = a[2:]
	}
	if len(a) == 1 {
		s += " ELSE " + a[0]
	}
	return s + " END"
}

var (
	intervalText = regexp.MustCompile(`interval '[^']*'( (year|month|day|hour|minute|second)( to (year|month|day|hour|minute|second))?)?`)
	typedText    = regexp.MustCompile(`(date|timestamp|timestamp_ntz|timestamp_ltz|x) ?'([^']*)'`)
	numberText   = regexp.MustCompile(`\b\d+(\.\d*)?(e[+-]?\d+)?\b`)
	castText     = regexp.MustCompile(`(try_)?cast\(`)
)

// normal removes what only differs in the spelling of literals, casts and intervals.
func normal(s string) string {
	s = intervalText.ReplaceAllString(strings.ToLower(s), "interval")
	s = typedText.ReplaceAllString(s, "$2")
	for {
		i := castText.FindStringIndex(s)
		if i == nil {
			break
		}
		s = s[:i[0]] + dropCast(s[i[1]:])
	}
	return numberText.ReplaceAllStringFunc(s, func(n string) string {
		f, err := strconv.ParseFloat(n, 64)
		if err != nil {
			return n
		}
		return strconv.FormatFloat(f, 'g', -1, 64)
	})
}

// dropCast turns "x as type) rest" into "x rest".
func dropCast(s string) string {
	depth, as := 0, -1
	for i := range s {
		switch {
		case s[i] == '(' || s[i] == '<':
			depth++
		case s[i] == ')' && depth == 0:
			if as < 0 {
				return s
			}
			return s[:as] + s[i+1:]
		case s[i] == ')' || s[i] == '>' && depth > 0 && as >= 0:
			depth--
		case depth <= 0 && strings.HasPrefix(s[i:], " as "):
			as, depth = i, 0
		}
	}
	return s
}

// items are the select items of a query's outermost SELECT.
func items(n logical.Node) []logical.Expr {
	for {
		switch x := n.(type) {
		case *logical.Project:
			return x.List
		case *logical.Aggregate:
			return x.List
		case *logical.Limit, *logical.Sort, *logical.Distinct, *logical.With, *logical.WithWindows, *logical.Having, *logical.Hint:
			n = x.Children()[0]
		default:
			return nil
		}
	}
}

// causes explain the names that differ: Spark rewrites these expressions once
// it knows their types, and shows the result.
var causes = []struct {
	name, schema *regexp.Regexp // nil matches all
	cause        string
}{
	{regexp.MustCompile(`interval|c - j|\) - [ij]\)`), nil, "a date or timestamp plus or minus an interval is shown without brackets, interval times number in that order"},
	{nil, regexp.MustCompile(`date_add\(|date_sub\(`), "a date plus or minus days is shown as date_add or date_sub"},
	{regexp.MustCompile(`timestamp .* - date`), nil, "number times interval is shown the other way round"},
	{regexp.MustCompile(`^json_tuple`), nil, "the columns of a generator are called c0, c1, …"},
	{nil, regexp.MustCompile(`variablereference`), "a session variable is shown as variablereference(…)"},
	{regexp.MustCompile(`^mode\(\) within`), nil, "mode is shown with the order it computes in"},
	{regexp.MustCompile(`^\(1 > 0.00001\)`), nil, "the literal is shown after rounding to the other operand's type"},
	{regexp.MustCompile(`^\(5 in \(1\)\)`), nil, "the star is expanded"},
	{regexp.MustCompile(`shiftleft|random\(\)|float\(|double\(`), nil, "the function is shown by another of its names"},
}

func causeOf(name, schema string) string {
	for _, c := range causes {
		if (c.name == nil || c.name.MatchString(strings.ToLower(name))) && (c.schema == nil || c.schema.MatchString(strings.ToLower(schema))) {
			return c.cause
		}
	}
	return ""
}

// TestSparkNames: unaliased select items with an infix operator or NOT have
// the names that Spark gives them, which shows that they parse as in Spark.
func TestSparkNames(t *testing.T) {
	needCorpora(t)
	total, exact, normalised := 0, 0, 0
	rest, unexplained := map[string][]string{}, 0
	for _, g := range goldens(t) {
		if !isQueryText(g.sql) || strings.Contains(g.output, "Exception") {
			continue
		}
		plan, err := g.options().Parse(g.sql)
		if err != nil {
			continue
		}
		for _, e := range items(plan) {
			if _, ok := e.(*logical.Alias); ok {
				continue
			}
			m := &namer{}
			name := m.name(e)
			if m.operators == 0 || m.unknown {
				continue
			}
			total++
			has := func(schema, name string) bool {
				return strings.Contains(schema, "<"+name+":") || strings.Contains(schema, ","+name+":")
			}
			switch {
			case has(strings.ToLower(g.schema), strings.ToLower(name)):
				exact++
			case has(normal(g.schema), normal(name)):
				normalised++
			default:
				cause := causeOf(name, g.schema)
				if cause == "" {
					unexplained++
					cause = "unexplained"
					name += "    Spark: " + g.schema
				}
				rest[cause] = append(rest[cause], g.file+": "+strings.ReplaceAll(name, "\n", `\n`))
			}
		}
	}
	t.Logf("%d items with operators: %d named exactly as by Spark, %d after normalising, %d not", total, exact, normalised, total-exact-normalised)
	for _, cause := range slices.Sorted(maps.Keys(rest)) {
		t.Logf("%d because %s:\n  %s", len(rest[cause]), cause, strings.Join(rest[cause], "\n  "))
	}
	if unexplained > 0 {
		t.Errorf("%d names differ without a known cause", unexplained)
	}
	if (exact+normalised)*100 < total*85 {
		t.Errorf("%d of %d items are named as by Spark, want at least 85 %%", exact+normalised, total)
	}
}
