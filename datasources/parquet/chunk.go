package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/invariants"
)

// maxPage is the largest page that is read; a size beyond it is damage.
const maxPage = 1 << 30

// readAhead is the size of the pieces in which a column chunk is read.
const readAhead = 4 << 20

// chunk walks the pages of a column chunk. The current data page's values are in def, rep and the value fields.
type chunk struct {
	in      input
	leaf    *leaf
	codec   format.CompressionCodec
	scratch *scratch
	left    int64 // values, NULLs included, in the pages that have not been read
	protect bool  // a page's bytes must stay: string views point into them
	reuse   bool  // those bytes only stay until release

	kept     [][]byte // the pages that have stayed, if they are to be reused, in their order
	pageKept bool     // the last of them is the current page
	lease    *columnar.Lease

	dictionary func(data []byte, n int) error // takes the dictionary page
	page       page
	header     format.PageHeader
}

// page is a data page.
type page struct {
	left     int // values, NULLs included, that have not been taken
	def, rep hybrid
	encoding format.Encoding
	data     []byte // values; its capacity goes on for slack bytes
	values   int    // NULLs included
}

// input reads a part of a file forwards.
type input struct {
	r        io.ReaderAt
	off, end int64 // in the file: what has not been read into buf yet
	buf      []byte
	pos      int    // in buf
	mapped   []byte // the file up to behind end, if it is read in place; then off moves on with skip
}

// peek returns the next n bytes, or fewer at the end. They stay until the next peek.
func (in *input) peek(n int) ([]byte, error) {
	if in.mapped != nil {
		return in.mapped[in.off:min(in.off+int64(n), in.end)], nil
	}
	have := len(in.buf) - in.pos
	if have >= n || in.off >= in.end {
		return in.buf[in.pos : in.pos+min(n, have)], nil
	}
	more := int(min(in.end-in.off, int64(max(n-have, readAhead))))
	if cap(in.buf) < have+more+slack {
		buf := make([]byte, have, have+more+slack)
		copy(buf, in.buf[in.pos:])
		in.buf = buf
	} else {
		copy(in.buf[:have], in.buf[in.pos:])
	}
	in.buf, in.pos = in.buf[:have+more], 0
	if k, err := in.r.ReadAt(in.buf[have:], in.off); err != nil && k < more {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	in.off += int64(more)
	return in.buf[:min(n, have+more)], nil
}

func (in *input) skip(n int) {
	if in.mapped != nil {
		in.off += int64(n)
	} else {
		in.pos += n
	}
}

// scratch are buffers that one reader of a row group uses for one column, and hands on to the next.
type scratch struct {
	raw, page []byte
	free      [][]byte // for pages whose bytes must stay
}

// maxFree is how many buffers for such pages are kept: a batch seldom has values of more pages.
const maxFree = 4

// fresh returns n bytes with slack behind them that are used for nothing else.
func fresh(n int) []byte { return make([]byte, n, n+slack) }

// take returns n bytes with slack behind them, from the buffers that are free if one is large enough.
func (s *scratch) take(n int) []byte {
	for i, b := range s.free {
		if cap(b) >= n+slack {
			last := len(s.free) - 1
			s.free[i], s.free[last] = s.free[last], nil
			s.free = s.free[:last]
			return b[:n]
		}
	}
	return grow(nil, n)
}

// give makes buffers free that nobody looks at any more.
func (s *scratch) give(bufs [][]byte) {
	for _, b := range bufs {
		if invariants.Enabled {
			fill(b[:cap(b)], 0xdb)
		}
		if len(s.free) < maxFree {
			s.free = append(s.free, b)
		}
	}
}

// grow returns n bytes with slack behind them, from buf if it is large enough.
func grow(buf []byte, n int) []byte {
	if cap(buf) < n+slack {
		return make([]byte, n, n+n/8+slack)
	}
	return buf[:n]
}

func openChunk(r io.ReaderAt, size int64, cc *format.ColumnChunk, l *leaf, s *scratch) (*chunk, error) {
	m := &cc.MetaData
	if cc.FilePath != "" {
		return nil, fmt.Errorf("the column %q lies in the other file %q, which is not supported", l.element.Name, cc.FilePath)
	}
	if !supportedCodec(m.Codec) {
		return nil, unsupportedCodec(m.Codec)
	}
	start := m.DataPageOffset
	if m.DictionaryPageOffset > 0 && m.DictionaryPageOffset < start {
		start = m.DictionaryPageOffset
	}
	end := start + m.TotalCompressedSize
	if start < 4 || m.TotalCompressedSize < 0 || end > size {
		return nil, fmt.Errorf("the column %q lies at bytes %d to %d of a file of %d", l.element.Name, start, end, size)
	}
	c := &chunk{leaf: l, codec: m.Codec, scratch: s, left: m.NumValues}
	c.in = input{r: r, off: start, end: end, buf: s.raw[:0]}
	return c, nil
}

// close hands the buffers back to the scratch.
func (c *chunk) close() { c.scratch.raw = c.in.buf }

// lend is the lease on the pages that have stayed; nil if there are none.
func (c *chunk) lend() *columnar.Lease {
	if len(c.kept) > 0 && c.lease == nil {
		c.lease = new(columnar.Lease)
	}
	return c.lease
}

// release says that nobody looks at the pages before the current one any more, unless somebody has kept them.
func (c *chunk) release() {
	if c.lease != nil && c.lease.Kept() {
		c.forget()
	}
	n := len(c.kept)
	if n > 0 && c.pageKept {
		n--
	}
	if n > 0 {
		c.scratch.give(c.kept[:n])
		c.kept = append(c.kept[:0], c.kept[n:]...)
	}
	if len(c.kept) == 0 {
		c.lease = nil
	}
}

// forget says that the pages so far are somebody else's.
func (c *chunk) forget() { c.kept, c.pageKept, c.lease = nil, false, nil }

// nextOrPass reads the next data page that holds values; if those are no more than most, it passes over the page without decompressing it
// and returns their number.
func (c *chunk) nextOrPass(most int) (passed int, err error) {
	for {
		if c.left <= 0 {
			return 0, errCut
		}
		body, err := c.readPage()
		if err != nil {
			return 0, err
		}
		if n := c.announced(); n > 0 && n <= most && int64(n) <= c.left {
			c.left -= int64(n)
			return n, nil
		}
		switch c.header.Type {
		case format.DictionaryPage:
			err = c.dictionaryPage(body)
		case format.DataPage:
			err = c.dataPage(body)
		case format.DataPageV2:
			err = c.dataPageV2(body)
		}
		if err != nil {
			return 0, err
		}
		if c.page.left > 0 {
			c.left -= int64(c.page.left)
			return 0, nil
		}
	}
}

// announced is how many values, NULLs included, the header says a data page has.
func (c *chunk) announced() int {
	switch c.header.Type {
	case format.DataPage:
		return int(c.header.DataPageHeader.V.NumValues)
	case format.DataPageV2:
		return int(c.header.DataPageHeaderV2.V.NumValues)
	}
	return 0
}

// headerGuess is how much is looked at for a page header at first; statistics of long strings make it longer.
const headerGuess = 512

// readPage decodes the next page header into c.header and returns the page's bytes as they are in the file.
func (c *chunk) readPage() ([]byte, error) {
	var protocol thrift.CompactProtocol
	for guess := headerGuess; ; guess *= 16 {
		b, err := c.in.peek(guess)
		if err != nil {
			return nil, err
		}
		if len(b) == 0 {
			return nil, errCut
		}
		r := protocol.NewReaderFromBytes(b)
		c.header = format.PageHeader{}
		if err = thrift.NewDecoder(r).Decode(&c.header); err == nil {
			c.in.skip(r.BytesRead())
			break
		}
		if len(b) < guess || guess > maxPage/16 {
			return nil, fmt.Errorf("a page header is damaged: %w", err)
		}
	}
	h := &c.header
	n := int(h.CompressedPageSize)
	if n < 0 || h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPage {
		return nil, errors.New("a page header is damaged: impossible size")
	}
	b, err := c.in.peek(n)
	if err != nil {
		return nil, err
	}
	if len(b) < n {
		return nil, errCut
	}
	c.in.skip(n)
	if h.CRC != 0 && crc32.ChecksumIEEE(b) != uint32(h.CRC) {
		return nil, fmt.Errorf("a page of the column %q does not have the content that its checksum was made for", c.leaf.element.Name)
	}
	return b, nil
}

// unpacked returns the decompressed bytes of a page, with slack behind them: in room for as many bytes, or if that is nil until the next page.
func (c *chunk) unpacked(body []byte, size int, compressed bool, room func(n int) []byte) ([]byte, error) {
	if !compressed || c.codec == format.Uncompressed {
		if room == nil {
			return body, nil // peek keeps slack behind it
		}
		dst := room(len(body))
		copy(dst, body)
		return dst, nil
	}
	var dst []byte
	if room != nil {
		dst = room(size)
	} else {
		c.scratch.page = grow(c.scratch.page, size)
		dst = c.scratch.page
	}
	return dst, decompress(c.codec, dst, body)
}

// pageRoom is where a data page's values are decompressed to: nil where they are used before the next page is read.
func (c *chunk) pageRoom(e format.Encoding) func(n int) []byte {
	stay := c.protect && !isDictionary(e)
	c.pageKept = stay && c.reuse
	switch {
	case !stay:
		return nil
	case !c.reuse:
		return fresh
	}
	return func(n int) []byte {
		b := c.scratch.take(n)
		c.kept = append(c.kept, b)
		return b
	}
}

func (c *chunk) dictionaryPage(body []byte) error {
	h := c.header.DictionaryPageHeader.V
	if h.NumValues < 0 || c.dictionary == nil {
		return errors.New("a dictionary page stands where none may be")
	}
	data, err := c.unpacked(body, int(c.header.UncompressedPageSize), true, fresh)
	if err != nil {
		return err
	}
	return c.dictionary(data, int(h.NumValues))
}

func isDictionary(e format.Encoding) bool {
	//lint:ignore SA1019 writers of Parquet 1.0 still name the old encoding
	return e == format.RLEDictionary || e == format.PlainDictionary
}

func (c *chunk) dataPage(body []byte) error {
	h := &c.header.DataPageHeader.V
	data, err := c.unpacked(body, int(c.header.UncompressedPageSize), true, c.pageRoom(h.Encoding))
	if err != nil {
		return err
	}
	p := page{left: int(h.NumValues), values: int(h.NumValues), encoding: h.Encoding}
	if c.leaf.maxRep > 0 {
		if p.rep, data, err = levelsOf(data, h.RepetitionLevelEncoding, c.leaf.maxRep, p.values); err != nil {
			return err
		}
	}
	if c.leaf.maxDef > 0 {
		if p.def, data, err = levelsOf(data, h.DefinitionLevelEncoding, c.leaf.maxDef, p.values); err != nil {
			return err
		}
	}
	p.data = data
	return c.start(p)
}

// levelsOf takes the levels off the front of a version 1 page.
func levelsOf(data []byte, e format.Encoding, most, values int) (hybrid, []byte, error) {
	width := uint(bits.Len(uint(most)))
	if e == format.BitPacked {
		return hybrid{}, nil, fmt.Errorf("levels in the encoding %s are not supported", e)
	}
	if len(data) < 4 {
		return hybrid{}, nil, errCut
	}
	n := int(binary.LittleEndian.Uint32(data))
	if n < 0 || n > len(data)-4 {
		return hybrid{}, nil, errCut
	}
	return newHybrid(data[4:4+n], width), data[4+n:], nil
}

func (c *chunk) dataPageV2(body []byte) error {
	h := &c.header.DataPageHeaderV2.V
	reps, defs := int(h.RepetitionLevelsByteLength), int(h.DefinitionLevelsByteLength)
	if reps < 0 || defs < 0 || reps+defs > len(body) || reps+defs > int(c.header.UncompressedPageSize) {
		return errCut
	}
	compressed := !h.IsCompressed.Valid || h.IsCompressed.V
	rest := body[reps+defs:]
	data, err := c.unpacked(rest, int(c.header.UncompressedPageSize)-reps-defs, compressed && len(rest) > 0, c.pageRoom(h.Encoding))
	if err != nil {
		return err
	}
	p := page{left: int(h.NumValues), values: int(h.NumValues), encoding: h.Encoding, data: data}
	if c.leaf.maxRep > 0 {
		p.rep = newHybrid(body[:reps], uint(bits.Len(uint(c.leaf.maxRep))))
	}
	if c.leaf.maxDef > 0 {
		p.def = newHybrid(body[reps:reps+defs], uint(bits.Len(uint(c.leaf.maxDef))))
	}
	return c.start(p)
}

func (c *chunk) start(p page) error {
	if p.left < 0 || int64(p.left) > c.left {
		return errors.New("the pages of a column hold more values than its metadata says")
	}
	c.page = p
	return nil
}
