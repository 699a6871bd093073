package gosql_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Sale is a row of the examples.
type Sale struct {
	Region string  `gosql:"region"`
	Item   string  `gosql:"item"`
	Amount float64 `gosql:"amount"`
}

var sales = []Sale{
	{"north", "tea", 10}, {"north", "coffee", 30}, {"south", "tea", 5}, {"south", "coffee", 25}, {"south", "tea", 15},
}

// open is a session for an example, in UTC so that its output is the same everywhere.
func open() *gosql.Session {
	spark, err := gosql.NewSession(gosql.WithWorkers(2), gosql.WithSetting("spark.sql.session.timeZone", "UTC"))
	if err != nil {
		log.Fatal(err)
	}
	return spark
}

// show prints a DataFrame, or the error that its query ends with.
func show(df *gosql.DataFrame) {
	if err := df.Fshow(context.Background(), os.Stdout, 20, 20); err != nil {
		fmt.Println(err)
	}
}

func ExampleSession_SQL() {
	spark := open()
	defer spark.Close()
	show(spark.SQL("SELECT id, id * 10 AS tens FROM range(5) WHERE id >= ? AND id < :end", 2, gosql.Named("end", 4)))
	// Output:
	// +---+----+
	// | id|tens|
	// +---+----+
	// |  2|  20|
	// |  3|  30|
	// +---+----+
}

func ExampleDataFrame() {
	spark := open()
	defer spark.Close()
	show(gosql.FromRows(spark, sales).
		Filter(gosql.Col("amount").Gt(5)).
		WithColumn("net", gosql.Expr("round(amount / 1.2, 2)")).
		Select("region", "item", "net").
		OrderBy(gosql.Desc("net")).
		Limit(3))
	// Output:
	// +------+------+-----+
	// |region|  item|  net|
	// +------+------+-----+
	// | north|coffee| 25.0|
	// | south|coffee|20.83|
	// | south|   tea| 12.5|
	// +------+------+-----+
}

func ExampleWhen() {
	spark := open()
	defer spark.Close()
	amount := gosql.Col("amount")
	size := gosql.When(amount.Ge(25), "large").When(amount.Ge(10), "medium").Otherwise("small")
	show(gosql.FromRows(spark, sales).
		Select("item", amount.Cast("int"), size.As("size"), amount.Between(10, 20).And(gosql.Col("item").Like("t%")).As("some_tea")).
		OrderBy("amount"))
	// Output:
	// +------+------+------+--------+
	// |  item|amount|  size|some_tea|
	// +------+------+------+--------+
	// |   tea|     5| small|   false|
	// |   tea|    10|medium|    true|
	// |   tea|    15|medium|    true|
	// |coffee|    25| large|   false|
	// |coffee|    30| large|   false|
	// +------+------+------+--------+
}

func ExampleDataFrame_GroupBy() {
	spark := open()
	defer spark.Close()
	show(gosql.FromRows(spark, sales).
		GroupBy("region").
		Agg(gosql.Count("*").As("sales"), gosql.Sum("amount").As("total"), gosql.Max("amount").Filter(gosql.Col("item").Eq("tea")).As("most_tea")).
		OrderBy("region"))
	// Output:
	// +------+-----+-----+--------+
	// |region|sales|total|most_tea|
	// +------+-----+-----+--------+
	// | north|    2| 40.0|    10.0|
	// | south|    3| 45.0|    15.0|
	// +------+-----+-----+--------+
}

func ExampleGroupedData_Pivot() {
	spark := open()
	defer spark.Close()
	show(gosql.FromRows(spark, sales).GroupBy("region").Pivot("item", "tea", "coffee").Agg(gosql.Sum("amount")).OrderBy("region"))
	// Output:
	// +------+----+------+
	// |region| tea|coffee|
	// +------+----+------+
	// | north|10.0|  30.0|
	// | south|20.0|  25.0|
	// +------+----+------+
}

func ExampleDataFrame_Rollup() {
	spark := open()
	defer spark.Close()
	show(gosql.FromRows(spark, sales).Rollup("region", "item").Agg(gosql.Sum("amount").As("total")).OrderBy("region", "item"))
	// Output:
	// +------+------+-----+
	// |region|  item|total|
	// +------+------+-----+
	// |  NULL|  NULL| 85.0|
	// | north|  NULL| 40.0|
	// | north|coffee| 30.0|
	// | north|   tea| 10.0|
	// | south|  NULL| 45.0|
	// | south|coffee| 25.0|
	// | south|   tea| 20.0|
	// +------+------+-----+
}

func ExampleDataFrame_Join() {
	spark := open()
	defer spark.Close()
	type Region struct{ Region, Country string }
	regions := gosql.FromRows(spark, []Region{{"north", "NO"}, {"west", "IE"}})
	show(gosql.FromRows(spark, sales).JoinUsing(regions, []string{"region"}, "inner").OrderBy("amount"))

	s, r := gosql.FromRows(spark, sales).As("s"), regions.As("r")
	show(r.Join(s, gosql.Col("s.region").Eq(gosql.Col("r.region")).And(gosql.Col("s.amount").Gt(20)), "left").
		Select("r.region", "country", "amount").OrderBy("region"))
	// Output:
	// +------+------+------+-------+
	// |region|  item|amount|Country|
	// +------+------+------+-------+
	// | north|   tea|  10.0|     NO|
	// | north|coffee|  30.0|     NO|
	// +------+------+------+-------+
	// +------+-------+------+
	// |region|country|amount|
	// +------+-------+------+
	// | north|     NO|  30.0|
	// |  west|     IE|  NULL|
	// +------+-------+------+
}

func ExamplePartitionBy() {
	spark := open()
	defer spark.Close()
	byRegion := gosql.PartitionBy("region").OrderBy(gosql.Desc("amount"))
	show(gosql.FromRows(spark, sales).Select("region", "amount",
		gosql.RowNumber().Over(byRegion).As("place"),
		gosql.Lag("amount", 1).Over(byRegion).As("before"),
		gosql.Sum("amount").Over(byRegion.RowsBetween(gosql.UnboundedPreceding, gosql.CurrentRow)).As("so_far"),
	).OrderBy("region", "place"))
	// Output:
	// +------+------+-----+------+------+
	// |region|amount|place|before|so_far|
	// +------+------+-----+------+------+
	// | north|  30.0|    1|  NULL|  30.0|
	// | north|  10.0|    2|  30.0|  40.0|
	// | south|  25.0|    1|  NULL|  25.0|
	// | south|  15.0|    2|  25.0|  40.0|
	// | south|   5.0|    3|  15.0|  45.0|
	// +------+------+-----+------+------+
}

func ExampleRows() {
	spark := open()
	defer spark.Close()
	type Person struct {
		Name  string
		Age   *int     // may be NULL
		Towns []string `gosql:"lived_in"`
		Note  string   `gosql:"-"` // no column
	}
	df := spark.SQL("SELECT * FROM VALUES ('Ann', 30, array('Oslo', 'Rome')), ('Bob', NULL, array()) AS t(name, age, lived_in) ORDER BY name")
	for p, err := range gosql.Rows[Person](context.Background(), df) {
		if err != nil {
			log.Fatal(err)
		}
		age := "of unknown age"
		if p.Age != nil {
			age = fmt.Sprint(*p.Age)
		}
		fmt.Println(p.Name, age, p.Towns)
	}
	// Output:
	// Ann 30 [Oslo Rome]
	// Bob of unknown age []
}

func ExampleDataFrame_Collect() {
	spark := open()
	defer spark.Close()
	rows, err := spark.SQL("SELECT 1 AS n, 'x' AS s, NULL AS nothing, 1.50 AS price").Collect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rows[0], rows[0].Get("N"), rows[0].At(3))
	// Output: Row(n=1, s='x', nothing=NULL, price=1.50) 1 1.50
}

func ExampleDataFrame_Batches() {
	spark := open()
	defer spark.Close()
	var sum int64
	for batch, err := range spark.Range(0, 1_000_000, 1).Batches(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		ids := batch.Cols[0]
		for k := range batch.Live() {
			sum += columnar.Int64At(ids, batch.LiveRows().Row(k))
		}
	}
	fmt.Println(sum)
	// Output: 499999500000
}

func ExampleAsRDD() {
	ctx := context.Background()
	spark := open()
	defer spark.Close()
	r, err := gosql.AsRDD[Sale](gosql.FromRows(spark, sales).Filter("amount >= 10"))
	if err != nil {
		log.Fatal(err)
	}
	pairs := rdd.Map(r, func(s Sale) rdd.Pair[string, float64] { return rdd.Pair[string, float64]{Key: s.Item, Val: s.Amount} })
	totals, err := rdd.ReduceByKey(pairs, func(a, b float64) float64 { return a + b }).Collect(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range totals {
		fmt.Println(p.Key, p.Val)
	}
	// Unordered output:
	// tea 25
	// coffee 55
}

func ExampleCreateDataFrame() {
	spark := open()
	defer spark.Close()
	type Square struct{ N, Square int64 }
	numbers := rdd.Parallelize(spark.RDD(), []int64{1, 2, 3, 4}, 2)
	squares := rdd.Map(numbers, func(n int64) Square { return Square{n, n * n} })
	show(gosql.CreateDataFrame(spark, squares).Filter("square > 4").OrderBy("n"))
	// Output:
	// +---+------+
	// |  N|Square|
	// +---+------+
	// |  3|     9|
	// |  4|    16|
	// +---+------+
}

func ExampleDataFrame_CreateTempView() {
	spark := open()
	defer spark.Close()
	if err := gosql.FromRows(spark, sales).CreateTempView("sales"); err != nil {
		log.Fatal(err)
	}
	show(spark.SQL("SELECT item, sum(amount) AS total FROM sales GROUP BY item ORDER BY item"))
	show(spark.Table("sales").Select(gosql.CountDistinct("item").As("items")))
	// Output:
	// +------+-----+
	// |  item|total|
	// +------+-----+
	// |coffee| 55.0|
	// |   tea| 30.0|
	// +------+-----+
	// +-----+
	// |items|
	// +-----+
	// |    2|
	// +-----+
}

func ExampleSession_Register() {
	spark := open()
	defer spark.Close()
	err := spark.Register("initials", func(name string) (string, error) {
		if name == "" {
			return "", errors.New("a name is empty")
		}
		var out strings.Builder
		for _, w := range strings.Fields(name) {
			out.WriteString(w[:1])
		}
		return out.String(), nil
	})
	if err != nil {
		log.Fatal(err)
	}
	show(spark.SQL("SELECT initials(name) AS i FROM VALUES ('Ada Lovelace'), (NULL) AS t(name)"))
	// Output:
	// +----+
	// |   i|
	// +----+
	// |  AL|
	// |NULL|
	// +----+
}

func ExampleSession_RegisterVectorized() {
	spark := open()
	defer spark.Close()
	double := func(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.Unary(nil, args[0], columnar.BigIntType, rows, func(n int64) int64 { return 2 * n }), nil
	}
	if err := spark.RegisterVectorized("double", []string{"bigint"}, "bigint", double); err != nil {
		log.Fatal(err)
	}
	show(spark.Range(1, 4, 1).Select(gosql.Call("double", gosql.Col("id")).As("twice")))
	// Output:
	// +-----+
	// |twice|
	// +-----+
	// |    2|
	// |    4|
	// |    6|
	// +-----+
}

func ExampleReader() {
	spark := open()
	defer spark.Close()
	show(spark.Read().Option("header", true).Option("inferSchema", true).CSV("testdata/flights/airlines.csv").Filter("name LIKE 'A%'").OrderBy("carrier"))
	show(spark.Read().Schema("carrier STRING, name STRING").Option("header", true).CSV("testdata/flights/airlines.csv").Limit(1))
	show(spark.Read().Parquet("testdata/flights/weather.parquet").GroupBy("origin").Count().OrderBy("origin"))
	// Output:
	// +-------+--------------------+
	// |carrier|                name|
	// +-------+--------------------+
	// |     AA|American Airlines...|
	// |     AS|Alaska Airlines Inc.|
	// |     FL|AirTran Airways C...|
	// +-------+--------------------+
	// +-------+-----------------+
	// |carrier|             name|
	// +-------+-----------------+
	// |     9E|Endeavor Air Inc.|
	// +-------+-----------------+
	// +------+-----+
	// |origin|count|
	// +------+-----+
	// |   EWR|  118|
	// |   JFK|  118|
	// |   LGA|  119|
	// +------+-----+
}

func ExampleWriter() {
	ctx := context.Background()
	spark := open()
	defer spark.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "sales")
	df := gosql.FromRows(spark, sales)
	if err := df.Write().PartitionBy("region").Parquet(ctx, path); err != nil {
		log.Fatal(err)
	}
	var e *gosql.Error
	if err := df.Write().Parquet(ctx, path); errors.As(err, &e) {
		fmt.Println(e.Condition) // the default mode takes no path that exists
	}
	if err := df.Limit(1).Write().Mode("append").PartitionBy("region").Parquet(ctx, path); err != nil {
		log.Fatal(err)
	}
	show(spark.Read().Parquet(path).GroupBy("region").Count().OrderBy("region"))
	folders, _ := filepath.Glob(filepath.Join(path, "region=*"))
	for _, f := range folders {
		fmt.Println(filepath.Base(f))
	}
	// Output:
	// PATH_ALREADY_EXISTS
	// +------+-----+
	// |region|count|
	// +------+-----+
	// | north|    3|
	// | south|    3|
	// +------+-----+
	// region=north
	// region=south
}

func ExampleReader_JSON() {
	ctx := context.Background()
	spark := open()
	defer spark.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "sales")
	if err := gosql.FromRows(spark, sales).Limit(2).Write().JSON(ctx, path); err != nil {
		log.Fatal(err)
	}
	df := spark.Read().JSON(path)
	if err := df.PrintSchema(); err != nil {
		log.Fatal(err)
	}
	show(df.OrderBy("amount"))
	// Output:
	// root
	//  |-- amount: double (nullable = true)
	//  |-- item: string (nullable = true)
	//  |-- region: string (nullable = true)
	// +------+------+------+
	// |amount|  item|region|
	// +------+------+------+
	// |  10.0|   tea| north|
	// |  30.0|coffee| north|
	// +------+------+------+
}

func ExampleDataFrame_Explain() {
	spark := open()
	defer spark.Close()
	text, err := spark.SQL("SELECT id % 3 AS k, count(*) AS n FROM range(100) GROUP BY k").Explain(context.Background(), "")
	if err != nil {
		log.Fatal(err)
	}
	for _, word := range []string{"== Physical Plan ==", "Exchange", "Range", "== Stages =="} {
		fmt.Println(word, strings.Contains(text, word))
	}
	// Output:
	// == Physical Plan == true
	// Exchange true
	// Range true
	// == Stages == true
}

func ExampleError() {
	spark := open()
	defer spark.Close()
	_, err := spark.SQL("SELECT name,\n  agee\nFROM VALUES ('Ann', 30) AS people(name, age)").Collect(context.Background())
	var e *gosql.Error
	if errors.As(err, &e) {
		fmt.Println(e.Condition, e.SQLState, e.Line, e.Column)
		fmt.Println(e.Message)
		fmt.Println(e.Caret)
	}
	// Output:
	// UNRESOLVED_COLUMN.WITH_SUGGESTION 42703 2 3
	// A column, variable, or function parameter with name `agee` cannot be resolved. Did you mean one of the following? [`age`, `name`].
	//   agee
	//   ^
}
