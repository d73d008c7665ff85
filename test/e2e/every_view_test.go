//go:build !e2e_full

package e2e

// everyView tells whether the accessibility checker sees each page in light and dark, wide and narrow: all four take
// long, and two of them show each colour and each width once.
const everyView = false
