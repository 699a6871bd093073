// Package databasetest holds rdd.Database against real databases. It stands apart, so that rdd's own tests need no
// drivers.
package databasetest

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	"github.com/gosql-engine/gosql/rdd"
)

// person is a row of the table.
type person struct {
	ID   int64
	Name string
	Mail *string
}

func scanPerson(rows *sql.Rows) (p person, err error) {
	return p, rows.Scan(&p.ID, &p.Name, &p.Mail)
}

func TestSQLite(t *testing.T) {
	db := open(t, "sqlite", "file:"+filepath.ToSlash(filepath.Join(t.TempDir(), "people.db"))+"?_pragma=busy_timeout(10000)")
	testDatabase(t, db, "?", "?")
}

// TestPostgres runs where there is a server: GOSQL_TEST_POSTGRES is its data source name.
func TestPostgres(t *testing.T) {
	dsn := os.Getenv("GOSQL_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("GOSQL_TEST_POSTGRES names no PostgreSQL server, such as postgres://user@localhost/db?sslmode=disable")
	}
	testDatabase(t, open(t, "postgres", dsn), "$1", "$2")
}

func open(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// testDatabase reads a table in all sorts of partitions; lower and upper are the driver's placeholders.
func testDatabase(t *testing.T, db *sql.DB, lower, upper string) {
	const rows = 100
	fill(t, db, rows)
	sc, err := rdd.NewContext(rdd.WithThreads(3), rdd.WithSpillDir(t.TempDir()), rdd.WithMaxTaskFailures(1))
	if err != nil {
		t.Fatal(err)
	}
	defer sc.Close()
	query := fmt.Sprintf("SELECT id, name, mail FROM gosql_people WHERE %s <= id AND id <= %s ORDER BY id", lower, upper)
	for _, n := range []int{1, 3, 7, 150} {
		people := rdd.Database(sc, db, query, 1, rows, n, scanPerson)
		parts, err := rdd.Glom(people).Collect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all := slices.Concat(parts...)
		if len(parts) != n || len(all) != rows {
			t.Fatalf("%d rows in %d partitions, want %d in %d", len(all), len(parts), rows, n)
		}
		for i, p := range all {
			if p.ID != int64(i+1) || p.Name != fmt.Sprint("name ", i+1) || (p.Mail == nil) != (i%2 == 0) {
				t.Fatalf("row %d: %+v", i, p)
			}
		}
	}
	some := rdd.Database(sc, db, query, 11, 20, 4, scanPerson)
	if n, err := some.Count(t.Context()); n != 10 || err != nil {
		t.Errorf("%d rows between the bounds, %v", n, err)
	}
	if first, err := some.Take(t.Context(), 3); len(first) != 3 || first[0].ID != 11 || err != nil {
		t.Errorf("first rows %v, %v", first, err)
	}
	own := errors.New("own")
	for what, r := range map[string]*rdd.RDD[person]{
		"no such table": rdd.Database(sc, db, strings.Replace(query, "gosql_people", "gosql_nobody", 1), 1, 9, 2, scanPerson),
		"own":           rdd.Database(sc, db, query, 1, 9, 2, func(*sql.Rows) (person, error) { return person{}, own }),
	} {
		_, err := r.Count(t.Context())
		if err == nil || !strings.Contains(err.Error(), "query of rows ") || what == "own" && !errors.Is(err, own) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if open := db.Stats().InUse; open != 0 {
		t.Errorf("%d connections are still in use", open)
	}
}

// fill makes the table.
func fill(t *testing.T, db *sql.DB, rows int) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	statements := []string{"DROP TABLE IF EXISTS gosql_people", "CREATE TABLE gosql_people (id INT PRIMARY KEY, name TEXT, mail TEXT)"}
	for i := 1; i <= rows; i++ {
		mail := "NULL"
		if i%2 == 0 {
			mail = "'mail'"
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO gosql_people VALUES (%d, 'name %d', %s)", i, i, mail))
	}
	for _, s := range statements {
		if _, err := tx.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
