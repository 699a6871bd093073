package functions_test

import (
	"errors"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

type answer struct{ expr, name, typ, value string }

func conditionOf(err error) string {
	var e *columnar.Error
	if errors.As(err, &e) {
		return e.Condition
	}
	return err.Error()
}

func check(t *testing.T, answers []answer) {
	t.Helper()
	for _, a := range answers {
		got := run(a.expr)
		if got.err != nil {
			if conditionOf(got.err) != a.value || a.typ != "ERROR" {
				t.Errorf("%s: %v, want %s %s", a.expr, got.err, a.typ, a.value)
			}
			continue
		}
		if a.name != "" && got.name != a.name {
			t.Errorf("%s is named %s, want %s", a.expr, got.name, a.name)
		}
		if got.typ != a.typ || got.value != a.value {
			t.Errorf("%s: %s %s, want %s %s", a.expr, got.typ, got.value, a.typ, a.value)
		}
	}
}

// The answers, names and conditions in this file are real Spark's.

func TestArithmetic(t *testing.T) {
	check(t, []answer{
		{"1 + 2", "(1 + 2)", "int", "3"},
		{"1Y + 1S", "(1 + 1)", "smallint", "2"},
		{"1 + 1.5", "(1 + 1.5)", "decimal(3,1)", "2.5"},
		{"1 + 1.5D", "", "double", "2.5"},
		{"1.5 + 1.5D", "", "double", "3.0"},
		{"1.5f + 1L", "", "double", "2.5"},
		{"1.5f + 1.5", "", "double", "3.0"},
		{"1.5f + 1.5f", "", "float", "3.0"},
		{"'1' + 1", "(1 + 1)", "bigint", "2"},
		{"'1' + 1.5", "", "double", "2.5"},
		{"'1' + '2'", "", "ERROR", "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE"},
		{"'1.5' + 1", "", "ERROR", "CAST_INVALID_INPUT"},
		{"NULL + 1", "(NULL + 1)", "int", "NULL"},
		{"NULL + NULL", "", "double", "NULL"},
		{"true + 1", "", "ERROR", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
		{"127Y + 1Y", "", "ERROR", "BINARY_ARITHMETIC_OVERFLOW"},
		{"2147483647 + 1", "", "ERROR", "ARITHMETIC_OVERFLOW"},
		{"1.50 * 2.5", "", "decimal(6,3)", "3.750"},
		{"1.50 * 2", "", "decimal(5,2)", "3.00"},
		{"2Y * 1.5", "", "decimal(6,1)", "3.0"},
		{"1.50 / 2.5", "", "decimal(8,6)", "0.600000"},
		{"1.50 % 2.5", "", "decimal(3,2)", "1.50"},
		{"10 / 3.0", "", "decimal(9,6)", "3.333333"},
		{"5 / 2", "(5 / 2)", "double", "2.5"},
		{"5 / 0", "", "ERROR", "DIVIDE_BY_ZERO"},
		{"5 % 0", "", "ERROR", "REMAINDER_BY_ZERO"},
		{"7 div 2", "(7 div 2)", "bigint", "3"},
		{"div(7, 2)", "(7 div 2)", "bigint", "3"},
		{"mod(7, 3)", "mod(7, 3)", "int", "1"},
		{"pmod(-7, 3)", "pmod(-7, 3)", "int", "2"},
		{"cast(1 as decimal(10,2)) + 1", "(CAST(1 AS DECIMAL(10,2)) + 1)", "decimal(11,2)", "2.00"},
		{"cast(1 as decimal(10,2)) / cast(3 as decimal(10,2))", "", "decimal(23,13)", "0.3333333333333"},
		{"cast(1 as decimal(38,18)) * cast(1 as decimal(38,18))", "", "decimal(38,6)", "1.000000"},
		{"cast(1 as decimal(38,18)) + cast(1 as decimal(38,10))", "", "decimal(38,9)", "2.000000000"},
		{"+1", "(+ 1)", "int", "1"},
		{"-(1 + 2)", "(- (1 + 2))", "int", "-3"},
		{"- '1'", "", "double", "-1.0"},
		{"try_add(2147483647, 1)", "try_add(2147483647, 1)", "int", "NULL"},
		{"try_divide(1, 0)", "", "double", "NULL"},
		{"try_add(DATE'2024-01-31', 1)", "", "date", "2024-02-01"},
		{"try_mod(5, 3)", "", "int", "2"},
	})
}

func TestDateAndIntervalArithmetic(t *testing.T) {
	check(t, []answer{
		{"DATE'2024-01-31' + 1", "date_add(DATE '2024-01-31', 1)", "date", "2024-02-01"},
		{"1 + DATE'2024-01-31'", "date_add(DATE '2024-01-31', 1)", "date", "2024-02-01"},
		{"DATE'2024-01-31' - 1", "date_sub(DATE '2024-01-31', 1)", "date", "2024-01-30"},
		{"DATE'2024-01-31' - DATE'2024-01-01'", "(DATE '2024-01-31' - DATE '2024-01-01')", "interval day", "INTERVAL '30' DAY"},
		{"DATE'2024-01-31' + INTERVAL 1 MONTH", "DATE '2024-01-31' + INTERVAL '1' MONTH", "date", "2024-02-29"},
		{"DATE'2024-01-31' - INTERVAL '1-2' YEAR TO MONTH", "", "date", "2022-11-30"},
		{"DATE'2024-01-31' + INTERVAL 1 DAY", "date_add(DATE '2024-01-31', extractansiintervaldays(INTERVAL '1' DAY))", "date", "2024-02-01"},
		{"DATE'2024-01-31' + INTERVAL 1 HOUR", "DATE '2024-01-31' + INTERVAL '01' HOUR", "timestamp", "2024-01-31 01:00:00"},
		{"TIMESTAMP'2024-01-31 10:00:00' + INTERVAL 1 MONTH", "TIMESTAMP '2024-01-31 10:00:00' + INTERVAL '1' MONTH", "timestamp", "2024-02-29 10:00:00"},
		{"TIMESTAMP'2024-01-31 10:00:00' - INTERVAL '1 02:03:04.5' DAY TO SECOND", "", "timestamp", "2024-01-30 07:56:55.5"},
		{"TIMESTAMP'2024-01-31 10:00:00' - TIMESTAMP'2024-01-30 09:00:00'", "", "interval day to second", "INTERVAL '1 01:00:00' DAY TO SECOND"},
		{"TIMESTAMP'2024-01-31 10:00:00' - DATE'2024-01-30'", "", "interval day to second", "INTERVAL '1 10:00:00' DAY TO SECOND"},
		{"INTERVAL 1 DAY * 2", "(INTERVAL '1' DAY * 2)", "interval day to second", "INTERVAL '2 00:00:00' DAY TO SECOND"},
		{"2 * INTERVAL 1 DAY", "(INTERVAL '1' DAY * 2)", "interval day to second", "INTERVAL '2 00:00:00' DAY TO SECOND"},
		{"INTERVAL '1-1' YEAR TO MONTH * 1.5", "", "interval year to month", "INTERVAL '1-8' YEAR TO MONTH"},
		{"INTERVAL '1-1' YEAR TO MONTH / 2", "", "interval year to month", "INTERVAL '0-7' YEAR TO MONTH"},
		{"INTERVAL '10' SECOND / 3", "", "interval day to second", "INTERVAL '0 00:00:03.333333' DAY TO SECOND"},
		{"INTERVAL 1 DAY / 0", "", "ERROR", "INTERVAL_DIVIDED_BY_ZERO"},
		{"INTERVAL 1 DAY + INTERVAL 1 HOUR", "(INTERVAL '1' DAY + INTERVAL '01' HOUR)", "interval day to hour", "INTERVAL '1 01' DAY TO HOUR"},
		{"INTERVAL 3 DAY div INTERVAL 1 DAY", "", "bigint", "3"},
		{"abs(INTERVAL '-1' DAY)", "", "interval day", "INTERVAL '1' DAY"},
		{"DATE'2024-01-31' + 1L", "", "ERROR", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{"DATE'2024-01-31' + '1'", "", "ERROR", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{"1 - DATE'2024-01-31'", "", "ERROR", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{"DATE'2024-01-31' * 2", "", "ERROR", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
		{"INTERVAL 1 DAY + INTERVAL 1 MONTH", "", "ERROR", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{"INTERVAL 2 DAY / INTERVAL 1 DAY", "", "ERROR", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{"timestamp'2024-01-01 00:00:00' + 1", "", "ERROR", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
	})
}

func TestComparisonOperators(t *testing.T) {
	check(t, []answer{
		{"1 = '1'", "(1 = 1)", "boolean", "true"},
		{"1 != 2", "(NOT (1 = 2))", "boolean", "true"},
		{"1 <=> NULL", "(1 <=> NULL)", "boolean", "false"},
		{"TRUE = 1", "", "ERROR", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
		{"1 = 'x'", "", "ERROR", "CAST_INVALID_INPUT"},
		{"DATE'2024-01-01' < '2024-01-02'", "", "boolean", "true"},
		{"1 IN (1, '2', 3.0)", "(1 IN (1, 2, 3.0))", "boolean", "true"},
		{"1 NOT IN (2, NULL)", "(NOT (1 IN (2, NULL)))", "boolean", "NULL"},
		{"1 IN (NULL, 1)", "", "boolean", "true"},
		{"NULL IN (1)", "", "boolean", "NULL"},
		{"1 IN (TRUE)", "", "ERROR", "DATATYPE_MISMATCH.DATA_DIFF_TYPES"},
		{"5 IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "", "boolean", "true"},
		{"11 IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "", "boolean", "false"},
		{"11 IN (1, 2, 3, 4, 5, 6, 7, 8, 9, NULL)", "", "boolean", "NULL"},
		{"1 BETWEEN 0 AND 2", "between(1, 0, 2)", "boolean", "true"},
		{"1 NOT BETWEEN '0' AND 2", "(NOT between(1, 0, 2))", "boolean", "false"},
		{"1 IS NULL", "(1 IS NULL)", "boolean", "false"},
		{"NULL IS NOT NULL", "(NULL IS NOT NULL)", "boolean", "false"},
		{"TRUE IS NOT FALSE", "(NOT (true <=> false))", "boolean", "true"},
		{"1 IS DISTINCT FROM 2", "(NOT (1 <=> 2))", "boolean", "true"},
		{"1 IS TRUE", "", "ERROR", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES"},
		{"NOT TRUE", "(NOT true)", "boolean", "false"},
		{"TRUE AND NULL", "(true AND NULL)", "boolean", "NULL"},
		{"FALSE AND NULL", "", "boolean", "false"},
		{"FALSE AND 1 / 0 > 1", "", "boolean", "false"},
		{"TRUE OR 1 / 0 > 1", "", "boolean", "true"},
		{"TRUE AND 1 / 0 > 1", "", "ERROR", "DIVIDE_BY_ZERO"},
		{"1 AND 2", "", "ERROR", "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE"},
		{"'true' AND TRUE", "", "boolean", "true"},
	})
}

func TestMatching(t *testing.T) {
	check(t, []answer{
		{"'abc' LIKE 'a%'", "abc LIKE a%", "boolean", "true"},
		{"'abc' NOT LIKE '_b_'", "(NOT abc LIKE _b_)", "boolean", "false"},
		{"'a%c' LIKE 'a#%c' ESCAPE '#'", "a%c LIKE a#%c ESCAPE '#'", "boolean", "true"},
		{"'ABC' ILIKE 'a%'", "ilike(ABC, a%)", "boolean", "true"},
		{"'abc' RLIKE '^a'", "RLIKE(abc, ^a)", "boolean", "true"},
		{"regexp_like('abc', 'b')", "REGEXP_LIKE(abc, b)", "boolean", "true"},
		{"123 LIKE '1%'", "", "boolean", "true"},
		{"'a' LIKE NULL", "a LIKE NULL", "boolean", "NULL"},
		{"'a' LIKE ''", "", "boolean", "false"},
		{"'' LIKE '%'", "", "boolean", "true"},
		{"'a' RLIKE '('", "", "ERROR", "INVALID_PARAMETER_VALUE.PATTERN"},
		{"'abc' LIKE ANY ('x%', '%c')", "", "boolean", "true"},
	})
}

func TestBits(t *testing.T) {
	check(t, []answer{
		{"1 & 2L", "(1 & 2)", "bigint", "0"},
		{"1 | 2", "(1 | 2)", "int", "3"},
		{"1 ^ 3S", "(1 ^ 3)", "int", "2"},
		{"~ 1", "~1", "int", "-2"},
		{"1 << 33", "(1 << 33)", "int", "2"},
		{"-8 >> 1", "(-8 >> 1)", "int", "-4"},
		{"shiftrightunsigned(-1, 1)", "shiftrightunsigned(-1, 1)", "int", "2147483647"},
		{"shiftleft(1L, 2)", "shiftleft(1, 2)", "bigint", "4"},
		{"bit_count(-1)", "bit_count(-1)", "int", "64"},
		{"bit_count(true)", "", "int", "1"},
		{"getbit(11, 2)", "getbit(11, 2)", "tinyint", "0"},
		{"bit_get(1Y, 8)", "", "ERROR", "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE"},
	})
}
