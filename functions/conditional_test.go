package functions_test

import "testing"

func TestConditional(t *testing.T) {
	check(t, []answer{
		{"CASE WHEN 1 > 0 THEN 1 ELSE 2.5 END", "CASE WHEN (1 > 0) THEN 1 ELSE 2.5 END", "decimal(11,1)", "1.0"},
		{"CASE 1 WHEN 1 THEN 'a' END", "CASE WHEN (1 = 1) THEN a END", "string", "a"},
		{"CASE WHEN 1 > 2 THEN 1 WHEN 1 > 0 THEN 2 END", "CASE WHEN (1 > 2) THEN 1 WHEN (1 > 0) THEN 2 END", "int", "2"},
		{"CASE WHEN 1 > 2 THEN 1 END", "", "int", "NULL"},
		{"CASE WHEN 1 > 0 THEN 1 ELSE 'a' END", "", "bigint", "1"},
		{"CASE WHEN 1 > 0 THEN 5 ELSE 1 / 0 END", "", "double", "5.0"},
		{"CASE WHEN 1 THEN 1 END", "", "ERROR", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{"if(1 > 0, 1, 2)", "(IF((1 > 0), 1, 2))", "int", "1"},
		{"coalesce(NULL, 1)", "coalesce(NULL, 1)", "int", "1"},
		{"coalesce(1, 1 / 0)", "", "double", "1.0"},
		{"coalesce(NULL, NULL)", "", "void", "NULL"},
		{"coalesce('b', X'61')", "", "binary", "b"},
		{"coalesce(TRUE, 1)", "", "ERROR", "DATATYPE_MISMATCH.DATA_DIFF_TYPES"},
		{"nvl(NULL, 1)", "nvl(NULL, 1)", "int", "1"},
		{"nvl2(1, 2, 'a')", "nvl2(1, 2, a)", "bigint", "2"},
		{"nvl2(NULL, 2, 'a')", "", "ERROR", "CAST_INVALID_INPUT"},
		{"nullif(1, 1)", "nullif(1, 1)", "int", "NULL"},
		{"nullif(1, 2L)", "", "int", "1"},
		{"nullifzero(1.5)", "", "decimal(2,1)", "1.5"},
		{"zeroifnull(NULL)", "", "int", "0"},
		{"greatest(1, 2.5)", "greatest(1, 2.5)", "decimal(11,1)", "2.5"},
		{"greatest('a', 'B', NULL)", "", "string", "a"},
		{"greatest(1.0D, cast('NaN' as double))", "", "double", "NaN"},
		{"greatest('1', 2)", "", "ERROR", "DATATYPE_MISMATCH.DATA_DIFF_TYPES"},
		{"greatest(1)", "", "ERROR", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION"},
		{"least(NULL, 3, 2)", "least(NULL, 3, 2)", "int", "2"},
		{"decode(6, 1, 'Southlake', 2, 'San Francisco', 'Non domestic')", "decode(6, 1, Southlake, 2, San Francisco, Non domestic)", "string", "Non domestic"},
		{"decode(NULL, 6, 'Spark', NULL, 'SQL', 4, 'rocks')", "", "string", "SQL"},
		{"decode(1, 1, 2, 3.5)", "", "decimal(11,1)", "2.0"},
		{"decode(2, 1, 'Southlake')", "", "string", "NULL"},
		{"decode(X'E9', 'iso-8859-1')", "decode(X'E9', iso-8859-1)", "string", "é"},
		{"decode(X'FEFF0041', 'utf-16')", "", "string", "A"},
		{"decode(X'FF', 'utf-8')", "", "ERROR", "MALFORMED_CHARACTER_CODING"},
		{"decode('a', 'foo')", "", "ERROR", "INVALID_PARAMETER_VALUE.CHARSET"},
	})
}

func TestConcat(t *testing.T) {
	check(t, []answer{
		{"'a' || 1", "concat(a, 1)", "string", "a1"},
		{"concat('a', 1, 2.5)", "concat(a, 1, 2.5)", "string", "a12.5"},
		{"concat()", "concat()", "string", ""},
		{"'a' || NULL", "concat(a, NULL)", "string", "NULL"},
		{"X'61' || X'62'", "concat(X'61', X'62')", "binary", "ab"},
		{"X'61' || 'b'", "", "string", "ab"},
		{"concat('a')", "", "string", "a"},
		{"array(1) || array(2L, 3L)", "concat(array(1), array(2, 3))", "array<bigint>", "[1, 2, 3]"},
		{"concat(array(1), 'a')", "", "ERROR", "DATATYPE_MISMATCH.DATA_DIFF_TYPES"},
	})
}
