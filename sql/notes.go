package sql

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// note is what the walker knows about a construct that travels as a marker;
// which note goes with which marker is said in markers.go.
type note interface{ isNote() }

type (
	noNote    struct{}
	valueNote struct{ expr logical.Expr }
	nameNote  struct{ parts []string }
	notNote   struct{ not bool }

	starNote struct {
		target []string
		except [][]string
	}
	callNote struct {
		name        []string
		args        int // number of arguments; a filter and sort keys follow
		distinct    bool
		filter      bool
		ignoreNulls bool
	}
	byNote struct {
		desc, nullsFirst bool
	}
	castNote struct {
		to   columnar.Type
		mode columnar.CastMode
	}
	matchNote struct {
		operator   string // like, ilike, rlike
		quantifier string // ANY, ALL or ""
		not        bool
		escape     string // "" for the default
	}
	aliasNote struct{ names []string }

	windowNote struct {
		name        string // of WINDOW name AS
		ref         string // the window this one is or builds on
		keys, sorts int
		frame       bool
		unit        logical.FrameUnit
		start, end  logical.BoundKind
	}
)

func (noNote) isNote()     {}
func (valueNote) isNote()  {}
func (nameNote) isNote()   {}
func (notNote) isNote()    {}
func (starNote) isNote()   {}
func (callNote) isNote()   {}
func (byNote) isNote()     {}
func (castNote) isNote()   {}
func (matchNote) isNote()  {}
func (aliasNote) isNote()  {}
func (windowNote) isNote() {}

// selectNote is about a whole SELECT.
type selectNote struct {
	same  bool // no select list: the rows of FROM as they are
	hints []hintNote
}

type hintNote struct {
	name string
	args []logical.Expr // names as UnresolvedAttr, numbers and strings as Literal
}

// groupNote is about ROLLUP, CUBE and GROUPING SETS.
type groupNote struct {
	kind logical.GroupingKind
	rest bool // WITH ROLLUP, WITH CUBE, a, b GROUPING SETS: over the items before it
}

// tableNote stands behind a table name in FROM.
type tableNote struct {
	parts   []string // none: the one row of a SELECT without FROM
	options []option
}

type option struct{ key, value string }

// relationNote is what follows a relation in FROM, and LATERAL before it.
type relationNote struct {
	alias   string
	columns []string
	lateral bool
	hidden  bool                      // made by the walker: adds no name
	sample  *logical.UnresolvedSample // without Input; nil: none
	rounds  int                       // MAX RECURSION LEVEL of a named query
}

type joinNote struct {
	kind    logical.JoinType
	natural bool
	using   []string
	on      bool
}

type lateralViewNote struct {
	outer   bool
	table   string
	columns []string
}

// pivotNote counts the arguments of a pivot marker.
type pivotNote struct {
	aggregates, columns, values int
}

type unpivotNote struct{ node logical.Unpivot } // without Input

func (selectNote) isNote()      {}
func (groupNote) isNote()       {}
func (tableNote) isNote()       {}
func (relationNote) isNote()    {}
func (joinNote) isNote()        {}
func (lateralViewNote) isNote() {}
func (pivotNote) isNote()       {}
func (unpivotNote) isNote()     {}
