package gosql

// The data sources that every session has. Each registers itself; others are added by importing their packages.
import (
	_ "github.com/gosql-engine/gosql/datasources/arrowipc"
	_ "github.com/gosql-engine/gosql/datasources/csv"
	_ "github.com/gosql-engine/gosql/datasources/json"
	_ "github.com/gosql-engine/gosql/datasources/parquet"
	_ "github.com/gosql-engine/gosql/datasources/text"
)
