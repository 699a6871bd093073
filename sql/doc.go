// Package sql turns Spark SQL text into unresolved logical plans.
//
// The grammar of queries is that of the TiDB parser, which is MySQL's. Much of
// Spark SQL it refuses, and some it silently reads as something else: a FULL
// JOIN b is an inner join with a table called FULL, 1L is a column, || is OR.
// So it never sees the user's text:
//
//	text ─lex─▶ tokens ─tree─▶ tokens, brackets paired
//	                             │ walk: quotes every name, checks Spark's grammar,
//	                             ▼ takes notes of what TiDB's grammar lacks
//	               normal text + notes ─TiDB parser─▶ its tree ─decode─▶ logical.Node
//
// The walker (walk*.go) is a recursive descent over Spark's grammar. What
// differs travels as a marker: a call in the schema `$` (markers.go) that holds
// the index of a note (notes.go). CAST(a AS INT) becomes `$`.`cast`(7, `a`), and
// note 7 says INT. The decoder (decode*.go) gives each marker its meaning; an
// unknown one is an internal error, so that walker and decoder cannot drift apart
// unseen. Operator precedence, the shape of queries and the tree come from the
// TiDB parser. Places in its errors and nodes are mapped back to the source.
//
// Commands (command*.go: CREATE, INSERT, SET, SHOW …) have a parser of their own
// on the same tokens; only the queries inside them go the way above.
//
// # Names of operators
//
// In the plans, operators and special forms are calls (logical.UnresolvedCall) of
// these functions:
//
//   - - * / % div & | ^ << >> >>> ~ = < <= > >= <=> and or not    as written; a != b is not(=(a, b))
//     negative positive                                          unary - and +
//     concat                                                     ||
//     isnull isnotnull in between like ilike rlike               NOT around them is not(…); like and ilike take an escape as third argument
//     case                                                       condition, value, …, and perhaps a last value for ELSE
//     struct                                                     rows (a, b)
//     extract("DAY", x)  timestampadd("DAY", n, t)  timestampdiff("DAY", a, b)
//     trim ltrim rtrim                                           TRIM(BOTH c FROM s) is trim(c, s): the characters come first
//     substring position overlay collate                         arguments in the order in which the special syntax has them
//
// IS DISTINCT FROM is not(<=>), IS TRUE is <=>(x, true), and LIKE ANY and ALL
// are or and and over like. current_date and its kin without brackets are names:
// a column of that name comes first, and finding none is the analyzer's business.
//
// # The process
//
// The TiDB parser's failpoint package opens an HTTP server if the environment
// variable GO_FAILPOINTS_HTTP is set; programs that embed this package should
// not be started with it.
package sql
