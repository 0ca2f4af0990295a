# ZRG in commands. `make` alone explains them. Variables go behind: make up PORT=8010 ZRG_DATA_DIR=.local-2

.DEFAULT_GOAL := help
.PHONY: help up down reset run test chaos lint format bench install lock

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
LOCAL := $(BIN)/python -m zrg.local
APPS := zrg integrations notifications leads inbox booking followups
# uv installs in a tenth of pip's time; pip does it where uv cannot (it doesn't read pip's settings: mirrors, certificates).
UV := uv==0.13.9
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
PACKAGES := -r requirements.txt -r requirements-dev.txt
# For every Python from 3.11.0 on (Debian 12 has 3.11.2, which needs a package more than 3.11.7) and every machine.
COMPILE := --quiet --universal --python-version 3.11 --fork-strategy fewest

# Installed once per state of the requirements: a second run finds the stamp and installs nothing.
STAMP := $(VENV)/.installed-$(shell cat requirements.txt requirements-dev.txt Makefile | cksum | tr ' ' -)

# A virtual environment whose Python is gone has to be made again.
IGNORED := $(shell $(BIN)/python -c '' 2>/dev/null || rm -f $(VENV)/.installed-*)

# Forbidden to keep what it compiled, every process compiles Django and all else anew: seconds, for each of ten.
unexport PYTHONDONTWRITEBYTECODE

# Production's settings without its secrets, for the checks before a deployment.
DEPLOYED := ZRG_ENV=production PUBLIC_URL=https://zrg.example.com ALLOWED_HOSTS=zrg.example.com \
	SECRET_KEY=only-for-the-checks-of-make-lint-0123456789-abcdefghijklm \
	CREDENTIALS_KEYS=b25seS1mb3ItdGhlLWNoZWNrcy1vZi1tYWtlLWxpbnQ= \
	CRON_SECRET=only-for-the-checks-of-make-lint \
	DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 SANDBOX_URL=

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(STAMP) ## Install and start everything; Ctrl-C stops it (PORT, SANDBOX_PORT, ZRG_DATA_DIR choose where)
	@$(LOCAL) up

down: $(STAMP) ## Stop what `make up` started in another terminal
	@$(LOCAL) down

reset: $(STAMP) ## Delete the local data (asks first; FORCE=1 doesn't)
	@$(LOCAL) reset

run: $(STAMP) ## One command beside the product: make run C='python manage.py shell'
	@$(LOCAL) run -- sh -c "$${C:-python manage.py help}"

test: $(STAMP) ## Install and run every test (ARGS='tests/leads -k merge' for some)
	@$(BIN)/python -m pytest -n 3 $(ARGS)

chaos: $(STAMP) ## Of the tests, those that kill: at every step, and every process
	@$(BIN)/python -m pytest -n 3 tests/chaos $(ARGS)

lint: $(STAMP) ## Format, style, floors, types, migrations, production settings, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(DEPLOYED) $(BIN)/mypy $(APPS)
	$(DEPLOYED) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(DEPLOYED) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/djlint $(APPS) --lint --quiet

format: $(STAMP) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) ## Measure; results go to bench/results/
	@$(LOCAL) run -- python -m bench $(ARGS)

install: $(STAMP) ## Only make the virtual environment

lock: $(STAMP) ## Pin the requirements anew from the *.in files (ARGS=--upgrade: newest versions)
	$(BIN)/python -m uv pip compile $(COMPILE) $(ARGS) requirements.in -o requirements.txt
	$(BIN)/python -m uv pip compile $(COMPILE) $(ARGS) requirements-dev.in -o requirements-dev.txt

$(STAMP):
	@test -n '$(PYTHON)' || { echo "✗ ZRG needs Python 3.11 or newer." >&2; \
		echo "  → Install it, or name it: make up PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "✗ $(PYTHON) is older than Python 3.11, or not there." >&2; \
		echo "  → Name a newer one: make up PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "Making $(VENV) …"; $(PYTHON) -m venv --clear $(VENV); } || { \
		echo "✗ The virtual environment could not be made; the reason is above." >&2; \
		echo "  → On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing packages …"
	@{ $(PIP) $(UV) && $(BIN)/python -m uv pip install --quiet --python $(BIN)/python $(PACKAGES); } 2>/dev/null \
		|| $(PIP) $(PACKAGES) || { echo "✗ The packages could not be installed; the reason is above." >&2; \
		echo "  → Is the package index reachable? pip's own settings (PIP_INDEX_URL, pip.conf) are followed." >&2; exit 1; }
	@rm -f $(VENV)/.installed-* && touch $@
