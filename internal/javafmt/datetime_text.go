package javafmt

var monthNames = [...]string{"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"}

var weekdayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

var (
	quarterShort = [...]string{"Q1", "Q2", "Q3", "Q4"}
	quarterFull  = [...]string{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"}
	eraShort     = [...]string{"BC", "AD"}
	eraFull      = [...]string{"Before Christ", "Anno Domini"}
	amPm         = [...]string{"AM", "PM"}
)

// texts returns the names of a field in the US locale and the value of the
// first. Short names of months and weekdays are the first three letters.
func texts(f field, style textStyle) (names []string, first int64) {
	switch {
	case f == fieldMonth:
		return monthNames[:], 1
	case f == fieldWeekday:
		return weekdayNames[:], 1
	case f == fieldAmPm:
		return amPm[:], 0
	case f == fieldEra && style == styleFull:
		return eraFull[:], 0
	case f == fieldEra:
		return eraShort[:], 0
	case style == styleFull:
		return quarterFull[:], 1
	}
	return quarterShort[:], 1
}

func textOf(f field, style textStyle, value int64) string {
	names, first := texts(f, style)
	return cutText(f, style, names[value-first])
}

func cutText(f field, style textStyle, name string) string {
	if style == styleShort && (f == fieldMonth || f == fieldWeekday) {
		return name[:3]
	}
	return name
}
