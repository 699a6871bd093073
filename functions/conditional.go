package functions

import "github.com/gosql-engine/gosql/logical"

// conditionalGroup are the functions of choices.
var conditionalGroup = []*logical.Function{}
