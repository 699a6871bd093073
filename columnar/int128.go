package columnar

// Int128 is a signed 128-bit integer in two's complement, the memory form of decimals with more than 18 digits (Arrow's
// Decimal128, little-endian).
type Int128 struct {
	Lo uint64
	Hi int64
}
