package signin

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var runs = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// modules reads the ink of a QR code back into a square, margin included.
func modules(t *testing.T, box, ink string) []string {
	t.Helper()
	var side int
	if _, err := fmt.Sscanf(box, "0 0 %d", &side); err != nil {
		t.Fatal(err)
	}
	square := make([][]byte, side)
	for y := range square {
		square[y] = []byte(strings.Repeat(".", side))
	}
	for _, run := range runs.FindAllStringSubmatch(ink, -1) {
		var x, y, n, back int
		if _, err := fmt.Sscan(strings.Join(run[1:], " "), &x, &y, &n, &back); err != nil || n != back || y >= side || x+n > side {
			t.Fatalf("%q lies outside: %v", run[0], err)
		}
		for i := range n {
			square[y][x+i] = '#'
		}
	}
	rows := make([]string, side)
	for y := range square {
		rows[y] = string(square[y])
	}
	return rows
}

func TestAQRCodeHasItsMarginAndItsThreeCorners(t *testing.T) {
	t.Parallel()
	corner := []string{"#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"}
	for _, text := range []string{"x", "otpauth://totp/Fairway:ada@fairway.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", strings.Repeat("é", 300)} {
		v, err := drawQR(text)
		if err != nil {
			t.Fatal(err)
		}

		rows := modules(t, v.Box, v.Ink)

		side := len(rows)
		blank := strings.Repeat(".", side)
		for i := range quiet {
			if rows[i] != blank || rows[side-1-i] != blank {
				t.Errorf("%.20q: there is ink in the margin", text)
			}
		}
		for y, line := range corner {
			top, bottom := rows[quiet+y], rows[side-quiet-7+y]
			if top[:quiet] != blank[:quiet] || top[quiet:quiet+7] != line || top[side-quiet-7:side-quiet] != line || bottom[quiet:quiet+7] != line {
				t.Errorf("%.20q: row %d of a corner is %s", text, y, top)
			}
		}
	}
}

func TestWhatNoQRCodeHoldsIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := drawQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("5,000 characters were drawn")
	}
}
