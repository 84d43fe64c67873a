# Every command a person needs. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
export PYTHONPATH := src

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: .venv/runtime  ## build the demonstration city once and serve it on http://127.0.0.1:8000
	@.venv/bin/gongmai demo $(ARGS)

test: .venv/dev system-test  ## every test, browser and Spark included (SQLite; DATABASE_URL=... for PostgreSQL)
	@$(PYTHON) -m pytest $(ARGS)

test-fast: .venv/dev  ## the tests that need no browser and no Spark
	@$(PYTHON) -m pytest -m "not browser and not spark" $(ARGS)

fuzz: .venv/dev  ## the API from its own OpenAPI, 300 calls of each operation for each role
	@GONGMAI_FUZZ_EXAMPLES=300 $(PYTHON) -m pytest tests/faults/test_fuzz.py $(ARGS)

check: .venv/dev  ## format, lint, types, import contracts, migrations, catalogue, generated docs
	@bash scripts/check.sh

fix: .venv/dev  ## format and repair what can be repaired
	@.venv/bin/ruff format src tests bench scripts && .venv/bin/ruff check --fix src tests bench scripts

docs: .venv/dev  ## write the generated pages of docs/
	@$(PYTHON) scripts/generated_docs.py

screenshots: .venv/dev system-test  ## take the screenshots of docs/screenshots again
	@GONGMAI_SCREENSHOTS=1 $(PYTHON) -m pytest tests/journeys $(ARGS)

bench: .venv/dev system-test  ## every benchmark beside its peer; writes bench/out/
	@bash bench/run.sh $(ARGS)

spark: .venv/runtime  ## add Apache Spark to this environment (for --engine spark)
	@bash scripts/install.sh spark

lock:  ## resolve the dependencies anew and write the three lock files
	@bash scripts/lock.sh

.venv/runtime: requirements.lock pyproject.toml scripts/install.sh
	@bash scripts/install.sh runtime

.venv/dev: requirements-dev.lock pyproject.toml scripts/install.sh
	@bash scripts/install.sh dev

system-test:
	@bash scripts/system_packages.sh

.PHONY: help demo test test-fast fuzz check fix docs screenshots bench spark lock system-test
