package optimizer

// Phases is the order in which plans are rewritten.
var Phases = []Phase{
	// What the planner has no operator for becomes what it has one for. Aliases go first, since they hide what they name from every other rule.
	{"replace", 4, []Rule{
		eliminateSubqueryAlias,
		replaceDistinct,
		replaceSetOps,
		optimizeSubplans,
	}},
	// Subqueries become joins before anything is pushed down, so that their filters can move too.
	{"subqueries", 8, []Rule{
		foldConstants,
		simplifyBooleans,
		rewriteSubqueries,
		rewriteLateral,
	}},
	// What ORs have in common is taken out once: the conditions that this adds move away, so that a second time would add them again.
	{"disjunctions", 1, []Rule{
		simplifyBooleans,
		combineFilters,
		pushDownFilter,
		extractCommonConjuncts,
	}},
	// Filters move down to where they cost least; each new place may make an outer join an inner one or give rise to further filters.
	{"pushdown", 12, []Rule{
		foldConstants,
		simplifyBooleans,
		simplifyCasts,
		combineFilters,
		collapseProjects,
		pushDownFilter,
		pushDownSemiJoin,
		outerToInner,
		inferFilters,
		pruneEmpty,
	}},
	// Joins are ordered once their filters have come to rest.
	{"joins", 1, []Rule{
		reorderJoins,
	}},
	// Which side is small is known once the joins are ordered.
	{"reduction", 1, []Rule{
		reduceAggregateInput,
	}},
	{"pushdown again", 4, []Rule{
		pushDownFilter,
		combineFilters,
		collapseProjects,
	}},
	{"aggregates", 1, []Rule{
		splitSums,
	}},
	{"limits", 4, []Rule{
		combineLimits,
		pushDownLimit,
	}},
	// Columns are pruned last, when nobody will ask for another.
	{"columns", 4, []Rule{
		pruneColumns,
		collapseProjects,
		removeNoopProject,
	}},
	{"sources", 1, []Rule{
		pushIntoRelation,
		finishSubplans,
	}},
}

// required are the rules without which the planner cannot run a plan: they are applied even when the optimizer is off.
var required = map[string]bool{
	"EliminateSubqueryAlias": true, "ReplaceDistinct": true, "ReplaceSetOps": true, "OptimizeSubplans": true,
	"RewriteSubqueries": true, "RewriteLateral": true, "FinishSubplans": true,
}
