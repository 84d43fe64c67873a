#!/usr/bin/env bash
# Resolve the dependencies and write the lock files: hashes, no index addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "locking needs uv (pip install uv)" >&2; exit 1; }
uv lock --quiet --python 3.11
export_lock() { uv export --quiet --frozen --no-emit-project --no-header --no-annotate "$@"; }
export_lock --no-dev -o requirements.lock
export_lock --no-dev --extra spark -o requirements-spark.lock
export_lock -o requirements-dev.lock
if grep -l '://' requirements*.lock; then echo "a lock names a host" >&2; exit 1; fi
