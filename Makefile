# Every command of the house; `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python of this machine that is new enough; `make PYTHON=...` chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PORT ?= 8000
export PORT

BIN := .venv/bin
SERVICES := $(BIN)/python -m tests.services --
EMBEDDED := env -u DATABASE_URL -u REDIS_URL -u EMAIL_URL
# Invented on the spot, so that the deployment check reads settings as production has them.
SECRET = $$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))')
PRODUCTION = env DATABASE_URL=postgresql://nadkhet@localhost/nadkhet REDIS_URL=redis://localhost/0 \
	SITE_URL=https://nadkhet.example EMAIL_URL=smtp://localhost:25 \
	SECRET_KEY="$(SECRET)" FIELD_KEYS="$(SECRET)"
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# --- the two commands -----------------------------------------------------------------------

.PHONY: run
run: .venv/run.stamp ## Start everything on this machine (PORT=8000), with demo data
	@case "$(PORT)" in ''|*[!0-9]*) echo "PORT must be a number, for example: make run PORT=8001" >&2; exit 1;; esac
	@exec $(EMBEDDED) DEMO=1 PYTHONUTF8=1 $(BIN)/python manage.py run_embedded

.PHONY: test
test: .venv/dev.stamp ## The suite on PostgreSQL and Redis, then on SQLite
	$(SERVICES) $(BIN)/pytest -n 2 -m "not e2e"
	$(EMBEDDED) $(BIN)/pytest -n 2 -m "not e2e and not postgres"

# --- the rest -------------------------------------------------------------------------------

.PHONY: check
check: .venv/dev.stamp ## Style, types, layers, migrations, settings, translations, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(EMBEDDED) $(BIN)/python manage.py makemigrations --check
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m tests.catalogues
	$(EMBEDDED) $(BIN)/python manage.py write_docs --check

.PHONY: e2e
e2e: .venv/dev.stamp ## Journeys in a browser
	$(SERVICES) $(BIN)/pytest -m e2e

.PHONY: bench
bench: .venv/dev.stamp ## Speed, as ratios measured in one run
	$(SERVICES) $(BIN)/python -m benchmarks.run

.PHONY: faults
faults: .venv/dev.stamp ## What happens when something breaks (ONLY="F18 F19", SHORT=1)
	$(BIN)/python -m tests.faults $(if $(SHORT),--short) $(ONLY)

.PHONY: format
format: .venv/dev.stamp ## Put code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: messages
messages: .venv/dev.stamp ## Collect and compile the words to translate
	$(EMBEDDED) $(BIN)/python manage.py makemessages --locale th --no-location --no-obsolete \
		--ignore .venv --ignore var --ignore tests
	$(EMBEDDED) $(BIN)/python manage.py compilemessages --locale th --ignore .venv

.PHONY: requirements
requirements: .venv/dev.stamp ## Write requirements/*.txt from pyproject.toml (UPGRADE=1 takes newer ones)
	$(COMPILE) $(if $(UPGRADE),--upgrade) -o requirements/run.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group dev -c requirements/run.txt -o requirements/dev.txt

.PHONY: clean
clean: ## Remove the environment and all embedded data
	rm -rf .venv var

# --- the environment ------------------------------------------------------------------------

.venv/run.stamp: requirements/run.txt | .venv/bin/python
	@echo "กำลังติดตั้งชุดโปรแกรม / Installing the packages …"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/bin/python
	@echo "กำลังติดตั้งชุดโปรแกรมสำหรับพัฒนา / Installing the packages for development …"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/bin/python:
	@if ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "ต้องใช้ Python 3.11 ขึ้นไป / Nadkhet needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3.11'." >&2; \
		exit 1; fi
	@echo "กำลังสร้างสภาพแวดล้อม / Making the environment in .venv with $$("$(PYTHON)" --version) …"
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; \
		echo "Python นี้ขาด venv หรือ pip / This Python lacks venv or pip: on Debian or Ubuntu, install python3-venv." >&2; exit 1; }
