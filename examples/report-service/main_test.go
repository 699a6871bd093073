package main

import (
	"context"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gosql-engine/gosql"
)

func newTestReports(t *testing.T) *reports {
	t.Helper()
	session, err := gosql.NewSession(gosql.WithWorkers(2), gosql.WithSetting("spark.sql.session.timeZone", "UTC"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	r, err := newReports(session, "../../testdata/flights")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnswers(t *testing.T) {
	server := httptest.NewServer(newTestReports(t).handler(slog.New(slog.DiscardHandler)))
	defer server.Close()
	tests := []struct {
		path   string
		status int
		want   string // the answer begins with this
	}{
		{"/delays?origin=JFK&min=60", 200, `[{"airline":"JetBlue Airways","flights":617,"late":34,"mean_delay":11.8},`},
		{"/delays?origin=" + "%27%20OR%201=1", 200, `[]`},
		{"/delays", 400, "origin is missing"},
		{"/delays?origin=JFK&min=x", 400, "min=x is not a number"},
		{"/airlines/UA", 200, `[{"dest":"IAH","flights":`},
		{"/airlines/none", 200, `[]`},
		{"/weather", 200, `[{"visibility_miles":`},
		{"/nothing", 404, "404"},
	}
	for _, c := range tests {
		res, err := http.Get(server.URL + c.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != c.status || !strings.HasPrefix(string(body), c.want) {
			t.Errorf("%s: %d %s, want %d %s", c.path, res.StatusCode, body, c.status, c.want)
		}
	}
}

// TestClientGoesAway: the query of a request ends when its client does.
func TestClientGoesAway(t *testing.T) {
	r := newTestReports(t)
	ended := make(chan error, 1)
	slow := endpoint(slog.New(slog.DiscardHandler), func(ctx context.Context, _ *http.Request) (iter.Seq2[int64, error], error) {
		rows := gosql.Rows[int64](ctx, r.session.SQL("SELECT count(*) FROM range(1000000000000) WHERE hash(id) = 1"))
		return func(yield func(int64, error) bool) {
			for n, err := range rows {
				ended <- err
				if !yield(n, err) {
					return
				}
			}
		}, nil
	})
	server := httptest.NewServer(slow)
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		t.Fatal("the request ended before its client went away")
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the query ended without error")
		}
	case <-time.After(2 * time.Second):
		t.Error("the query went on without its client")
	}
}

func TestShutdown(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, slog.New(slog.DiscardHandler), "../../testdata/flights", "127.0.0.1:0", "256MB")
	}()
	time.Sleep(50 * time.Millisecond)
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the service did not end")
	}
	if err := run(context.Background(), slog.New(slog.DiscardHandler), "no/such/folder", "127.0.0.1:0", "256MB"); err == nil {
		t.Error("the service began without its data")
	}
}
