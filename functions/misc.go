package functions

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash/crc32"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// miscGroup are the functions of everything else.
var miscGroup = slices.Concat(hashFunctions, cryptoFunctions, bitmapFunctions, vectorFunctions, sessionFunctions, rowFunctions)

// hashFunctions are checksums and hashes of values.
var hashFunctions = []*logical.Function{
	{
		Name:     "hash",
		Usage:    "hash(expr1, expr2, ...) - the 32-bit Murmur3 hash of the values, with seed 42.",
		Examples: []logical.Example{{SQL: "SELECT hash('Spark', array(123), 2)", Result: "-1321691492"}},
		Type:     hashTypes("hash", columnar.IntType),
		Nullable: neverNull,
		Kind:     hashRows[int32](murmur3, columnar.IntType),
	},
	{
		Name:     "xxhash64",
		Usage:    "xxhash64(expr1, expr2, ...) - the 64-bit XXH64 hash of the values, with seed 42.",
		Examples: []logical.Example{{SQL: "SELECT xxhash64('Spark', array(123), 2)", Result: "5602566077635097486"}},
		Type:     hashTypes("xxhash64", columnar.BigIntType),
		Nullable: neverNull,
		Kind:     hashRows[int64](xxh64, columnar.BigIntType),
	},
	{
		Name:     "md5",
		Usage:    "md5(expr) - the MD5 checksum in hexadecimal digits.",
		Examples: []logical.Example{{SQL: "SELECT md5('Spark')", Result: "8cde774d6f7333752ed72cacddb05126"}},
		Type:     fixed("md5", columnar.StringType, columnar.BinaryType),
		Kind: digest(func(dst, s []byte) []byte {
			sum := md5.Sum(s)
			return hex.AppendEncode(dst, sum[:])
		}),
	},
	{
		Name: "sha1", Aliases: []string{"sha"},
		Usage:    "sha1(expr) - the SHA-1 hash in hexadecimal digits.",
		Examples: []logical.Example{{SQL: "SELECT sha1('Spark')", Result: "85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"}},
		Type:     fixed("sha1", columnar.StringType, columnar.BinaryType),
		Kind: digest(func(dst, s []byte) []byte {
			sum := sha1.Sum(s)
			return hex.AppendEncode(dst, sum[:])
		}),
	},
	{
		Name:     "sha2",
		Usage:    "sha2(expr, bits) - the SHA-2 hash of 224, 256 (or 0), 384 or 512 bits in hexadecimal digits; NULL for other lengths.",
		Examples: []logical.Example{{SQL: "SELECT sha2('Spark', 256)", Result: "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"}},
		Type:     fixed("sha2", columnar.StringType, columnar.BinaryType, columnar.IntType),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
				if args[0].IsNull(r) || args[1].IsNull(r) {
					return dst, false, nil
				}
				dst, ok := appendSHA2(dst, columnar.StringAt(args[0], r), columnar.Int64At(args[1], r))
				return dst, ok, nil
			})
		}),
	},
	{
		Name:     "crc32",
		Usage:    "crc32(expr) - the cyclic redundancy check value.",
		Examples: []logical.Example{{SQL: "SELECT crc32('Spark')", Result: "1557323817"}},
		Type:     fixed("crc32", columnar.BigIntType, columnar.BinaryType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.StringsTo(ec.Pool, args[0], columnar.BigIntType, rows, func(s []byte) (int64, bool) {
				return int64(crc32.ChecksumIEEE(s)), true
			}), nil
		}),
	},
}

// digest computes a text of each value's bytes.
func digest(f func(dst, s []byte) []byte) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.StringsToStrings(ec.Pool, args[0], columnar.StringType, rows, func(dst, s []byte) ([]byte, bool) { return f(dst, s), true }), nil
	}
}

func appendSHA2(dst []byte, s string, bits int64) ([]byte, bool) {
	switch bits {
	case 224:
		sum := sha256.Sum224([]byte(s))
		return hex.AppendEncode(dst, sum[:]), true
	case 0, 256:
		sum := sha256.Sum256([]byte(s))
		return hex.AppendEncode(dst, sum[:]), true
	case 384:
		sum := sha512.Sum384([]byte(s))
		return hex.AppendEncode(dst, sum[:]), true
	case 512:
		sum := sha512.Sum512([]byte(s))
		return hex.AppendEncode(dst, sum[:]), true
	}
	return dst, false
}

// sessionFunctions tell about the session.
var sessionFunctions = []*logical.Function{
	{
		Name: "current_user", Aliases: []string{"user", "session_user"},
		Usage:    "current_user() - the name of the user who runs the query.",
		Examples: []logical.Example{{SQL: "SELECT current_user() = user()", Result: "true"}},
		Type:     fixed("current_user", columnar.StringType),
		Nullable: neverNull,
		Kind:     sessionText(func(s logical.SessionInfo) string { return s.User }),
	},
	{
		Name: "current_schema", Aliases: []string{"current_database"},
		Usage:    "current_schema() - the current database.",
		Examples: []logical.Example{{SQL: "SELECT current_schema() = current_database()", Result: "true"}},
		Type:     fixed("current_schema", columnar.StringType),
		Nullable: neverNull,
		Pretty:   named("current_schema"),
		Kind:     sessionText(func(s logical.SessionInfo) string { return s.Database }),
	},
	{
		Name:     "current_catalog",
		Usage:    "current_catalog() - the current catalog.",
		Examples: []logical.Example{{SQL: "SELECT current_catalog() IS NOT NULL", Result: "true"}},
		Type:     fixed("current_catalog", columnar.StringType),
		Nullable: neverNull,
		Kind:     sessionText(func(s logical.SessionInfo) string { return s.Catalog }),
	},
	{
		Name:     "version",
		Usage:    "version() - the version of the engine.",
		Examples: []logical.Example{{SQL: "SELECT version() IS NOT NULL", Result: "true"}},
		Type:     fixed("version", columnar.StringType),
		Nullable: neverNull,
		Kind:     sessionText(func(s logical.SessionInfo) string { return s.Version }),
	},
}

func sessionText(f func(logical.SessionInfo) string) logical.Scalar {
	return atStart(func(ec *logical.EvalContext) columnar.Vector { return columnar.NewStrings(f(ec.Session)) })
}

// rowFunctions depend on the row's place or on chance, or check it.
var rowFunctions = []*logical.Function{
	{
		Name:             "uuid",
		Usage:            "uuid() - a random universally unique identifier, another one for each row.",
		Examples:         []logical.Example{{SQL: "SELECT length(uuid())", Result: "36"}},
		Type:             fixed("uuid", columnar.StringType),
		Nullable:         neverNull,
		NonDeterministic: true,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, _ []columnar.Vector) (columnar.Vector, error) {
			return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, _ int) ([]byte, bool, error) {
				return appendUUID(dst), true, nil
			})
		}),
	},
	{
		Name:     "assert_true",
		Usage:    "assert_true(expr[, message]) - NULL if the expression is true, otherwise an error.",
		Examples: []logical.Example{{SQL: "SELECT assert_true(0 < 1)", Result: "NULL"}},
		Pretty: func(name string, args []string) string {
			if len(args) == 1 {
				args = []string{args[0], notTrue(args[0])}
			}
			return callText(name, args)
		},
		Kind: logical.Rewrite(assertTrue),
	},
	{
		Name:             "raise_error",
		Usage:            "raise_error(message) - ends the query with the error USER_RAISED_EXCEPTION.",
		Examples:         []logical.Example{{SQL: "SELECT if(true, 1, raise_error('never'))", Result: "1"}},
		Type:             fixed("raise_error", columnar.VoidType, columnar.StringType),
		Nullable:         alwaysNullable,
		NonDeterministic: true, // so that it stays where it was written
		Kind: logical.Scalar(func(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if rows.Count() == 0 {
				return columnar.NullVector(columnar.VoidType, rows.N), nil
			}
			message := "null"
			if r := rows.Row(0); !args[0].IsNull(r) {
				message = columnar.StringAt(args[0], r)
			}
			return nil, columnar.Errorf("USER_RAISED_EXCEPTION", "%s", message)
		}),
	},
	{
		Name: "monotonically_increasing_id",
		Usage: "monotonically_increasing_id() - a number for each row, increasing and unique but not consecutive: the partition in the upper 31 bits, the row " +
			"in the lower 33.",
		Examples:         []logical.Example{{SQL: "SELECT monotonically_increasing_id()", Result: "0"}},
		Type:             fixed("monotonically_increasing_id", columnar.BigIntType),
		Nullable:         neverNull,
		NonDeterministic: true,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, _ []columnar.Vector) (columnar.Vector, error) {
			out := columnar.MakeFixed[int64](ec.Pool, columnar.BigIntType, rows.N)
			for k := range rows.Count() {
				out.Values[rows.Row(k)] = int64(ec.Partition)<<33 + ec.RowBase + int64(k)
			}
			return out, nil
		}),
	},
	{
		Name:             "spark_partition_id",
		Usage:            "spark_partition_id() - the number of the partition that the row is in.",
		Examples:         []logical.Example{{SQL: "SELECT spark_partition_id()", Result: "0"}},
		Type:             fixed("spark_partition_id", columnar.IntType),
		Nullable:         neverNull,
		NonDeterministic: true,
		Pretty:           named("SPARK_PARTITION_ID"),
		Kind:             atStart(func(ec *logical.EvalContext) columnar.Vector { return columnar.ScalarOf(int32(ec.Partition)) }),
	},
}

// notTrue is the message of an assertion without one.
func notTrue(condition string) string { return "'" + condition + "' is not true!" }

func assertTrue(args []logical.Expr) (logical.Expr, error) {
	if err := arity("assert_true", len(args), 1, 2); err != nil {
		return nil, err
	}
	condition, message := args[0], logical.Expr(logical.Lit(notTrue(args[0].String())))
	if condition.Type().Kind == columnar.Void {
		condition = logical.Null(columnar.BooleanType)
	}
	if len(args) == 2 {
		message = args[1]
	}
	return logical.NewCall("if", condition, logical.Null(columnar.VoidType), logical.NewCall("raise_error", message)), nil
}

// appendUUID writes a random (version 4) UUID.
func appendUUID(dst []byte) []byte {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}
