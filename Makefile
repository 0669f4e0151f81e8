# 安居 (anju). `make` alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
WORKERS ?= 2
export DJANGO_SETTINGS_MODULE := anju.web.settings
# Each of the many processes a test run starts would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install install-dev browser frontend demo serve test check types contracts migrations catalogue bench docs messages sbom dev lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/bootstrap.stamp: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本（可用 make PYTHON=python3.12 指定）"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "这台机器的 Python 缺少 venv；Debian/Ubuntu 请先运行：apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

.venv/run.stamp: .venv/bootstrap.stamp requirements/run.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

install: .venv/run.stamp ## everything needed to run; leaves .venv/bin/anju

install-dev: .venv/dev.stamp ## what tests and benchmarks need besides

frontend: install ## build the pages' scripts and styles
	@$(BIN)/python -m anju.web.frontend
	@$(BIN)/python -m anju.web.translations

browser: install-dev ## a Chromium for the browser tests
	@$(BIN)/python tests/browser.py install

demo: install frontend ## a synthetic city with known truth, served at http://127.0.0.1:8000
	@$(BIN)/anju migrate
	@$(BIN)/anju demo load
	@ANJU_DEMO=1 $(BIN)/anju serve --port $(PORT)

serve: install frontend ## the site and its worker
	@$(BIN)/anju migrate
	@$(BIN)/anju serve --port $(PORT)

test: install-dev frontend browser check ## every check and every test (WORKERS=0: in one process)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: install-dev ## ruff, mypy --strict, import contracts, migrations, catalogue fresh
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 types contracts migrations catalogue

types:
	@$(BIN)/mypy

contracts:
	@$(BIN)/lint-imports

migrations:
	@$(BIN)/anju migrate > /dev/null
	@$(BIN)/python -m django makemigrations --check --dry-run

catalogue:
	@$(BIN)/python -m anju.catalogue --check docs/catalogue

bench: install-dev ## side by side against what a user would pick instead
	@$(BIN)/python -m benchmarks

docs: install-dev ## docs/catalogue from the declarations
	@$(BIN)/python -m anju.catalogue --write docs/catalogue

messages: install-dev ## collect what is said into the catalogue to translate (needs gettext)
	cd anju && ../$(BIN)/python -m django makemessages --locale en --no-obsolete --no-location --no-wrap --ignore 'demo/*' --ignore 'tests/*'
	@$(BIN)/python -m anju.web.translations

sbom: install-dev ## bills of materials (CycloneDX JSON) of the locked packages, into build/sbom
	@mkdir -p build/sbom
	@$(BIN)/cyclonedx-py requirements --output-format JSON --output-reproducible --short-PURLs --output-file build/sbom/python.cdx.json requirements/run.txt
	@$(BIN)/python -m anju.web.frontend --sbom > build/sbom/frontend.cdx.json
	@ls build/sbom/*.json

dev: install-dev frontend ## the site with reload on change
	@$(BIN)/anju migrate
	@ANJU_DEBUG=1 $(BIN)/anju django runserver $(PORT)

lock: .venv/bootstrap.stamp ## lock the requirements anew
	@for name in bootstrap run dev; do $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt; done

clean: ## stop the embedded database and remove what was built (the data stay)
	-@$(BIN)/anju database stop
	rm -rf .venv frontend/node_modules anju/web/static/built .mypy_cache .ruff_cache .pytest_cache
