package columnar

// SQLState is the SQLSTATE of an error condition.
func SQLState(condition string) string { return "XX000" }
