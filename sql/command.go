package sql

import "github.com/gosql-engine/gosql/logical"

func (w *walker) command(c *cursor) logical.Node {
	w.unexpected(c.peek(), "")
	return nil
}

func (w *walker) properties(c *cursor) []option { return nil }
