// Package gosql runs Spark SQL and DataFrame programs in a Go process: text or calls become a logical plan, which is analyzed, optimized and lowered
// to the stages of package rdd over columnar batches.
//
// There are few types: a Session holds settings, views and the machine that runs stages; a DataFrame is a query that has not run; a Column is an
// expression in one; Rows and DataFrame.Batches run it.
//
//	spark, err := gosql.NewSession(gosql.WithMemoryLimit("2GB"))
//	defer spark.Close()
//	df := spark.Read().Option("header", true).CSV("sales/*.csv").
//		Filter(gosql.Col("amount").Gt(10)).
//		GroupBy("region").Agg(gosql.Sum("amount").As("total")).OrderBy(gosql.Desc("total"))
//	err = df.Show(ctx, 20)
//
// Semantics are Spark 4's with ANSI mode on: the same types, coercions, NULL rules, function names and error conditions.
//
// # Embedding
//
// A Session installs no signal handler, prints nothing, changes no global and leaves no goroutine behind after Close. Actions take a context and end soon after
// it is done. Errors that a query can cause are of type *Error and carry Spark's condition name and SQLSTATE; a panic inside a task
// becomes an error. Sessions, DataFrames and Columns are safe for concurrent use.
//
// # Caveats
//
// The SQL parser's failpoint package starts an HTTP server if the environment variable GO_FAILPOINTS_HTTP is set when the program starts: do not
// set it for programs that embed gosql.
package gosql
