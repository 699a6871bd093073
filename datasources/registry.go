package datasources

import (
	"context"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Format opens and writes the tables of one kind. Implementations are safe for concurrent use.
type Format interface {
	// Open returns the table that lies at the paths. A nil schema is found out from the data; a given one is taken as it is, and
	// its columns are all nullable. Errors carry Spark's conditions (PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA, …).
	Open(ctx context.Context, paths []string, options map[string]string, schema *columnar.Schema) (logical.Table, error)
	// Create returns the sink that writes to the path, with one folder level for each column of partitionBy.
	Create(path string, partitionBy []string, options map[string]string) (logical.Sink, error)
}

var formats = map[string]Format{}

// Register makes a format known under a name (lower case). It is called from init functions and panics if the name is taken.
func Register(name string, f Format) {
	if _, taken := formats[name]; taken {
		panic("datasources: format registered twice: " + name)
	}
	formats[name] = f
}

// Lookup returns the format of that name, which may also be the last part of a dotted class name as Spark accepts it. The error
// is DATA_SOURCE_NOT_FOUND.
func Lookup(name string) (Format, error) {
	short := strings.ToLower(name)
	if f, ok := formats[short]; ok {
		return f, nil
	}
	return nil, columnar.Errorf("DATA_SOURCE_NOT_FOUND", "There is no data source %q. Known are: %s.", name, strings.Join(Names(), ", "))
}

// Names lists the registered formats, sorted.
func Names() []string {
	names := make([]string, 0, len(formats))
	for n := range formats {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// FormatOf guesses the format of a data file or folder from its name: report.csv.gz is csv. The bare name is the file's name
// without folder, format and compression suffixes. The format is "" if the name does not tell.
func FormatOf(path string) (format, bare string) {
	bare = strings.TrimRight(path, "/")
	bare = bare[strings.LastIndexByte(bare, '/')+1:]
	if _, suffix := compressionOf(bare); suffix != "" {
		bare = bare[:len(bare)-len(suffix)]
	}
	dot := strings.LastIndexByte(bare, '.')
	if dot < 0 {
		return "", bare
	}
	switch strings.ToLower(bare[dot+1:]) {
	case "csv", "tsv", "tbl", "psv":
		format = "csv"
	case "json", "jsonl", "ndjson":
		format = "json"
	case "parquet", "parq", "pq":
		format = "parquet"
	case "txt", "text", "log":
		format = "text"
	case "arrow", "arrows", "ipc", "feather":
		format = "arrow"
	default:
		return "", bare
	}
	return format, bare[:dot]
}
