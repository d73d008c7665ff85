package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"fairway/bench/bare"
)

// The files that the bare server reads.
const (
	certificateFile = "server.pem"
	keyFile         = "server.key"
	clientsFile     = "clients.pem"
	answerFile      = "answer.json"
)

// serveBare is the bare server as a process of its own.
func serveBare(ctx context.Context, dir, addr string) error {
	certificate, err := tls.LoadX509KeyPair(filepath.Join(dir, certificateFile), filepath.Join(dir, keyFile))
	if err != nil {
		return fmt.Errorf("read the certificate: %w", err)
	}
	clients, err := os.ReadFile(filepath.Join(dir, clientsFile))
	if err != nil {
		return err
	}
	answer, err := os.ReadFile(filepath.Join(dir, answerFile))
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(clients) {
		return errors.New("read the clients' authorities: there are none")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return bare.Serve(ctx, l, bare.Config{Certificate: certificate, ClientCAs: pool, Answer: answer})
}

// startBare starts this very program as the bare server, with a certificate of the same kind and issuer as the doors'.
func (w *world) startBare(ctx context.Context, dir string, answer []byte) (*process, string, error) {
	certificate, err := w.certs.ServerCertificate([]string{"localhost"})
	if err != nil {
		return nil, "", err
	}
	cert, key, err := serverPEM(certificate)
	if err != nil {
		return nil, "", err
	}
	for name, text := range map[string][]byte{certificateFile: cert, keyFile: key, clientsFile: w.certs.Chain(), answerFile: answer} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, "", err
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	addr := net.JoinHostPort("localhost", port)
	cmd := exec.CommandContext(ctx, self, "bare", dir, addr)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	p, err := start(cmd)
	if err != nil {
		return nil, "", err
	}
	_, err = p.until(ctx, func() bool {
		c, err := net.Dial("tcp", addr)
		return err == nil && c.Close() == nil
	})
	return p, addr, err
}

// serverPEM writes a server's certificate and key for another process.
func serverPEM(c tls.Certificate) (certificate, key []byte, err error) {
	for _, der := range c.Certificate {
		certificate = append(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("write a server's key: %w", err)
	}
	return certificate, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
