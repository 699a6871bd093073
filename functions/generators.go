package functions

import "github.com/gosql-engine/gosql/logical"

// generatorGroup are the functions of rows made of rows.
var generatorGroup = []*logical.Function{}
