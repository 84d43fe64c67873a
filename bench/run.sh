#!/usr/bin/env bash
# Run every benchmark, each beside its peer, and gather the tables in bench/out/.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH=src:.
mkdir -p bench/out
source scripts/postgres.sh
export GONGMAI_BENCH_POSTGRES=$(start_postgres)
for name in ${1:-cube submissions rush overload imports exports pages forecast seasonal trail disclosure}; do
  echo "== $name"
  .venv/bin/python "bench/$name.py" | tee "bench/out/$name.md"
done
