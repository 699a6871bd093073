// Package physical turns resolved, optimized logical plans into operators and lowers them to RDDs of columnar batches.
//
// There are four steps, one file each: plan.go chooses an Operator for each logical node; ensure.go compares what operators require
// with what their children provide and puts in the exchanges and sorts that are missing; execute.go lowers the tree, running what has
// to run first (broadcasts, subqueries, small limits), and streams the result. Each operator has a file of its own.
//
// Columns are bound by ID: an operator's Output lists the attributes of its batches in order, and Bind compiles expressions over them.
package physical
