package columnar

import (
	"encoding/base64"
	"sort"
	"strconv"
	"strings"
	"time"
)

// AppendHive appends row i of v as the spark-sql shell prints it (Spark's HiveResult): like CAST AS STRING, but intervals as 1-2
// and 1 02:03:04.500000000, nested values in the manner of JSON, binary values in a style of their own, and NULL as NULL. v may have any form;
// zone nil is UTC.
func AppendHive(dst []byte, v Vector, i int, zone *time.Location, style BinaryStyle) []byte {
	if v.IsNull(i) {
		return append(dst, "NULL"...)
	}
	h := hiveFormatter{formatter{zone: NewZone(zone)}, style}
	return h.append(dst, v, i, false)
}

type hiveFormatter struct {
	plain formatter
	style BinaryStyle
}

// BinaryStyle is how binary values are printed (spark.sql.binaryOutputStyle).
type BinaryStyle uint8

const (
	BinaryUTF8        BinaryStyle = iota // as text
	BinaryBasic                          // [83, 112]: the bytes as signed numbers
	BinaryBase64                         // U3A, without padding
	BinaryHex                            // 5370
	BinaryHexDiscrete                    // [53 70]
)

// BinaryStyles are the styles by the names that the setting gives them.
var BinaryStyles = map[string]BinaryStyle{
	"UTF-8": BinaryUTF8, "BASIC": BinaryBasic, "BASE64": BinaryBase64, "HEX": BinaryHex, "HEX_DISCRETE": BinaryHexDiscrete,
}

func (s BinaryStyle) append(dst, b []byte) []byte {
	switch s {
	case BinaryBase64:
		return base64.RawStdEncoding.AppendEncode(dst, b)
	case BinaryHex:
		return appendHex(dst, string(b))
	case BinaryUTF8:
		return append(dst, b...)
	}
	dst = append(dst, '[')
	for i, c := range b {
		switch {
		case s == BinaryBasic && i > 0:
			dst = append(dst, ", "...)
		case i > 0:
			dst = append(dst, ' ')
		}
		if s == BinaryBasic {
			dst = strconv.AppendInt(dst, int64(int8(c)), 10)
		} else {
			dst = appendHex(dst, string(b[i:i+1]))
		}
	}
	return append(dst, ']')
}

func (h *hiveFormatter) append(dst []byte, v Vector, i int, inside bool) []byte {
	if v.IsNull(i) {
		return append(dst, "null"...)
	}
	v, i = resolve(v, i)
	switch w := v.(type) {
	case *Strings:
		if w.Typ.Kind == Binary {
			return h.style.append(dst, w.At(i))
		}
		if inside {
			return append(append(append(dst, '"'), w.At(i)...), '"')
		}
	case *Fixed[int32]:
		if w.Typ.Kind == YearMonthInterval {
			return appendHiveYearMonth(dst, w.Values[i])
		}
	case *Fixed[int64]:
		if w.Typ.Kind == DayTimeInterval {
			return appendHiveDayTime(dst, w.Values[i])
		}
	case *List:
		dst = append(dst, '[')
		for e := w.Offsets[i]; e < w.Offsets[i+1]; e++ {
			if e > w.Offsets[i] {
				dst = append(dst, ',')
			}
			dst = h.append(dst, w.Elems, int(e), true)
		}
		return append(dst, ']')
	case *MapVector:
		return h.appendMap(dst, w, i)
	case *StructVector:
		dst = append(dst, '{')
		for k, f := range w.Fields {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, '"'), w.Typ.Fields()[k].Name...), `":`...)
			dst = h.append(dst, f, i, true)
		}
		return append(dst, '}')
	}
	return h.plain.append(dst, v, i)
}

// appendMap writes the entries in the order of their texts, as Spark does.
func (h *hiveFormatter) appendMap(dst []byte, v *MapVector, i int) []byte {
	var entries []string
	for e := v.Offsets[i]; e < v.Offsets[i+1]; e++ {
		b := append(h.append(nil, v.Keys, int(e), true), ':')
		entries = append(entries, string(h.append(b, v.Values, int(e), true)))
	}
	sort.Strings(entries)
	return append(append(append(dst, '{'), strings.Join(entries, ",")...), '}')
}

func appendHiveYearMonth(dst []byte, months int32) []byte {
	n := int64(months)
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	return strconv.AppendInt(append(strconv.AppendInt(dst, n/12, 10), '-'), n%12, 10)
}

func appendHiveDayTime(dst []byte, micros int64) []byte {
	rest := uint64(micros)
	if micros < 0 {
		dst, rest = append(dst, '-'), -rest
	}
	dst = append(strconv.AppendUint(dst, rest/MicrosPerDay, 10), ' ')
	clock := int64(rest % MicrosPerDay)
	dst = append(appendClock(dst, clock), '.')
	fraction := strconv.AppendInt(nil, MicrosPerSecond+clock%MicrosPerSecond, 10)[1:]
	return append(append(dst, fraction...), "000"...)
}
