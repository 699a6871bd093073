package functions

import "slices"

// operatorGroup are the operators, by the names that the parser gives them, and the functions that do the same.
var operatorGroup = slices.Concat(arithmeticOperators, tryArithmetic, comparisonOperators, logicOperators, matchOperators, bitOperators, concatFunctions)
