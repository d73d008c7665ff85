#!/bin/sh
# Installs the client libraries exactly as package-lock.json names them, once.
set -eu
cd "$(dirname "$0")"
if ! command -v npm >/dev/null; then
	echo "clients: npm is missing; the tests that need it will be skipped."
	exit 0
fi
mark=node_modules/.package-lock.json
if [ ! -f $mark ] || [ package-lock.json -nt $mark ]; then
	if npm ci --no-audit --no-fund --ignore-scripts --loglevel=error; then
		touch $mark
	elif [ -n "${CI:-}" ]; then
		exit 1
	else
		echo "clients: npm could not install them; the tests that need them will be skipped."
	fi
fi
