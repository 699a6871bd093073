package gosql

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// nothing is the result of a command without columns.
func nothing() logical.Node { return &logical.Local{} }

// table makes a result of text columns.
func textTable(names []string, rows [][]string) logical.Node {
	n := &logical.Local{}
	builders := make([]*columnar.StringsBuilder, len(names))
	for i, name := range names {
		n.Cols = append(n.Cols, logical.NewAttr(name, columnar.StringType, true))
		builders[i] = columnar.NewStringsBuilder(nil, columnar.StringType, len(rows))
	}
	for _, r := range rows {
		for i, cell := range r {
			if cell == nullCell {
				builders[i].AppendNull()
			} else {
				builders[i].AppendString(cell)
			}
		}
	}
	cols := make([]columnar.Vector, len(names))
	for i, b := range builders {
		cols[i] = b.Build()
	}
	n.Batches = []columnar.Batch{columnar.NewBatch(logical.Schema(n), len(rows), cols...)}
	return n
}

// nullCell stands for NULL in the rows given to textTable.
const nullCell = "\x00NULL"

// execute runs a command and returns its result as a plan.
func (s *Session) execute(ctx context.Context, cmd logical.Command) (logical.Node, error) {
	switch c := cmd.(type) {
	case *logical.CreateView:
		return nothing(), s.createView(ctx, c)
	case *logical.CreateViewUsing:
		return nothing(), s.createViewUsing(ctx, c)
	case *logical.CreateTable:
		return nothing(), s.createTable(ctx, c)
	case *logical.DropRelation:
		return nothing(), atPos(s.catalog.Drop(ctx, c.Name, c.View, c.IfExists), c.Pos)
	case *logical.InsertInto:
		return nothing(), s.insertInto(ctx, c)
	case *logical.InsertDirectory:
		return nothing(), s.insertDirectory(ctx, c)
	case *logical.TruncateTable:
		return nothing(), s.truncate(c)
	case *logical.SetConf:
		return s.setConf(c)
	case *logical.ResetConf:
		s.conf.reset(c.Key)
		return nothing(), nil
	case *logical.Show:
		return s.show(ctx, c)
	case *logical.Describe:
		return s.describe(ctx, c)
	case *logical.Explain:
		return s.explainCommand(ctx, c)
	case *logical.CacheTable:
		return nothing(), s.cacheTable(ctx, c)
	case *logical.UncacheTable:
		return nothing(), s.uncacheTable(c)
	case *logical.RefreshTable:
		return nothing(), s.refresh(c)
	case *logical.UseDatabase:
		return nothing(), atPos(s.catalog.useDatabase(c.Name[len(c.Name)-1]), c.Pos)
	case *logical.CreateDatabase:
		name := c.Name[len(c.Name)-1]
		if c.Drop {
			return nothing(), atPos(s.catalog.dropDatabase(name, c.IfExists, c.Cascade), c.Pos)
		}
		return nothing(), atPos(s.catalog.createDatabase(name, c.IfNotExists), c.Pos)
	case *logical.Unsupported:
		return nil, columnar.Errorf("UNSUPPORTED_FEATURE", "The feature is not supported: %s.", c.What).At(c.Pos)
	}
	return nil, columnar.Errorf("UNSUPPORTED_FEATURE", "The feature is not supported: %s.", cmd)
}

// atPos gives an error of a lower layer a place in the statement.
func atPos(err error, p columnar.Pos) error {
	if e, ok := err.(*columnar.Error); ok {
		return e.At(p)
	}
	return err
}

func (s *Session) createView(ctx context.Context, c *logical.CreateView) error {
	plan, err := s.analyze(ctx, c.Plan)
	if err != nil {
		return err
	}
	if len(c.Cols) > 0 {
		if len(c.Cols) != len(plan.Output()) {
			return columnar.Errorf("CREATE_VIEW_COLUMN_ARITY_MISMATCH."+map[bool]string{true: "TOO_MANY_DATA_COLUMNS", false: "NOT_ENOUGH_DATA_COLUMNS"}[len(c.Cols) < len(plan.Output())],
				"Cannot create view %s, the reason is that the numbers of columns differ:\nView columns: %s.\nData columns: %s.", quoteName(s.catalog.full(c.Name)), strings.Join(c.Cols, ", "), strings.Join(attrNames(plan), ", ")).At(c.Pos)
		}
		list := make([]logical.Expr, len(c.Cols))
		for i, a := range plan.Output() {
			list[i] = logical.NewAlias(a, c.Cols[i])
		}
		plan = &logical.Project{List: list, Input: plan}
	}
	if err := distinctNames(plan); err != nil {
		return atPos(err, c.Pos)
	}
	return atPos(s.catalog.CreateView(ctx, logical.ViewDefinition{Name: c.Name, Plan: plan, Text: c.Text, Replace: c.Replace,
		IfNotExists: c.IfNotExists, Temporary: c.Temporary, Global: c.Global, Comment: c.Comment}), c.Pos)
}

func attrNames(n logical.Node) []string {
	var names []string
	for _, a := range n.Output() {
		names = append(names, a.Name)
	}
	return names
}

// distinctNames refuses a plan two of whose columns have the same name, since nobody could ask for either of them.
func distinctNames(n logical.Node) error {
	seen := map[string]bool{}
	for _, name := range attrNames(n) {
		low := strings.ToLower(name)
		if seen[low] {
			return columnar.Errorf("COLUMN_ALREADY_EXISTS", "The column `%s` already exists. Choose another name or rename the existing column.", low)
		}
		seen[low] = true
	}
	return nil
}

func (s *Session) createViewUsing(ctx context.Context, c *logical.CreateViewUsing) error {
	options := map[string]string{}
	var paths []string
	for k, v := range c.Options {
		if equalFold(k, "path") || equalFold(k, "paths") {
			paths = append(paths, v)
		} else {
			options[k] = v
		}
	}
	t, err := s.openTable(ctx, c.Provider, paths, options, c.Schema)
	if err != nil {
		return atPos(err, c.Pos)
	}
	return atPos(s.catalog.CreateView(ctx, logical.ViewDefinition{Name: c.Name, Plan: logical.NewRelation(t, c.Name[len(c.Name)-1]),
		Replace: c.Replace, Temporary: true, Global: c.Global}), c.Pos)
}

func (s *Session) createTable(ctx context.Context, c *logical.CreateTable) error {
	def := c.Table
	if def.Location == "" {
		for k, v := range def.Options {
			if equalFold(k, "path") {
				def.Location = v
			}
		}
	}
	if c.Plan == nil {
		if def.Schema == nil && def.Location == "" {
			def.Schema = columnar.NewSchema()
		}
		return atPos(s.catalog.CreateTable(ctx, def), c.Pos)
	}
	plan, err := s.analyze(ctx, c.Plan)
	if err != nil {
		return err
	}
	if def.Location != "" {
		mode := logical.SaveError
		if err := s.writePlan(ctx, plan, provider(def.Provider), def.Location, def.PartitionBy, def.Options, mode); err != nil {
			return err
		}
		return atPos(s.catalog.CreateTable(ctx, def), c.Pos)
	}
	if err := distinctNames(plan); err != nil {
		return atPos(err, c.Pos)
	}
	def.Schema = logical.Schema(plan)
	if old := s.catalog.find(def.Name); old != nil && def.IfNotExists {
		return nil
	}
	if err := s.catalog.CreateTable(ctx, def); err != nil {
		return atPos(err, c.Pos)
	}
	return s.writeTo(ctx, plan, s.catalog.find(def.Name).table.memory, logical.SaveAppend)
}

// collect runs an analyzed plan and keeps its batches.
func (s *Session) collect(ctx context.Context, plan logical.Node) ([]columnar.Batch, error) {
	q, err := s.compileAnalyzed(ctx, plan)
	if err != nil {
		return nil, err
	}
	var out []columnar.Batch
	for b, err := range q.run(ctx) {
		if err != nil {
			return nil, err
		}
		out = append(out, b.Retain().Compact(nil))
	}
	return out, nil
}

// insertInto writes a query into a table: its columns are matched by position, or by the names given, and cast to the table's types.
func (s *Session) insertInto(ctx context.Context, c *logical.InsertInto) error {
	v := s.catalog.find(c.Name)
	if v == nil {
		return columnar.Errorf("TABLE_OR_VIEW_NOT_FOUND", "The table or view %s cannot be found. Verify the spelling and correctness of the schema and catalog.", quoteName(c.Name)).At(c.Pos)
	}
	if v.table == nil {
		return columnar.Errorf("UNSUPPORTED_INSERT.RDD_BASED", "Can't insert into the target. %s is a view.", quoteName(c.Name)).At(c.Pos)
	}
	plan, err := s.analyze(ctx, c.Plan)
	if err != nil {
		return err
	}
	schema := v.table.source.Schema()
	list, err := insertList(c, schema, plan.Output(), s.conf.bool("spark.sql.ansi.enabled"))
	if err != nil {
		return err
	}
	plan = &logical.Project{List: list, Input: plan}
	if v.table.memory == nil {
		mode := logical.SaveAppend
		if c.Overwrite {
			mode = logical.SaveOverwrite
		}
		def := v.table.def
		if err := s.writePlan(ctx, plan, provider(def.Provider), def.Location, def.PartitionBy, def.Options, mode); err != nil {
			return err
		}
		def.Replace = true
		return s.catalog.CreateTable(ctx, def)
	}
	mode := logical.SaveAppend
	if c.Overwrite {
		mode = logical.SaveOverwrite
	}
	return s.writeTo(ctx, plan, v.table.memory, mode)
}

// storable says whether values of a type may be stored in a column of another without a cast that the statement asks for: numbers as numbers, days as instants and back, anything
// but a calendar interval as text (Spark's ANSI store assignment).
func storable(from, to columnar.Type) bool {
	day := func(t columnar.Type) bool {
		return t.Kind == columnar.Date || t.Kind == columnar.Timestamp || t.Kind == columnar.TimestampNTZ
	}
	switch {
	case from == to || from.Kind == columnar.Void || from.IsNumeric() && to.IsNumeric() || day(from) && day(to):
		return true
	case from.Kind != to.Kind:
		nested := from.Kind == columnar.Array || from.Kind == columnar.Map || from.Kind == columnar.Struct
		return to.Kind == columnar.String && !nested && from.Kind != columnar.CalendarInterval
	case from.Kind == columnar.Array:
		return storable(from.Elem(), to.Elem())
	case from.Kind == columnar.Map:
		return storable(from.Key(), to.Key()) && storable(from.Elem(), to.Elem())
	case from.Kind == columnar.Struct:
		a, b := from.Fields(), to.Fields()
		for i := range min(len(a), len(b)) {
			if !storable(a[i].Type, b[i].Type) {
				return false
			}
		}
		return len(a) == len(b)
	}
	return true
}

// insertList is the select list that turns a query's columns into a table's.
func insertList(c *logical.InsertInto, schema *columnar.Schema, from []*logical.Attr, ansi bool) ([]logical.Expr, error) {
	names := c.Cols
	if c.ByName {
		for _, a := range from {
			names = append(names, a.Name)
		}
	}
	want := schema.Len()
	if names != nil {
		want = len(names)
	}
	if want != len(from) {
		kind := "NOT_ENOUGH_DATA_COLUMNS"
		if len(from) > want {
			kind = "TOO_MANY_DATA_COLUMNS"
		}
		return nil, columnar.Errorf("INSERT_COLUMN_ARITY_MISMATCH."+kind, "Cannot write to %s, the reason is that the numbers of columns differ: the table takes %d, the data have %d.", quoteName(c.Name), want, len(from)).At(c.Pos)
	}
	mode := columnar.CastANSI
	if !ansi {
		mode = columnar.CastLegacy
	}
	source := make([]logical.Expr, schema.Len())
	for i, a := range from {
		k := i
		if names != nil {
			if k = schema.Index(names[i]); k < 0 {
				return nil, columnar.Errorf("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "A column, variable, or function parameter with name %s cannot be resolved.", quoteName(names[i:i+1])).At(c.Pos)
			}
		}
		source[k] = a
	}
	list := make([]logical.Expr, schema.Len())
	for i, f := range schema.Fields {
		e := source[i]
		if e == nil {
			e = logical.Null(f.Type)
		}
		if e.Type() != f.Type {
			if !columnar.CanCast(e.Type(), f.Type, mode) || ansi && !storable(e.Type(), f.Type) {
				return nil, columnar.Errorf("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", "Cannot write incompatible data for the table %s: Cannot safely cast `%s` \"%s\" to \"%s\".", quoteName(c.Name), f.Name, e.Type().SQL(), f.Type.SQL()).At(c.Pos)
			}
			e = &logical.Cast{Child: e, To: f.Type, Mode: mode, Implicit: true}
		}
		list[i] = logical.NewAlias(e, f.Name)
	}
	return list, nil
}

func (s *Session) insertDirectory(ctx context.Context, c *logical.InsertDirectory) error {
	plan, err := s.analyze(ctx, c.Plan)
	if err != nil {
		return err
	}
	return atPos(s.writePlan(ctx, plan, provider(c.Provider), filepath.Clean(c.Path), nil, c.Options, logical.SaveOverwrite), c.Pos)
}

func (s *Session) truncate(c *logical.TruncateTable) error {
	v := s.catalog.find(c.Name)
	if v == nil || v.table == nil {
		return atPos(notFound(s.catalog.full(c.Name)), c.Pos)
	}
	if v.table.memory == nil {
		return columnar.Errorf("UNSUPPORTED_FEATURE", "The feature is not supported: TRUNCATE of the external table %s.", quoteName(c.Name)).At(c.Pos)
	}
	empty := &logical.Local{Cols: logical.NewRelation(v.table.source, v.name).Cols}
	return s.writeTo(context.Background(), empty, v.table.memory, logical.SaveOverwrite)
}

// writeTo runs an analyzed plan and writes its rows to a sink.
func (s *Session) writeTo(ctx context.Context, plan logical.Node, sink logical.Sink, mode logical.SaveMode) error {
	q, err := s.compileAnalyzed(ctx, plan)
	if err != nil {
		return err
	}
	return q.write(ctx, sink, mode)
}

func (s *Session) setConf(c *logical.SetConf) (logical.Node, error) {
	columns := []string{"key", "value"}
	switch {
	case c.HasValue:
		if err := s.conf.set(c.Key, c.Value); err != nil {
			return nil, err
		}
		return textTable(columns, [][]string{{c.Key, c.Value}}), nil
	case c.Key != "":
		v, ok := s.conf.get(c.Key)
		if c.Key == "spark.sql.session.timeZone" {
			v = zoneName(v)
		}
		if !ok {
			v = "<undefined>"
		}
		return textTable(columns, [][]string{{c.Key, v}}), nil
	case c.All:
		var rows [][]string
		for _, st := range settings {
			v, _ := s.conf.get(st.key)
			rows = append(rows, []string{st.key, v, st.doc})
		}
		return textTable([]string{"key", "value", "meaning"}, rows), nil
	}
	var rows [][]string
	for _, kv := range s.conf.all() {
		rows = append(rows, kv[:])
	}
	return textTable(columns, rows), nil
}

// cacheTable makes a view's rows stay in memory: the view's plan is replaced by its result.
func (s *Session) cacheTable(ctx context.Context, c *logical.CacheTable) error {
	if c.Plan != nil {
		if err := s.createView(ctx, &logical.CreateView{Name: c.Name, Plan: c.Plan, Temporary: true, Pos: c.Pos}); err != nil {
			return err
		}
	}
	v := s.catalog.find(c.Name)
	if v == nil {
		return atPos(notFound(s.catalog.full(c.Name)), c.Pos)
	}
	return s.catalog.cache(ctx, v)
}

func (s *Session) uncacheTable(c *logical.UncacheTable) error {
	if c.Name == nil {
		s.catalog.uncacheAll()
		return nil
	}
	v := s.catalog.find(c.Name)
	if v == nil {
		if c.IfExists {
			return nil
		}
		return atPos(notFound(s.catalog.full(c.Name)), c.Pos)
	}
	s.catalog.uncache(v)
	return nil
}

func (s *Session) refresh(c *logical.RefreshTable) error {
	if v := s.catalog.find(c.Name); v != nil {
		s.catalog.uncache(v)
		return nil
	}
	if len(c.Name) == 1 && strings.ContainsAny(c.Name[0], "/.") {
		return nil
	}
	return atPos(notFound(s.catalog.full(c.Name)), c.Pos)
}

func (s *Session) explainCommand(ctx context.Context, c *logical.Explain) (logical.Node, error) {
	text, err := s.explain(ctx, c.Plan, c.Mode)
	if err != nil {
		return nil, err
	}
	return textTable([]string{"plan"}, [][]string{{text}}), nil
}
