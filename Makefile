# What one does with this project. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run demo setup test check format lint bench docs lock browser clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: setup ## set everything up and serve the app on http://localhost:8501
	@$(BIN)/erp serve

demo: setup ## the same with a made-up county, on a database of its own
	@$(BIN)/erp demo

setup: $(VENV)/.run-ready ## make .venv with the erp command in it

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test-ready: requirements-test.lock $(VENV)/.run-ready
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || { \
		echo "The browser tests need Chromium. Install it and run this again, for example:"; \
		echo "    sudo apt-get install chromium"; exit 1; }

test: $(VENV)/.test-ready browser ## install what tests need and run every test
	$(BIN)/python -m pytest -q -n auto --dist loadfile

lint: $(VENV)/.test-ready ## the static checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright

check: lint test ## what CI runs, word for word

format: $(VENV)/.test-ready ## put code in the house's form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: setup ## write the generated documents anew (docs/permissions.md, docs/states.md)
	$(BIN)/python -m erp.documents

bench: $(VENV)/.test-ready browser ## measure against a bare app, as ratios
	$(BIN)/python bench/run.py $(SIZE)

lock: ## compile the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -o requirements.lock
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -c requirements.lock -o requirements-test.lock

clean: ## remove what was installed and built, never data/local
	rm -rf $(VENV) *.egg-info .pytest_cache .ruff_cache .hypothesis
