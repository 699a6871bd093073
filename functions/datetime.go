package functions

import "github.com/gosql-engine/gosql/logical"

// datetimeGroup are the functions of dates, times and intervals.
var datetimeGroup = []*logical.Function{}
