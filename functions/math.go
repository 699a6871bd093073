package functions

import "github.com/gosql-engine/gosql/logical"

// mathGroup are the functions of numbers.
var mathGroup = []*logical.Function{}
