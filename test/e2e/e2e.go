// Package e2e owns the tests of the whole program from outside: they build it, start it as a process, and play a
// third-party provider, its customer and its browser. They share no code with it: requests are signed, pages are read
// and certificates are judged by what stands here, so that a mistake in the product cannot hide in the test.
//
// Where a tool is missing (PostgreSQL, Chromium, Node, the published schema) the tests that need it say so and are
// skipped; FAIRWAY_REQUIRE makes that a failure.
package e2e
