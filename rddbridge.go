package gosql

import (
	"context"
	"fmt"
	"iter"
	"reflect"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/physical"
	"github.com/gosql-engine/gosql/rdd"
)

// AsRDD is the rows of a DataFrame as an RDD of values of T, which Rows explains. The RDD has the query's lineage: it is computed by its stages, in their partitions, and recomputed when lost.
// Broadcasts and subqueries that the query needs are computed now; everything else waits for an action.
func AsRDD[T any](df *DataFrame) (*rdd.RDD[T], error) {
	schema, err := df.Schema()
	if err != nil {
		return nil, err
	}
	scan, err := scannerOf(reflect.TypeFor[T](), schema)
	if err != nil {
		return nil, err
	}
	q, err := df.session.compile(context.Background(), df.plan)
	if err != nil {
		return nil, withSource(err, df.text)
	}
	batches, err := physical.Lower(context.Background(), df.session.rdd, q.physical, q.conf)
	if err != nil {
		return nil, withSource(err, df.text)
	}
	zone := df.session.zone()
	return rdd.MapPartitions(batches, func(_ *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for b, err := range in {
				rows := b.LiveRows()
				for k := 0; err == nil && k < rows.Count(); k++ {
					var v T
					err = scan(reflect.ValueOf(&v).Elem(), b, rows.Row(k), zone)
					if err == nil && !yield(v, nil) {
						return
					}
				}
				if err != nil {
					var zero T
					yield(zero, err)
					return
				}
			}
		}
	}), nil
}

// CreateDataFrame is a DataFrame over an RDD of structs: a column for each exported field, by its name or its tag `gosql:"name"`. Pointers are columns that may be NULL,
// slices and arrays are ARRAY, maps MAP, structs STRUCT, []byte BINARY, time.Time TIMESTAMP, time.Duration an interval, Decimal DECIMAL(38,18). A plain type makes one column, value. The lineage is kept:
// a query computes the RDD's partitions in its own stages. The RDD must be of the session's own machine, Session.RDD.
func CreateDataFrame[T any](s *Session, r *rdd.RDD[T]) *DataFrame {
	df := &DataFrame{session: s}
	if r.Context() != s.rdd {
		df.err = fmt.Errorf("gosql: %s was made in another Context than the session's: make it from Session.RDD", r)
		return df
	}
	enc, err := encoderOf(reflect.TypeFor[T]())
	if err != nil {
		df.err = err
		return df
	}
	batches := rdd.MapPartitions(r, func(_ *rdd.TaskContext, in iter.Seq2[T, error]) iter.Seq2[columnar.Batch, error] {
		return encodeRows(enc, in)
	})
	df.plan = logical.NewRelation(&rddTable{schema: enc.schema, rows: batches}, "rdd")
	return df
}

// FromRows is a DataFrame of the rows given; see CreateDataFrame for T.
func FromRows[T any](s *Session, rows []T) *DataFrame {
	return CreateDataFrame(s, rdd.Parallelize(s.rdd, rows, 0))
}

// encodeRows gathers rows into batches.
func encodeRows[T any](enc *encoder, in iter.Seq2[T, error]) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		b := enc.builder()
		for v, err := range in {
			if err == nil {
				err = b.append(reflect.ValueOf(v))
			}
			if err != nil {
				yield(columnar.Batch{}, err)
				return
			}
			if b.rows == columnar.BatchRows {
				if !yield(b.build(), nil) {
					return
				}
				b = enc.builder()
			}
		}
		if b.rows > 0 {
			yield(b.build(), nil)
		}
	}
}

// rddTable is a table whose rows are those of an RDD of batches. The planner lowers it to that RDD, with a projection.
type rddTable struct {
	schema *columnar.Schema
	rows   *rdd.RDD[columnar.Batch]
}

// Schema, Statistics, RDD and String implement logical.Table and physical.RDDTable.
func (t *rddTable) Schema() *columnar.Schema       { return t.schema }
func (t *rddTable) Statistics() logical.Statistics { return logical.UnknownStatistics }
func (t *rddTable) RDD() *rdd.RDD[columnar.Batch]  { return t.rows }
func (t *rddTable) String() string                 { return "ExistingRDD" }
func (t *rddTable) Scan(context.Context, logical.ScanRequest) (logical.Scan, error) {
	return nil, fmt.Errorf("gosql: a table over an RDD is not scanned but lowered")
}
