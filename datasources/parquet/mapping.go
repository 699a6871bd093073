package parquet

import (
	"os"
	"runtime"
	"sync"

	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// Local files are read in place: mapped into memory, their pages are those of the operating system's cache, and reading a column chunk
// copies nothing. Copying it is a tenth of the time of queries that do little more than read. A mapping stays while its table is known,
// because making one costs as much as a copy; what of it has been read counts against the session's budget of such memory, and what that has
// no room for is read into buffers.
//
// If a file is cut while it is mapped, touching what is gone is a fault of the processor. Row groups are read with debug.SetPanicOnFault,
// which makes it a panic, and readColumn an error.

// mappings are those of a driver's files.
type mappings struct {
	sync.Mutex
	files map[*datasources.File]*mapping
	n     int // of files that are mapped
}

// mostMapped is how many files of a table are mapped: systems allow a process some ten thousands of mappings, and one that has used them up gets
// no more memory.
const mostMapped = 1000

// newMappings are removed when the driver is not in use any more.
func newMappings(d *driver) *mappings {
	m := &mappings{files: map[*datasources.File]*mapping{}}
	runtime.AddCleanup(d, (*mappings).remove, m)
	return m
}

func (m *mappings) remove() {
	m.Lock()
	defer m.Unlock()
	for _, f := range m.files {
		if f.data != nil {
			unmapFile(f.data)
			f.budget.Give(f.taken)
		}
	}
	m.files = nil
}

// mapping is a file in memory.
type mapping struct {
	data   []byte // nil: it cannot be mapped
	budget *logical.MapBudget

	mu    sync.Mutex
	parts map[int64]bool // that are read in place, by where they begin
	taken int64          // of the budget
}

// mapping is that of a file that has been opened; nil if it is to be read into buffers.
func (d *driver) mapping(f *datasources.File, r datasources.FileReader, budget *logical.MapBudget) *mapping {
	file, ok := r.(*os.File)
	if !ok || budget == nil {
		return nil
	}
	d.maps.Lock()
	defer d.maps.Unlock()
	m := d.maps.files[f]
	if m == nil {
		m = &mapping{budget: budget, parts: map[int64]bool{}}
		if d.maps.n < mostMapped {
			if data, err := mapFile(file, f.Size); err == nil {
				m.data = data
				d.maps.n++
			}
		}
		d.maps.files[f] = m
	}
	if m.data == nil {
		return nil
	}
	return m
}

// part is the file up to end and slack behind it, for reading from off to end in place; nil if there is no room for that. Whether there is
// is decided once for each part.
func (m *mapping) part(off, end int64) []byte {
	if end+slack > int64(len(m.data)) {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	in, known := m.parts[off]
	if !known {
		if in = m.budget.Take(end - off); in {
			m.taken += end - off
			readAheadMapped(m.data, off, end)
		}
		m.parts[off] = in
	}
	if !in {
		return nil
	}
	return m.data[:end+slack]
}
