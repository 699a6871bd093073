package functions

import "github.com/gosql-engine/gosql/logical"

// aggregateGroup are the functions of groups of rows.
var aggregateGroup = []*logical.Function{}
