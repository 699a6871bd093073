package functions

import "github.com/gosql-engine/gosql/logical"

// miscGroup are the functions of everything else.
var miscGroup = []*logical.Function{}
