package functions

import "github.com/gosql-engine/gosql/logical"

// windowGroup are the functions of windows.
var windowGroup = []*logical.Function{}
