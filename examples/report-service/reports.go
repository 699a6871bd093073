package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"

	"github.com/gosql-engine/gosql"
)

// reports are the questions that the service answers.
type reports struct{ session *gosql.Session }

// newReports makes the views that the queries read.
func newReports(session *gosql.Session, dir string) (*reports, error) {
	for view, file := range map[string]string{"flights": "flights.csv", "airlines": "airlines.csv", "weather": "weather.parquet"} {
		if err := session.Read().File(filepath.Join(dir, file)).CreateTempView(view); err != nil {
			return nil, fmt.Errorf("view %s: %w", view, err)
		}
	}
	return &reports{session}, nil
}

func (r *reports) handler(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /delays", endpoint(log, r.delays))
	mux.HandleFunc("GET /airlines/{carrier}", endpoint(log, r.airline))
	mux.HandleFunc("GET /weather", endpoint(log, r.weather))
	return mux
}

// delay is a row of /delays. Pointers are columns that may be NULL.
type delay struct {
	Airline string   `gosql:"airline" json:"airline"`
	Flights int64    `gosql:"flights" json:"flights"`
	Late    int64    `gosql:"late" json:"late"`
	Mean    *float64 `gosql:"mean_delay" json:"mean_delay"`
}

// delays answers GET /delays?origin=JFK&min=60: for each airline, the flights from an airport and how many left later than min minutes.
func (r *reports) delays(ctx context.Context, req *http.Request) (iter.Seq2[delay, error], error) {
	least, err := number(req, "min", 15)
	if err != nil {
		return nil, err
	}
	origin := req.FormValue("origin")
	if origin == "" {
		return nil, badRequest{"origin is missing"}
	}
	return gosql.Rows[delay](ctx, r.session.SQL(`
		SELECT name AS airline, count(*) AS flights, count_if(dep_delay > :least) AS late, round(avg(dep_delay), 1) AS mean_delay
		FROM flights JOIN airlines USING (carrier)
		WHERE origin = :origin
		GROUP BY name
		ORDER BY late DESC, name`, gosql.Named("least", least), gosql.Named("origin", origin))), nil
}

// destination is a row of /airlines/{carrier}.
type destination struct {
	Dest    string `gosql:"dest" json:"dest"`
	Flights int64  `gosql:"flights" json:"flights"`
	Place   int    `gosql:"place" json:"place"`
}

// airline answers GET /airlines/UA: where an airline flies to most often. It is a query made by calls.
func (r *reports) airline(ctx context.Context, req *http.Request) (iter.Seq2[destination, error], error) {
	flights := gosql.Col("flights")
	df := r.session.Table("flights").
		Filter(gosql.Col("carrier").Eq(req.PathValue("carrier"))).
		GroupBy("dest").Agg(gosql.Count("*").As("flights")).
		Select("dest", "flights", gosql.Rank().Over(gosql.WindowOrderBy(flights.Desc())).As("place")).
		OrderBy("place", "dest").
		Limit(10)
	return gosql.Rows[destination](ctx, df), nil
}

// hour is a row of /weather.
type hour struct {
	Visibility float64  `gosql:"visib" json:"visibility_miles"`
	Flights    int64    `gosql:"flights" json:"flights"`
	Mean       *float64 `gosql:"mean_delay" json:"mean_delay"`
}

// weather answers GET /weather: how delays go with the visibility.
func (r *reports) weather(ctx context.Context, _ *http.Request) (iter.Seq2[hour, error], error) {
	return gosql.Rows[hour](ctx, r.session.SQL(`
		SELECT w.visib, count(*) AS flights, round(avg(f.dep_delay), 1) AS mean_delay
		FROM flights f JOIN weather w ON f.origin = w.origin AND f.time_hour = w.time_hour
		GROUP BY w.visib
		ORDER BY w.visib`)), nil
}

// badRequest is a mistake of the client's.
type badRequest struct{ what string }

func (e badRequest) Error() string { return e.what }

func number(req *http.Request, name string, otherwise int) (int, error) {
	text := req.FormValue(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, badRequest{fmt.Sprintf("%s=%s is not a number", name, text)}
	}
	return n, nil
}

// endpoint makes a handler of a question: its rows are gathered, so that an error half-way has a status of its own, and written as a JSON array.
func endpoint[T any](log *slog.Logger, ask func(context.Context, *http.Request) (iter.Seq2[T, error], error)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		ctx, cancel := context.WithTimeout(req.Context(), queryLimit)
		defer cancel()
		rows, err := collect(ctx, req, ask)
		if err != nil {
			fail(log, w, req, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(rows); err != nil {
			log.Warn("writing the answer", "path", req.URL.Path, "error", err)
		}
	}
}

func collect[T any](ctx context.Context, req *http.Request, ask func(context.Context, *http.Request) (iter.Seq2[T, error], error)) ([]T, error) {
	answer, err := ask(ctx, req)
	if err != nil {
		return nil, err
	}
	rows := []T{}
	for row, err := range answer {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// fail reports an error: clients learn what they did wrong, the log the rest.
func fail(log *slog.Logger, w http.ResponseWriter, req *http.Request, err error) {
	var bad badRequest
	var query *gosql.Error
	switch {
	case errors.As(err, &bad):
		http.Error(w, bad.what, http.StatusBadRequest)
		return
	case errors.Is(err, context.Canceled):
		return // the client has gone
	case errors.Is(err, context.DeadlineExceeded):
		http.Error(w, "the query took too long", http.StatusGatewayTimeout)
	case errors.As(err, &query):
		http.Error(w, "the query failed: "+query.Condition, http.StatusInternalServerError)
	default:
		http.Error(w, "the query failed", http.StatusInternalServerError)
	}
	log.Error("request failed", "path", req.URL.Path, "error", err)
}
