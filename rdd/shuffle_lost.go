package rdd

import "slices"

// lose removes one output. Where the map stage is indeterminate the others go with it: consumers that read the lost
// one and consumers that will read its replacement would not see parts of the same whole.
func (d *ShuffleDependency) lose(out *outputSlot) {
	if out == nil {
		return
	}
	if d.Parent.Determinacy() == Indeterminate {
		d.Release()
		return
	}
	d.mu.Lock()
	found := out.index < len(d.outputs) && d.outputs[out.index] == out
	if found {
		d.outputs[out.index] = nil
	}
	d.mu.Unlock()
	if found {
		out.output.drop()
		d.loseDamaged()
	}
}

// loseDamaged drops the outputs whose files are gone, cut or altered. One that was found so is seldom alone, and a stage
// that met them one by one would be given up before the last.
func (d *ShuffleDependency) loseDamaged() {
	d.mu.Lock()
	all := slices.Clone(d.outputs)
	d.mu.Unlock()
	for i, o := range all {
		if o == nil || o.output.verify() == nil {
			continue
		}
		d.mu.Lock()
		if d.outputs != nil && d.outputs[i] == o {
			d.outputs[i] = nil
		}
		d.mu.Unlock()
		o.output.drop()
	}
}
