package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fairway/internal/secret"
)

// keys reads the ring, or in development makes one on the first start and keeps it beside the database. Nothing is
// made where anything else is at fault.
func (c *checker) keys(s Settings, cfg *Config) {
	text, from := secret.Text(s.Keys), ""
	if s.Keys == "" {
		if len(c.faults) > 0 {
			return
		}
		var err error
		if text, cfg.KeysMade, err = developmentKeys(s.DataDir); err != nil {
			c.add("KEYS", "%s.", err)
			return
		}
		from = "the key file in " + s.DataDir + ": "
	}
	ring, err := secret.ParseRing(text)
	if err != nil {
		c.add("KEYS", "%s%s.", from, err)
		return
	}
	if cfg.Mode == Production && ring.Weak() {
		c.add("KEYS", "a key is not random. Make one with: echo \"k1:$(openssl rand -base64 32)\"")
	}
	cfg.Keys = ring
}

func developmentKeys(dir string) (secret.Text, bool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", false, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	path := filepath.Join(dir, "keys")
	fresh := secret.NewRingText("dev1")
	made, err := placeOnce(path, fresh.Reveal()+"\n")
	if err != nil {
		return "", false, fmt.Errorf("the key file cannot be made: %w", err)
	}
	if made {
		return fresh, true, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", false, fmt.Errorf("the key file cannot be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", false, fmt.Errorf("the key file %s can be read by others; run: chmod 600 %s", path, path)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return "", false, fmt.Errorf("the key file cannot be read: %w", err)
	}
	return secret.Text(strings.TrimSpace(string(body))), false, nil
}

// placeOnce writes a file that must not exist yet, whole or not at all; two starters end up with one file.
func placeOnce(path, content string) (made bool, err error) {
	draft, err := os.CreateTemp(filepath.Dir(path), "keys-*")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.WriteString(content)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return false, err
	}
	err = os.Link(draft.Name(), path)
	if errors.Is(err, os.ErrExist) {
		return false, nil
	}
	return err == nil, err
}
