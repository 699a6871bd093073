package sql

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// command is a command without its plan and place, for comparison, and the
// shape of its plan.
func command(t *testing.T, text string) (logical.Node, string) {
	t.Helper()
	n, err := Parse(text)
	if err != nil {
		t.Errorf("%s: %v", text, err)
		return nil, ""
	}
	plan := ""
	if c, ok := n.(interface{ Query() logical.Node }); ok && c.Query() != nil {
		plan = planShape(c.Query())
	}
	v := reflect.New(reflect.TypeOf(n).Elem())
	v.Elem().Set(reflect.ValueOf(n).Elem())
	for _, field := range []string{"Pos", "Plan"} {
		if f := v.Elem().FieldByName(field); f.IsValid() {
			f.SetZero()
		}
	}
	return v.Interface().(logical.Node), plan
}

func TestCommands(t *testing.T) {
	name := []string{"t"}
	schema := columnar.NewSchema(columnar.Field{Name: "a", Type: columnar.IntType}, columnar.Field{Name: "b", Type: columnar.StringType, Nullable: true})
	for _, c := range []struct {
		text string
		want logical.Node
		plan string
	}{
		{"CREATE OR REPLACE TEMP VIEW t AS SELECT 1 -- x", &logical.CreateView{Name: name, Replace: true, Temporary: true, Text: "SELECT 1"}, "Project[1](OneRow)"},
		{"CREATE VIEW IF NOT EXISTS d.t (x COMMENT 'c', y) COMMENT 'v' AS TABLE u", &logical.CreateView{Name: []string{"d", "t"}, Cols: []string{"x", "y"}, IfNotExists: true, Comment: "v", Text: "TABLE u"}, "u"},
		{"CREATE GLOBAL TEMPORARY VIEW t AS (SELECT 1)", &logical.CreateView{Name: name, Global: true, Temporary: true, Text: "(SELECT 1)"}, "Project[1](OneRow)"},
		{"CREATE TEMPORARY VIEW t USING csv OPTIONS (path 'a.csv', header = true, `max.x` 3)", &logical.CreateViewUsing{Name: name, Provider: "csv", Options: map[string]string{"path": "a.csv", "header": "true", "max.x": "3"}}, ""},
		{"CREATE TEMP VIEW t (a INT NOT NULL, b STRING) USING org.x.json", &logical.CreateViewUsing{Name: name, Provider: "org.x.json", Schema: schema}, ""},
		{"CREATE TABLE IF NOT EXISTS t (a INT NOT NULL, b STRING COMMENT 'y') USING parquet PARTITIONED BY (a) LOCATION '/x' COMMENT 'c'", &logical.CreateTable{Table: logical.TableDefinition{Name: name, Schema: schema, Provider: "parquet", PartitionBy: []string{"a"}, Location: "/x", Comment: "c", IfNotExists: true}}, ""},
		{"CREATE TABLE t USING csv OPTIONS ('a' = 'b') AS SELECT 1", &logical.CreateTable{Table: logical.TableDefinition{Name: name, Provider: "csv", Options: map[string]string{"a": "b"}}}, "Project[1](OneRow)"},
		{"DROP VIEW IF EXISTS t", &logical.DropRelation{Name: name, View: true, IfExists: true}, ""}, {"DROP TABLE t PURGE", &logical.DropRelation{Name: name}, ""},
		{"INSERT INTO t VALUES (1), (2)", &logical.InsertInto{Name: name}, "Values[(1)(2)]"}, {"INSERT INTO TABLE t (a, b) SELECT 1, 2", &logical.InsertInto{Name: name, Cols: []string{"a", "b"}}, "Project[1, 2](OneRow)"},
		{"INSERT OVERWRITE t BY NAME TABLE u", &logical.InsertInto{Name: name, Overwrite: true, ByName: true}, "u"}, {"INSERT OVERWRITE TABLE t (SELECT 1)", &logical.InsertInto{Name: name, Overwrite: true}, "Project[1](OneRow)"},
		{"WITH c AS (SELECT 1) INSERT INTO t SELECT * FROM c", &logical.InsertInto{Name: name}, "With[c=Project[1](OneRow);](Project[*](c))"},
		{"INSERT OVERWRITE LOCAL DIRECTORY '/x' USING parquet OPTIONS (compression 'zstd') SELECT 1", &logical.InsertDirectory{Path: "/x", Provider: "parquet", Options: map[string]string{"compression": "zstd"}}, "Project[1](OneRow)"},
		{"SET", &logical.SetConf{}, ""}, {"SET -v;", &logical.SetConf{All: true}, ""}, {"set a.b", &logical.SetConf{Key: "a.b"}, ""}, {`SET a.b = C:\x #y`, &logical.SetConf{Key: "a.b", Value: `C:\x #y`, HasValue: true}, ""},
		{"SET `a b`=`c;d`", &logical.SetConf{Key: "a b", Value: "c;d", HasValue: true}, ""}, {"SET TIME ZONE 'UTC'", &logical.SetConf{Key: "spark.sql.session.timeZone", Value: "UTC", HasValue: true}, ""},
		{"SET TIME ZONE INTERVAL -8 HOURS", &logical.SetConf{Key: "spark.sql.session.timeZone", Value: "-08:00", HasValue: true}, ""}, {"RESET a.b", &logical.ResetConf{Key: "a.b"}, ""}, {"RESET", &logical.ResetConf{}, ""},
		{"SHOW TABLES IN d LIKE 'x*'", &logical.Show{Kind: logical.ShowTables, Name: []string{"d"}, Pattern: "x*"}, ""}, {"SHOW VIEWS", &logical.Show{Kind: logical.ShowViews}, ""},
		{"SHOW SYSTEM FUNCTIONS LIKE 'a*'", &logical.Show{Kind: logical.ShowFunctions, Qualifier: "SYSTEM", Pattern: "a*"}, ""}, {"SHOW COLUMNS FROM t IN d", &logical.Show{Kind: logical.ShowColumns, Name: []string{"d", "t"}}, ""},
		{"SHOW DATABASES", &logical.Show{Kind: logical.ShowDatabases}, ""}, {"SHOW CREATE TABLE t", &logical.Show{Kind: logical.ShowCreateTable, Name: name}, ""},
		{"DESC t", &logical.Describe{Name: name}, ""}, {"DESCRIBE TABLE EXTENDED t a.b", &logical.Describe{Name: name, Extended: true, Column: []string{"a", "b"}}, ""},
		{"DESCRIBE FUNCTION EXTENDED abs", &logical.Describe{Kind: logical.DescribeFunction, Name: []string{"abs"}, Extended: true}, ""}, {"DESCRIBE FUNCTION <=>", &logical.Describe{Kind: logical.DescribeFunction, Name: []string{"<=>"}}, ""},
		{"DESC QUERY SELECT 1", &logical.Describe{Kind: logical.DescribeQuery}, "Project[1](OneRow)"}, {"DESCRIBE SELECT 1", &logical.Describe{Kind: logical.DescribeQuery}, "Project[1](OneRow)"},
		{"EXPLAIN SELECT 1", &logical.Explain{}, "Project[1](OneRow)"}, {"EXPLAIN ANALYZE TABLE t", &logical.Explain{Mode: logical.ExplainAnalyze}, "t"}, {"EXPLAIN FORMATTED TABLE t", &logical.Explain{Mode: logical.ExplainFormatted}, "t"},
		{"CACHE LAZY TABLE t AS SELECT 1", &logical.CacheTable{Name: name, Lazy: true}, "Project[1](OneRow)"}, {"CACHE TABLE t", &logical.CacheTable{Name: name}, ""},
		{"UNCACHE TABLE IF EXISTS t", &logical.UncacheTable{Name: name, IfExists: true}, ""}, {"CLEAR CACHE", &logical.UncacheTable{}, ""},
		{"REFRESH TABLE t", &logical.RefreshTable{Name: name}, ""}, {"USE DATABASE d", &logical.UseDatabase{Name: []string{"d"}}, ""}, {"USE d", &logical.UseDatabase{Name: []string{"d"}}, ""}, {"TRUNCATE TABLE t", &logical.TruncateTable{Name: name}, ""},
		{"CREATE SCHEMA IF NOT EXISTS d", &logical.CreateDatabase{Name: []string{"d"}, IfNotExists: true}, ""}, {"DROP DATABASE d CASCADE", &logical.CreateDatabase{Name: []string{"d"}, Drop: true, Cascade: true}, ""},
		{"CREATE TEMPORARY TABLE t USING csv", &logical.CreateViewUsing{Name: name, Provider: "csv"}, ""}, {"CREATE TABLE t LIKE u", &logical.Unsupported{What: "CREATE TABLE LIKE"}, ""},
		{"CREATE DATABASE d COMMENT 'c' LOCATION '/x' WITH DBPROPERTIES (a = 1)", &logical.CreateDatabase{Name: []string{"d"}}, ""},
		{"CREATE TABLE t (a STRING COLLATE UTF8_BINARY) DEFAULT COLLATION UTF8_BINARY TBLPROPERTIES ('x' = 1) CLUSTERED BY (a) INTO 4 BUCKETS", &logical.CreateTable{Table: logical.TableDefinition{Name: name, Schema: columnar.NewSchema(columnar.Field{Name: "a", Type: columnar.StringType, Nullable: true})}}, ""},
		{"SHOW FUNCTIONS abs", &logical.Show{Kind: logical.ShowFunctions, Pattern: "abs"}, ""}, {"SHOW TBLPROPERTIES t ('x')", &logical.Show{Kind: logical.ShowTableProperties, Name: name}, ""},
		{"DESCRIBE t PARTITION (a = 1)", &logical.Unsupported{What: "DESCRIBE with PARTITION"}, ""}, {"USE CATALOG c", &logical.Unsupported{What: "USE CATALOG"}, ""},
		{"INSERT INTO t PARTITION (a = 1) SELECT 2", &logical.Unsupported{What: "INSERT with PARTITION"}, ""}, {"REFRESH '/a/b'", &logical.RefreshTable{Name: []string{"/a/b"}}, ""},
		{"ALTER TABLE t ADD COLUMN x INT", &logical.Unsupported{What: "ALTER TABLE"}, ""}, {"EXECUTE IMMEDIATE 'x'", &logical.Unsupported{What: "EXECUTE IMMEDIATE"}, ""},
	} {
		got, plan := command(t, c.text)
		if got != nil && !reflect.DeepEqual(got, c.want) || plan != c.plan {
			t.Errorf("%s\n got %s %s\nwant %s %s", c.text, fmt.Sprintf("%+v", got), plan, fmt.Sprintf("%+v", c.want), c.plan)
		}
	}
}
