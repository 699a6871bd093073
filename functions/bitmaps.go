package functions

import (
	"bytes"
	"math/bits"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// A bitmap is a BINARY of 4,096 bytes, one bit for each of 32,768 numbers; larger sets are bitmaps by bucket.
const (
	bitmapBytes = 4096
	bitmapBits  = bitmapBytes * 8
)

// bitmapFunctions find the place of a number in the bitmaps of a set, and count.
var bitmapFunctions = []*logical.Function{
	{
		Name:     "bitmap_bit_position",
		Usage:    "bitmap_bit_position(number) - the number's bit in the bitmap of its bucket, from 0.",
		Examples: []logical.Example{{SQL: "SELECT bitmap_bit_position(123)", Result: "122"}},
		Type:     fixed("bitmap_bit_position", columnar.BigIntType, columnar.BigIntType),
		Kind: number(columnar.BigIntType, func(args []columnar.Vector, r int) (int64, bool, error) {
			n := columnar.Int64At(args[0], r)
			if n > 0 {
				return (n - 1) % bitmapBits, true, nil
			}
			return -(n % bitmapBits), true, nil
		}),
	},
	{
		Name:     "bitmap_bucket_number",
		Usage:    "bitmap_bucket_number(number) - the number of the bucket whose bitmap holds the number.",
		Examples: []logical.Example{{SQL: "SELECT bitmap_bucket_number(123)", Result: "1"}},
		Type:     fixed("bitmap_bucket_number", columnar.BigIntType, columnar.BigIntType),
		Kind: number(columnar.BigIntType, func(args []columnar.Vector, r int) (int64, bool, error) {
			n := columnar.Int64At(args[0], r)
			if n > 0 {
				return 1 + (n-1)/bitmapBits, true, nil
			}
			return n / bitmapBits, true, nil
		}),
	},
	{
		Name:     "bitmap_count",
		Usage:    "bitmap_count(bitmap) - how many bits are set.",
		Examples: []logical.Example{{SQL: "SELECT bitmap_count(X'1010')", Result: "2"}},
		Type:     binaryOnly("bitmap_count", columnar.BigIntType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.StringsTo(ec.Pool, args[0], columnar.BigIntType, rows, func(s []byte) (int64, bool) {
				n := 0
				for _, b := range s {
					n += bits.OnesCount8(b)
				}
				return int64(n), true
			}), nil
		}),
	},
	bitmapAggregate("bitmap_construct_agg", "bitmap_construct_agg(position) - the bitmap of all positions, which are those of bitmap_bit_position.",
		fixed("bitmap_construct_agg", columnar.BinaryType, columnar.BigIntType), "SELECT bitmap_count(bitmap_construct_agg(c)) FROM VALUES (1), (2), (2) AS t(c)", "2", setBit),
	bitmapAggregate("bitmap_or_agg", "bitmap_or_agg(bitmap) - the bits that are set in some of the bitmaps.",
		binaryOnly("bitmap_or_agg", columnar.BinaryType), "SELECT bitmap_count(bitmap_or_agg(c)) FROM VALUES (X'10'), (X'21') AS t(c)", "3", orBits),
	bitmapAggregate("bitmap_and_agg", "bitmap_and_agg(bitmap) - the bits that are set in all of the bitmaps.",
		binaryOnly("bitmap_and_agg", columnar.BinaryType), "SELECT bitmap_count(bitmap_and_agg(c)) FROM VALUES (X'F0'), (X'70') AS t(c)", "3", andBits),
}

// binaryOnly is the typing of a function of a BINARY, to which nothing else is cast.
func binaryOnly(name string, result columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, result, err
		}
		if args[0].Kind != columnar.Binary && args[0].Kind != columnar.Void {
			return nil, result, unexpectedType(0, "BINARY", args[0])
		}
		return []columnar.Type{columnar.BinaryType}, result, nil
	}
}

// bitmapStep brings row r of an argument into a group's bitmap.
type bitmapStep func(bitmap []byte, v columnar.Vector, r int) error

func setBit(bitmap []byte, v columnar.Vector, r int) error {
	n := columnar.Int64At(v, r)
	if n < 0 || n >= bitmapBits {
		return columnar.Errorf("INVALID_BITMAP_POSITION", "The 0-indexed bitmap position %d is out of bounds. The bitmap has %d bits (%d bytes).", n, bitmapBits, bitmapBytes)
	}
	bitmap[n/8] |= 1 << (n % 8)
	return nil
}

func orBits(bitmap []byte, v columnar.Vector, r int) error {
	s := columnar.StringAt(v, r)
	for i := range min(len(s), len(bitmap)) {
		bitmap[i] |= s[i]
	}
	return nil
}

func andBits(bitmap []byte, v columnar.Vector, r int) error {
	s := columnar.StringAt(v, r)
	n := min(len(s), len(bitmap))
	for i := range n {
		bitmap[i] &= s[i]
	}
	clear(bitmap[n:])
	return nil
}

func bitmapAggregate(name, usage string, types typing, example, answer string, step bitmapStep) *logical.Function {
	return &logical.Function{
		Name: name, Usage: usage, Examples: []logical.Example{{SQL: example, Result: answer}}, Type: types, Nullable: neverNull,
		Kind: logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) {
			if name == "bitmap_and_agg" {
				return &bitmapSet{step: step, merge: andBits, start: bytes.Repeat([]byte{0xff}, bitmapBytes)}, nil
			}
			return &bitmapSet{step: step, merge: orBits, start: make([]byte, bitmapBytes)}, nil
		}),
	}
}

// bitmapSet keeps a bitmap for each group that has met a value; the others have the one to start from.
type bitmapSet struct {
	step, merge bitmapStep
	start       []byte
	groups      [][]byte
	used        int64
}

// Resize, Bytes and StateTypes implement logical.Accumulator.
func (a *bitmapSet) Resize(groups int)           { a.groups = grow(a.groups, groups) }
func (a *bitmapSet) Bytes() int64                { return a.used*bitmapBytes + int64(cap(a.groups))*24 }
func (a *bitmapSet) StateTypes() []columnar.Type { return []columnar.Type{columnar.BinaryType} }

// Update implements logical.Accumulator.
func (a *bitmapSet) Update(_ *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	return a.add(group, rows, args[0], a.step)
}

func (a *bitmapSet) add(group []uint32, rows columnar.Rows, v columnar.Vector, step bitmapStep) error {
	for i, g := range group {
		r := rows.Row(i)
		if v.IsNull(r) {
			continue
		}
		if a.groups[g] == nil {
			a.groups[g] = bytes.Clone(a.start)
			a.used++
		}
		if err := step(a.groups[g], v, r); err != nil {
			return err
		}
	}
	return nil
}

// State implements logical.Accumulator: NULL for groups without values.
func (a *bitmapSet) State() ([]columnar.Vector, error) {
	v, err := columnar.BuildStrings(nil, columnar.BinaryType, columnar.AllRows(len(a.groups)), func(dst []byte, g int) ([]byte, bool, error) {
		return append(dst, a.groups[g]...), a.groups[g] != nil, nil
	})
	return []columnar.Vector{v}, err
}

// Merge implements logical.Accumulator.
func (a *bitmapSet) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	return a.add(group, columnar.AllRows(len(group)), state[0], a.merge)
}

// Result implements logical.Accumulator.
func (a *bitmapSet) Result(*logical.EvalContext) (columnar.Vector, error) {
	return columnar.BuildStrings(nil, columnar.BinaryType, columnar.AllRows(len(a.groups)), func(dst []byte, g int) ([]byte, bool, error) {
		if a.groups[g] == nil {
			return append(dst, a.start...), true, nil
		}
		return append(dst, a.groups[g]...), true, nil
	})
}
