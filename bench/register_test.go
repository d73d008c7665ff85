package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/jobs"
	"fairway/internal/register"
	"fairway/internal/testkit"
)

func TestARegisterThatIsWrittenForAMeasurementIsTaken(t *testing.T) {
	t.Parallel()
	d := testkit.SQLiteAt(t, clock.System{})
	queue, err := jobs.New(d, testkit.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	path, now := filepath.Join(t.TempDir(), "register.zip"), time.Now()

	for _, at := range []time.Time{now.Add(-time.Minute), now} { // a later one replaces it
		if err := writeRegister(path, at, 30, 7); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		made, err := register.New(d, queue).Import(t.Context(), "command", file, info.Size(), register.Options{})

		if err != nil || made.Entries != 37 || made.Institutions != 7 {
			t.Errorf("%+v, %v", made, err)
		}
		_ = file.Close() // it was read
	}
}
