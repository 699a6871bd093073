package physical

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/gosql-engine/gosql/columnar"
)

// rowGroups numbers combinations of keys of any types. The keys of a row are packed into words: one of NULL flags, one for each value of
// up to 64 bits, two for wider ones and strings. Short strings are wholly in their words; of long ones the words hold length and
// beginning, and the bytes lie in an arena. Comparing two rows compares words, and bytes only for long strings.
type rowGroups struct {
	types  []columnar.Type
	fields []keyField
	width  int            // words a row
	words  blocks[uint64] // width words a group
	hashes []uint64       // by group
	slots  []uint64       // upper half of the hash, group + 1; 0: free
	texts  []groupText
	arena  arena

	scratch struct { // of the batch at hand
		words  []uint64
		hashes []uint64
		first  []uint64 // the slot where the search of each row begins
		differ []uint64 // 0: the words of the group there are those of the row
		cols   []columnar.Vector
		pool   columnar.Pool
	}
}

// keyField is where a key lies in the words of a row.
type keyField struct {
	at    int
	text  int  // index in texts, -1: a value of fixed width
	nulls bool // there may be NULLs
}

// groupText is a key of strings, or of nested values in the form of strings.
type groupText struct {
	key   int
	views blocks[columnar.View] // of groups with a long string, over the arena; blocks of groups without any may be missing
	batch *columnar.Strings
	made  columnar.Builder // the values themselves, for nested types
}

// arena holds the bytes of long strings.
type arena struct {
	bufs [][]byte
	held int64
}

// keep copies b and returns its view.
func (a *arena) keep(b []byte) columnar.View {
	k := len(a.bufs) - 1
	if k < 0 || len(a.bufs[k])+len(b) > cap(a.bufs[k]) {
		size := max(64<<10<<min(len(a.bufs), 4), len(b))
		a.bufs = append(a.bufs, make([]byte, 0, size))
		a.held += int64(size)
		k++
	}
	off := len(a.bufs[k])
	a.bufs[k] = append(a.bufs[k], b...)
	return columnar.BufferView(b, k, off)
}

func newRowGroups(types []columnar.Type) *rowGroups {
	t := &rowGroups{types: types, width: 1, slots: make([]uint64, firstSlots)}
	for i, typ := range types {
		f := keyField{at: t.width, text: -1}
		t.width++
		switch typ.Layout() {
		case columnar.LayoutInt128, columnar.LayoutInterval:
			t.width++
		case columnar.LayoutBytes, columnar.LayoutList, columnar.LayoutMap, columnar.LayoutStruct:
			t.width++
			f.text = len(t.texts)
			text := groupText{key: i, views: blocks[columnar.View]{width: 1}}
			if typ.IsNested() {
				text.made = columnar.NewBuilder(typ, 0)
			}
			t.texts = append(t.texts, text)
		}
		t.fields = append(t.fields, f)
	}
	if len(types) > 64 {
		t.width += (len(types) - 1) / 64 // more words of NULL flags, at the end
	}
	t.words.width = t.width
	return t
}

func (t *rowGroups) len() int { return len(t.hashes) }
func (t *rowGroups) bytes() int64 {
	n := int64(cap(t.hashes)+cap(t.slots))*8 + t.words.bytes() + t.arena.held
	for i := range t.texts {
		n += t.texts[i].views.bytes()
	}
	return n
}

// reset implements grouper.
func (t *rowGroups) reset() {
	clear(t.slots)
	t.hashes, t.arena = t.hashes[:0], arena{}
	for i := range t.texts {
		x := &t.texts[i]
		if x.made != nil {
			x.made = columnar.NewBuilder(t.types[x.key], 0)
		}
	}
}

// flag is the word and bit that say that key k is NULL.
func (t *rowGroups) flag(k int) (word int, bit uint64) {
	if k < 64 {
		return 0, 1 << k
	}
	return t.width - k/64, 1 << (k & 63)
}

// assign implements grouper.
func (t *rowGroups) assign(keys []columnar.Vector, rows columnar.Rows, group []uint32) {
	n := len(group)
	s := &t.scratch
	s.words, s.hashes = sized(s.words, n*t.width), sized(s.hashes, n)
	clear(s.words)
	s.cols = s.cols[:0]
	s.pool.Reset()
	for k, v := range keys {
		s.cols = append(s.cols, t.pack(k, v, rows))
	}
	columnar.Hash(s.cols, rows, s.hashes)
	s.first = sized(s.first, n)
	mask := uint64(len(t.slots) - 1)
	for i, h := range s.hashes { // all at once, so that the processor waits for many slots at a time
		s.first[i] = t.slots[h&mask]
	}
	t.compareFirst()
	for i, h := range s.hashes {
		r := rows.Row(i)
		if s.differ[i] == 0 && t.equalTexts(int(uint32(s.first[i]))-1, i, r) {
			group[i] = uint32(s.first[i]) - 1
		} else {
			group[i] = t.find(h, i, r, keys)
		}
	}
}

// compareFirst compares the words of each row with those of the group where its search begins, again with no branch on what is there.
func (t *rowGroups) compareFirst() {
	s, w := &t.scratch, t.width
	s.differ = sized(s.differ, len(s.first))
	if t.len() == 0 {
		for i := range s.differ {
			s.differ[i] = 1
		}
		return
	}
	for i, e := range s.first {
		free := (e|-e)>>63 ^ 1 // 1 where the slot is free; the group compared is then any
		a, b := t.words.at(int(uint32(e)-uint32(1-free))), s.words[i*w:i*w+w]
		diff := free
		for k, x := range a {
			diff |= x ^ b[k]
		}
		s.differ[i] = diff
	}
}

// find looks up row i of the scratch, which is row r of the batch.
func (t *rowGroups) find(h uint64, i, r int, keys []columnar.Vector) uint32 {
	mask := uint64(len(t.slots) - 1)
	tag := h &^ math.MaxUint32
	for at := h & mask; ; at = (at + 1) & mask {
		e := t.slots[at]
		if e == 0 {
			t.slots[at] = tag | uint64(len(t.hashes)+1)
			return t.insert(h, i, r, keys)
		}
		if e&^math.MaxUint32 == tag && t.equal(int(uint32(e))-1, i, r) {
			return uint32(e) - 1
		}
	}
}

// equal compares group g with row i of the scratch.
func (t *rowGroups) equal(g, i, r int) bool {
	w := t.width
	a, b := t.words.at(g), t.scratch.words[i*w:i*w+w]
	for k, x := range a {
		if x != b[k] {
			return false
		}
	}
	return t.equalTexts(g, i, r)
}

// equalTexts compares the long strings of group g with those of row i of the scratch, whose words are equal.
func (t *rowGroups) equalTexts(g, i, r int) bool {
	w := t.width
	b := t.scratch.words[i*w : i*w+w]
	for k := range t.texts {
		x := &t.texts[k]
		if length := b[t.fields[x.key].at] >> 32; length <= columnar.InlineLen { // as packStrings writes it; 0 for NULL
			continue
		}
		if v := &x.views.at(g)[0]; !bytes.Equal(t.arena.bufs[v.Buffer][v.Offset:v.Offset+v.Length], x.batch.At(r)) {
			return false
		}
	}
	return true
}

// insert makes a new group of row i of the scratch.
func (t *rowGroups) insert(h uint64, i, r int, keys []columnar.Vector) uint32 {
	g, w := len(t.hashes), t.width
	copy(t.words.add(g), t.scratch.words[i*w:i*w+w])
	t.hashes = append(roomFor(t.hashes, 1), h)
	for k := range t.texts {
		x := &t.texts[k]
		if length := t.words.at(g)[t.fields[x.key].at] >> 32; length > columnar.InlineLen {
			x.views.reach(g)[0] = t.arena.keep(x.batch.At(r))
		}
		if x.made != nil {
			x.made.Append(keys[x.key], r)
		}
	}
	if len(t.hashes)*2 > len(t.slots) {
		t.rehash()
	}
	return uint32(g)
}

func (t *rowGroups) rehash() {
	t.slots = make([]uint64, growth(len(t.slots))*len(t.slots))
	mask := uint64(len(t.slots) - 1)
	for g, h := range t.hashes {
		at := h & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = h&^math.MaxUint32 | uint64(g+1)
	}
}

// pack writes key k of the rows into the scratch, and returns the vector to hash.
func (t *rowGroups) pack(k int, v columnar.Vector, rows columnar.Rows) columnar.Vector {
	f := t.fields[k]
	flat := columnar.Flatten(&t.scratch.pool, v, rows)
	if f.text >= 0 && t.texts[f.text].made != nil {
		flat = nestedBytes(flat, rows)
		v = flat
	}
	if v.HasNulls() {
		t.fields[k].nulls = true
		word, bit := t.flag(k)
		for i := range rows.Count() {
			if v.IsNull(rows.Row(i)) {
				t.scratch.words[i*t.width+word] |= bit
			}
		}
	}
	dst, w := t.scratch.words[f.at:], t.width
	switch x := flat.(type) {
	case *columnar.Fixed[int8]:
		packInts(dst, w, x, rows)
	case *columnar.Fixed[int16]:
		packInts(dst, w, x, rows)
	case *columnar.Fixed[int32]:
		packInts(dst, w, x, rows)
	case *columnar.Fixed[int64]:
		packInts(dst, w, x, rows)
	case *columnar.Fixed[float32]:
		packFloats(dst, w, x, rows)
	case *columnar.Fixed[float64]:
		packFloats(dst, w, x, rows)
	case *columnar.Fixed[columnar.Int128]:
		packPairs(dst, w, x, rows, func(v columnar.Int128) (uint64, uint64) { return v.Lo, uint64(v.Hi) })
	case *columnar.Fixed[columnar.Interval]:
		packPairs(dst, w, x, rows, func(v columnar.Interval) (uint64, uint64) {
			return uint64(uint32(v.Months))<<32 | uint64(uint32(v.Days)), uint64(v.Micros)
		})
	case *columnar.Bool:
		for i := range rows.Count() {
			if r := rows.Row(i); x.True(r) {
				dst[i*w] = 1
			}
		}
	case *columnar.Strings:
		t.texts[f.text].batch = x
		packStrings(dst, w, x, rows)
	}
	return v
}

func packInts[T int8 | int16 | int32 | int64](dst []uint64, w int, v *columnar.Fixed[T], rows columnar.Rows) {
	for i := range rows.Count() {
		r := rows.Row(i)
		if v.Valid == nil || v.Valid.Get(r) {
			dst[i*w] = uint64(v.Values[r])
		}
	}
}

func packFloats[T float32 | float64](dst []uint64, w int, v *columnar.Fixed[T], rows columnar.Rows) {
	for i := range rows.Count() {
		r := rows.Row(i)
		if v.Valid == nil || v.Valid.Get(r) {
			dst[i*w] = floatBits(float64(v.Values[r]))
		}
	}
}

// floatBits are the bits of x, with one form for each of zero and NaN.
func floatBits(x float64) uint64 {
	switch {
	case x == 0:
		return 0
	case x != x:
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(x)
}

func packPairs[T columnar.Int128 | columnar.Interval](dst []uint64, w int, v *columnar.Fixed[T], rows columnar.Rows, words func(T) (uint64, uint64)) {
	for i := range rows.Count() {
		r := rows.Row(i)
		if v.Valid == nil || v.Valid.Get(r) {
			dst[i*w], dst[i*w+1] = words(v.Values[r])
		}
	}
}

// packStrings writes length and first bytes, and for short strings the rest.
func packStrings(dst []uint64, w int, v *columnar.Strings, rows columnar.Rows) {
	for i := range rows.Count() {
		r := rows.Row(i)
		if v.Valid != nil && !v.Valid.Get(r) {
			continue
		}
		x := &v.Views[r]
		dst[i*w] = uint64(x.Length)<<32 | uint64(binary.LittleEndian.Uint32(x.Prefix[:]))
		if x.Length <= columnar.InlineLen {
			dst[i*w+1] = uint64(x.Buffer)<<32 | uint64(x.Offset)
		}
	}
}

// keys implements grouper.
func (t *rowGroups) keys() []columnar.Vector {
	out := make([]columnar.Vector, len(t.types))
	for k := range t.types {
		out[k] = t.key(k)
	}
	return out
}

func (t *rowGroups) key(k int) columnar.Vector {
	f, typ, n := t.fields[k], t.types[k], t.len()
	valid := t.valid(k)
	switch typ.Layout() {
	case columnar.LayoutBool:
		bits := columnar.NewBitmap(n)
		for g := range n {
			bits.Put(g, t.words.at(g)[f.at] != 0)
		}
		return columnar.NewBool(bits, n, valid)
	case columnar.LayoutInt8:
		return unpack(t, k, valid, func(w []uint64) int8 { return int8(w[0]) })
	case columnar.LayoutInt16:
		return unpack(t, k, valid, func(w []uint64) int16 { return int16(w[0]) })
	case columnar.LayoutInt32:
		return unpack(t, k, valid, func(w []uint64) int32 { return int32(w[0]) })
	case columnar.LayoutInt64:
		return unpack(t, k, valid, func(w []uint64) int64 { return int64(w[0]) })
	case columnar.LayoutFloat32:
		return unpack(t, k, valid, func(w []uint64) float32 { return float32(math.Float64frombits(w[0])) })
	case columnar.LayoutFloat64:
		return unpack(t, k, valid, func(w []uint64) float64 { return math.Float64frombits(w[0]) })
	case columnar.LayoutInt128:
		return unpack(t, k, valid, func(w []uint64) columnar.Int128 { return columnar.Int128{Lo: w[0], Hi: int64(w[1])} })
	case columnar.LayoutInterval:
		return unpack(t, k, valid, func(w []uint64) columnar.Interval {
			return columnar.Interval{Months: int32(w[0] >> 32), Days: int32(w[0]), Micros: int64(w[1])}
		})
	}
	text := &t.texts[f.text]
	if text.made != nil {
		return text.made.Build()
	}
	return &columnar.Strings{Typ: typ, Views: t.views(f, n), Bufs: t.arena.bufs, Valid: valid}
}

// views are those of a key of strings: short ones are in the words.
func (t *rowGroups) views(f keyField, n int) []columnar.View {
	out, long := make([]columnar.View, n), &t.texts[f.text].views
	for g := range out {
		w := t.words.at(g)[f.at:]
		v := &out[g]
		if v.Length = uint32(w[0] >> 32); v.Length > columnar.InlineLen {
			*v = long.at(g)[0]
			continue
		}
		binary.LittleEndian.PutUint32(v.Prefix[:], uint32(w[0]))
		v.Buffer, v.Offset = uint32(w[1]>>32), uint32(w[1])
	}
	return out
}

func unpack[T columnar.Native](t *rowGroups, k int, valid columnar.Bitmap, value func(w []uint64) T) columnar.Vector {
	out := make([]T, t.len())
	for g := range out {
		out[g] = value(t.words.at(g)[t.fields[k].at:])
	}
	return columnar.NewFixed(t.types[k], out, valid)
}

// valid is the validity of key k, nil if it has no NULL.
func (t *rowGroups) valid(k int) columnar.Bitmap {
	if !t.fields[k].nulls {
		return nil
	}
	var valid columnar.Bitmap
	word, bit := t.flag(k)
	for g := range t.len() {
		if t.words.at(g)[word]&bit == 0 {
			continue
		}
		if valid == nil {
			valid = columnar.FullBitmap(t.len())
		}
		valid.Clear(g)
	}
	return valid
}
