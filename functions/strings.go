package functions

import "github.com/gosql-engine/gosql/logical"

// stringGroup are the functions of strings.
var stringGroup = []*logical.Function{}
