package signin

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"

	page "fairway/web/templates/signin"
)

// quiet is the width of the light margin around a QR code, in modules (ISO/IEC 18004, 5.3.8).
const quiet = 4

// drawQR makes the QR code of a text as two paths of an SVG: the paper, and the dark modules row by row.
func drawQR(text string) (page.QRView, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return page.QRView{}, fmt.Errorf("draw a QR code: %w", err)
	}
	side := code.Bounds().Dx()
	dark := func(x, y int) bool { return x < side && code.At(x, y) == color.Black }
	var ink strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&ink, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	whole := side + 2*quiet
	return page.QRView{Box: fmt.Sprintf("0 0 %d %d", whole, whole), Paper: fmt.Sprintf("M0 0h%dv%dH0z", whole, whole), Ink: ink.String()}, nil
}
