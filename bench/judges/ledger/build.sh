#!/bin/sh
# Builds the judge into the file named by $1 with Debian's Go and Debian's copy of golang.org/x/mod: nothing is fetched.
# Without them it exits with 77 (skipped), or fails where CI=true.
set -eu

go=/usr/lib/go-1.19/bin/go
sources=/usr/share/gocode
if ! [ -x "$go" ] || ! [ -d "$sources/src/golang.org/x/mod/sumdb/tlog" ]; then
  echo 'skipped: apt-get install golang-1.19-go golang-golang-x-mod-dev'
  [ "${CI:-}" = true ] && exit 1
  exit 77
fi
cd "$(dirname "$0")"
GO111MODULE=off GOPATH="$sources" GOFLAGS= GOTOOLCHAIN=local "$go" build -o "$1" main.go
