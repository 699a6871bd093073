package sql

// What Spark's grammar has and TiDB's lacks travels through the TiDB parser as
// calls of functions in the schema `$`. A marker's first argument is the index
// of a note: the walker's own knowledge about the construct (notes.go). Markers
// cannot be mistaken for a user's calls, because the walker emits those as
// markers too. The decoder has one case for each marker; a marker it does not
// know is an internal error.
const markerSchema = "$"

type marker string

// Expressions.
const (
	markValue    marker = "value"    // literal or parameter, decoded already: valueNote
	markName     marker = "name"     // column: nameNote
	markStar     marker = "star"     // * or t.*: starNote
	markCall     marker = "call"     // function call: callNote; arguments, filter, sort keys
	markBy       marker = "by"       // item of ORDER BY: byNote; expression
	markOver     marker = "over"     // window function: windowNote; call, then as markWindow
	markCast     marker = "cast"     // castNote; expression
	markMatch    marker = "match"    // LIKE and its kin: matchNote; value, patterns
	markDistinct marker = "distinct" // IS [NOT] DISTINCT FROM: notNote; left, right
	markAt       marker = "at"       // x[y]: no note's content; x, y
	markField    marker = "field"    // x.name of something that is not a plain name: nameNote; x
	markLambda   marker = "lambda"   // nameNote of the parameters; body
	markNamed    marker = "named"    // name => value: nameNote; value
	markAs       marker = "as"       // alias or aliases: aliasNote; expression
	markTableArg marker = "table"    // TABLE(…) as an argument: no note's content; subquery
)

// Clauses.
const (
	markSelect       marker = "select"     // first field of a SELECT, about the whole of it: selectNote; windows
	markWindow       marker = "window"     // WINDOW name AS (…): windowNote; partition keys, sort keys, frame offsets
	markQualify      marker = "qualify"    // QUALIFY, an argument of the SELECT's marker; condition
	markSortBy       marker = "sort"       // SORT BY; sort keys
	markClusterBy    marker = "cluster"    // CLUSTER BY; expressions
	markDistributeBy marker = "distribute" // DISTRIBUTE BY; expressions
	markLimit        marker = "limit"      // LIMIT; expression
	markOffset       marker = "offset"     // OFFSET; expression
	markAll          marker = "all"        // GROUP BY ALL, ORDER BY ALL
	markGrouping     marker = "grouping"   // ROLLUP(…), CUBE(…), GROUPING SETS (…), WITH ROLLUP, WITH CUBE: groupNote; sets
	markSet          marker = "set"        // one parenthesised set; expressions
)

// Relations. A table is the name `$t`.`note`, an alias is the name `$a<note>`.
const (
	tableSchema            = "$t"
	aliasPrefix            = "$a"
	markJoin        marker = "join"         // the ON condition of every join: joinNote; the user's condition
	markTVF         marker = "tvf"          // table function; call
	markLateralView marker = "lateral_view" // lateralViewNote; generator call
	markPivot       marker = "pivot"        // pivotNote; aggregates, columns, values
	markUnpivot     marker = "unpivot"      // unpivotNote
	markPipeExtend  marker = "pipe_extend"  // first field of a pipe operator's SELECT
	markPipeSet     marker = "pipe_set"
	markPipeDrop    marker = "pipe_drop"
	markPipeAgg     marker = "pipe_aggregate"
	operatorPrefix         = "op " // columns `$`.`op ||`: infix operators, see sandwich
	opConcat               = "||"  // at the level of +
	opShiftUnsigned        = ">>>" // at the level of <<
	opXor                  = "^"   // at the level of |
)
