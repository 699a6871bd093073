package columnar

// CastMode says what a cast does with a value that has no equal in the new type.
type CastMode uint8

// The cast modes.
const (
	CastANSI   CastMode = iota // an error: CAST_INVALID_INPUT, CAST_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE
	CastTry                    // NULL
	CastLegacy                 // Spark with spark.sql.ansi.enabled=false: wraps around, or NULL
)
