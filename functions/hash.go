package functions

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// rowHash is one of Spark's hash functions over values: each value is hashed with the hash of those before it as its seed, and NULL
// leaves the hash as it is (Spark's HashExpression).
type rowHash struct {
	int32 func(v int32, seed uint64) uint64
	int64 func(v int64, seed uint64) uint64
	bytes func(b []byte, seed uint64) uint64
}

var murmur3 = rowHash{
	int32: func(v int32, seed uint64) uint64 { return uint64(javafmt.Murmur3Int(v, uint32(seed))) },
	int64: func(v int64, seed uint64) uint64 { return uint64(javafmt.Murmur3Long(v, uint32(seed))) },
	bytes: func(b []byte, seed uint64) uint64 { return uint64(javafmt.Murmur3Bytes(b, uint32(seed))) },
}

var xxh64 = rowHash{int32: javafmt.XXH64Int, int64: javafmt.XXH64Long, bytes: javafmt.XXH64Bytes}

// hashSeed is the seed of hash and xxhash64.
const hashSeed = 42

// row is the hash of row r of all arguments.
func (h rowHash) row(args []columnar.Vector, r int) uint64 {
	seed := uint64(hashSeed)
	for _, a := range args {
		seed = h.value(a, r, seed)
	}
	return seed
}

// value hashes row i of v.
func (h rowHash) value(v columnar.Vector, i int, seed uint64) uint64 {
	if v.IsNull(i) {
		return seed
	}
	switch v := v.(type) {
	case *columnar.Const:
		return h.value(v.Value, 0, seed)
	case *columnar.Dict:
		return h.value(v.Values, int(v.Codes[i]), seed)
	case *columnar.Bool:
		if v.Bits.Get(i) {
			return h.int32(1, seed)
		}
		return h.int32(0, seed)
	case *columnar.Fixed[float32]:
		return h.int32(int32(math.Float32bits(float32(canonical(float64(v.Values[i]))))), seed)
	case *columnar.Fixed[float64]:
		return h.int64(int64(math.Float64bits(canonical(v.Values[i]))), seed)
	case *columnar.Fixed[int64]:
		return h.int64(v.Values[i], seed)
	case *columnar.Fixed[columnar.Int128]:
		return h.bytes(javaBytes(v.Values[i]), seed)
	case *columnar.Fixed[columnar.Interval]:
		x := v.Values[i]
		return h.int32(x.Months, h.int32(x.Days, h.int64(x.Micros, seed)))
	case *columnar.Strings:
		return h.bytes(v.At(i), seed)
	case *columnar.List:
		for k := v.Offsets[i]; k < v.Offsets[i+1]; k++ {
			seed = h.value(v.Elems, int(k), seed)
		}
		return seed
	case *columnar.StructVector:
		for _, f := range v.Fields {
			seed = h.value(f, i, seed)
		}
		return seed
	}
	return h.int32(int32(columnar.Int64At(v, i)), seed)
}

// canonical is the one NaN that Java hashes for all, and 0 for -0.
func canonical(f float64) float64 {
	switch {
	case f != f:
		return math.Float64frombits(0x7ff8000000000000)
	case f == 0:
		return 0
	}
	return f
}

// javaBytes is java.math.BigInteger.toByteArray: two's complement, big-endian, no longer than it must be.
func javaBytes(x columnar.Int128) []byte {
	var full [16]byte
	for i := range 8 {
		full[i] = byte(x.Hi >> (56 - 8*i))
		full[8+i] = byte(x.Lo >> (56 - 8*i))
	}
	b := full[:]
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return b
}

// hashTypes is the typing of hash functions: anything but maps.
func hashTypes(name string, result columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, -1); err != nil {
			return nil, result, err
		}
		for _, t := range args {
			if hasMap(t) {
				return nil, result, columnar.Errorf("DATATYPE_MISMATCH.HASH_MAP_TYPE", "Input to the function `%s` cannot contain elements of the \"MAP\" type. "+
					"In Spark, same maps may have different hashcode, thus hash expressions are prohibited on \"MAP\" elements. To restore previous behavior "+
					"set \"spark.sql.legacy.allowHashOnMapType\" to \"true\".", name)
			}
		}
		return args, result, nil
	}
}

func hasMap(t columnar.Type) bool {
	switch t.Kind {
	case columnar.Map:
		return true
	case columnar.Array:
		return hasMap(t.Elem())
	case columnar.Struct:
		for _, f := range t.Fields() {
			if hasMap(f.Type) {
				return true
			}
		}
	}
	return false
}

// hashRows computes a hash of each row.
func hashRows[R int32 | int64](h rowHash, t columnar.Type) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return perRow(ec, t, rows, nil, func(r int) (R, bool, error) { return R(h.row(args, r)), true, nil })
	}
}
