# Everything one does with this repository. `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Passed on: make test ARGS="-k expired", make run ARGS="--port 8100".
ARGS ?=
SEEDS ?= 1

DISTRIBUTIONS := $(patsubst %/pyproject.toml,%,$(wildcard \
	libs/*/pyproject.toml services/*/pyproject.toml gateway/pyproject.toml deploy/runner/pyproject.toml))
PYPROJECTS := $(addsuffix /pyproject.toml,$(DISTRIBUTIONS))
SOURCES := $(wildcard libs/*/src services/*/src gateway/src deploy/runner/src) deploy/third_party.py deploy/kubernetes/write_broker_accounts.py deploy/docker/mark_definitions.py docs/write_reference.py docs/write_pictures.py bench tests/kit

RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
# How many processes the tests run in. Most of them wait for servers a good part of their time.
PROCESSES ?= 4
PYTEST := $(BIN)/pytest -n $(PROCESSES) --dist loadgroup --no-loadscope-reorder
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV_COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

# Where it is set, as in many images of CI, each process that a test starts would compile the
# portal anew, and each collection all tests: 20 seconds of CPU instead of 10.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run stack test test-all drill bench machine lint format reference screenshots lock upgrade install clean python

##@ Use

run: $(RUNTIME) ## Start the whole portal with demo data and show where to click
	@$(BIN)/portal try $(ARGS)

stack: $(RUNTIME) ## Start one process per service, over a private RabbitMQ and PostgreSQL
	@$(BIN)/portal stack $(ARGS)

##@ Develop

test: machine $(DEVELOPMENT) ## Run every test; installs RabbitMQ and Chromium first where it may
	$(PYTEST) -m "not long" $(ARGS)

test-all: machine $(DEVELOPMENT) ## The same, and what takes its time: crashes, long outages
	$(PYTEST) $(ARGS)

drill: machine $(DEVELOPMENT) ## Lose a machine under load and restore it elsewhere, SEEDS=n times
	DRILL_SEEDS=$(SEEDS) $(BIN)/pytest -s tests/drill $(ARGS)

bench: machine $(DEVELOPMENT) ## Measure: a table of ratios on the screen and in bench/results
	$(BIN)/python -m bench $(ARGS)

lint: $(DEVELOPMENT) ## Check format, style, types and who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-logo

format: $(DEVELOPMENT) ## Format the code and fix what can be fixed by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: $(DEVELOPMENT) ## Write docs/reference and the broker's definitions from the code
	$(BIN)/python -m portal_contracts.snapshots
	$(BIN)/python docs/write_reference.py docs/reference
	$(BIN)/portal topology --definitions > deploy/rabbitmq/definitions.json
	$(BIN)/python deploy/kubernetes/write_broker_accounts.py
	$(BIN)/python deploy/docker/mark_definitions.py

screenshots: machine $(DEVELOPMENT) ## Take the pictures of the README from the demo practice
	PYTHONPATH=. $(BIN)/python docs/write_pictures.py docs/pictures

##@ Maintain

lock: $(BIN)/uv ## Bring the lock files up to date with what they are made from
	$(call compile,requirements.lock,,)
	$(call compile,requirements-dev.lock,--extras,--group dev --constraints requirements.lock)
	$(call compile_peer,monolith)
	$(call compile_peer,pretix)

upgrade: ## The same, with the newest versions the pyproject files allow
	@$(MAKE) --no-print-directory lock UV_COMPILE="$(UV_COMPILE) --upgrade"

install: $(DEVELOPMENT) ## Only make .venv, with everything in it

clean: ## Remove .venv, caches and the data of `make run`
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

machine:
	@PYTHON=$(PYTHON) deploy/prepare-machine

# --- how .venv comes to be --------------------------------------------------

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Latchkey needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Latchkey needs Python 3.11 or newer; this is $$($(PYTHON) -V 2>&1)." >&2; \
		echo "Where a newer one is installed, name it: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python comes without its venv module." >&2; \
		echo "On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.lock $(PYPROJECTS) | python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the portal into $(VENV) (a minute, the first time) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation $(addprefix -e ,$(DISTRIBUTIONS))
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME) | python
	@echo "Installing the tools for tests and checks into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Locking comes before installing, so its tool comes by itself.
$(BIN)/uv: | python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $@ || $(PIP) install "uv>=0.13.9,<0.14"

# $(1): the file, $(2): option of third_party.py, $(3): options of uv. Existing pins are kept.
define compile
	@$(BIN)/python deploy/third_party.py $(2) > $(VENV)/third-party.txt
	@sed '/^#/d' $(1) > $(VENV)/$(1) 2>/dev/null || true
	$(call compile_to,$(1),--group build $(3) $(VENV)/third-party.txt)
endef

# $(1): whom the bench stands beside; an environment of its own.
define compile_peer
	@sed '/^#/d' bench/peers/$(1)/requirements.lock > $(VENV)/requirements.lock
	$(call compile_to,bench/peers/$(1)/requirements.lock,bench/peers/$(1)/requirements.in)
endef

# $(1): the file, $(2): options of uv, and what it reads.
define compile_to
	@$(UV_COMPILE) $(2) -o $(VENV)/$(notdir $(1))
	@{ echo "# Made by 'make lock'. Exact versions with hashes, for every platform."; \
		cat $(VENV)/$(notdir $(1)); } > $(1)
	@echo "$(1): $$(grep -c == $(1)) packages"
endef
