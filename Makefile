# Six words: plan, test, check, bench, docs, app. Each sets up what it needs in .venv; nothing else to remember.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH ?= all
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)

.PHONY: plan test check bench docs app coverage changelog lock clean

plan: $(VENV)/.plan
	$(BIN)/headrace plan --out runs/piedmont

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations=5

check: $(VENV)/.dev
	$(BIN)/ruff format --check src tests benchmarks docs changelog.d
	$(BIN)/ruff check src tests benchmarks docs changelog.d
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/house.py

bench: $(VENV)/.kernel
	$(BIN)/headrace bench $(BENCH)

docs: $(VENV)/.dev
	PYTHONPATH=docs $(BIN)/zensical build --strict
	$(BIN)/python docs/find.py site

app: $(VENV)/.dev
	$(BIN)/headrace app

# Half as much time again as `make test`; compiled kernels are not traced (docs/decisions/0064).
coverage: $(VENV)/.dev
	COVERAGE_CORE=$$($(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")') \
	$(BIN)/python -m coverage run --source=headrace -m pytest
	$(BIN)/python -m coverage report --skip-covered

changelog: $(VENV)/bin/python
	$(BIN)/python changelog.d/collect.py

lock: $(VENV)/bin/python
	sh requirements/lock.sh $(UV)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Headrace needs Python 3.11 or newer; set PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	command -v uv >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt

$(VENV)/.plan: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	test -e $(VENV)/.dev || test -e $(VENV)/.kernel || $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/base.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	test -e $(VENV)/.kernel || $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.kernel: requirements/kernel.txt pyproject.toml | $(VENV)/bin/python
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/kernel.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf $(VENV) runs site
