package gosql_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// part is a struct inside of everything.
type part struct {
	ID    int32
	Label *string `gosql:"label_text"`
}

// everything has a field of each type that crosses.
type everything struct {
	Bool   bool
	I8     int8
	I16    int16
	I32    int32
	I64    int64
	Int    int
	U8     uint8
	U16    uint16
	U32    uint32
	F32    float32
	F64    float64
	Text   string
	Raw    []byte
	When   time.Time
	Long   time.Duration
	Price  gosql.Decimal
	Maybe  *int64
	MaybeS *part
	List   []string
	Lists  [][]int64
	Parts  []part
	Holes  []*int32
	Map    map[string]float64
	Deep   map[string]part
	Struct part
	Named  string `gosql:"other name"`
	Hidden string `gosql:"-"`
}

// someOfEverything are rows with and without what may be missing.
func someOfEverything() []everything {
	label, maybe, hole := "l", int64(7), int32(3)
	price := gosql.Decimal{Unscaled: columnar.Int128From(-1250), Scale: 2}
	full := everything{true, -8, -16, -32, -64, 5, 200, 60000, 4000000000, 1.5, 2.25, "text", []byte{0, 255}, time.Date(2024, 2, 29, 1, 2, 3, 4000, time.UTC),
		90 * time.Minute, price, &maybe, &part{1, &label}, []string{"a", ""}, [][]int64{{1}, {2, 3}}, []part{{2, nil}, {3, &label}}, []*int32{nil, &hole},
		map[string]float64{"x": 1}, map[string]part{"p": {4, &label}}, part{5, nil}, "n", ""}
	bare := everything{When: time.Unix(0, 0).UTC()}
	return []everything{full, bare}
}

// TestBridgeTypes takes rows to a DataFrame and back, alone and under failures.
func TestBridgeTypes(t *testing.T) {
	for _, opts := range [][]gosql.SessionOption{nil, {gosql.WithTaskFailures(3, .3)}} {
		s := newSession(t, opts...)
		want := someOfEverything()
		df := gosql.CreateDataFrame(s, rdd.Parallelize(s.RDD(), want, 2))
		back, err := gosql.AsRDD[everything](df)
		if err != nil {
			t.Fatal(err)
		}
		got, err := back.Collect(t.Context())
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d rows, %v", len(got), err)
		}
		for i := range want {
			for k := range reflect.TypeFor[everything]().NumField() {
				g, w := reflect.ValueOf(got[i]).Field(k).Interface(), reflect.ValueOf(want[i]).Field(k).Interface()
				if d, ok := g.(gosql.Decimal); ok { // the scale is that of the column
					g, w = d.Float64(), w.(gosql.Decimal).Float64()
				}
				if !reflect.DeepEqual(g, w) {
					t.Errorf("row %d, field %s: %v, want %v", i, reflect.TypeFor[everything]().Field(k).Name, g, w)
				}
			}
		}
	}
}

// TestBridgePlain: rows that are one plain value.
func TestBridgePlain(t *testing.T) {
	s := newSession(t)
	one := "x"
	texts, err := gosql.AsRDD[*string](gosql.CreateDataFrame(s, rdd.Parallelize(s.RDD(), []*string{&one, nil}, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := texts.Collect(t.Context()); err != nil || len(got) != 2 || *got[0] != "x" || got[1] != nil {
		t.Errorf("texts %v, %v", got, err)
	}
	rows, err := gosql.AsRDD[gosql.Row](s.SQL("SELECT 1 AS a, 'b' AS b"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := rows.Collect(t.Context()); err != nil || fmt.Sprint(got) != "[Row(a=1, b='b')]" {
		t.Errorf("rows %v, %v", got, err)
	}
}

// TestBridgeErrors: what cannot cross is refused by field and type.
func TestBridgeErrors(t *testing.T) {
	s, other := newSession(t), newSession(t)
	type inner struct{ C chan int }
	type self struct{ Next *self }
	asRDD := func(_ any, err error) error { return err }
	numbers := s.SQL("SELECT 1 AS n, CAST(NULL AS INT) AS m, 300 AS big")
	collect := func(r *rdd.RDD[struct{ M int32 }], err error) error {
		if err == nil {
			_, err = r.Collect(context.Background())
		}
		return err
	}
	small := func(r *rdd.RDD[struct{ Big int8 }], err error) error {
		if err == nil {
			_, err = r.Collect(context.Background())
		}
		return err
	}
	huge := []gosql.Decimal{{Unscaled: columnar.Int128From(1), Scale: 30}}
	for want, err := range map[string]error{
		"field F of struct { F func() }: values of Go type func() have no SQL type":                       gosql.FromRows(s, []struct{ F func() }{{}}).Err(),
		"field I of struct { I []gosql_test.inner }: field C of gosql_test.inner: values of Go type chan": gosql.FromRows(s, []struct{ I []inner }{{}}).Err(),
		"holds itself": gosql.FromRows(s, []self{{}}).Err(),
		"values of Go type uint64 have no SQL type":                    gosql.FromRows(s, []uint64{1}).Err(),
		"was made in another Context":                                  gosql.CreateDataFrame(s, rdd.Parallelize(other.RDD(), []int{1}, 1)).Err(),
		`field Q of struct { Q int }: the query has no column "Q"`:     asRDD(gosql.AsRDD[struct{ Q int }](numbers)),
		"cannot be read as int64; use a struct":                        asRDD(gosql.AsRDD[int64](numbers)),
		`column "m" is NULL, which a int32 cannot hold; use a pointer`: collect(gosql.AsRDD[struct{ M int32 }](numbers)),
		`column "big": 300 does not fit int8`:                          small(gosql.AsRDD[struct{ Big int8 }](numbers)),
		"does not fit DECIMAL(38,18)":                                  second(gosql.FromRows(s, huge).Collect(context.Background())),
	} {
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(want)) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestBridgeLineage: an RDD made from a DataFrame made from an RDD has that RDD in its lineage. Nothing of it is
// computed before an action, and nothing collected between; what is lost is computed again from it.
func TestBridgeLineage(t *testing.T) {
	s := newSession(t, gosql.WithTaskFailures(9, .4))
	type row struct{ N, Twice int64 }
	var computed atomic.Int64
	source := rdd.Map(rdd.Parallelize(s.RDD(), []int64{1, 2, 3, 4, 5, 6}, 3), func(n int64) row { computed.Add(1); return row{n, 2 * n} })
	df := gosql.CreateDataFrame(s, source).Filter("N > 1").GroupBy("N").Agg(gosql.Sum("Twice").As("Twice"))
	r, err := gosql.AsRDD[row](df)
	if err != nil {
		t.Fatal(err)
	}
	sums := rdd.Map(r, func(v row) int64 { return v.Twice })
	if !reaches(sums, source.ID()) {
		t.Errorf("the lineage does not reach the source:\n%s", sums.ToDebugString(t.Context()))
	}
	if computed.Load() != 0 {
		t.Errorf("%d rows were computed before any action", computed.Load())
	}
	for range 3 {
		total, err := sums.Reduce(t.Context(), func(a, b int64) int64 { return a + b })
		if total != 40 || err != nil {
			t.Errorf("total %d, %v, want 40", total, err)
		}
	}
	if computed.Load() <= 6 {
		t.Errorf("%d rows were computed: no failure was injected", computed.Load())
	}
}

// reaches follows the dependencies to an RDD.
func reaches(l rdd.Lineage, id int) bool {
	if l.ID() == id {
		return true
	}
	for _, d := range l.Dependencies() {
		if reaches(d.RDD(), id) {
			return true
		}
	}
	return false
}
