// Package invariants holds checks of what must always be true inside the
// engine. They exist only in builds with the tag "invariants" (which is how the
// tests run) and vanish from release builds: Enabled is a constant, so a block
// guarded by it is removed by the compiler, arguments and all.
//
//	if invariants.Enabled {
//		invariants.Check(b.Len == len(sel), "batch of %d rows with %d selected", b.Len, len(sel))
//	}
//
// The guard matters in hot loops only: without it a release build still
// evaluates the arguments of Check before throwing them away.
package invariants
