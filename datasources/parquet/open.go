package parquet

import (
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// openColumn starts reading a column of a row group.
func (g *rowGroup) openColumn(b *bound) (column, error) {
	switch {
	case b.file == nil:
		return missing(b.want), nil
	case b.file.leaf != nil && b.file.leaf.maxRep == 0 && b.file.leaf.maxDef <= 1:
		return g.openFlat(b)
	}
	c := &nested{root: b, streams: map[int]stream{}}
	if err := g.openStreams(c, b.file, b); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// openStreams opens the leaves that b needs of n.
func (g *rowGroup) openStreams(c *nested, n *node, b *bound) error {
	needed := map[int]bool{}
	for _, l := range b.leaves(nil) {
		needed[l] = true
	}
	wants := map[int]columnar.Type{}
	b.wants(wants)
	return n.eachLeaf(func(k *node) error {
		if !needed[k.leaf.index] {
			return nil
		}
		want, ok := wants[k.leaf.index]
		if !ok {
			want = k.typ
		}
		s, err := g.openStream(k, want)
		if err == nil {
			c.streams[k.leaf.index] = s
		}
		return err
	})
}

func (n *node) eachLeaf(f func(*node) error) error {
	if n.leaf != nil {
		return f(n)
	}
	for _, c := range n.children {
		if err := c.eachLeaf(f); err != nil {
			return err
		}
	}
	return nil
}

// wants notes the type that each leaf is to be read as.
func (b *bound) wants(m map[int]columnar.Type) {
	if b.file != nil && b.file.leaf != nil {
		m[b.file.leaf.index] = b.want
	}
	for _, c := range b.children {
		c.wants(m)
	}
}

func (g *rowGroup) openFlat(b *bound) (column, error) {
	l, t := b.file.leaf, b.file.typ
	c, err := g.openChunk(l)
	if err != nil {
		return nil, err
	}
	switch l.physical {
	case format.Boolean:
		return newFlat(c, casting(boolConverter(), t, b.want)), nil
	case format.Int32:
		return newFlat(c, casting(int32Converter(t, l.unsigned), t, b.want)), nil
	case format.Int64:
		return newFlat(c, casting(int64Converter(t, l), t, b.want)), nil
	case format.Int96:
		return newFlat(c, casting(int96Converter(t, g.driver.legacyInt96), t, b.want)), nil
	case format.Float:
		return newFlat(c, casting(identity[float32](t), t, b.want)), nil
	case format.Double:
		return newFlat(c, casting(identity[float64](t), t, b.want)), nil
	case format.ByteArray, format.FixedLenByteArray:
		if l.bigEndian(t) {
			return newFlat(c, casting(identity[int64](t), t, b.want)), nil
		}
		return newFlat(c, casting(viewConverter(t, l), t, b.want)), nil
	}
	return nil, fmt.Errorf("the column %q has the unknown type %d", l.element.Name, l.physical)
}

func (g *rowGroup) openStream(n *node, want columnar.Type) (stream, error) {
	l, t := n.leaf, n.typ
	c, err := g.openChunk(l)
	if err != nil {
		return nil, err
	}
	switch l.physical {
	case format.Boolean:
		return newStream(c, casting(boolConverter(), t, want)), nil
	case format.Int32:
		return newStream(c, casting(int32Converter(t, l.unsigned), t, want)), nil
	case format.Int64:
		return newStream(c, casting(int64Converter(t, l), t, want)), nil
	case format.Int96:
		return newStream(c, casting(int96Converter(t, g.driver.legacyInt96), t, want)), nil
	case format.Float:
		return newStream(c, casting(identity[float32](t), t, want)), nil
	case format.Double:
		return newStream(c, casting(identity[float64](t), t, want)), nil
	case format.ByteArray, format.FixedLenByteArray:
		if l.bigEndian(t) {
			return newStream(c, casting(identity[int64](t), t, want)), nil
		}
		return newStream(c, casting(viewConverter(t, l), t, want)), nil
	}
	return nil, fmt.Errorf("the column %q has the unknown type %d", l.element.Name, l.physical)
}

// casting adds the widening to the type that the query wants.
func casting[T physical](c converter[T], from, to columnar.Type) converter[T] {
	if from == to {
		return c
	}
	return func(p *columnar.Pool, vals []T, valid columnar.Bitmap, bufs [][]byte) (columnar.Vector, error) {
		v, err := c(p, vals, valid, bufs)
		if err != nil {
			return nil, err
		}
		return columnar.Cast(columnar.CastContext{Pool: p, Mode: columnar.CastANSI}, v, to, columnar.AllRows(v.Len()))
	}
}

// missing is a column that the file does not have.
type missing columnar.Type

func (m missing) read(_ *columnar.Pool, n int, _ []int32) (columnar.Vector, error) {
	return columnar.NewConst(columnar.NullVector(columnar.Type(m), 1), n), nil
}
func (m missing) skip(int) error { return nil }
func (m missing) close()         {}
