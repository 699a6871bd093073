package csv

import (
	"context"
	"io"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

func init() { datasources.Register("csv", Format{}) }

// Format is the CSV format, with the options of Spark's (see newConfig).
type Format struct{}

// Open implements datasources.Format.
func (Format) Open(ctx context.Context, paths []string, options map[string]string, schema *columnar.Schema) (logical.Table, error) {
	c, err := newConfig(options)
	if err != nil {
		return nil, err
	}
	files, err := datasources.Find(ctx, paths, c.options, schema)
	if err != nil {
		return nil, err
	}
	if schema == nil {
		if len(files.List) == 0 {
			return nil, datasources.CannotInfer("CSV", strings.Join(paths, ", "))
		}
		if schema, err = c.inferSchema(ctx, files.List); err != nil {
			return nil, err
		}
	}
	schema = withoutPartitions(schema, files.Partition)
	d := &driver{config: c, schema: schema, corruptColumn: -1}
	if k := schema.Index(c.corrupt); k >= 0 && schema.Fields[k].Type == columnar.StringType {
		d.corruptColumn = k
	}
	for i := range schema.Fields {
		if i != d.corruptColumn {
			d.fields = append(d.fields, i)
		}
	}
	return datasources.NewFileTable("csv", files, schema, d), nil
}

// withoutPartitions leaves out the columns that the folders give: they do not stand in the files.
func withoutPartitions(s *columnar.Schema, partition []columnar.Field) *columnar.Schema {
	fields := slices.DeleteFunc(slices.Clone(s.Fields), func(f columnar.Field) bool {
		return slices.ContainsFunc(partition, func(p columnar.Field) bool { return strings.EqualFold(p.Name, f.Name) })
	})
	return columnar.NewSchema(fields...)
}

// driver reads the files of a CSV table.
type driver struct {
	*config
	schema        *columnar.Schema
	corruptColumn int   // ordinal in the schema, -1 for none
	fields        []int // by position in a record: ordinal in the schema
}

// Statistics implements datasources.Driver. Only the size is known.
func (d *driver) Statistics(files []*datasources.File) logical.Statistics {
	n := int64(0)
	for _, f := range files {
		n += f.Size
	}
	return logical.Statistics{Rows: -1, Bytes: n}
}

// Splits implements datasources.Driver.
func (d *driver) Splits(_ context.Context, files []*datasources.File, req *datasources.Request) ([]datasources.FileSplit, error) {
	return datasources.SplitLines(files, req.Slots, d.multiLine || !datasources.Divisible(d.charset, d.lineSep)), nil
}

// Read implements datasources.Driver.
func (d *driver) Read(rc logical.ReadContext, s datasources.FileSplit, req *datasources.Request) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		r := d.newReader(rc, s.(*datasources.LineSplit), req)
		err := r.open()
		if err == nil {
			err = r.run(yield)
			r.close()
		}
		if err == nil || err == errStopped || d.ignoreCorrupt && !isCondition(err) {
			return
		}
		yield(columnar.Batch{}, err)
	}
}

func isCondition(err error) bool { _, ok := err.(*columnar.Error); return ok }

// reader reads one split.
type reader struct {
	*driver
	rc      logical.ReadContext
	split   *datasources.LineSplit
	req     *datasources.Request
	pool    *columnar.Pool
	records *records
	rows    rows
	wanted  []int // positions in a record
	out     []int // by requested column: the place among the wanted, -1 for the corrupt record
	checks  []int // places that are wanted only to see whether they fit
	raw     bool  // the text of records is needed
	places  []place
	held    int64
}

// place is where a record stands in the block.
type place struct{ start, stop int }

func (d *driver) newReader(rc logical.ReadContext, s *datasources.LineSplit, req *datasources.Request) *reader {
	r := &reader{driver: d, rc: rc, split: s, req: req, pool: rc.Pool()}
	if r.pool == nil {
		r.pool = new(columnar.Pool)
	}
	corrupt := d.corruptColumn >= 0 && slices.Contains(req.Columns, d.corruptColumn)
	place := map[int]int{}
	want := func(column int) int {
		k, ok := place[column]
		if !ok {
			k = len(r.wanted)
			place[column] = k
			r.wanted = append(r.wanted, slices.Index(d.fields, column))
		}
		return k
	}
	for _, c := range req.Columns {
		if c == d.corruptColumn {
			r.out = append(r.out, -1)
		} else {
			r.out = append(r.out, want(c))
		}
	}
	if corrupt { // whether a record is corrupt depends on all of its fields
		for _, c := range d.fields {
			if _, ok := place[c]; !ok {
				r.checks = append(r.checks, want(c))
			}
		}
	}
	r.raw = corrupt
	return r
}

func (r *reader) open() error {
	exact := len(r.wanted) == len(r.fields)
	t := newTokenizer(r.config, r.wanted, exact)
	r.held = 1 << 20
	if r.multiLine {
		r.held = 2 * r.split.Of.Size
	}
	if err := r.rc.Grow(r.held); err != nil {
		return err
	}
	var err error
	if r.records, err = openRecords(t, r.split); err != nil {
		_ = r.rc.Grow(-r.held)
		return err
	}
	r.rows = rows{tokenizer: t, formats: r.formats.Clone(), width: len(r.wanted)}
	return nil
}

func (r *reader) close() {
	r.records.lines.Close()
	_ = r.rc.Grow(-r.held)
}

var errStopped = io.ErrClosedPipe

func (r *reader) run(yield func(columnar.Batch, error) bool) error {
	for {
		if err := r.rc.Err(); err != nil {
			return datasources.Cancelled(err)
		}
		if err := r.records.nextBlock(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if r.header {
			if err := r.readHeader(); err != nil {
				return err
			}
		}
		total := 0
		for {
			b, err := r.batch()
			if err != nil {
				return err
			}
			if b.Len == 0 {
				break
			}
			total += b.Len
			if !yield(b, nil) {
				return errStopped
			}
			r.pool.Reset()
		}
		if total < r.req.Batch/2 {
			r.records.lines.Widen()
		}
	}
}

// readHeader skips the header and, without enforceSchema, compares it with the schema.
func (r *reader) readHeader() error {
	first := r.records.first
	header, ok := r.records.skipHeader()
	if !ok || !first || r.enforceSchema {
		return nil
	}
	for i, c := range r.fields {
		name := r.schema.Fields[c].Name
		if i < len(header) && strings.EqualFold(header[i], name) && len(header) == len(r.fields) {
			continue
		}
		return columnar.Errorf("FAILED_READ_FILE.NO_HINT",
			"Reading the file %q failed: its header (%s) is not that of the schema (column %d is %q).",
			r.split.Of.Path, strings.Join(header, ", "), i+1, name)
	}
	return nil
}

// batch reads and converts the next records of the block; none are left if its Len is 0.
func (r *reader) batch() (columnar.Batch, error) {
	w := &r.rows
	if need := r.req.Batch * w.width; cap(w.spans) < need {
		w.spans = make([]span, need)
	}
	w.n, w.bad = 0, nil
	r.places = r.places[:0]
	track := r.raw || r.mode != permissive
	for w.n < r.req.Batch {
		start, stop, fields, ok := r.records.next(w.spans[w.n*w.width : (w.n+1)*w.width])
		if !ok {
			break
		}
		if w.exact && fields != len(r.fields) {
			w.markBad(w.n, -1)
		}
		if track {
			r.places = append(r.places, place{start, stop})
		}
		w.n++
	}
	if w.n == 0 {
		return columnar.Batch{}, nil
	}
	return r.convert()
}

func (r *reader) convert() (columnar.Batch, error) {
	w := &r.rows
	made := make([]columnar.Vector, len(r.wanted))
	for k, position := range r.wanted {
		v, err := w.column(r.pool, k, r.schema.Fields[r.fields[position]].Type)
		if err != nil {
			return columnar.Batch{}, err
		}
		made[k] = v
	}
	b := columnar.Batch{Schema: r.req.Schema, Cols: make([]columnar.Vector, len(r.out)), Len: w.n}
	for i, k := range r.out {
		if k >= 0 {
			b.Cols[i] = made[k]
		} else {
			b.Cols[i] = r.corruptTexts()
		}
	}
	if w.bad != nil {
		switch r.mode {
		case failFast:
			return b, r.malformed()
		case dropMalformed:
			b.Sel = columnar.Alloc[int32](r.pool, w.n)[:0]
			for i := range w.n {
				if i >= len(w.bad) || !w.bad[i] {
					b.Sel = append(b.Sel, int32(i))
				}
			}
		}
	}
	return b, nil
}

// corruptTexts is the column of corrupt records: the text of those that do not fit, NULL for the others.
func (r *reader) corruptTexts() columnar.Vector {
	out := columnar.NewStringsBuilder(r.pool, columnar.StringType, r.rows.n)
	for i := range r.rows.n {
		if i < len(r.rows.bad) && r.rows.bad[i] {
			out.Append(r.records.block[r.places[i].start:r.places[i].stop])
		} else {
			out.AppendNull()
		}
	}
	return out.Build()
}
