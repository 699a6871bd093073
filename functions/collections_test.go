package functions_test

import (
	"errors"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

// TestCollections asks for what is easily got wrong: NULLs, ends of arrays, types of what is empty.
func TestCollections(t *testing.T) {
	for _, c := range []struct{ expr, typ, value string }{
		{"array()", "array<void>", "[]"},
		{"array(1, 2.5)", "array<decimal(11,1)>", "[1.0, 2.5]"},
		{"map()", "map<void,void>", "{}"},
		{"named_struct('a', 1, 'b', array('x'))", "struct<a:int,b:array<string>>", "{1, [x]}"},
		{"map_from_entries(array(struct(1, 'a'), NULL))", "map<int,string>", "NULL"},
		{"element_at(array(1, 2, 3), -1)", "int", "3"},
		{"try_element_at(array(1, 2, 3), -4)", "int", "NULL"},
		{"element_at(map('a', 1), 'b')", "int", "NULL"},
		{"size(NULL)", "int", "NULL"},
		{"array_contains(array(1, 2), 2.0)", "boolean", "true"},
		{"array_position(array(1, NULL, 3), 3)", "bigint", "3"},
		{"array_max(array(1.0D, double('NaN'), NULL))", "double", "NaN"},
		{"slice(array(1, 2, 3), 3, 9)", "array<int>", "[3]"},
		{"slice(array(1, 2, 3), -4, 2)", "array<int>", "[]"},
		{"flatten(array(array(1), NULL))", "array<int>", "NULL"},
		{"array_insert(array(1), 3, 9)", "array<int>", "[1, null, 9]"},
		{"array_insert(array(1), -3, 9)", "array<int>", "[9, null, 1]"},
		{"array_repeat(NULL, 2)", "array<void>", "[null, null]"},
		{"array_repeat(1, -1)", "array<int>", "[]"},
		{"array_join(array(1, NULL, 2), '-', '?')", "string", "1-?-2"},
		{"array_distinct(array(1, NULL, 1, NULL, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 10))", "array<int>", "[1, null, 2, 3, 4, 5, 6, 7, 8, 9, 10]"},
		{"array_except(array(1, NULL, 1), array(2))", "array<int>", "[1, null]"},
		{"arrays_overlap(array(1, NULL), array(2))", "boolean", "NULL"},
		{"arrays_overlap(array(NULL), array())", "boolean", "false"},
		{"arrays_zip(array(1, 2), array('a'))", "array<struct<0:int,1:string>>", "[{1, a}, {2, null}]"},
		{"sort_array(array(2, NULL, 1), false)", "array<int>", "[2, 1, null]"},
		{"sequence(1S, 9S, 4S)", "array<smallint>", "[1, 5, 9]"},
		{"sequence(5, 5, 0)", "array<int>", "[5]"},
		{"sequence(DATE '2024-01-31', DATE '2024-04-01', INTERVAL 1 MONTH)", "array<date>", "[2024-01-31, 2024-02-29, 2024-03-31]"},
		{"sequence(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 02:00:00', INTERVAL 1 HOUR)", "array<timestamp>", "[2024-01-01 00:00:00, 2024-01-01 01:00:00, 2024-01-01 02:00:00]"},
		{"str_to_map('a=1&b', '&', '=')", "map<string,string>", "{a -> 1, b -> null}"},
		{"map_concat(map(1, 'a'), map(2, 'b'))", "map<int,string>", "{1 -> a, 2 -> b}"},
		{"reverse('aé')", "string", "éa"},
	} {
		if got := run(c.expr); got.err != nil || got.typ != c.typ || got.value != c.value {
			t.Errorf("%s: got %s %s %v, want %s %s", c.expr, got.typ, got.value, got.err, c.typ, c.value)
		}
	}
}

// TestJSON reads and writes JSON where Hive and Jackson have ways of their own.
func TestJSON(t *testing.T) {
	for _, c := range []struct{ expr, value string }{
		{`get_json_object('{"a":[{"b":1},{"b":"x"}]}', '$.a[*].b')`, `[1,"x"]`},
		{`get_json_object('{"a":[{"b":1}]}', '$.a[*].b')`, "1"},
		{`get_json_object('[[1,2],[3]]', '$[*][*]')`, "[1,2,3]"},
		{`get_json_object('{"a":null}', '$.a')`, "NULL"},
		{`get_json_object('{"a":1.50}', '$')`, `{"a":1.50}`},
		{`get_json_object('{"a', '$.a')`, "NULL"},
		{`get_json_object("{'a':'it'}", "$['a']")`, "it"},
		{`json_array_length('[01]')`, "NULL"},
		{`from_json('{"a":1.5,"b":"x"}', 'a INT, b STRING')`, "{null, x}"},
		{`from_json('[1,"2"]', 'ARRAY<INT>')`, "NULL"},
		{`from_json('nonsense', 'a INT')`, "{null}"},
		{`from_json('{"m":{"k":[1,null]}}', 'm MAP<STRING, ARRAY<INT>>')`, "{{k -> [1, null]}}"},
		{`from_json('{"t":"2024-02-29T01:02:03Z"}', 't TIMESTAMP')`, "{2024-02-29 01:02:03}"},
		{`to_json(named_struct('a', CAST(NULL AS INT), 'b', 'x"\n'))`, `{"b":"x\"\n"}`},
		{`to_json(named_struct('t', TIMESTAMP '2024-02-29 01:02:03'))`, `{"t":"2024-02-29T01:02:03.000Z"}`},
		{`to_json(array(1.50, NULL))`, "[1.50,null]"},
		{`schema_of_json('{"b":[1,2.5],"a":null}')`, "STRUCT<a: STRING, b: ARRAY<DOUBLE>>"},
		{`schema_of_json('[1,"x"]')`, "ARRAY<STRING>"},
		{`parse_url('http://u:p@h:8080/p?q=1&r=2#f', 'USERINFO')`, "u:p"},
		{`parse_url('http://u:p@h:8080/p?q=1&r=2#f', 'QUERY', 'r')`, "2"},
		{`hex(to_binary('ABC'))`, "0ABC"},
	} {
		if got := run(c.expr); got.err != nil || got.value != c.value {
			t.Errorf("%s: got %s %v, want %s", c.expr, got.value, got.err, c.value)
		}
	}
}

func TestCollectionErrors(t *testing.T) {
	for _, c := range []struct{ expr, condition string }{
		{"element_at(array(1), 2)", "INVALID_ARRAY_INDEX_IN_ELEMENT_AT"},
		{"element_at(array(1), 0)", "INVALID_INDEX_OF_ZERO"},
		{"map(1, 'a', 1, 'b')", "DUPLICATED_MAP_KEY"},
		{"map(CAST(NULL AS INT), 'a')", "NULL_MAP_KEY"},
		{"map_from_arrays(array(1), array())", "MAP_KEY_VALUE_DIFF_SIZES"},
		{"slice(array(1), 0, 1)", "INVALID_PARAMETER_VALUE.START"},
		{"slice(array(1), 1, -1)", "INVALID_PARAMETER_VALUE.LENGTH"},
		{"array_contains(1, 1)", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"},
		{"array_append(array(1), 'x')", "DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES"},
		{"array_union(array(1), array('x'))", "DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES"},
		{"array_repeat(1, 2147483647)", "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER"},
		{"to_json(1)", "DATATYPE_MISMATCH.INVALID_JSON_SCHEMA"},
		{`from_json('x', 'a INT', map('mode', 'FAILFAST'))`, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION"},
		{"parse_url('inva lid://x', 'HOST')", "INVALID_URL"},
	} {
		var e *columnar.Error
		if got := run(c.expr); !errors.As(got.err, &e) || e.Condition != c.condition {
			t.Errorf("%s: got %q %v, want %s", c.expr, got.value, got.err, c.condition)
		}
	}
}
