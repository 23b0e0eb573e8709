#!/bin/sh
# Runs every speed bar and keeps what it printed under target/bars/. Fails when a bar was not met.
#
# The machine should have nothing else to do: look at the column "others".
set -eu
cd "$(dirname "$0")/.."

mkdir -p target/bars
output="target/bars/$(date -u +%Y-%m-%dT%H%M%SZ).txt"
cargo bench --bench bars -- "$@" >"$output" 2>&1 || { cat "$output"; exit 1; }
cat "$output"
! grep -F '**not met**' "$output" >/dev/null
