package json

import (
	"bytes"
	"encoding/base64"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// builder makes the vector of a column, or of a part of a nested one, of parsed values. Its vectors are owned.
type builder interface {
	// add adds the value of a node, NULL for 0. If it does not fit the type it adds NULL and returns false.
	add(p *parser, at int32) bool
	build() columnar.Vector
}

// newBuilder makes the builder of a type; n is the number of values expected.
func newBuilder(t columnar.Type, f *datasources.TextFormats, n int) (builder, error) {
	switch t.Kind {
	case columnar.Array:
		e, err := newBuilder(t.Elem(), f, n)
		return &listBuilder{typ: t, elem: e, offsets: make([]int32, 1, n+1)}, err
	case columnar.Map:
		e, err := newBuilder(t.Elem(), f, n)
		if t.Key() != columnar.StringType {
			return nil, columnar.Errorf("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "The JSON data source has no form for %s.", t.SQL())
		}
		return &mapBuilder{typ: t, keys: columnar.NewStringsBuilder(nil, columnar.StringType, n), elem: e, offsets: make([]int32, 1, n+1)}, err
	case columnar.Struct:
		b := &structBuilder{typ: t, index: map[string]int{}}
		for i, field := range t.Fields() {
			c, err := newBuilder(field.Type, f, n)
			if err != nil {
				return nil, err
			}
			b.fields, b.index[field.Name] = append(b.fields, c), i
		}
		b.at = make([]int32, len(b.fields))
		return b, nil
	case columnar.Boolean:
		return &boolBuilder{}, nil
	case columnar.String:
		return &stringBuilder{out: columnar.NewStringsBuilder(nil, t, n), value: stringValue}, nil
	case columnar.Binary:
		return &stringBuilder{out: columnar.NewStringsBuilder(nil, t, n), value: binaryValue}, nil
	}
	return newFixedBuilder(t, f, n)
}

// nulls gathers validity.
type nulls struct {
	n     int
	valid columnar.Bitmap
}

func (v *nulls) add(valid bool) {
	if !valid && v.valid == nil {
		v.valid = columnar.FullBitmap(v.n)
	}
	if v.valid != nil {
		for len(v.valid) < columnar.Words(v.n+1) {
			v.valid = append(v.valid, 0)
		}
		v.valid.Put(v.n, valid)
	}
	v.n++
}

func isNull(p *parser, at int32) bool { return at == 0 || p.nodes[at].kind == kindNull }

// fixedBuilder builds values of fixed width.
type fixedBuilder[T columnar.Native] struct {
	typ    columnar.Type
	values []T
	nulls  nulls
	value  func(n *node) (T, bool)
}

func (b *fixedBuilder[T]) add(p *parser, at int32) bool {
	var v T
	ok, null := true, isNull(p, at)
	if !null {
		if v, ok = b.value(&p.nodes[at]); !ok {
			null = true
		}
	}
	b.values = append(b.values, v)
	b.nulls.add(!null)
	return ok
}

func (b *fixedBuilder[T]) build() columnar.Vector {
	return columnar.NewFixed(b.typ, b.values, b.nulls.valid)
}

func fixed[T columnar.Native](t columnar.Type, n int, value func(n *node) (T, bool)) builder {
	return &fixedBuilder[T]{typ: t, values: make([]T, 0, n), value: value}
}

func newFixedBuilder(t columnar.Type, f *datasources.TextFormats, n int) (builder, error) {
	switch t.Kind {
	case columnar.TinyInt:
		return fixed(t, n, integer[int8]), nil
	case columnar.SmallInt:
		return fixed(t, n, integer[int16]), nil
	case columnar.Int:
		return fixed(t, n, integer[int32]), nil
	case columnar.BigInt:
		return fixed(t, n, integer[int64]), nil
	case columnar.Float:
		return fixed(t, n, func(n *node) (float32, bool) { v, ok := float(n); return float32(v), ok }), nil
	case columnar.Double:
		return fixed(t, n, float), nil
	case columnar.Decimal:
		if t.Layout() == columnar.LayoutInt64 {
			return fixed(t, n, func(n *node) (int64, bool) { v, ok := decimal(n, t); return int64(v.Lo), ok }), nil
		}
		return fixed(t, n, func(n *node) (columnar.Int128, bool) { return decimal(n, t) }), nil
	case columnar.Date:
		return fixed(t, n, func(n *node) (int32, bool) { return ofText(n, f.Date) }), nil
	case columnar.Timestamp:
		return fixed(t, n, func(n *node) (int64, bool) {
			if n.kind == kindInt {
				v, ok := columnar.ParseInt64(n.text)
				return v * columnar.MicrosPerSecond, ok
			}
			return ofText(n, f.Timestamp)
		}), nil
	case columnar.TimestampNTZ:
		return fixed(t, n, func(n *node) (int64, bool) { return ofText(n, f.TimestampNTZ) }), nil
	}
	return nil, columnar.Errorf("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "The JSON data source has no form for %s.", t.SQL())
}

func integer[T int8 | int16 | int32 | int64](n *node) (T, bool) {
	if n.kind != kindInt {
		return 0, false
	}
	v, ok := columnar.ParseInt64(n.text)
	return T(v), ok && int64(T(v)) == v
}

func float(n *node) (float64, bool) {
	switch n.kind {
	case kindInt, kindFloat:
	case kindString:
		switch string(n.text) {
		case "NaN", "Infinity", "-Infinity", "+Infinity", "INF", "-INF", "+INF":
		default:
			return 0, false
		}
	default:
		return 0, false
	}
	if bytes.HasSuffix(n.text, []byte("INF")) {
		return columnar.ParseFloat64(bytes.ReplaceAll(n.text, []byte("INF"), []byte("Infinity")))
	}
	return columnar.ParseFloat64(n.text)
}

func decimal(n *node, t columnar.Type) (columnar.Int128, bool) {
	if n.kind != kindInt && n.kind != kindFloat && n.kind != kindString {
		return columnar.Int128{}, false
	}
	text := n.text
	if n.kind == kindString && bytes.IndexByte(text, ',') >= 0 {
		text = bytes.ReplaceAll(text, []byte(","), nil)
	}
	return columnar.ParseDecimalText(text, int(t.Precision), int(t.Scale))
}

func ofText[T any](n *node, parse func([]byte) (T, bool)) (T, bool) {
	if n.kind != kindString {
		var zero T
		return zero, false
	}
	return parse(n.text)
}

// boolBuilder builds BOOLEAN.
type boolBuilder struct {
	bits  columnar.Bitmap
	nulls nulls
}

func (b *boolBuilder) add(p *parser, at int32) bool {
	null := isNull(p, at)
	ok := null || p.nodes[at].kind == kindTrue || p.nodes[at].kind == kindFalse
	for len(b.bits) < columnar.Words(b.nulls.n+1) {
		b.bits = append(b.bits, 0)
	}
	b.bits.Put(b.nulls.n, !null && p.nodes[at].kind == kindTrue)
	b.nulls.add(ok && !null)
	return ok
}

func (b *boolBuilder) build() columnar.Vector {
	return columnar.NewBool(b.bits, b.nulls.n, b.nulls.valid)
}

// stringBuilder builds STRING and BINARY.
type stringBuilder struct {
	out   *columnar.StringsBuilder
	value func(p *parser, n *node) ([]byte, bool)
}

func (b *stringBuilder) add(p *parser, at int32) bool {
	if isNull(p, at) {
		b.out.AppendNull()
		return true
	}
	v, ok := b.value(p, &p.nodes[at])
	if ok {
		b.out.Append(v)
	} else {
		b.out.AppendNull()
	}
	return ok
}

func (b *stringBuilder) build() columnar.Vector { return b.out.Build() }

func binaryValue(_ *parser, n *node) ([]byte, bool) {
	if n.kind != kindString {
		return nil, false
	}
	v, err := base64.StdEncoding.AppendDecode(nil, n.text)
	return v, err == nil
}

// stringValue is the content of a string, or any other value as JSON text without blanks.
func stringValue(p *parser, n *node) ([]byte, bool) {
	if n.kind != kindArray && n.kind != kindObject {
		return n.text, true
	}
	return compact(n.text), true
}

func compact(b []byte) []byte {
	out := make([]byte, 0, len(b))
	quoted := byte(0)
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case quoted != 0 && c == '\\' && i+1 < len(b):
			out = append(out, c)
			i++
			c = b[i]
		case quoted != 0 && c == quoted:
			quoted = 0
		case quoted == 0 && (c == '"' || c == '\''):
			quoted = c
		case quoted == 0 && c <= ' ':
			continue
		}
		out = append(out, c)
	}
	return out
}

// listBuilder builds ARRAY.
type listBuilder struct {
	typ     columnar.Type
	offsets []int32
	elem    builder
	nulls   nulls
}

func (b *listBuilder) add(p *parser, at int32) bool {
	last := b.offsets[len(b.offsets)-1]
	null := isNull(p, at)
	ok := null || p.nodes[at].kind == kindArray
	fits := ok
	if ok && !null {
		for k := p.nodes[at].first; k != 0; k = p.nodes[k].next {
			fits = b.elem.add(p, k) && fits
			last++
		}
	}
	b.offsets = append(b.offsets, last)
	b.nulls.add(ok && !null)
	return fits
}

func (b *listBuilder) build() columnar.Vector {
	return &columnar.List{Typ: b.typ, Offsets: b.offsets, Elems: b.elem.build(), Valid: b.nulls.valid}
}

// mapBuilder builds MAP with STRING keys. Of keys that come twice the last value counts.
type mapBuilder struct {
	typ     columnar.Type
	offsets []int32
	keys    *columnar.StringsBuilder
	elem    builder
	nulls   nulls
}

func (b *mapBuilder) add(p *parser, at int32) bool {
	last := b.offsets[len(b.offsets)-1]
	null := isNull(p, at)
	ok := null || p.nodes[at].kind == kindObject
	fits := ok
	if ok && !null {
		for k := p.nodes[at].first; k != 0; k = p.nodes[k].next {
			if later(p, k) {
				continue
			}
			b.keys.Append(p.nodes[k].key)
			fits = b.elem.add(p, k) && fits
			last++
		}
	}
	b.offsets = append(b.offsets, last)
	b.nulls.add(ok && !null)
	return fits
}

// later says whether a key comes again in the object.
func later(p *parser, k int32) bool {
	for n := p.nodes[k].next; n != 0; n = p.nodes[n].next {
		if bytes.Equal(p.nodes[n].key, p.nodes[k].key) {
			return true
		}
	}
	return false
}

func (b *mapBuilder) build() columnar.Vector {
	return &columnar.MapVector{Typ: b.typ, Offsets: b.offsets, Keys: b.keys.Build(), Values: b.elem.build(), Valid: b.nulls.valid}
}

// structBuilder builds STRUCT, and the rows of a table.
type structBuilder struct {
	typ    columnar.Type
	fields []builder
	index  map[string]int
	at     []int32 // by field: its node in the current object
	nulls  nulls
}

func (b *structBuilder) add(p *parser, at int32) bool {
	null := isNull(p, at)
	ok := null || p.nodes[at].kind == kindObject
	clear(b.at)
	if ok && !null {
		for k := p.nodes[at].first; k != 0; k = p.nodes[k].next {
			if i, known := b.index[string(p.nodes[k].key)]; known {
				b.at[i] = k
			}
		}
	}
	fits := ok
	for i, f := range b.fields {
		fits = f.add(p, b.at[i]) && fits
	}
	b.nulls.add(ok && !null)
	return fits
}

func (b *structBuilder) build() columnar.Vector {
	out := &columnar.StructVector{Typ: b.typ, N: b.nulls.n, Valid: b.nulls.valid}
	for _, f := range b.fields {
		out.Fields = append(out.Fields, f.build())
	}
	return out
}
