# What one does here. `make` alone lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help venv venv-dev run demo test lint format bench shots messages lock services services-stop reset

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
ARGS ?=
PY := $(VENV)/bin/python
export PORT

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(VENV)/.installed ## Make the virtual environment with what the system needs

venv-dev: $(VENV)/.installed-dev ## The same, with what tests, linters and benchmarks need

run: venv ## Serve the site with its worker on PORT (8000), with the demonstration data on the first run
	@$(PY) manage.py serve

demo: venv ## Load the demonstration data again; what is there stays
	@$(PY) manage.py load_demo

test: venv-dev ## The whole suite on both databases and both engines, then the browser (ARGS="-k name")
	@$(PY) -m tests.run $(ARGS)

lint: venv-dev ## Everything that guards the house: style, types, layers, templates, migrations, catalogues
	@PATH="$(abspath $(VENV))/bin:$$PATH" .ci/lint

format: venv-dev ## Put Python and templates into the shape that lint asks for
	@$(VENV)/bin/ruff check --quiet --fix . ; $(VENV)/bin/ruff format .
	@find registry cms search media -name '*.html' -path '*/templates/*' -exec $(VENV)/bin/djhtml --tabwidth 2 {} +

bench: venv-dev ## Every benchmark, each claim against its limit, into var/bench/results.jsonl
	@$(PY) -m bench.harness

shots: venv-dev ## Pictures of the pages at 390 and 1280 px, into var/shots
	@$(PY) -m tests.browser.shots $(ARGS)

messages: venv-dev ## Refresh the Chinese catalogues and name what has no translation
	@$(PY) .ci/catalogues.py

lock: venv-dev ## Resolve requirements*.in anew into the locks with hashes
	@$(PY) -m pip install --quiet uv
	@for name in requirements requirements-dev; do \
		$(PY) -m uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --universal \
			$$name.in -o $$name.txt || exit 1; \
	done

services: ## Start PostgreSQL and Elasticsearch on loopback and print what to export
	@$(PYTHON) tests/services/run.py start

services-stop: ## Stop them
	@$(PYTHON) tests/services/run.py stop

reset: ## Delete the SQLite database and the uploads of this folder (asks; FORCE=1 does not)
	@if [ "$(FORCE)" != 1 ]; then \
		printf 'Delete var/db.sqlite3, var/uploads and var/private? [y/N] '; read -r answer; \
		[ "$$answer" = y ] || { echo 'Nothing was deleted.'; exit 1; }; \
	fi; \
	rm -rf var/db.sqlite3 var/db.sqlite3-wal var/db.sqlite3-shm var/uploads var/private; \
	echo 'Deleted. make run begins anew.'

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON")'
	@test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
