package json

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

func init() { datasources.Register("json", Format{}) }

// Format is the JSON format, with Spark's options.
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
			return nil, datasources.CannotInfer("JSON", strings.Join(paths, ", "))
		}
		if schema, err = c.inferSchema(ctx, files.List); err != nil {
			return nil, err
		}
	}
	d := &driver{config: c, schema: schema, corruptColumn: -1}
	if k := schema.Index(c.corrupt); k >= 0 && schema.Fields[k].Type == columnar.StringType {
		d.corruptColumn = k
	}
	return datasources.NewFileTable("json", files, schema, d), nil
}

// driver reads the files of a JSON table.
type driver struct {
	*config
	schema        *columnar.Schema
	corruptColumn int // ordinal in the schema, -1 for none
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
	return d.splits(files, req.Slots), nil
}

func (c *config) splits(files []*datasources.File, slots int) []datasources.FileSplit {
	return datasources.SplitLines(files, slots, c.multiLine || !datasources.Divisible(c.charset, c.lineSep))
}

// record is one text that should be a JSON value, with its place in the file.
type record struct {
	text   []byte
	offset int64
}

// records walks the records of a split: lines that are not empty, or the file.
func (c *config) records(s *datasources.LineSplit) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		lines, err := datasources.OpenLines(s.Of, s.Start, s.End, c.lineSep, c.charset)
		if err != nil {
			yield(record{}, err)
			return
		}
		defer lines.Close()
		if c.multiLine {
			b, err := lines.All()
			yield(record{text: b}, err)
			return
		}
		for {
			block, offset, err := lines.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(record{}, err)
				return
			}
			for len(block) > 0 {
				n, next := lines.LineEnd(block)
				if len(strings.TrimSpace(string(block[:min(n, 8)]))) > 0 || len(strings.TrimSpace(string(block[:n]))) > 0 {
					if !yield(record{block[:n], offset}, nil) {
						return
					}
				}
				block, offset = block[next:], offset+int64(next)
			}
		}
	}
}

// reader reads one split.
type reader struct {
	*driver
	req     *datasources.Request
	split   *datasources.LineSplit
	parser  parser
	columns []builder // by requested column; nil for the corrupt record
	index   map[string][]int
	at      []int32
	texts   *columnar.StringsBuilder // of the corrupt records
	rows    int
}

// Read implements datasources.Driver.
func (d *driver) Read(rc logical.ReadContext, s datasources.FileSplit, req *datasources.Request) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		split := s.(*datasources.LineSplit)
		held := int64(1 << 20)
		if d.multiLine {
			held = 2 * split.Of.Size
		}
		if err := rc.Grow(held); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		defer func() { _ = rc.Grow(-held) }() // giving back does not fail
		r := &reader{driver: d, req: req, split: split, parser: parser{grammar: d.grammar}}
		if err := r.run(rc, yield); err != nil && !errors.Is(err, errStopped) {
			var known *columnar.Error
			if !d.ignoreCorrupt || errors.As(err, &known) {
				yield(columnar.Batch{}, err)
			}
		}
	}
}

var errStopped = errors.New("stopped")

func (r *reader) run(rc logical.ReadContext, yield func(columnar.Batch, error) bool) error {
	if err := r.reset(); err != nil {
		return err
	}
	for rec, err := range r.records(r.split) {
		if err != nil {
			if r.ignoreCorrupt {
				break
			}
			return err
		}
		if err := r.record(rec); err != nil {
			return err
		}
		if r.rows >= r.req.Batch {
			if err := rc.Err(); err != nil {
				return datasources.Cancelled(err)
			}
			if !r.emit(yield) {
				return errStopped
			}
			if err := r.reset(); err != nil {
				return err
			}
		}
	}
	r.emit(yield)
	return nil
}

// reset starts a batch.
func (r *reader) reset() error {
	r.columns, r.index, r.rows = nil, map[string][]int{}, 0
	r.texts = columnar.NewStringsBuilder(nil, columnar.StringType, 0)
	formats := r.formats.Clone()
	for i, c := range r.req.Columns {
		if c == r.corruptColumn {
			r.columns = append(r.columns, nil)
			continue
		}
		f := r.schema.Fields[c]
		b, err := newBuilder(f.Type, formats, r.req.Batch)
		if err != nil {
			return err
		}
		r.columns = append(r.columns, b)
		r.index[f.Name] = append(r.index[f.Name], i)
	}
	r.at = make([]int32, len(r.columns))
	return nil
}

// emit yields the rows so far, in batches.
func (r *reader) emit(yield func(columnar.Batch, error) bool) bool {
	if r.rows == 0 {
		return true
	}
	b := columnar.Batch{Schema: r.req.Schema, Len: r.rows}
	for _, c := range r.columns {
		if c == nil {
			b.Cols = append(b.Cols, r.texts.Build())
		} else {
			b.Cols = append(b.Cols, c.build())
		}
	}
	for lo := 0; lo < b.Len; lo += r.req.Batch {
		if !yield(b.Slice(lo, min(b.Len, lo+r.req.Batch)), nil) {
			return false
		}
	}
	return true
}

// record adds the row, or with an array the rows, of a record.
func (r *reader) record(rec record) error {
	r.parser.start(rec.text)
	root, err := r.parser.next()
	switch {
	case err != nil:
		return r.malformed(rec, err)
	case root == 0:
		return nil
	}
	n := &r.parser.nodes[root]
	switch n.kind {
	case kindObject:
		return r.object(rec, root)
	case kindArray:
		for k := n.first; k != 0; k = r.parser.nodes[k].next {
			if r.parser.nodes[k].kind != kindObject {
				return r.malformed(rec, errNotObject)
			}
		}
		for k := n.first; k != 0; k = r.parser.nodes[k].next {
			if err := r.object(rec, k); err != nil {
				return err
			}
		}
		return nil
	case kindNull:
		return nil
	}
	return r.malformed(rec, errNotObject)
}

var errNotObject = errors.New("it is no object")

// object adds a row. A field that does not fit its column is NULL there, and makes the record a corrupt one.
func (r *reader) object(rec record, root int32) error {
	clear(r.at)
	for k := r.parser.nodes[root].first; k != 0; k = r.parser.nodes[k].next {
		for _, i := range r.index[string(r.parser.nodes[k].key)] {
			r.at[i] = k
		}
	}
	if r.mode != permissive {
		if column, ok := r.fits(); !ok {
			if r.mode == dropMalformed {
				return nil
			}
			return r.failed(rec, errors.New("its field "+column+" does not have the column's type"))
		}
	}
	fits := true
	for i, c := range r.columns {
		if c != nil {
			fits = c.add(&r.parser, r.at[i]) && fits
		}
	}
	r.rows++
	if fits {
		r.texts.AppendNull()
	} else {
		r.texts.Append(rec.text)
	}
	return nil
}

// fits tries the current object on columns of its own, so that nothing of it stays if it does not fit.
func (r *reader) fits() (column string, ok bool) {
	for i, c := range r.req.Columns {
		if c == r.corruptColumn {
			continue
		}
		b, err := newBuilder(r.schema.Fields[c].Type, r.formats.Clone(), 1)
		if err != nil || !b.add(&r.parser, r.at[i]) {
			return r.schema.Fields[c].Name, false
		}
	}
	return "", true
}

// malformed deals with a record that is no JSON object.
func (r *reader) malformed(rec record, cause error) error {
	switch r.mode {
	case dropMalformed:
		return nil
	case failFast:
		return r.failed(rec, cause)
	}
	for _, c := range r.columns {
		if c != nil {
			c.add(&r.parser, 0)
		}
	}
	r.texts.Append(rec.text)
	r.rows++
	return nil
}

func (r *reader) failed(rec record, cause error) error {
	return columnar.Errorf("FAILED_READ_FILE.NO_HINT", "Reading the file %q failed: %w", r.split.Of.Path,
		malformedError(r.config, r.split.Of, rec, cause))
}

func malformedError(c *config, f *datasources.File, rec record, cause error) error {
	line := lineNumber(c, f, rec.offset)
	return columnar.Errorf("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "%s:%d: the record %q is malformed: %v. (Mode FAILFAST.)",
		f.Path, line, clip(rec.text), cause)
}

func clip(b []byte) []byte { return b[:min(len(b), 200)] }

// lineNumber counts the lines of a file up to a place in it.
func lineNumber(c *config, f *datasources.File, offset int64) int {
	lines := 1
	if offset <= 0 {
		return lines
	}
	l, err := datasources.OpenLines(f, 0, offset, c.lineSep, c.charset)
	if err != nil {
		return lines
	}
	defer l.Close()
	for {
		b, _, err := l.Next()
		if err != nil {
			return lines
		}
		lines += strings.Count(string(b), "\n")
	}
}

// inferSchema finds the schema of all records of all files.
func (c *config) inferSchema(ctx context.Context, files []*datasources.File) (*columnar.Schema, error) {
	splits := c.splits(files, inferSlots)
	found := make([]*shape, len(splits))
	err := datasources.Parallel(ctx, len(splits), func(i int) error {
		var err error
		found[i], err = c.inferSplit(splits[i].(*datasources.LineSplit))
		return datasources.ReadError(splits[i].File().Path, err)
	})
	if err != nil {
		return nil, err
	}
	all := &shape{fields: map[string]*shape{}}
	for _, s := range found {
		all = merge(all, s)
	}
	fields, err := c.fieldsOf(all)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(fields, func(a, b columnar.Field) int { return strings.Compare(a.Name, b.Name) })
	return columnar.NewSchema(fields...), nil
}

// inferSlots is into how many tasks inference cuts the data, a quarter of the pieces.
const inferSlots = 4

func (c *config) inferSplit(s *datasources.LineSplit) (*shape, error) {
	all := &shape{fields: map[string]*shape{}}
	p := parser{grammar: c.grammar}
	share := 0.0
	for rec, err := range c.records(s) {
		if err != nil {
			if c.ignoreCorrupt {
				break
			}
			return nil, err
		}
		if share += c.sampling; share < 1 {
			continue
		}
		share -= 1
		one, err := c.inferRecord(&p, rec.text)
		var known *columnar.Error
		switch {
		case err == nil:
			all = merge(all, one)
		case errors.As(err, &known):
			return nil, err
		case c.mode == failFast:
			return nil, malformedError(c, s.Of, rec, err)
		case c.mode == permissive:
			all = merge(all, &shape{fields: map[string]*shape{c.corrupt: {typ: columnar.StringType}}})
		}
	}
	return all, nil
}

// inferRecord is the shape of a record's rows.
func (c *config) inferRecord(p *parser, text []byte) (*shape, error) {
	p.start(text)
	root, err := p.next()
	if err != nil {
		return nil, err
	}
	empty := &shape{fields: map[string]*shape{}}
	if root == 0 || p.nodes[root].kind == kindNull {
		return empty, nil
	}
	s, err := c.shapeOf(p, root)
	if err != nil {
		return nil, err
	}
	if s.elem != nil {
		s = s.elem
		if s.isNull() {
			return empty, nil
		}
	}
	if s.fields == nil {
		return nil, errNotObject
	}
	return s, nil
}
