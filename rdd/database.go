package rdd

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"math/big"
)

// Database gives the rows of a query, each read by scan (Spark's JdbcRDD). The query has two placeholders, in the
// driver's spelling (? or $1 and $2), for the bounds of a numeric column, both inclusive: WHERE ? <= id AND id <= ?.
// The range from lower to upper is divided evenly between the partitions, each of which runs the query with its part on
// a connection of its own; rows outside the range are not read. db may be used by others and is not closed.
//
// scan is called with the rows at a row and must not keep them. Whether computing a partition again gives the same is up
// to the database; the RDD counts as Unordered unless the option WithDeterminacy says otherwise. Of the options it heeds
// Named and WithDeterminacy.
func Database[T any](sc *Context, db *sql.DB, query string, lower, upper int64, partitions int,
	scan func(rows *sql.Rows) (T, error), opts ...Option) *RDD[T] {
	own := append([]Option{Named("Database"), WithDeterminacy(Unordered)}, opts...)
	return New(sc, nil, func(context.Context) ([]Partition, error) {
		if partitions < 1 {
			return nil, fmt.Errorf("database query in %d partitions: there must be at least one", partitions)
		}
		if lower > upper {
			return nil, fmt.Errorf("database query with bounds %d to %d: the lower is the larger", lower, upper)
		}
		return divideBounds(lower, upper, partitions), nil
	}, func(tc *TaskContext, p Partition) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			b := p.(*boundsPartition)
			if err := queryRows(tc, db, query, b, scan, yield); err != nil {
				yield(*new(T), fmt.Errorf("query of rows %d to %d: %w", b.from, b.to, err))
			}
		}
	}, own...)
}

// boundsPartition is a part of the range.
type boundsPartition struct {
	index    int
	from, to int64 // inclusive; from > to is nothing
}

func (p *boundsPartition) Index() int { return p.index }

// divideBounds cuts [lower, upper] at i*length/n, where the length may be 2^64.
func divideBounds(lower, upper int64, n int) []Partition {
	low := big.NewInt(lower)
	length := new(big.Int).Sub(big.NewInt(upper), low)
	length.Add(length, big.NewInt(1))
	cut := func(i int) *big.Int {
		at := new(big.Int).Mul(length, big.NewInt(int64(i)))
		return at.Add(at.Div(at, big.NewInt(int64(n))), low)
	}
	parts := make([]Partition, n)
	for i := range parts {
		from, next := cut(i), cut(i+1)
		if from.Cmp(next) == 0 { // more partitions than numbers
			parts[i] = &boundsPartition{i, 1, 0}
			continue
		}
		parts[i] = &boundsPartition{i, from.Int64(), next.Sub(next, big.NewInt(1)).Int64()}
	}
	return parts
}

// queryRows runs the query of one partition. The connection goes back when the rows have ended, or the consumer has
// enough.
func queryRows[T any](tc *TaskContext, db *sql.DB, query string, b *boundsPartition, scan func(*sql.Rows) (T, error),
	yield func(T, error) bool) error {
	if b.from > b.to {
		return nil
	}
	conn, err := db.Conn(tc.Context())
	if err != nil {
		return err
	}
	defer conn.Close()
	rows, err := conn.QueryContext(tc.Context(), query, b.from, b.to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return err
		}
		tc.metrics.InputRows++
		if !yield(v, nil) {
			return nil
		}
	}
	return rows.Err()
}
