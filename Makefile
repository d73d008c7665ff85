# The commands of the project. `make` prints them. Everything but Go and git is found or set up by the target that needs it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export CGO_ENABLED ?= 0
# Reference data of others that tests read where it is present; they report what they skip.
export FAIRWAY_TESTDATA ?= $(abspath $(wildcard ../shared/data))
# What a test may not skip for want of: everything on a build server, nothing on a laptop.
export FAIRWAY_REQUIRE ?= $(if $(CI),postgres$(comma)chromium$(comma)openssl$(comma)node$(comma)python3)
comma := ,

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
BUILD := -trimpath -tags nomsgpack
TESTS := -tags nomsgpack -p 3 -timeout 20m
STATICCHECK := bin/tools/staticcheck-v0.8.2
PKG ?= ./...
# Where goroutines meet: these are run with the race detector.
RACE ?= $(patsubst %,./%/...,$(wildcard internal/memo internal/db internal/jobs internal/quota internal/calls \
	internal/catalog internal/certs internal/apps internal/consents internal/oauth internal/trustlist internal/gateway internal/revocation))
FUZZTIME ?= 10s

.PHONY: help setup run build generate fmt test test-full race fuzz lint vet staticcheck check formatted tidy house e2e bench microbench migrate-new golden

help: ## print this list
	@grep -hE '^[a-z][a-z0-9-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):[^#]*## */\1\t/' | awk -F'\t' '{ printf "  %-12s %s\n", $$1, $$2 }'

run: build ## build and start the portal on this machine
	./bin/portal serve

build: ## build the program to bin/portal
	go build $(BUILD) -ldflags '-s -w -X main.version=$(VERSION)' -o bin/portal ./cmd/portal

setup: ## install what the tests need (PostgreSQL, Chromium, openssl, Node), where that is possible
	scripts/setup

generate: ## write the Go code of the templ files
	go tool templ generate

fmt: ## format Go and templ files
	gofmt -w $$(scripts/go-files)
	go tool templ fmt web

test: ## what a change must pass: check, then every test; make test PKG=./internal/db/... narrows the tests
	scripts/setup
	$(MAKE) --no-print-directory check
	go test $(TESTS) $(PKG)

test-full: export FAIRWAY_BROWSER ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
test-full: export FAIRWAY_REQUIRE := $(FAIRWAY_REQUIRE)$(if $(CI),$(comma)java)
test-full: ## the slow rest: race detector, fuzzing, nested modules, end to end with every sample
	scripts/setup full
	$(MAKE) --no-print-directory race fuzz
	scripts/nested-modules
	go test $(TESTS) -timeout 40m -tags nomsgpack,e2e_full -count=1 ./test/e2e/...

race: ## run the tests of the packages where goroutines meet with the race detector
	CGO_ENABLED=1 go test $(TESTS) -race $(RACE)

fuzz: ## run each fuzz target for FUZZTIME (10s)
	scripts/fuzz $(FUZZTIME)

lint: vet staticcheck ## go vet and staticcheck

vet:
	go vet -tags nomsgpack ./...

staticcheck: $(STATICCHECK)
	$(STATICCHECK) -tags nomsgpack ./...

$(STATICCHECK):
	GOBIN=$(CURDIR)/bin/tools go install honnef.co/go/tools/cmd/staticcheck@$(patsubst bin/tools/staticcheck-%,%,$@)
	mv bin/tools/staticcheck $@

check: formatted tidy lint house ## generated files, format, modules, vet, staticcheck and the laws of the house

formatted:
	scripts/check-generated
	scripts/check-format

tidy:
	go mod tidy -diff
	go mod verify

house:
	go test -tags nomsgpack ./test/house

e2e: ## the end-to-end tests alone, told in full
	go test $(TESTS) -count=1 -v ./test/e2e/...

bench: ## measure the machines' door against a bare server in the same run (bench/README.md); make bench BENCH=-quick is short
	go run -tags nomsgpack ./bench $(BENCH)

microbench: ## run the benchmarks of the packages, or of PKG
	scripts/bench $(PKG)

migrate-new: ## write an empty migration for both databases: make migrate-new name=what_changes
	scripts/migrate-new '$(name)'

golden: ## write what the tests got to testdata/*.golden; read the difference before you commit it
	scripts/golden
