package functions

import "github.com/gosql-engine/gosql/logical"

// operatorGroup are the operators, by the names that the parser gives them.
var operatorGroup = []*logical.Function{}
