package functions

import "github.com/gosql-engine/gosql/logical"

// castGroup are the functions of casts by name.
var castGroup = []*logical.Function{}
