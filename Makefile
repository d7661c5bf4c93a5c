# Each target builds on what it needs; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SOURCES := models ingestion recommender api evaluation tests

.PHONY: help install demo test test-thorough test-fast check format docs words serve bench smoke clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# The stamps remember for which pyproject and constraints the environment was made.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Relève needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(PIP) --editable '.[dev]'
	touch $@

install: $(VENV)/.installed ## Install Relève in .venv

demo: install ## Load the sample organisation and ask it who knows
	$(BIN)/releve demo

test: $(VENV)/.developing ## Run the tests, but for the thorough ones
	$(BIN)/pytest --numprocesses 2 -m "not thorough"

test-thorough: $(VENV)/.developing ## Run the tests with browsers, generated requests and killed processes
	$(BIN)/pytest --numprocesses 2 -m thorough

test-fast: $(VENV)/.developing ## Run the tests that take no more than a moment
	$(BIN)/pytest --numprocesses 2 -m "not slow and not thorough"

check: $(VENV)/.developing ## Check style, types and the direction of imports
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developing ## Put the code in the house format
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

docs: $(VENV)/.developing ## Write the generated references again
	$(BIN)/python -m ingestion.schema docs/reference/records.schema.json
	$(BIN)/python -m api.reference

words: $(VENV)/.developing ## Bring the catalogues of words up to date and compile them
	$(BIN)/python -m api.catalogues

serve: install ## Serve the pages and the API of your organisation on 127.0.0.1:8000
	$(BIN)/releve serve

bench: $(VENV)/.developing ## Measure import and questions; make bench DATA=threads.jsonl.gz
	$(BIN)/python -m evaluation.speed $(DATA)

smoke: install ## Install the wheel alone, without development packages, and use it
	rm -rf build/smoke && $(PYTHON) -m venv build/smoke
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir build/wheel .
	build/smoke/bin/python -m pip install --quiet --constraint constraints.txt build/wheel/releve-*.whl
	build/smoke/bin/releve --help >/dev/null
	cd build && RELEVE_HOME=smoke/home smoke/bin/releve demo

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
