// Package json reads and writes JSON: one value a line, or with the option multiLine one value (or an array of them) a file.
//
// A record is parsed into a small tree that lies in two reused slices (parse.go); schemas are found by walking such trees
// (infer.go), and rows are made by builders, one for each column and each part of a nested one (build.go).
package json
