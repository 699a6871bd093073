// Package datasources opens and writes tables that live outside of a session: files in folders, and whatever else a format knows.
//
// A Format is registered under a name from an init function; Lookup finds it when SQL or the DataFrame API names it. Formats that
// read files share the layer in this package: Find turns paths, folders, globs and Hive partition folders into Files, FileTable is
// the logical.Table over them, and a format only supplies a Driver, which plans and reads the splits of the files. FileSink is the
// writing side: it takes care of save modes, partition folders and the atomic commit, and a format supplies an Encoder.
//
// Option names are Spark's and are compared without regard to case.
package datasources
