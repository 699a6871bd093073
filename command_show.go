package gosql

import (
	"context"
	"regexp"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// show executes SHOW.
func (s *Session) show(ctx context.Context, c *logical.Show) (logical.Node, error) {
	match := likeNames(c.Pattern)
	switch c.Kind {
	case logical.ShowTables, logical.ShowViews:
		return s.showTables(ctx, c, match)
	case logical.ShowFunctions:
		return nameTable("function", s.catalog.FunctionNames(), match), nil
	case logical.ShowDatabases:
		return nameTable("namespace", s.catalog.databases(), match), nil
	case logical.ShowCatalogs:
		return nameTable("catalog", []string{defaultCatalog}, match), nil
	case logical.ShowCurrentNamespace:
		return textTable([]string{"catalog", "namespace"}, [][]string{{defaultCatalog, s.catalog.currentDatabase()}}), nil
	case logical.ShowColumns:
		plan, err := s.analyze(ctx, &logical.UnresolvedRelation{Name: c.Name, Pos: c.Pos})
		if err != nil {
			return nil, err
		}
		return nameTable("col_name", attrNames(plan), match), nil
	}
	return nil, columnar.Errorf("UNSUPPORTED_FEATURE", "The feature is not supported: %s.", c).At(c.Pos)
}

func nameTable(column string, names []string, match func(string) bool) logical.Node {
	var rows [][]string
	for _, n := range names {
		if match(n) {
			rows = append(rows, []string{n})
		}
	}
	return textTable([]string{column}, rows)
}

func (s *Session) showTables(ctx context.Context, c *logical.Show, match func(string) bool) (logical.Node, error) {
	database := ""
	if len(c.Name) > 0 {
		database = c.Name[len(c.Name)-1]
	}
	entries, err := s.catalog.Tables(ctx, database)
	if err != nil {
		return nil, atPos(err, c.Pos)
	}
	second, names := "tableName", []string{"namespace", "tableName", "isTemporary"}
	if c.Kind == logical.ShowViews {
		second = "viewName"
	}
	names[1] = second
	var rows [][]string
	for _, e := range entries {
		if match(e.Name) && (c.Kind == logical.ShowTables || e.View) {
			rows = append(rows, []string{e.Database, e.Name, map[bool]string{true: "true", false: "false"}[e.Temporary]})
		}
	}
	n := textTable(names, rows)
	return castColumn(n, 2, columnar.BooleanType), nil
}

// castColumn changes the type of a column of a command's result.
func castColumn(n logical.Node, i int, t columnar.Type) logical.Node {
	var list []logical.Expr
	for k, a := range n.Output() {
		var e logical.Expr = a
		if k == i {
			e = &logical.Cast{Child: a, To: t, Mode: columnar.CastANSI}
		}
		list = append(list, logical.NewAlias(e, a.Name))
	}
	return &logical.Project{List: list, Input: n}
}

// likeNames matches names by a pattern of SHOW: * stands for any text, | for or, case does not matter.
func likeNames(pattern string) func(string) bool {
	if pattern == "" {
		return func(string) bool { return true }
	}
	var alternatives []string
	for _, p := range strings.Split(pattern, "|") {
		p = regexp.QuoteMeta(strings.TrimSpace(p))
		p = strings.NewReplacer(`\*`, ".*", "%", ".*").Replace(p)
		alternatives = append(alternatives, p)
	}
	re := regexp.MustCompile("(?i)^(?:" + strings.Join(alternatives, "|") + ")$")
	return re.MatchString
}

// describe executes DESCRIBE.
func (s *Session) describe(ctx context.Context, c *logical.Describe) (logical.Node, error) {
	switch c.Kind {
	case logical.DescribeFunction:
		return s.describeFunction(c)
	case logical.DescribeDatabase:
		return textTable([]string{"info_name", "info_value"}, [][]string{{"Catalog Name", defaultCatalog}, {"Namespace Name", c.Name[len(c.Name)-1]}}), nil
	}
	query := c.Plan
	if c.Kind == logical.DescribeTable {
		query = &logical.UnresolvedRelation{Name: c.Name, Pos: c.Pos}
	}
	plan, err := s.analyze(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(c.Column) > 0 {
		return describeColumn(plan, c)
	}
	var rows [][]string
	for _, a := range plan.Output() {
		rows = append(rows, []string{a.Name, a.T.String(), nullCell})
	}
	if c.Extended && c.Kind == logical.DescribeTable {
		rows = append(rows, []string{"", "", ""}, []string{"# Detailed Table Information", "", ""})
		if v := s.catalog.find(c.Name); v != nil {
			rows = append(rows, viewDetails(v)...)
		}
	}
	return textTable([]string{"col_name", "data_type", "comment"}, rows), nil
}

func viewDetails(v *view) [][]string {
	if v.table == nil {
		return [][]string{{"Type", "VIEW", ""}, {"View Text", v.text, ""}}
	}
	out := [][]string{{"Type", "MANAGED", ""}, {"Provider", provider(v.table.def.Provider), ""}}
	if v.table.memory == nil {
		out[0][1] = "EXTERNAL"
		out = append(out, []string{"Location", v.table.def.Location, ""})
	}
	return out
}

func describeColumn(plan logical.Node, c *logical.Describe) (logical.Node, error) {
	name := c.Column[len(c.Column)-1]
	for _, a := range plan.Output() {
		if equalFold(a.Name, name) {
			return textTable([]string{"info_name", "info_value"}, [][]string{{"col_name", a.Name}, {"data_type", a.T.String()}, {"comment", "NULL"}}), nil
		}
	}
	return nil, columnar.Errorf("UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column, variable, or function parameter with name %s cannot be resolved. Did you mean one of the following? [%s].",
		quoteName(c.Column), strings.Join(attrNames(plan), ", ")).At(c.Pos)
}

func (s *Session) describeFunction(c *logical.Describe) (logical.Node, error) {
	f := s.catalog.Function(c.Name)
	if f == nil {
		return nil, columnar.Errorf("UNRESOLVED_ROUTINE", "Cannot resolve routine %s on search path [`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`].", quoteName(c.Name)).At(c.Pos)
	}
	rows := [][]string{{"Function: " + f.Name}, {"Usage: " + f.Usage}}
	if c.Extended {
		var b strings.Builder
		b.WriteString("Extended Usage:\n    Examples:\n")
		for _, e := range f.Examples {
			b.WriteString("      > " + e.SQL + ";\n       " + strings.ReplaceAll(e.Result, "\n", "\n       ") + "\n")
		}
		rows = append(rows, []string{b.String()})
	}
	return textTable([]string{"function_desc"}, rows), nil
}

// writePlan writes the rows of an analyzed plan to a path.
func (s *Session) writePlan(ctx context.Context, plan logical.Node, format, path string, partitionBy []string, options map[string]string, mode logical.SaveMode) error {
	f, err := datasources.Lookup(format)
	if err != nil {
		return err
	}
	if err := distinctNames(plan); err != nil {
		return err
	}
	sink, err := f.Create(path, partitionBy, s.withZone(options))
	if err != nil {
		return err
	}
	return s.writeTo(ctx, plan, sink, mode)
}
