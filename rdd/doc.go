// Package rdd is a partitioned, lazy, fault-tolerant computation engine after Spark's RDDs.
package rdd
