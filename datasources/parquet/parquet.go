package parquet

import (
	"context"
	"strings"
	"sync"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

func init() { datasources.Register("parquet", Format{}) }

// Format is the Parquet format. Options: mergeSchema, int96RebaseMode, and those of every file source.
type Format struct{}

// Open implements datasources.Format. Without a schema, that of the first file is taken, or with mergeSchema that of all files
// together.
func (Format) Open(ctx context.Context, paths []string, options map[string]string, schema *columnar.Schema) (logical.Table, error) {
	o := datasources.NewOptions(options)
	files, err := datasources.Find(ctx, paths, o, schema)
	if err != nil {
		return nil, err
	}
	kept := files.List[:0]
	for _, f := range files.List {
		if f.Size > 0 { // some writers leave empty marker files
			kept = append(kept, f)
		}
	}
	files.List = kept
	d := &driver{footers: map[*datasources.File]*lazyFooter{}}
	d.maps = newMappings(d)
	if err := d.setRebase(o); err != nil {
		return nil, err
	}
	for _, f := range files.List {
		d.footers[f] = &lazyFooter{}
	}
	if schema == nil {
		merge, err := o.Bool("mergeSchema", false)
		if err != nil {
			return nil, err
		}
		if schema, err = d.inferSchema(ctx, files, merge); err != nil {
			return nil, err
		}
	}
	t := datasources.NewFileTable("parquet", files, schema, d)
	d.schema = schema
	return t, nil
}

// driver reads the row groups of a table's files.
type driver struct {
	schema  *columnar.Schema
	footers map[*datasources.File]*lazyFooter
	maps    *mappings
	scratch sync.Pool // of *scratch

	legacyInt96 bool // INT96 timestamps were written in the Julian calendar
}

// setRebase reads the options about files of programs that knew the old calendar.
func (d *driver) setRebase(o datasources.Options) error {
	for _, name := range []string{"int96RebaseMode", "datetimeRebaseMode"} {
		v, ok := o.Get(name)
		switch {
		case !ok, strings.EqualFold(v, "CORRECTED"), strings.EqualFold(v, "EXCEPTION"):
		case strings.EqualFold(v, "LEGACY") && name == "int96RebaseMode":
			d.legacyInt96 = true
		default:
			return datasources.InvalidOption(name, v, "CORRECTED or EXCEPTION (or, for INT96, LEGACY)")
		}
	}
	return nil
}

// lazyFooter is a footer that is read when it is first needed, and once.
type lazyFooter struct {
	once sync.Once
	ft   *footer
	err  error
}

func (d *driver) footer(f *datasources.File) (*footer, error) {
	l := d.footers[f]
	l.once.Do(func() { l.ft, l.err = readFooter(f) })
	return l.ft, l.err
}

// footerReaders is how many footers are read at once: mostly waiting, and decoding little.
const footerReaders = 8

// allFooters reads the footers that have not been read yet, several at a time. The error is that of the first file that has one.
func (d *driver) allFooters(ctx context.Context, files []*datasources.File) error {
	next := make(chan *datasources.File)
	var wg sync.WaitGroup
	for range min(footerReaders, len(files)) {
		wg.Go(func() {
			for f := range next {
				_, _ = d.footer(f) // kept in the footer
			}
		})
	}
	for _, f := range files {
		if ctx.Err() != nil {
			break
		}
		next <- f
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return datasources.Cancelled(err)
	}
	for _, f := range files {
		if _, err := d.footer(f); err != nil {
			return err
		}
	}
	return nil
}

func (d *driver) takeScratch() *scratch {
	if s, ok := d.scratch.Get().(*scratch); ok {
		return s
	}
	return &scratch{}
}

func (d *driver) inferSchema(ctx context.Context, files *datasources.Files, merge bool) (*columnar.Schema, error) {
	if len(files.List) == 0 {
		return nil, datasources.CannotInfer("Parquet", strings.Join(files.Paths, ", "))
	}
	first, err := d.footer(files.List[0])
	if err != nil {
		return nil, err
	}
	schema := first.root.fileSchema()
	if merge {
		if err := d.allFooters(ctx, files.List); err != nil {
			return nil, err
		}
		for _, f := range files.List[1:] {
			ft, err := d.footer(f)
			if err != nil {
				return nil, err
			}
			if schema, err = mergeSchemas(schema, ft.root.fileSchema()); err != nil {
				return nil, err
			}
		}
	}
	if name := duplicate(schema); name != "" {
		return nil, columnar.Errorf("COLUMN_ALREADY_EXISTS", "The file %q has more than one column called %q.", files.List[0].Path, name)
	}
	return schema, nil
}

// bindAll lays columns of the table's schema over a file.
func (d *driver) bindAll(f *datasources.File, ft *footer, columns []int) ([]*bound, error) {
	out := make([]*bound, len(columns))
	for i, c := range columns {
		var err error
		if out[i], err = d.bind(f, ft, c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d *driver) bind(f *datasources.File, ft *footer, column int) (*bound, error) {
	field := d.schema.Fields[column]
	return bind(f, field.Name, field.Type, ft.root.child(field.Name))
}

// Splits implements datasources.Driver: one split for each row group that may have matching rows.
func (d *driver) Splits(ctx context.Context, files []*datasources.File, req *datasources.Request) ([]datasources.FileSplit, error) {
	if err := d.allFooters(ctx, files); err != nil {
		return nil, err
	}
	var out []datasources.FileSplit
	for _, f := range files {
		ft, err := d.footer(f)
		if err != nil {
			return nil, err
		}
		wanted, err := d.bindAll(f, ft, req.Columns)
		if err != nil {
			return nil, err
		}
		var leaves []int
		for _, b := range wanted {
			leaves = b.leaves(leaves)
		}
		for i := range ft.meta.RowGroups {
			rg := &ft.meta.RowGroups[i]
			if rg.NumRows > 0 && d.mayMatch(f, ft, rg, req.Predicates) {
				out = append(out, &split{f, i, bytesOf(rg, leaves)})
			}
		}
	}
	return out, nil
}

// mayMatch says whether a row group may have rows that match all predicates.
func (d *driver) mayMatch(f *datasources.File, ft *footer, rg *format.RowGroup, preds []datasources.Predicate) bool {
	bounds := func(column int) datasources.Bounds {
		b, err := d.bind(f, ft, column)
		if err != nil {
			return datasources.Bounds{} // reading the column will say so
		}
		return ft.bounds(b, rg)
	}
	for i := range preds {
		if !preds[i].MayMatch(bounds) {
			return false
		}
	}
	return true
}
