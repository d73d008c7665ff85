// Package house owns the laws of docs/architecture.md and docs/conventions.md that a machine can hold.
//
// Each law is a function from the source tree to findings. Its test first proves on small invented sources
// that the law can fail, then reads the checkout. Nothing is started: a test that asked another program
// would be answered from the test cache and stay green while the source changes.
package house
