// Package javafmt is what Spark SQL takes from the Java library, rewritten so
// that the same input gives the same output: Double.toString, the regular
// expressions of java.util.regex, the patterns of DateTimeFormatter,
// DecimalFormat and String.format, String.hashCode, and with them Spark's own
// hashes (Murmur3, XXH64) and random numbers (XORShiftRandom).
//
// It knows nothing of columns or plans and imports none of our packages. All
// functions are pure; compiled things (formatters, expressions) are immutable
// and safe for concurrent use. What Java has and this package lacks is an
// *Error that names it, never a different answer.
package javafmt
