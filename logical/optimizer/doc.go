// Package optimizer rewrites a resolved plan into a cheaper one with the same answer. The phases and their rules stand in phases.go; each rule has a file of its
// own, whose comment says why the rule is wanted and why each of its conditions is needed.
package optimizer
