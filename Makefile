# FastPix Console. `make up` needs python3 (3.11 or later) with venv, and nothing else that is not made here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := analytics_app events_app fastpix_api fastpix_console live_app media_app sandbox web workspace_app
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --quiet --retries 5 --timeout 60
# The stamp carries the hash of the pins: it is stale exactly when they changed
pins = $(VENV)/.$(1)-$(shell cat requirements/$(1).txt | sha256sum | cut -c1-16)

.DEFAULT_GOAL := help
.PHONY: help up install sandbox test check lint soak pictures lock clean
.SILENT:

help:
	echo 'make up       start the console with everything it needs (PORT, SANDBOX_PORT, DATA_DIR, SANDBOX=0, PUBLIC_URL,'
	echo '              DATABASE_URL, REDIS_URL; .env.example lists them all)'
	echo 'make install  only install what it runs on (deploy/fastpix-console.service starts it)'
	echo 'make sandbox  start the sandbox alone'
	echo 'make test     check, then every test there is'
	echo 'make check    linters, types, templates and the quick tests'
	echo 'make bench-…  one measurement: ingest, project, upload, push, live-path, sandbox (docs/performance.md)'
	echo 'make soak     people at work while everything is killed in turn (SOAK_MINUTES=10, SOAK_SEED)'
	echo 'make pictures take the pictures of the README from a running console'
	echo 'make lock     compile requirements/*.in to hashed pins'
	echo 'make clean    remove what was built, never data'

up: $(call pins,up)
	exec $(BIN)/python -m fastpix_console.up

install: $(call pins,up)

sandbox: $(call pins,up)
	exec $(BIN)/python -m sandbox

# FP_WHOLE adds the run on PostgreSQL and puts the browser stories last; pytest's closing line counts everything
test: lint
	FP_WHOLE=1 exec $(BIN)/python -m pytest

check: lint
	$(BIN)/python -m pytest -q -m 'not flow and not slow' tests/house tests/web tests/fastpix_api tests/contract

# Figures as ratios to something measured in the same run (docs/performance.md); BENCH_STORES=sqlite leaves PostgreSQL out
bench-%: $(call pins,test)
	exec $(BIN)/python -m bench.$(subst -,_,$*)

# SOAK_MINUTES, SOAK_SEED; everything it needs it starts itself, PostgreSQL included where its programs are installed
soak: $(call pins,test)
	exec $(BIN)/python -m bench.soak

lint: $(call pins,test)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy $(PACKAGES)
	$(BIN)/python -m djlint --lint --quiet templates

pictures: $(call pins,test)
	exec $(BIN)/python docs/take_pictures.py

lock:
	scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	$(PYTHON) -m venv "$$scratch" && \
	"$$scratch/bin/python" -m pip --disable-pip-version-check install --quiet --quiet uv==0.13.8 && \
	for name in console up test; do \
	  "$$scratch/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --output-file requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(VENV)/.up-%:
	$(venv)
	echo 'installing what the console runs on (the first start takes a minute or two) …'
	$(call install,up,$@)

$(VENV)/.test-%:
	$(venv)
	echo 'installing what the tests need …'
	$(call install,test,$@)

# Made anew where it is half made, or its python is gone after an upgrade of the system
define venv
	$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  command -v $(PYTHON) >/dev/null || { \
	    echo 'error: python3 is missing; install it (Debian: apt install python3 python3-venv)' >&2; exit 1; }; \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "error: python 3.11 or later is needed, here is $$($(PYTHON) --version); set PYTHON=<a newer one>" >&2; exit 1; }; \
	  $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	    echo 'error: the python module venv is missing; install it (Debian: apt install python3-venv)' >&2; exit 1; }; \
	  $(PYTHON) -m venv --clear $(VENV); }
endef

define install
	$(PIP) --require-hashes -r requirements/$(1).txt || { \
	  echo 'error: the python packages could not be installed; pip says why above' >&2; exit 1; }
	rm -f $(VENV)/.$(1)-* && touch $(2)
endef
