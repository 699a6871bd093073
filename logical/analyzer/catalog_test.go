package analyzer_test

import (
	"context"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
)

// table is a table without rows.
type table struct{ schema *columnar.Schema }

func (t table) Schema() *columnar.Schema       { return t.schema }
func (t table) Statistics() logical.Statistics { return logical.UnknownStatistics }
func (t table) String() string                 { return "table" }
func (t table) Scan(context.Context, logical.ScanRequest) (logical.Scan, error) {
	panic("the analyzer scans nothing")
}

// catalog is names for plans and the built-in functions.
type catalog struct {
	logical.Catalog
	plans map[string]logical.Node
	fakes bool
}

func newCatalog() *catalog { return &catalog{plans: map[string]logical.Node{}} }

// add makes a table of a schema in DDL.
func (c *catalog) add(name, ddl string) {
	s, err := columnar.ParseSchema(ddl)
	if err != nil {
		panic(name + ": " + err.Error())
	}
	c.plans[name] = logical.NewRelation(table{s}, "spark_catalog.default."+name)
}

func (c *catalog) Relation(_ context.Context, name []string, _ map[string]string) (logical.Node, error) {
	return c.plans[strings.ToLower(name[len(name)-1])], nil
}

func (c *catalog) Function(name []string) *logical.Function {
	base := strings.ToLower(name[len(name)-1])
	if f := functions.Lookup(base); f != nil {
		return f
	}
	if c.fakes {
		return fakes[base]
	}
	return nil
}

func (c *catalog) TableFunction(_ context.Context, call *logical.UnresolvedTableFunction, args []*logical.Literal) (logical.Node, error) {
	if !strings.EqualFold(call.Name[0], "range") {
		return nil, nil
	}
	return &logical.Range{End: 10, Step: 1, Col: logical.NewAttr("id", columnar.BigIntType, false)}, nil
}
