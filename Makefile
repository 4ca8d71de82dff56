SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run demo test check bench docs coverage format clean

PYTHON ?= python3# makes .venv; any from 3.11 on
ARGS ?=#            more arguments for casework, pytest or bench
PY := .venv/bin/python

# Installs into .venv: one dot for each package on the way, errors in full, no word on mirrors that lack a package.
define install
@echo "Installing what $(1) needs into .venv (the first time takes a minute or two)"
@set -o pipefail; PYTHONUNBUFFERED=1 $(PY) -m pip install --no-input --disable-pip-version-check $(2) 2> >(grep -v "^WARNING: Location .* is ignored" >&2) | \
while IFS= read -r line; do case "$$line" in \
  Collecting*) printf . ;; \
  "Installing collected"*) printf ' installing' ;; \
  "Successfully installed"*) echo ' done' ;; \
esac; done
endef

help:
	@echo "make …"
	@awk -F ': .*## ' '/^[a-z]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@awk -F ': .*#[+] ' '/^[a-z]+:.*#[+] / {also = also sep $$1 " (" $$2 ")"; sep = ", "} END {print "also: " also}' $(MAKEFILE_LIST)
	@echo "ARGS=… is handed on: make test ARGS='tests/laws -x'"

setup: .venv/.dev ## everything for development, in .venv

run: .venv/.run ## the server, with its own database; data stays
	@exec .venv/bin/casework run $(ARGS)

# The database may run as another user than root, who has to pass through the folder: hence its mode. Whatever ends
# this shell ends the server first, so that nothing is left of the folder.
demo: .venv/.run ## the same, with data that is thrown away at the end
	@data=$$(mktemp -d) && chmod 711 "$$data" || exit; \
	trap 'rm -rf "$$data"' EXIT; trap 'kill $$server' INT TERM; \
	CASEWORK_DATA="$$data" .venv/bin/casework run $(ARGS) & server=$$!; \
	wait $$server; status=$$?; while kill -0 $$server 2>/dev/null; do wait $$server; status=$$?; done; exit $$status

test: .venv/.dev ## all tests (CASEWORK_TEST_DATABASE_URL names another PostgreSQL, COVERAGE=1 adds the gates)
ifeq ($(COVERAGE),1)
	@rm -f .coverage .coverage.*
	$(PY) -m pytest -n auto --dist loadgroup --cov=casework --cov-branch --cov-report= $(ARGS)
	$(PY) -m coverage report --skip-covered --skip-empty --precision=2 --fail-under=95
	$(PY) -m coverage report --skip-covered --precision=2 --fail-under=100 --include='src/casework/domain/*'
else
	$(PY) -m pytest -n auto --dist loadgroup $(ARGS)
endif

check: .venv/.dev ## style, types, layers and house rules
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) tools/check_tree.py
	$(PY) tools/check_access.py

bench: .venv/.dev ## the benchmarks
	$(PY) -m bench $(ARGS)

docs: .venv/.dev ## the documentation: every link leads somewhere, the matrix of members is up to date
	$(PY) tools/check_links.py
	$(PY) tools/members.py

coverage: #+ test with COVERAGE=1: 95 % of all branches, 100 % of the domain's
	@$(MAKE) --no-print-directory test COVERAGE=1

format: .venv/.dev #+ put the code into shape
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

clean: #+ remove what these verbs made, but no data
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	rm -rf src/*.egg-info
	find $(wildcard src tests tools bench) -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/pip:
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) not found. Install Python 3.11 or newer, or say make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$("$(PYTHON)" --version 2>&1) is too old: Python 3.11 or newer is needed. Name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments. Install its venv package (Debian, Ubuntu: apt install python3-venv), or name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv

# The stamps: as long as pyproject.toml is older, there is nothing to install.
.venv/.run: pyproject.toml | .venv/bin/pip
	$(call install,running,-e .)
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/pip
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check 'pip>=25.1'
	$(call install,development,-e . --group dev)
	@touch $@ .venv/.run
