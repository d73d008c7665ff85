//go:build e2e_full

package e2e

// everyView tells whether the accessibility checker sees each page in light and dark, wide and narrow.
const everyView = true
