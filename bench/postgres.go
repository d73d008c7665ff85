package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postgres is a server of its own with the settings that it comes with, so that what is committed is on the disk.
type postgres struct {
	*process
	dir string
	url string
}

// startPostgres makes a cluster in a new folder and starts its server on a socket there.
func startPostgres(ctx context.Context) (*postgres, error) {
	bin, err := postgresFolder()
	if err != nil {
		return nil, err
	}
	who, err := postgresAccount()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "fairway-bench-pg-")
	if err != nil {
		return nil, err
	}
	p := &postgres{dir: dir}
	if p.process, err = launch(ctx, bin, dir, who); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: "host=" + url.QueryEscape(dir)}
	p.url = u.String()
	if _, err := p.until(ctx, func() bool { return connects(ctx, p.url) }); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

func launch(ctx context.Context, bin, dir string, who *syscall.SysProcAttr) (*process, error) {
	if who.Credential != nil {
		if err := os.Chown(dir, int(who.Credential.Uid), int(who.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	prepare := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale")
	prepare.Dir, prepare.SysProcAttr = dir, who
	if out, err := prepare.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+dir)
	server.Dir, server.SysProcAttr = dir, who
	return start(server)
}

func connects(ctx context.Context, to string) bool {
	within, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c, err := pgx.Connect(within, to)
	if err != nil {
		return false
	}
	return c.Close(within) == nil
}

// end stops the server and removes its folder.
func (p *postgres) end() error {
	return errors.Join(p.stop(syscall.SIGINT), os.RemoveAll(p.dir)) // SIGINT: without waiting for clients
}

// postgresFolder finds the folder of initdb and postgres: the one that FAIRWAY_PG_BIN names, Debian's newest, or the
// one on the PATH.
func postgresFolder() (string, error) {
	if dir := os.Getenv("FAIRWAY_PG_BIN"); dir != "" {
		return dir, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is right
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return release(a) - release(b) })), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("there are no PostgreSQL server binaries: install the package postgresql, or measure with -db sqlite")
	}
	return filepath.Dir(path), nil
}

// release is the major version in Debian's path, 0 where there is none.
func release(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb)))) // not a number: the oldest
	return n
}

// postgresAccount is whom the server runs as: it refuses root, so root hands over to "postgres".
func postgresAccount() (*syscall.SysProcAttr, error) {
	who := &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() != 0 {
		return who, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("the server cannot run as root and there is no account named postgres")
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	who.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return who, nil
}
