package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needClients finds Node and the client libraries, or skips the test.
func needClients(t testing.TB) (node string) {
	t.Helper()
	node = needTool(t, "node", "nodejs")
	if _, err := os.Stat(filepath.Join("clients", "node_modules", ".package-lock.json")); err != nil {
		if required("node") {
			t.Fatal("the client libraries are not installed: run scripts/setup")
		}
		t.Skip("skipped: the client libraries are not installed; run scripts/setup")
	}
	return node
}

// TestOtherPeoplesLibrariesGoTheWholeWay runs oauth4webapi and http-signature, which were written without us.
func TestOtherPeoplesLibrariesGoTheWholeWay(t *testing.T) {
	t.Parallel()
	node := needClients(t)
	p := town(t, wideLimits).newTPP(t)
	cmd := exec.CommandContext(t.Context(), node, "flow.mjs", p.dir)
	cmd.Dir = "clients"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		_ = cmd.Wait()
		t.Fatalf("the client ended early:\n%s", complaints.String())
	}
	u, err := url.Parse(lines.Text())
	if err != nil {
		t.Fatal(err)
	}

	back := p.approve(t, p.sv.browser(t), visit{url: u.String()}, nil)
	if came, err := url.Parse(back); err == nil {
		p.sv.book.hide("a code", came.Query().Get("code"))
	}
	if _, err := io.WriteString(in, back+"\n"); err != nil {
		t.Fatal(err)
	}

	lines.Scan()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	var got struct {
		Cards    []string `json:"cards"`
		Balances int      `json:"balances"`
		Scope    string   `json:"scope"`
		Rotated  bool     `json:"rotated"`
	}
	if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, lines.Text())
	}
	if strings.Join(got.Cards, ",") != "5243 78** **** 8693,5243 66** **** 8694" || got.Balances == 0 || !strings.HasPrefix(got.Scope, "AIS:") || !got.Rotated {
		t.Errorf("the client read %+v", got)
	}
}
