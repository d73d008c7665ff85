//go:build !e2e_full

package e2e

// everyView tells whether the accessibility checker sees each page in light and dark, wide and narrow: all four take
// long, so the pages take turns, one in light and wide, the next in dark and narrow.
const everyView = false
