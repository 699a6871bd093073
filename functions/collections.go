package functions

import "github.com/gosql-engine/gosql/logical"

// collectionGroup are the functions of arrays, maps and structs.
var collectionGroup = []*logical.Function{}
