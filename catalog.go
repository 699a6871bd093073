package gosql

import (
	"context"
	"sort"
	"strings"
	"sync"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/datasources/memory"
	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
)

// The names under which Spark keeps what is not in a database of the user's.
const (
	defaultCatalog  = "spark_catalog"
	defaultDatabase = "default"
	globalTemp      = "global_temp"
)

// catalog is a session's names: temporary views, databases of tables and views (which live as long as the session), registered functions. It
// implements logical.Catalog.
type catalog struct {
	session *Session
	mu      sync.RWMutex
	views   map[string]*view            // temporary, by lower-case name
	tables  map[string]map[string]*view // by database and name, lower case
	udfs    map[string]*logical.Function
	cached  []cachedPlan
	current string
}

// view is a name for a plan, or for a table that can be written.
type view struct {
	name  string
	plan  logical.Node
	text  string
	table *table // nil for views
}

// table is a table of a database.
type table struct {
	def    logical.TableDefinition
	memory *memory.Table // where its rows are, unless it stands for files
	source logical.Table
}

func newCatalog(s *Session) *catalog {
	return &catalog{
		session: s,
		views:   map[string]*view{},
		tables:  map[string]map[string]*view{defaultDatabase: {}, globalTemp: {}},
		udfs:    map[string]*logical.Function{},
		current: defaultDatabase,
	}
}

// place parts a name into database and name, lower case; ok is false if it has too many parts.
func (c *catalog) place(name []string) (database, base string, ok bool) {
	n := make([]string, len(name))
	for i, p := range name {
		n[i] = strings.ToLower(p)
	}
	if len(n) == 3 && (n[0] == defaultCatalog || n[0] == "session") {
		n = n[1:]
	}
	switch len(n) {
	case 1:
		return c.current, n[0], true
	case 2:
		return n[0], n[1], true
	}
	return "", "", false
}

// find looks a name up; nil if there is none.
func (c *catalog) find(name []string) *view {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(name) == 1 || len(name) > 1 && strings.EqualFold(name[len(name)-2], "session") {
		if v := c.views[strings.ToLower(name[len(name)-1])]; v != nil {
			return v
		}
	}
	db, base, ok := c.place(name)
	if !ok {
		return nil
	}
	return c.tables[db][base]
}

// Relation implements logical.Catalog. A name of two parts whose first is a format stands for the files at a path.
func (c *catalog) Relation(ctx context.Context, name []string, options map[string]string) (logical.Node, error) {
	if v := c.find(name); v != nil {
		if v.table == nil {
			return v.plan, nil
		}
		return logical.NewRelation(v.table.source, strings.Join([]string{defaultCatalog, c.databaseOf(name), v.name}, ".")), nil
	}
	if len(name) != 2 {
		return nil, nil
	}
	if _, err := datasources.Lookup(name[0]); err != nil {
		return nil, nil
	}
	t, err := c.session.openTable(ctx, name[0], []string{name[1]}, options, nil)
	if err != nil {
		return nil, err
	}
	return logical.NewRelation(t, name[0]+".`"+name[1]+"`"), nil
}

func (c *catalog) databaseOf(name []string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	db, _, _ := c.place(name)
	return db
}

// Function implements logical.Catalog: registered functions come before built-in ones.
func (c *catalog) Function(name []string) *logical.Function {
	base := strings.ToLower(name[len(name)-1])
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(name) == 1 {
		if f := c.udfs[base]; f != nil {
			return f
		}
	}
	return c.session.functionSettings().Lookup(base)
}

// FunctionNames implements logical.Catalog.
func (c *catalog) FunctionNames() []string {
	seen := map[string]bool{}
	for _, f := range functions.Builtin() {
		seen[f.Name] = true
		for _, a := range f.Aliases {
			seen[a] = true
		}
	}
	c.mu.RLock()
	for n := range c.udfs {
		seen[n] = true
	}
	c.mu.RUnlock()
	out := make([]string, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// CreateView implements logical.Catalog.
func (c *catalog) CreateView(ctx context.Context, v logical.ViewDefinition) error {
	base := strings.ToLower(v.Name[len(v.Name)-1])
	c.mu.Lock()
	defer c.mu.Unlock()
	names := c.views
	if !v.Temporary || v.Global {
		db, b, ok := c.place(v.Name)
		if v.Global {
			db, b, ok = globalTemp, base, true
		}
		if names = c.tables[db]; !ok || names == nil {
			return noSchema(db)
		}
		base = b
	} else if len(v.Name) > 1 {
		return columnar.Errorf("TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "CREATE TEMPORARY VIEW or the corresponding Dataset APIs only accept single-part view names, but got: %s.", quoteName(v.Name))
	}
	if old := names[base]; old != nil && !v.Replace {
		switch {
		case v.IfNotExists:
			return nil
		case v.Temporary:
			return columnar.Errorf("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "Cannot create the temporary view %s because it already exists.\nChoose a different name, drop or replace the existing view, or add the IF NOT EXISTS clause to tolerate pre-existing views.", quoteName(v.Name))
		}
		return alreadyExists(c.full(v.Name))
	}
	names[base] = &view{name: v.Name[len(v.Name)-1], plan: forgetPlaces(v.Plan), text: v.Text}
	return nil
}

// full is a name with catalog and database, for messages.
func (c *catalog) full(name []string) []string {
	if db, base, ok := c.place(name); ok {
		return []string{defaultCatalog, db, base}
	}
	return name
}

// CreateTable implements logical.Catalog. A table without a location is kept in memory for as long as the session lives.
func (c *catalog) CreateTable(ctx context.Context, def logical.TableDefinition) error {
	t := &table{def: def}
	if def.Location != "" {
		src, err := c.session.openTable(ctx, provider(def.Provider), []string{def.Location}, def.Options, def.Schema)
		if err != nil {
			return err
		}
		t.source = src
	} else {
		if def.Provider != "" {
			if _, err := datasources.Lookup(def.Provider); err != nil {
				return err
			}
		}
		t.memory = memory.New(def.Name[len(def.Name)-1], def.Schema)
		t.source = t.memory
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	db, base, ok := c.place(def.Name)
	if !ok || c.tables[db] == nil {
		return noSchema(db)
	}
	if c.tables[db][base] != nil && !def.Replace {
		if def.IfNotExists {
			return nil
		}
		return alreadyExists(c.full(def.Name))
	}
	c.tables[db][base] = &view{name: base, table: t}
	return nil
}

func provider(name string) string {
	if name == "" {
		return "parquet"
	}
	return strings.ToLower(name)
}

// Drop implements logical.Catalog.
func (c *catalog) Drop(ctx context.Context, name []string, isView, ifExists bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	base := strings.ToLower(name[len(name)-1])
	if len(name) == 1 && c.views[base] != nil {
		delete(c.views, base)
		return nil
	}
	db, base, ok := c.place(name)
	if v := c.tables[db][base]; ok && v != nil {
		if isView != (v.table == nil) {
			op, want := "DROP TABLE", "table"
			if isView {
				op, want = "DROP VIEW", "view"
			}
			return columnar.Errorf("EXPECT_"+strings.ToUpper(want)+"_NOT_"+map[bool]string{true: "TABLE", false: "VIEW"}[isView]+".NO_ALTERNATIVE", "'%s' expects a %s but %s is not.", op, want, quoteName(c.full(name)))
		}
		delete(c.tables[db], base)
		return nil
	}
	if ifExists {
		return nil
	}
	return notFound(c.full(name))
}

// Tables implements logical.Catalog.
func (c *catalog) Tables(ctx context.Context, database string) ([]logical.TableEntry, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if database == "" {
		database = c.current
	}
	names, ok := c.tables[strings.ToLower(database)]
	if !ok {
		return nil, noSchema(database)
	}
	var out []logical.TableEntry
	for n, v := range names {
		out = append(out, logical.TableEntry{Database: strings.ToLower(database), Name: n, View: v.table == nil})
	}
	for n := range c.views {
		out = append(out, logical.TableEntry{Name: n, Temporary: true, View: true})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// createDatabase and dropDatabase serve CREATE and DROP DATABASE; useDatabase serves USE.
func (c *catalog) createDatabase(name string, ifNotExists bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	name = strings.ToLower(name)
	if c.tables[name] != nil {
		if ifNotExists {
			return nil
		}
		return columnar.Errorf("SCHEMA_ALREADY_EXISTS", "Cannot create schema `%s` because it already exists.\nChoose a different name, drop the existing schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema.", name)
	}
	c.tables[name] = map[string]*view{}
	return nil
}

func (c *catalog) dropDatabase(name string, ifExists, cascade bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	name = strings.ToLower(name)
	switch names, ok := c.tables[name]; {
	case !ok && ifExists:
		return nil
	case !ok:
		return noSchema(name)
	case len(names) > 0 && !cascade:
		return columnar.Errorf("SCHEMA_NOT_EMPTY", "Cannot drop a schema `%s` because it contains objects.\nUse DROP SCHEMA ... CASCADE to drop the schema and all its objects.", name)
	}
	delete(c.tables, name)
	if c.current == name {
		c.current = defaultDatabase
	}
	return nil
}

func (c *catalog) useDatabase(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables[strings.ToLower(name)] == nil {
		return noSchema(name)
	}
	c.current = strings.ToLower(name)
	return nil
}

func (c *catalog) databases() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []string
	for n := range c.tables {
		if n != globalTemp {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

func (c *catalog) currentDatabase() string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.current
}

func quoteName(parts []string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = "`" + strings.ReplaceAll(p, "`", "``") + "`"
	}
	return strings.Join(quoted, ".")
}

func noSchema(name string) error {
	return columnar.Errorf("SCHEMA_NOT_FOUND", "The schema `%s` cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a catalog, verify the current_schema() output, or qualify the name with the correct catalog.\nTo tolerate the error on drop use DROP SCHEMA IF EXISTS.", name)
}

func alreadyExists(name []string) error {
	return columnar.Errorf("TABLE_OR_VIEW_ALREADY_EXISTS", "Cannot create table or view %s because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.", quoteName(name))
}

func notFound(name []string) error {
	return columnar.Errorf("TABLE_OR_VIEW_NOT_FOUND", "The table or view %s cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.", quoteName(name))
}

// openTable opens the table of a format at paths. Text formats read timestamps without a zone in the session's.
func (s *Session) openTable(ctx context.Context, format string, paths []string, options map[string]string, schema *columnar.Schema) (logical.Table, error) {
	f, err := datasources.Lookup(format)
	if err != nil {
		return nil, err
	}
	return f.Open(ctx, paths, s.withZone(options), schema)
}

// withZone adds the session's time zone to options that name none.
func (s *Session) withZone(options map[string]string) map[string]string {
	out := map[string]string{"timeZone": zoneName(s.Get("spark.sql.session.timeZone"))}
	for k, v := range options {
		setOption(out, k, v)
	}
	return out
}
