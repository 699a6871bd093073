package rdd

// storingConf is what concerns kept partitions, checkpoints and broadcast values.
type storingConf struct{}

// defaultStoring are the defaults.
func defaultStoring() storingConf { return storingConf{} }

// storingKeys are the keys of what is kept.
var storingKeys []confKey
