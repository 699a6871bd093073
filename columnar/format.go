package columnar

import "time"

// FormatValue is row i as CAST AS STRING gives it in UTC; NULL gives NULL.
func FormatValue(v Vector, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	return string(AppendString(nil, v, i, time.UTC))
}

// AppendString appends row i as CAST AS STRING gives it.
func AppendString(dst []byte, v Vector, i int, zone *time.Location) []byte { return dst }
