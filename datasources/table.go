package datasources

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Driver reads files of one format for a FileTable. It knows the data columns only; the FileTable adds the partition columns.
// Implementations are safe for concurrent use.
type Driver interface {
	// Statistics estimates the data columns of the files.
	Statistics(files []*File) logical.Statistics
	// Splits cuts the files into pieces, leaving out what the request's predicates exclude.
	Splits(ctx context.Context, files []*File, req *Request) ([]FileSplit, error)
	// Read yields the batches of a split, with the columns that the request asks for. A batch is lent until yield returns.
	Read(rc logical.ReadContext, s FileSplit, req *Request) iter.Seq2[columnar.Batch, error]
}

// FilteringDriver is a Driver that applies the row filters of a request itself.
type FilteringDriver interface {
	Driver
	// FiltersRows marks the driver.
	FiltersRows()
}

// FileSplit is a piece of a file.
type FileSplit interface {
	logical.Split
	File() *File
}

// Request is what a Driver is asked for. Column ordinals are those of the data schema.
type Request struct {
	Columns    []int
	Schema     *columnar.Schema // of Columns
	Predicates []Predicate
	Bounds     []Predicate         // like Predicates, of what is known when a split is read
	Filters    []logical.RowFilter // for a FilteringDriver: their columns are positions in Columns
	Slots      int
	Batch      int // rows of a batch, at most
}

// FileTable is a table over files.
type FileTable struct {
	Name    string // of the format
	Files   *Files
	Data    *columnar.Schema // the columns in the files
	Driver  Driver
	schema  *columnar.Schema
	columns []int // by table ordinal: the data ordinal, or -1-k for partition column k
}

// NewFileTable makes the table of the data columns and the files' partition columns. A column that the folders name is a partition
// column, even if the files have one of that name too.
func NewFileTable(name string, files *Files, data *columnar.Schema, d Driver) *FileTable {
	t := &FileTable{Name: name, Files: files, Data: data, Driver: d}
	var fields []columnar.Field
	for i, f := range data.Fields {
		if !slices.ContainsFunc(files.Partition, func(p columnar.Field) bool { return strings.EqualFold(p.Name, f.Name) }) {
			f.Nullable = true
			fields, t.columns = append(fields, f), append(t.columns, i)
		}
	}
	for k, f := range files.Partition {
		fields, t.columns = append(fields, f), append(t.columns, -1-k)
	}
	t.schema = columnar.NewSchema(fields...)
	return t
}

// Schema implements logical.Table.
func (t *FileTable) Schema() *columnar.Schema { return t.schema }

// String implements logical.Table.
func (t *FileTable) String() string { return t.Name + " [" + strings.Join(t.Files.Paths, ", ") + "]" }

// Statistics implements logical.Table.
func (t *FileTable) Statistics() logical.Statistics {
	s := t.Driver.Statistics(t.Files.List)
	if len(s.Columns) == 0 {
		return s
	}
	out := make([]logical.ColumnStatistics, len(t.columns))
	for i, c := range t.columns {
		if c >= 0 {
			out[i] = s.Columns[c]
		} else {
			out[i] = t.Files.partitionStatistics(-1 - c)
		}
	}
	s.Columns = out
	return s
}

// partitionStatistics looks at the folder values themselves.
func (fs *Files) partitionStatistics(k int) logical.ColumnStatistics {
	s := logical.ColumnStatistics{Distinct: -1, Nulls: -1, Width: 8}
	seen := map[string]bool{}
	for _, f := range fs.List {
		v := f.Values[k]
		if v.IsNull(0) {
			continue
		}
		seen[columnar.FormatValue(v, 0)] = true
		if s.Min == nil || columnar.CompareAt(v, 0, s.Min, 0) < 0 {
			s.Min = v
		}
		if s.Max == nil || columnar.CompareAt(v, 0, s.Max, 0) > 0 {
			s.Max = v
		}
	}
	s.Distinct = int64(len(seen))
	return s
}

// Scan implements logical.Table.
func (t *FileTable) Scan(ctx context.Context, req logical.ScanRequest) (logical.Scan, error) {
	s := &fileScan{table: t, req: req, limit: req.Limit}
	preds, index := Predicates(req.Filters, req.Attrs)
	files := t.prune(preds, s)
	s.residual = t.residual(req.Filters, preds, index)
	if len(s.residual) > 0 {
		s.limit = -1
	}
	s.request = Request{Predicates: t.dataPredicates(preds), Slots: max(req.Slots, 1), Batch: req.Batch}
	if s.request.Batch <= 0 {
		s.request.Batch = columnar.BatchRows
	}
	for _, c := range req.Columns {
		s.fields = append(s.fields, t.schema.Fields[c])
		if d := t.columns[c]; d >= 0 {
			s.request.Columns = append(s.request.Columns, d)
		}
	}
	dataFields := make([]columnar.Field, len(s.request.Columns))
	for i, d := range s.request.Columns {
		dataFields[i] = t.Data.Fields[d]
	}
	s.schema, s.request.Schema = columnar.NewSchema(s.fields...), columnar.NewSchema(dataFields...)
	found, err := t.Driver.Splits(ctx, files, &s.request)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		s.splits = append(s.splits, f)
	}
	return s, nil
}

// prune leaves out the files whose partition values no row can match.
func (t *FileTable) prune(preds []Predicate, s *fileScan) []*File {
	if len(t.Files.Partition) == 0 || len(preds) == 0 {
		return t.Files.List
	}
	var out []*File
	for _, f := range t.Files.List {
		if t.fileMayMatch(f, preds) {
			out = append(out, f)
		}
	}
	return out
}

func (t *FileTable) fileMayMatch(f *File, preds []Predicate) bool {
	bounds := func(c int) Bounds {
		k := t.columns[c]
		if k >= 0 {
			return Bounds{}
		}
		v := f.Values[-1-k]
		if v.IsNull(0) {
			return Bounds{AllNull: true}
		}
		return Bounds{Min: v, Max: v, NoNull: true}
	}
	for i := range preds {
		if !preds[i].MayMatch(bounds) {
			return false
		}
	}
	return true
}

// residual is what pruning has not decided: all filters but those that only look at partition columns.
func (t *FileTable) residual(filters []logical.Expr, preds []Predicate, index []int) []logical.Expr {
	decided := make([]bool, len(filters))
	for i := range preds {
		only := preds[i].Exact
		preds[i].Columns(func(c int) { only = only && t.columns[c] < 0 })
		decided[index[i]] = only
	}
	var out []logical.Expr
	for i, f := range filters {
		if !decided[i] {
			out = append(out, f)
		}
	}
	return out
}

// dataPredicates are the predicates that look at data columns only, by data ordinals.
func (t *FileTable) dataPredicates(preds []Predicate) []Predicate {
	var out []Predicate
	for _, p := range preds {
		ok := true
		p.Columns(func(c int) { ok = ok && t.columns[c] >= 0 })
		if ok {
			out = append(out, t.renumber(p))
		}
	}
	return out
}

func (t *FileTable) renumber(p Predicate) Predicate {
	if p.Op == All || p.Op == Any {
		children := make([]Predicate, len(p.Children))
		for i, c := range p.Children {
			children[i] = t.renumber(c)
		}
		p.Children = children
		return p
	}
	p.Column = t.columns[p.Column]
	return p
}

// fileScan is a planned read of a FileTable.
type fileScan struct {
	table    *FileTable
	req      logical.ScanRequest
	request  Request
	fields   []columnar.Field
	schema   *columnar.Schema
	splits   []logical.Split
	residual []logical.Expr
	limit    int64
}

func (s *fileScan) Residual() []logical.Expr { return s.residual }
func (s *fileScan) Splits() []logical.Split  { return s.splits }

// Read implements logical.Scan: it puts partition columns between the columns that the driver reads.
func (s *fileScan) Read(rc logical.ReadContext, split logical.Split) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		fsplit := split.(FileSplit)
		file := fsplit.File()
		request := s.request
		s.addFilters(&request, rc.Filters(), file)
		left := s.limit
		for b, err := range s.table.Driver.Read(rc, fsplit, &request) {
			if err == nil && rc.Err() != nil {
				err = Cancelled(context.Cause(rc))
			}
			if err != nil {
				yield(columnar.Batch{}, ReadError(file.Path, err))
				return
			}
			if left >= 0 && int64(b.Len) > left && b.Sel == nil {
				b = b.Slice(0, int(left))
			}
			if !yield(s.assemble(b, file), nil) {
				return
			}
			if left >= 0 {
				if left -= int64(b.Live()); left <= 0 {
					return
				}
			}
		}
	}
}

// AppliesFilters implements logical.FilteringScan. Rows must not be dropped before a limit counts them.
func (s *fileScan) AppliesFilters() bool {
	_, ok := s.table.Driver.(FilteringDriver)
	return ok && s.req.Limit < 0
}

// addFilters hands the filters of a task on to the driver, which does not know of the partition columns.
func (s *fileScan) addFilters(request *Request, filters []logical.RowFilter, file *File) {
	for _, f := range filters {
		p, _ := Predicates(f.Bounds(), s.req.Attrs)
		request.Bounds = append(request.Bounds, s.table.dataPredicates(p)...)
		if len(s.request.Columns) < len(s.req.Columns) {
			f = &partitionedFilter{f, s, file}
		}
		request.Filters = append(request.Filters, f)
	}
}

// partitionedFilter is a filter over all columns for a driver that reads the data columns only.
type partitionedFilter struct {
	logical.RowFilter
	scan *fileScan
	file *File
}

// Columns implements logical.RowFilter.
func (f *partitionedFilter) Columns() []int {
	position := make([]int, len(f.scan.req.Columns)) // by position of the scan: that among the data columns
	next := 0
	for i, c := range f.scan.req.Columns {
		position[i] = -1
		if f.scan.table.columns[c] >= 0 {
			position[i] = next
			next++
		}
	}
	var out []int
	for _, c := range f.RowFilter.Columns() {
		if position[c] >= 0 {
			out = append(out, position[c])
		}
	}
	return out
}

// Keep implements logical.RowFilter.
func (f *partitionedFilter) Keep(b columnar.Batch) (columnar.Batch, error) {
	kept, err := f.RowFilter.Keep(f.scan.assemble(b, f.file))
	b.Sel = kept.Sel
	return b, err
}

func (s *fileScan) assemble(b columnar.Batch, file *File) columnar.Batch {
	if len(b.Cols) < len(s.req.Columns) {
		cols := make([]columnar.Vector, len(s.req.Columns))
		next := 0
		for i, c := range s.req.Columns {
			if k := s.table.columns[c]; k < 0 {
				cols[i] = columnar.NewConst(file.Values[-1-k], b.Len)
			} else {
				cols[i] = b.Cols[next]
				next++
			}
		}
		b.Cols = cols
	}
	b.Schema = s.schema
	return b
}
