package columnar

// nanosPerMicro scales the fraction that text gives to the unit of TIME.
const nanosPerMicro = 1000

// ParseTime reads a time of day, [T][h]h:[m]m[:[s]s[.fraction]], in nanoseconds since midnight. Digits behind the microseconds are dropped.
func ParseTime(s []byte) (nanos int64, ok bool) {
	p := fieldReader{trimBlank(s)}
	if len(p.s) > 0 && p.s[0] == 'T' {
		p.s = p.s[1:]
	}
	var f timestampFields
	if !p.looksLikeTime() || !p.clock(&f) || f.zone != "" || f.hour > 23 || f.minute > 59 || f.second > 59 {
		return 0, false
	}
	clock := (int64(f.hour)*60+int64(f.minute))*60 + int64(f.second)
	return (clock*MicrosPerSecond + f.fraction) * nanosPerMicro, true
}

// truncateTime drops the digits of a time that a precision has no place for.
func truncateTime(nanos int64, precision uint8) int64 {
	unit := int64(1_000_000_000)
	for range precision {
		unit /= 10
	}
	return nanos - nanos%unit
}
