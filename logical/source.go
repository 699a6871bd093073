package logical

import (
	"context"
	"iter"
	"sync/atomic"

	"github.com/gosql-engine/gosql/columnar"
)

// Table is something that can be scanned. Implementations are safe for concurrent use.
type Table interface {
	Schema() *columnar.Schema
	Statistics() Statistics
	// Scan plans a read. It may do I/O (footers). The scan yields the requested columns in the requested order.
	Scan(ctx context.Context, req ScanRequest) (Scan, error)
	// String describes the table in plans: "parquet [path]".
	String() string
}

// ScanRequest says what of a table is wanted.
type ScanRequest struct {
	Columns []int   // ordinals in the table's schema, in the order in which batches shall have them
	Filters []Expr  // conjuncts over Attrs; ScanAttrs maps them to columns. A scan uses them to skip what cannot match
	Attrs   []*Attr // Attrs[i] is the column of table ordinal i in Filters
	Limit   int64   // at most so many rows are needed; -1: all
	Slots   int     // tasks that run at once: splits should be several times as many
	Batch   int     // rows a batch; 0: columnar.BatchRows
}

// Scan is a planned read.
type Scan interface {
	Residual() []Expr // the filters that the caller must still apply (all of those that are not decided exactly)
	Splits() []Split  // independent pieces, in the order of the data
	// Read yields the batches of a split, each lent until yield returns; after an error it ends.
	Read(rc ReadContext, s Split) iter.Seq2[columnar.Batch, error]
}

// Split is a piece of a scan that one task reads.
type Split interface {
	Bytes() int64   // size for balancing
	String() string // for plans and error messages
}

// ReadContext is what a running read may use of its task.
type ReadContext interface {
	context.Context
	Grow(n int64) error   // reserves memory (negative: gives back)
	Filters() []RowFilter // for a FilteringScan: in the order in which they are applied
	Pool() *columnar.Pool // for borrowed vectors; may be nil
	Maps() *MapBudget     // for files that are read in place; may be nil
}

// MapBudget is how many bytes of files may be mapped into the process's memory at once by all scans of a session. The pages are the
// operating system's cache, which takes them back when memory is short; yet they count as the process's. Methods may be called
// concurrently; a nil budget has nothing.
type MapBudget struct{ left atomic.Int64 }

// NewMapBudget is a budget of n bytes.
func NewMapBudget(n int64) *MapBudget {
	b := &MapBudget{}
	b.left.Store(n)
	return b
}

// Take takes n bytes, or says that fewer are left.
func (b *MapBudget) Take(n int64) bool {
	if b == nil {
		return false
	}
	if b.left.Add(-n) < 0 {
		b.left.Add(n)
		return false
	}
	return true
}

// Give gives n bytes back that were taken.
func (b *MapBudget) Give(n int64) {
	if b != nil {
		b.left.Add(n)
	}
}

// FilteringScan is a Scan that may apply the filters of its ReadContext to each batch, before it decodes the columns that they do not
// look at.
type FilteringScan interface {
	Scan
	// AppliesFilters says whether Read yields only rows that all filters keep. A scan that does not is given none.
	AppliesFilters() bool
}

// RowFilter drops rows while a scan reads them: those that a condition drops, or those without a match among the keys of a join that are
// known by then. It is used by one task at a time, for a batch at a time.
type RowFilter interface {
	// Columns are the positions, among the scan's columns, of those that Keep looks at.
	Columns() []int
	// Keep narrows the selection of a batch, in which other columns may be nil. The selection is valid until the next call.
	Keep(b columnar.Batch) (columnar.Batch, error)
	// Bounds are conditions that hold for every row that Keep keeps, for leaving out pieces of the table.
	Bounds() []Expr
}

// Statistics estimate a table's content; -1 is unknown.
type Statistics struct {
	Rows, Bytes int64
	Columns     []ColumnStatistics // by ordinal; empty: unknown
}

// ColumnStatistics estimate a column's content.
type ColumnStatistics struct {
	Distinct, Nulls int64           // -1: unknown
	Min, Max        columnar.Vector // one row each; nil: unknown
	Width           float64         // bytes a value; 0: unknown
	Exact           bool            // Min, Max and Nulls are exact, not estimates
}

// UnknownStatistics are those of a table of which nothing is known.
var UnknownStatistics = Statistics{Rows: -1, Bytes: -1}

// Sink is something that query results can be written to.
type Sink interface {
	// Write plans a write of rows of the schema.
	Write(ctx context.Context, schema *columnar.Schema, mode SaveMode) (WriteJob, error)
	String() string
}

// SaveMode says what a write does where data exist already.
type SaveMode uint8

// The save modes of Spark's DataFrameWriter.
const (
	SaveError SaveMode = iota // PATH_ALREADY_EXISTS
	SaveAppend
	SaveOverwrite
	SaveIgnore
)

// WriteJob is a write under way. Exactly one attempt of each partition is committed, and nothing is visible before Commit.
type WriteJob interface {
	Skip() bool // nothing is to be written (SaveIgnore)
	Task(ctx context.Context, partition, attempt int) (TaskWriter, error)
	Commit(ctx context.Context, done []TaskResult) error
	Abort(ctx context.Context) error
}

// TaskWriter takes the batches of one partition.
type TaskWriter interface {
	Write(b columnar.Batch) error
	Close() (TaskResult, error)
	Abort() error
}

// TaskResult tells a job's Commit what a task wrote.
type TaskResult struct {
	Files       []string
	Rows, Bytes int64
}

// Catalog finds tables and functions by name. Names are compared without regard to case. Safe for concurrent use.
type Catalog interface {
	// Relation returns the plan of a view or table, or nil if there is none of that name: a *Relation, or the resolved plan of a view.
	Relation(ctx context.Context, name []string, options map[string]string) (Node, error)
	// Function returns the function of that name, or nil.
	Function(name []string) *Function
	// TableFunction plans a table-valued function such as range or read_csv; nil if there is none of that name. Arguments are constants.
	TableFunction(ctx context.Context, call *UnresolvedTableFunction, args []*Literal) (Node, error)

	CreateView(ctx context.Context, v ViewDefinition) error
	CreateTable(ctx context.Context, t TableDefinition) error
	Drop(ctx context.Context, name []string, view, ifExists bool) error
	// Tables lists tables and views of a database ("" for the current one).
	Tables(ctx context.Context, database string) ([]TableEntry, error)
	// FunctionNames lists the functions, sorted.
	FunctionNames() []string
}

// ViewDefinition is what CREATE VIEW makes: a name for a resolved plan.
type ViewDefinition struct {
	Name                 []string
	Plan                 Node
	Text                 string // the query as written; "" if it came from a DataFrame
	Replace, IfNotExists bool
	Temporary, Global    bool
	Comment              string
}

// TableDefinition is what CREATE TABLE makes.
type TableDefinition struct {
	Name                 []string
	Schema               *columnar.Schema
	Provider             string // "parquet", "csv", …; "" for the default
	Options              map[string]string
	Location             string
	PartitionBy          []string
	Replace, IfNotExists bool
	Comment              string
}

// TableEntry is a row of SHOW TABLES.
type TableEntry struct {
	Database, Name  string
	Temporary, View bool
}
