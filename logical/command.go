package logical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// Command is a statement that does something besides reading: the session executes it; the optimizer and the planner never see it. Plans inside are
// reached by Query, unresolved until the session has them analyzed.
type Command interface {
	Node
	// Query is the query that the command holds, or nil.
	Query() Node
	command()
}

// commandNode is embedded by commands: they have no columns until they are executed, and rules do not rewrite them.
type commandNode struct {
	noOutput
	Source
	NoExprs
}

func (commandNode) command() {}

// Query implements Command.
func (commandNode) Query() Node { return nil }

// CreateView is CREATE [OR REPLACE] [[GLOBAL] TEMPORARY] VIEW name [(cols)] AS query.
type CreateView struct {
	commandNode
	Name                 []string
	Cols                 []string
	Plan                 Node
	Text                 string // the query as written
	Replace, IfNotExists bool
	Temporary, Global    bool
	Comment              string
	Pos                  columnar.Pos
}

// CreateViewUsing is CREATE TEMP VIEW name [(schema)] USING format OPTIONS (…).
type CreateViewUsing struct {
	commandNode
	Name            []string
	Schema          *columnar.Schema // nil: the source's own
	Provider        string
	Options         map[string]string
	Replace, Global bool
	Pos             columnar.Pos
}

// CreateTable is CREATE [OR REPLACE] TABLE name [(schema)] [USING format] … [AS query].
type CreateTable struct {
	commandNode
	Table TableDefinition
	Plan  Node // AS query, or nil
	Pos   columnar.Pos
}

// DropRelation is DROP TABLE or DROP VIEW.
type DropRelation struct {
	commandNode
	Name     []string
	View     bool
	IfExists bool
	Pos      columnar.Pos
}

// InsertInto is INSERT INTO or INSERT OVERWRITE a table, by position or (Cols, or ByName) by name.
type InsertInto struct {
	commandNode
	Name      []string
	Cols      []string
	ByName    bool
	Overwrite bool
	Plan      Node
	Pos       columnar.Pos
}

// InsertDirectory is INSERT OVERWRITE [LOCAL] DIRECTORY 'path' USING format OPTIONS (…) query.
type InsertDirectory struct {
	commandNode
	Path     string
	Provider string
	Options  map[string]string
	Plan     Node
	Pos      columnar.Pos
}

// SetConf is SET key=value; with no Value, SET key; with no Key, SET (All: SET -v).
type SetConf struct {
	commandNode
	Key      string
	Value    string
	HasValue bool
	All      bool
}

// ResetConf is RESET [key].
type ResetConf struct {
	commandNode
	Key string
}

// ShowKind says what a Show lists.
type ShowKind uint8

// What SHOW lists.
const (
	ShowTables ShowKind = iota
	ShowViews
	ShowFunctions
	ShowColumns
	ShowDatabases
	ShowCatalogs
	ShowCreateTable
	ShowTableProperties
	ShowPartitions
	ShowCurrentNamespace
)

// Show is SHOW TABLES, SHOW COLUMNS IN t, ….
type Show struct {
	commandNode
	Kind      ShowKind
	Name      []string // the table or database it is about
	Pattern   string   // LIKE 'pattern': * for any text, | for or
	Qualifier string   // USER, SYSTEM or ALL functions
	Pos       columnar.Pos
}

// DescribeKind says what a Describe describes.
type DescribeKind uint8

// What DESCRIBE is about.
const (
	DescribeTable DescribeKind = iota
	DescribeQuery
	DescribeFunction
	DescribeDatabase
)

// Describe is DESCRIBE [TABLE | QUERY | FUNCTION | DATABASE] [EXTENDED] ….
type Describe struct {
	commandNode
	Kind     DescribeKind
	Name     []string
	Column   []string
	Extended bool
	Plan     Node
	Pos      columnar.Pos
}

// ExplainMode says how much EXPLAIN shows.
type ExplainMode uint8

// The modes of EXPLAIN.
const (
	ExplainSimple ExplainMode = iota
	ExplainExtended
	ExplainFormatted
	ExplainAnalyze
	ExplainCost
	ExplainCodegen
)

// Explain is EXPLAIN [mode] statement.
type Explain struct {
	commandNode
	Mode ExplainMode
	Plan Node
}

// CacheTable is CACHE [LAZY] TABLE name [AS query]; Uncache and ClearCache take it back.
type CacheTable struct {
	commandNode
	Name []string
	Lazy bool
	Plan Node
	Pos  columnar.Pos
}

// UncacheTable is UNCACHE TABLE [IF EXISTS] name; without a name, CLEAR CACHE.
type UncacheTable struct {
	commandNode
	Name     []string
	IfExists bool
	Pos      columnar.Pos
}

// RefreshTable is REFRESH [TABLE] name or path.
type RefreshTable struct {
	commandNode
	Name []string
	Pos  columnar.Pos
}

// UseDatabase is USE [DATABASE] name.
type UseDatabase struct {
	commandNode
	Name []string
	Pos  columnar.Pos
}

// CreateDatabase is CREATE DATABASE name; Drop makes it DROP DATABASE.
type CreateDatabase struct {
	commandNode
	Name           []string
	IfNotExists    bool
	Drop, IfExists bool
	Cascade        bool
	Pos            columnar.Pos
}

// TruncateTable is TRUNCATE TABLE name.
type TruncateTable struct {
	commandNode
	Name []string
	Pos  columnar.Pos
}

// Unsupported is a statement that is understood to be one of Spark's but that gosql does not execute; What names it.
type Unsupported struct {
	commandNode
	What string
	Pos  columnar.Pos
}

// Query returns the query that is stored, written, explained or described.
func (n *CreateView) Query() Node { return n.Plan }

// Query implements Command.
func (n *CreateTable) Query() Node { return n.Plan }

// Query implements Command.
func (n *InsertInto) Query() Node { return n.Plan }

// Query implements Command.
func (n *InsertDirectory) Query() Node { return n.Plan }

// Query implements Command.
func (n *Describe) Query() Node { return n.Plan }

// Query implements Command.
func (n *Explain) Query() Node { return n.Plan }

// Query implements Command.
func (n *CacheTable) Query() Node { return n.Plan }

// WithChildren implements Node.
func (n *CreateView) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *CreateViewUsing) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *CreateTable) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *DropRelation) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *InsertInto) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *InsertDirectory) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *SetConf) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *ResetConf) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *Show) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *Describe) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *Explain) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *CacheTable) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *UncacheTable) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *RefreshTable) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *UseDatabase) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *CreateDatabase) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *TruncateTable) WithChildren([]Node) Node { return n }

// WithChildren implements Node.
func (n *Unsupported) WithChildren([]Node) Node { return n }

// WithExprs implements Node.
func (n *CreateView) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *CreateViewUsing) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *CreateTable) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *DropRelation) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *InsertInto) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *InsertDirectory) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *SetConf) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *ResetConf) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *Show) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *Describe) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *Explain) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *CacheTable) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *UncacheTable) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *RefreshTable) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *UseDatabase) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *CreateDatabase) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *TruncateTable) WithExprs([]Expr) Node { return n }

// WithExprs implements Node.
func (n *Unsupported) WithExprs([]Expr) Node { return n }

// String implements Node.
func (n *CreateView) String() string { return "CreateView " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *CreateViewUsing) String() string { return "CreateTempViewUsing " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *CreateTable) String() string { return "CreateTable " + strings.Join(n.Table.Name, ".") }

// String implements Node.
func (n *DropRelation) String() string { return "DropRelation " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *InsertInto) String() string { return "InsertIntoStatement " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *InsertDirectory) String() string { return "InsertIntoDir " + n.Path }

// String implements Node.
func (n *SetConf) String() string { return "SetCommand " + n.Key }

// String implements Node.
func (n *ResetConf) String() string { return "ResetCommand " + n.Key }

// String implements Node.
func (n *Show) String() string { return "ShowCommand " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *Describe) String() string { return "DescribeCommand " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *Explain) String() string { return "ExplainCommand" }

// String implements Node.
func (n *CacheTable) String() string { return "CacheTable " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *UncacheTable) String() string { return "UncacheTable " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *RefreshTable) String() string { return "RefreshTable " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *UseDatabase) String() string { return "UseNamespace " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *CreateDatabase) String() string { return "CreateNamespace " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *TruncateTable) String() string { return "TruncateTable " + strings.Join(n.Name, ".") }

// String implements Node.
func (n *Unsupported) String() string { return "Unsupported " + n.What }
