package functions

import "slices"

// operatorGroup are the operators, by the names that the parser gives them, and the functions that do the same.
var operatorGroup = slices.Concat(arithmeticOperators, signFunctions, tryArithmetic, comparisonOperators, logicOperators, matchOperators, bitOperators, concatFunctions)
