package javafmt

// Error is what compiling a pattern, or using it, fails with. Condition and
// SQLState are those Spark gives in the same place.
type Error struct {
	Condition string // such as "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER"
	SQLState  string // five characters
	Message   string // without the condition's name
}

// Error returns the condition and the message as Spark prints them.
func (e *Error) Error() string { return "[" + e.Condition + "] " + e.Message }
