package gosql

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// TableFunction implements logical.Catalog: range, and read_csv, read_parquet, read_json, read_text, read_files. Generator functions in FROM are the analyzer's.
func (c *catalog) TableFunction(ctx context.Context, call *logical.UnresolvedTableFunction, args []*logical.Literal) (logical.Node, error) {
	name := strings.ToLower(call.Name[len(call.Name)-1])
	switch name {
	case "range":
		return rangeFunction(call, args)
	case "read_csv", "read_parquet", "read_json", "read_text", "read_files":
		return c.readFunction(ctx, name, call, args)
	}
	return nil, nil
}

// rangeFunction is range(end), range(start, end), range(start, end, step) and range(start, end, step, numPartitions).
func rangeFunction(call *logical.UnresolvedTableFunction, args []*logical.Literal) (logical.Node, error) {
	if len(args) == 0 || len(args) > 4 {
		return nil, columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The `range` requires [1, 2, 3, 4] parameters but the actual number is %d.", len(args)).At(call.Pos)
	}
	n := []int64{0, 0, 1, 0}
	for i, a := range args {
		v, err := columnar.Cast(columnar.CastContext{Mode: columnar.CastANSI}, a.Value, columnar.BigIntType, columnar.AllRows(1))
		if err != nil {
			return nil, err
		}
		if v.IsNull(0) {
			return nil, columnar.Errorf("UNEXPECTED_INPUT_TYPE", "The %s parameter of function `range` requires the \"BIGINT\" type, however it is NULL.", []string{"first", "second", "third", "fourth"}[i]).At(call.Pos)
		}
		n[i] = columnar.Int64At(v, 0)
	}
	if len(args) == 1 {
		n[0], n[1] = 0, n[0]
	}
	if n[2] == 0 {
		return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.RANGE_STEP", "range() with step 0 has no end.").At(call.Pos)
	}
	return &logical.Range{Start: n[0], End: n[1], Step: n[2], Slices: int(n[3]), Col: logical.NewAttr("id", columnar.BigIntType, false)}, nil
}

// readFunction reads files: the positional arguments are paths, the named ones options. read_csv takes header and inferSchema as true unless told otherwise, since
// whoever calls it by that name expects columns with names and types.
func (c *catalog) readFunction(ctx context.Context, name string, call *logical.UnresolvedTableFunction, args []*logical.Literal) (logical.Node, error) {
	format := strings.TrimPrefix(name, "read_")
	options := map[string]string{}
	if format == "csv" {
		options["header"], options["inferSchema"] = "true", "true"
	}
	var paths []string
	for i, a := range args {
		text := columnar.FormatValue(a.Value, 0)
		named, ok := call.Args[i].(*logical.NamedArg)
		switch {
		case ok && strings.EqualFold(named.Name, "format"):
			format = strings.ToLower(text)
		case ok:
			setOption(options, named.Name, text)
		default:
			paths = append(paths, text)
		}
	}
	if len(paths) == 0 {
		return nil, columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The `%s` requires > 0 parameters but the actual number is 0.", name).At(call.Pos)
	}
	if format == "files" {
		format = formatOf(paths[0])
	}
	schema, err := takeSchema(options)
	if err != nil {
		return nil, err
	}
	t, err := c.session.openTable(ctx, format, paths, options, schema)
	if err != nil {
		return nil, err
	}
	return logical.NewRelation(t, name), nil
}

// takeSchema removes the option "schema" and reads it as DDL.
func takeSchema(options map[string]string) (*columnar.Schema, error) {
	for k, v := range options {
		if strings.EqualFold(k, "schema") {
			delete(options, k)
			return columnar.ParseSchema(v)
		}
	}
	return nil, nil
}

// setOption sets an option whose name may be there already in other case.
func setOption(options map[string]string, name, value string) {
	for k := range options {
		if strings.EqualFold(k, name) {
			delete(options, k)
		}
	}
	options[name] = value
}

// formatOf is the format of a file by its name, of a folder or glob by the name of the first file in it; parquet where names do not tell.
func formatOf(path string) string {
	if f, _ := datasources.FormatOf(path); f != "" {
		return f
	}
	found := "parquet"
	roots, _ := filepath.Glob(path) // a pattern that is none is for the data source to report
	for _, root := range roots {
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			hidden := p != root && (strings.HasPrefix(d.Name(), "_") || strings.HasPrefix(d.Name(), "."))
			switch {
			case err != nil:
				return err
			case hidden && d.IsDir():
				return fs.SkipDir
			case hidden || d.IsDir():
				return nil
			}
			if f, _ := datasources.FormatOf(p); f != "" {
				found = f
				return fs.SkipAll
			}
			return nil
		})
		if err == nil && found != "parquet" {
			break
		}
	}
	return found
}
