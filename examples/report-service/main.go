// Command report-service answers questions about flights over HTTP: a program that embeds gosql.
//
//	go run ./examples/report-service -data testdata/flights -listen 127.0.0.1:8080
//	curl '127.0.0.1:8080/delays?origin=JFK&min=60'
//
// Each request is a parameterised query on one shared session. A client that goes away cancels its query; SIGINT and SIGTERM let the requests that run end, within limits, before
// the session is closed.
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gosql-engine/gosql"
)

func main() {
	data := flag.String("data", "testdata/flights", "folder with flights.csv, airlines.csv and weather.parquet")
	listen := flag.String("listen", "127.0.0.1:8080", "address to listen on")
	memory := flag.String("memory", "512MB", "memory for queries")
	flag.Parse()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if os.Getenv("GO_FAILPOINTS_HTTP") != "" {
		log.Error("GO_FAILPOINTS_HTTP is set, which makes a library open an HTTP server")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, log, *data, *listen, *memory); err != nil {
		log.Error("service ended", "error", err)
		os.Exit(1)
	}
}

// The limits of a request and of the end of the service.
const (
	queryLimit    = 10 * time.Second
	shutdownLimit = 15 * time.Second
)

// run serves until ctx is done, and then until the requests that run have ended.
func run(ctx context.Context, log *slog.Logger, data, listen, memory string) error {
	session, err := gosql.NewSession(gosql.WithMemoryLimit(memory), gosql.WithSetting("spark.sql.session.timeZone", "UTC"))
	if err != nil {
		return err
	}
	defer session.Close()
	reports, err := newReports(session, data)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	log.Info("listening", "address", listener.Addr().String())
	server := &http.Server{Handler: reports.handler(log), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	log.Info("shutting down")
	limit, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	if err := server.Shutdown(limit); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
