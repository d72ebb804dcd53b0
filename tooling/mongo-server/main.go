// A MongoDB-compatible server for the tests: FerretDB on SQLite, as one program without anything beside it.
//
//	mongo-server -listen 127.0.0.1:0 -dir FOLDER
//
// It prints its URL on one line once it accepts connections, and keeps its data in FOLDER. It ends on SIGTERM, on
// SIGINT, and at once when its standard input closes: whoever started it holds the other end, so it never outlives a
// test run, however that run ended.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "host and port; port 0 takes a free one")
	dir := flag.String("dir", "", "an existing folder for the data")
	flag.Parse()

	if err := run(*listen, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "mongo-server:", err)
		os.Exit(1)
	}
}

func run(listen, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("-dir must name an existing folder, not %q", dir)
	}

	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: listen},
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/",
		// What a client did wrong it is told itself; only what went wrong in here is worth a line.
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	go endWithStarter()

	ending, end := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer end()

	fmt.Println("listening on", server.MongoDBURI())

	return server.Run(ending)
}

// Nobody is left who could wait for an orderly end, which gives clients some seconds to leave.
func endWithStarter() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
