#!/usr/bin/env bash
# Everything that can be judged without running the product. All checks run; failures are counted.
set -uo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH=src GONGMAI_DATA="${GONGMAI_DATA:-$(mktemp -d)}"
failed=()
step() {
  local name=$1; shift
  if out=$("$@" 2>&1); then echo "  ok    $name"; else echo "  FAIL  $name"; echo "$out" | tail -40; failed+=("$name"); fi
}
step "format" .venv/bin/ruff format --check src tests bench scripts
step "lint" .venv/bin/ruff check src tests bench scripts
step "import contracts" .venv/bin/lint-imports --no-cache
step "types" .venv/bin/mypy
step "system check" .venv/bin/python -m gongmai.manage check
step "migrations" .venv/bin/python -m gongmai.manage makemigrations --check --dry-run
step "generated docs" .venv/bin/python scripts/generated_docs.py --check
step "locks name no host" bash -c '! grep -l "://" requirements*.lock'
if [ ${#failed[@]} -gt 0 ]; then echo "${#failed[@]} checks failed: ${failed[*]}"; exit 1; fi
