package pg

import (
	"context"
	"database/sql"
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
)

// watch makes the cluster, starts the server and waits until its standard input ends, which is when the test
// process is gone. Signals of the terminal are not for it: it ends after the tests, not with them.
const watch = `
trap '' INT TERM HUP
bin=$1 dir=$2
shift 2
exec >"$dir/log" 2>&1
"$bin/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 --no-locale --no-sync </dev/null || exit 1
"$bin/postgres" -D "$dir/data" "$@" </dev/null &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
cd / && rm -rf "$dir"
`

// settings trade every kind of safety for speed. Autovacuum is off because its workers connect to
// templates, which must be left alone while they are copied.
var settings = []string{
	"listen_addresses=", "max_connections=200", "shared_buffers=32MB", "fsync=off", "full_page_writes=off",
	"wal_level=minimal", "max_wal_senders=0", "min_wal_size=32MB", "max_wal_size=96MB", "autovacuum=off", "jit=off", "timezone=UTC", "log_timezone=UTC",
}

// launch starts a server in a new folder, where it keeps its data and listens on a socket.
func launch(ctx context.Context) (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	who, err := runAs()
	if err != nil {
		return nil, err
	}
	dir, err := newFolder(who)
	if err != nil {
		return nil, err
	}
	s, err := launchIn(ctx, dir, bin, who)
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log")) // the error says enough where there is no log
		return nil, errors.Join(err, errors.New(string(log)), os.RemoveAll(dir))
	}
	return s, nil
}

func launchIn(ctx context.Context, dir, bin string, who *syscall.SysProcAttr) (*server, error) {
	args := []string{"-c", watch, "sh", bin, dir, "-c", "unix_socket_directories=" + dir}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	shell := exec.Command("/bin/sh", args...)
	shell.Dir, shell.SysProcAttr = dir, who
	pipe, err := shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("start the shell that watches the server: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- shell.Wait() }()

	u := url.URL{Scheme: "postgres", User: url.User("postgres"), RawQuery: "host=" + url.QueryEscape(dir)}
	s := &server{url: u, prefix: "t", templates: map[uintptr]string{}, held: pipe}
	if err := s.connect(ctx, ended); err != nil {
		return nil, errors.Join(err, pipe.Close())
	}
	return s, s.chooseStrategy(ctx)
}

// chooseStrategy copies databases by files where the server can be told how (since 15): without fsync that takes half the
// time of copying by blocks.
func (s *server) chooseStrategy(ctx context.Context) error {
	version := 0
	if err := s.admin.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("ask for the version of the server: %w", err)
	}
	if version >= 150000 {
		s.strategy = " STRATEGY file_copy"
	}
	return nil
}

// connect waits until the server answers or has ended.
func (s *server) connect(ctx context.Context, ended <-chan error) error {
	admin, err := sql.Open("pgx", s.urlOf("postgres"))
	if err != nil {
		return err
	}
	admin.SetMaxOpenConns(8)
	s.admin = admin
	for {
		err := admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case err := <-ended:
			return fmt.Errorf("the server ended at once: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// binaries finds the folder of initdb and postgres: the one that FAIRWAY_PG_BIN names, Debian's newest, or
// the one on the PATH.
func binaries() (string, error) {
	if dir := os.Getenv("FAIRWAY_PG_BIN"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
			return "", missingError("the folder that FAIRWAY_PG_BIN names has no initdb; correct it or unset it")
		}
		return dir, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is right
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return release(a) - release(b) })), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	return "", missingError("there are no server binaries; install the package postgresql, " +
		"or set TEST_DATABASE_URL")
}

// release is the major version in Debian's path, 0 where there is none.
func release(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb)))) // not a number: the oldest
	return n
}

// runAs is the account of the server. PostgreSQL refuses to run as root, so root hands over to "postgres".
// The process group of its own keeps the terminal's signals away.
func runAs() (*syscall.SysProcAttr, error) {
	who := &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() != 0 {
		return who, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, missingError("the server cannot run as root and there is no account named postgres")
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

// Where files live in memory, and how much must be free there before a server moves in: it takes about 200 MB.
const (
	inMemory  = "/dev/shm"
	roomItHas = 2 << 30
)

// newFolder makes the server's folder: where TMPDIR says, else in memory where there is room, because a database is some 600
// files, which a disk makes and removes ten times slower. A socket's path has room for about a hundred bytes, so a long
// temporary folder is passed over.
func newFolder(who *syscall.SysProcAttr) (string, error) {
	dir, err := "", error(nil)
	if os.Getenv("TMPDIR") == "" && roomy(inMemory) {
		dir, err = os.MkdirTemp(inMemory, "fairway-pg-")
	}
	if dir == "" { // there is no room, or nobody may write there
		parent := os.TempDir()
		if len(parent) > 60 {
			parent = "/tmp"
		}
		dir, err = os.MkdirTemp(parent, "fairway-pg-")
	}
	if err == nil && who.Credential != nil {
		err = os.Chown(dir, int(who.Credential.Uid), int(who.Credential.Gid))
	}
	return dir, err
}

func roomy(folder string) bool {
	var fs syscall.Statfs_t
	return syscall.Statfs(folder, &fs) == nil && uint64(fs.Bavail)*uint64(fs.Bsize) > roomItHas
}
