package gosql

import "github.com/gosql-engine/gosql/logical"

// Call is a call of a SQL function, built in or registered: Call("date_trunc", "month", Col("d")). Strings are literals here; name columns with Col.
func Call(name string, args ...Value) Column {
	cs := make([]Column, len(args))
	for i, a := range args {
		cs[i] = Lit(a)
	}
	return call(name, cs...)
}

// one is a function of one column, given as a Column or by name.
func one(name string, col Value) Column { return call(name, columns([]Value{col})...) }

// Count is the number of rows where the column is not NULL; Count("*") counts all rows.
func Count(col Value) Column {
	if col == "*" {
		return call("count", Lit(1))
	}
	return one("count", col)
}

// CountDistinct is the number of distinct combinations of the columns, without those that hold a NULL.
func CountDistinct(cols ...Value) Column {
	es, err := exprs(columns(cols))
	return Column{expr: &logical.UnresolvedCall{Name: []string{"count"}, Args: es, Distinct: true}, err: err}
}

// Sum is the sum of a column.
func Sum(col Value) Column { return one("sum", col) }

// Avg is the mean of a column.
func Avg(col Value) Column { return one("avg", col) }

// Min is the least value of a column.
func Min(col Value) Column { return one("min", col) }

// Max is the greatest value of a column.
func Max(col Value) Column { return one("max", col) }

// First is the first value of a column in each group, in no order that can be relied on.
func First(col Value) Column { return one("first", col) }

// Last is the last value of a column in each group, in no order that can be relied on.
func Last(col Value) Column { return one("last", col) }

// StdDev is the sample standard deviation.
func StdDev(col Value) Column { return one("stddev", col) }

// Variance is the sample variance.
func Variance(col Value) Column { return one("variance", col) }

// CollectList gathers the values of a column into an array, without NULLs.
func CollectList(col Value) Column { return one("collect_list", col) }

// CollectSet gathers the distinct values of a column into an array, without NULLs.
func CollectSet(col Value) Column { return one("collect_set", col) }

// ApproxCountDistinct estimates the number of distinct values.
func ApproxCountDistinct(col Value) Column { return one("approx_count_distinct", col) }

// RowNumber numbers the rows of a window from 1.
func RowNumber() Column { return call("row_number") }

// Rank is 1 + the number of rows before the current row's peers.
func Rank() Column { return call("rank") }

// DenseRank numbers the groups of peers from 1.
func DenseRank() Column { return call("dense_rank") }

// Lag is the column's value n rows before, or NULL.
func Lag(col Value, n int) Column { return call("lag", columns([]Value{col})[0], Lit(n)) }

// Lead is the column's value n rows after, or NULL.
func Lead(col Value, n int) Column { return call("lead", columns([]Value{col})[0], Lit(n)) }

// Coalesce is the first of the columns that is not NULL.
func Coalesce(cols ...Value) Column { return call("coalesce", columns(cols)...) }

// When begins a CASE: When(cond, value).Otherwise(other). Chain further branches with When.
func When(cond Column, value Value) Case { return Case{}.When(cond, value) }

// Case is a CASE expression in the making; Otherwise or End makes a Column of it.
type Case struct{ args []Column }

// When adds a branch.
func (c Case) When(cond Column, value Value) Case {
	return Case{append(c.args[:len(c.args):len(c.args)], cond, Lit(value))}
}

// Otherwise gives the value where no branch matches.
func (c Case) Otherwise(value Value) Column {
	return call("case", append(c.args[:len(c.args):len(c.args)], Lit(value))...)
}

// End gives NULL where no branch matches.
func (c Case) End() Column { return call("case", c.args...) }

// Asc orders by a column (a Column or a name) upwards.
func Asc(col Value) Column { return columns([]Value{col})[0].Asc() }

// Desc orders by a column (a Column or a name) downwards.
func Desc(col Value) Column { return columns([]Value{col})[0].Desc() }
