package parquet

import (
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// rowGroup is a row group that is being read.
type rowGroup struct {
	driver *driver
	file   *datasources.File
	reader datasources.FileReader
	meta   *format.RowGroup
	mapped *mapping // of the file; may be nil
	used   []*scratch
	held   int64 // bytes reserved
}

// split is one row group of a file.
type split struct {
	file  *datasources.File
	index int
	bytes int64
}

func (s *split) File() *datasources.File { return s.file }
func (s *split) Bytes() int64            { return s.bytes }
func (s *split) String() string          { return fmt.Sprintf("%s row group %d", s.file.Path, s.index) }

func (g *rowGroup) openChunk(l *leaf) (*chunk, error) {
	s := g.driver.takeScratch()
	g.used = append(g.used, s)
	c, err := openChunk(g.reader, g.file.Size, &g.meta.Columns[l.index], l, s)
	if err == nil && g.mapped != nil {
		c.in.mapped = g.mapped.part(c.in.off, c.in.end)
	}
	return c, err
}

// Read implements datasources.Driver.
func (d *driver) Read(rc logical.ReadContext, fs datasources.FileSplit, req *datasources.Request) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		if err := d.readSplit(rc, fs.(*split), req, yield); err != nil {
			yield(columnar.Batch{}, err)
		}
	}
}

// stopped says that the receiver of batches wants no more.
var errStopped = fmt.Errorf("stopped")

func (d *driver) readSplit(rc logical.ReadContext, s *split, req *datasources.Request, yield func(columnar.Batch, error) bool) error {
	ft, err := d.footer(s.file)
	if err != nil {
		return err
	}
	g := &rowGroup{driver: d, file: s.file, meta: &ft.meta.RowGroups[s.index]}
	wanted, err := d.bindAll(s.file, ft, req.Columns)
	if err != nil {
		return err
	}
	if !d.mayMatch(s.file, ft, g.meta, req.Bounds) {
		return nil
	}
	defer runtime.KeepAlive(d) // whose end is that of its mappings
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	cols, err := g.open(rc, wanted)
	defer g.close(rc, cols)
	if err != nil {
		return err
	}
	err = g.batches(rc, cols, req, yield)
	if err == errStopped {
		return nil
	}
	return err
}

// open opens the file and the columns. Whatever it has opened is returned even if there is an error.
func (g *rowGroup) open(rc logical.ReadContext, wanted []*bound) (cols []column, err error) {
	defer datasources.Recovered(g.file.Path, &err)
	need := int64(0)
	for _, b := range wanted {
		for _, l := range b.leaves(nil) {
			m := &g.meta.Columns[l].MetaData
			need += min(m.TotalCompressedSize, readAhead) + min(m.TotalUncompressedSize, 2*readAhead)
		}
	}
	if err := rc.Grow(need); err != nil {
		return nil, err
	}
	g.held = need
	if g.reader, err = g.file.Open(); err != nil {
		return nil, err
	}
	g.mapped = g.driver.mapping(g.file, g.reader, rc.Maps())
	for _, b := range wanted {
		c, err := g.openColumn(b)
		if err != nil {
			return cols, err
		}
		cols = append(cols, c)
	}
	return cols, nil
}

func (g *rowGroup) close(rc logical.ReadContext, cols []column) {
	for _, c := range cols {
		c.close()
	}
	for _, s := range g.used {
		g.driver.scratch.Put(s)
	}
	if g.reader != nil {
		g.reader.Close()
	}
	if g.held > 0 {
		_ = rc.Grow(-g.held) // giving back does not fail
	}
}

// FiltersRows implements datasources.FilteringDriver.
func (d *driver) FiltersRows() {}

// batches reads and yields the row group batch by batch.
func (g *rowGroup) batches(rc logical.ReadContext, cols []column, req *datasources.Request, yield func(columnar.Batch, error) bool) error {
	pool := rc.Pool()
	if pool == nil {
		pool = new(columnar.Pool)
	}
	for left := int(g.meta.NumRows); left > 0; {
		if err := rc.Err(); err != nil {
			return datasources.Cancelled(err)
		}
		n := min(left, req.Batch)
		b, err := g.readBatch(pool, cols, n, req.Filters)
		if err != nil {
			return g.changed(err)
		}
		b.Schema = req.Schema
		if b.Live() > 0 && !yield(b, nil) { // a column of a batch without rows may be nil
			return errStopped
		}
		pool.Reset()
		left -= n
	}
	return nil
}

// changed is the error of reading, or that the file was changed meanwhile, which reading in place may see as any damage.
func (g *rowGroup) changed(err error) error {
	if g.mapped != nil {
		r, changed := g.file.Open()
		if changed != nil {
			return changed
		}
		r.Close()
	}
	return err
}

// readBatch reads the next n rows: first the columns that filters look at, and of the others only the rows that have been kept.
func (g *rowGroup) readBatch(pool *columnar.Pool, cols []column, n int, filters []logical.RowFilter) (columnar.Batch, error) {
	b := columnar.Batch{Cols: make([]columnar.Vector, len(cols)), Len: n}
	for _, f := range filters {
		for _, i := range f.Columns() {
			if err := g.readColumn(b, pool, cols, i); err != nil {
				return b, err
			}
		}
		var err error
		if b, err = f.Keep(b); err != nil {
			return b, err
		}
		if b.Live() == 0 {
			break
		}
	}
	for i := range cols {
		if err := g.readColumn(b, pool, cols, i); err != nil {
			return b, err
		}
	}
	return b, nil
}

// readColumn reads column i of the batch, unless it is there, for the rows that are left; without any it is passed over. It is where a
// damaged file's panics end.
func (g *rowGroup) readColumn(b columnar.Batch, pool *columnar.Pool, cols []column, i int) (err error) {
	defer datasources.Recovered(g.file.Path, &err)
	switch {
	case b.Cols[i] != nil:
	case b.Live() == 0:
		err = cols[i].skip(b.Len)
	default:
		b.Cols[i], err = cols[i].read(pool, b.Len, b.Sel)
	}
	return err
}
