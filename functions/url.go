package functions

import (
	"regexp"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// urlFunctions take URLs apart.
var urlFunctions = []*logical.Function{
	parseURL("parse_url", false, "Returns a part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; with a key, that parameter of the QUERY."),
	parseURL("try_parse_url", true, "Returns a part of a URL, as parse_url does; NULL where the URL is not valid."),
}

func parseURL(name string, try bool, usage string) *logical.Function {
	return &logical.Function{
		Name: name, Usage: name + "(url, part[, key]) - " + usage,
		Examples: []logical.Example{{SQL: "SELECT " + name + "('http://spark.apache.org/path?query=1', 'QUERY', 'query')", Result: "1"}},
		Type:     optional(name, 2, columnar.StringType, columnar.StringType, columnar.StringType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			s := columnar.StringAt(args[0], r)
			u, ok := splitURL(s)
			if !ok {
				if try {
					return dst, false, nil
				}
				return dst, false, columnar.Errorf("INVALID_URL", "The url is invalid: %s. Use `try_parse_url` to tolerate invalid URL and return NULL instead.", s)
			}
			part, found := u.part(columnar.StringAt(args[1], r))
			if len(args) == 3 && found {
				if columnar.StringAt(args[1], r) != "QUERY" {
					return dst, false, nil
				}
				part, found = parameterOf(part, columnar.StringAt(args[2], r))
			}
			return append(dst, part...), found, nil
		}),
	}
}

// urlParts are the parts of a URL as written; those that are not there have false beside them.
type urlParts struct {
	scheme, authority, path, query, fragment           string
	hasScheme, hasAuthority, hasPath, hasQuery, hasRef bool
}

// urlForm parts a URL as the appendix of RFC 3986 does.
var urlForm = regexp.MustCompile(`^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`)

// splitURL refuses what java.net.URI does: characters that a URL must escape, escapes without two hex digits.
func splitURL(s string) (u urlParts, ok bool) {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 || c == '%' && !(hexAt(s, i+1) && hexAt(s, i+2)) {
			return u, false
		}
	}
	m := urlForm.FindStringSubmatchIndex(s)
	if m == nil {
		return u, false
	}
	group := func(i int) (string, bool) {
		if m[2*i] < 0 {
			return "", false
		}
		return s[m[2*i]:m[2*i+1]], true
	}
	u.scheme, u.hasScheme = group(1)
	u.authority, u.hasAuthority = group(2)
	u.path, u.hasPath = group(3)
	u.query, u.hasQuery = group(4)
	u.fragment, u.hasRef = group(5)
	if before, _, found := strings.Cut(u.path, "/"); !u.hasScheme && !u.hasAuthority && found && strings.Contains(before, ":") {
		return u, false // a scheme that is none
	}
	if u.hasScheme && !u.hasAuthority && !strings.HasPrefix(u.path, "/") {
		// An opaque URI, such as mailto:a@b, has neither path nor query.
		u.path, u.hasPath, u.query, u.hasQuery = "", false, "", false
	}
	return u, true
}

func hexAt(s string, i int) bool {
	return i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'f')
}

func (u urlParts) part(name string) (string, bool) {
	switch name {
	case "HOST":
		return u.host()
	case "PATH":
		return u.path, u.hasPath
	case "QUERY":
		return u.query, u.hasQuery
	case "REF":
		return u.fragment, u.hasRef
	case "PROTOCOL":
		return u.scheme, u.hasScheme
	case "FILE":
		if u.hasQuery {
			return u.path + "?" + u.query, u.hasPath
		}
		return u.path, u.hasPath
	case "AUTHORITY":
		return u.authority, u.authority != ""
	case "USERINFO":
		at := strings.LastIndexByte(u.authority, '@')
		return u.authority[:max(at, 0)], at >= 0
	}
	return "", false
}

// hostForm is the host of an authority that Java takes for one of a server, with its port.
var hostForm = regexp.MustCompile(`^(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9.])?)(?::[0-9]*)?$`)

func (u urlParts) host() (string, bool) {
	m := hostForm.FindStringSubmatch(u.authority[strings.LastIndexByte(u.authority, '@')+1:])
	if m == nil {
		return "", false
	}
	return m[1], true
}

// parameterOf is the value of the first parameter of a query that has the name.
func parameterOf(query, key string) (string, bool) {
	for _, pair := range strings.Split(query, "&") {
		if v, ok := strings.CutPrefix(pair, key+"="); ok {
			return v, true
		}
	}
	return "", false
}
