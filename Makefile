# Everything runs in .venv, made from the machine's python3 and the pinned requirements.
PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= data
WORKERS ?= 2
# Which tests: all that say something of their own. TESTS= (as CI has it) runs every one on both
# databases.
TESTS ?= -m 'not repeated'
export PORT DATA_DIR WORKERS

BIN := .venv/bin
TRANSLATIONS := platform/bridge/translations
SOURCES := $(shell find templates platform -name '*.html' -o -name '*.py')

.PHONY: help run install test screens prove check format messages lock audit bom assets clean
.DEFAULT_GOAL := help

help:
	@echo 'make run       the demo university on http://127.0.0.1:$(PORT) (PORT=, DATA_DIR=, WORKERS=)'
	@echo 'make install   what a server needs: the environment, icons, font, translations'
	@echo 'make test      the tests; what needs Chromium or PostgreSQL is skipped where they are missing'
	@echo '               (TESTS= runs every one on both databases)'
	@echo 'make screens   every page in every mode, looked at and pictured: build/screens/index.html'
	@echo '               (PERSON=nobody, student, hr, staff or admin; LOCALE=en-GB)'
	@echo 'make prove     faults, races, attacks at full strength, and one report (up to an hour)'
	@echo 'make check     ruff, its formatter and mypy, changing nothing'
	@echo 'make format    let ruff format the code'
	@echo 'make messages  collect the texts for translation'
	@echo 'make lock      record the hashes of packages that were pinned without'
	@echo 'make audit     ask whether faults are known in the pinned packages (needs a connection)'
	@echo 'make bom       what the product is made of, as CycloneDX: build/bridge.cdx.json'
	@echo 'make clean     remove what was built, the environment too; the data stay'

run: .venv/ready assets
	@exec $(BIN)/python tools/run.py

install: .venv/ready assets

test: .venv/ready-for-tests assets
	$(BIN)/python -m pytest -q -n auto --dist loadfile $(TESTS)

screens: .venv/ready-for-tests assets
	LOCALE=$(LOCALE) $(BIN)/python -m pytest -q tests/browser/every_screen.py $(if $(PERSON),-k $(PERSON))

prove: .venv/ready-to-prove assets
	@$(BIN)/python tools/prove.py

check: .venv/ready-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/ready-for-tests
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

messages: .venv/ready
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext -k lazy_ngettext:1,2 \
		--no-location --sort-output --project Bridge -o build/messages.pot .
	$(BIN)/pybabel -q update --ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete -w 100 \
		-l ru -i build/messages.pot -d $(TRANSLATIONS)

lock: .venv/ready-for-tools
	@$(BIN)/python tools/lock.py

audit: .venv/ready-for-tools
	@$(BIN)/python tools/audit.py

bom: .venv/ready-for-tools
	@$(BIN)/python tools/bill_of_materials.py build/bridge.cdx.json

assets: static/fonts/onest.woff2 $(TRANSLATIONS)/ru/LC_MESSAGES/messages.mo

clean:
	rm -rf .venv build dist static/fonts static/img/icons.svg .mypy_cache .ruff_cache .pytest_cache
	find platform matching tests tools -name __pycache__ -prune -exec rm -rf {} +
	find platform -name '*.mo' -delete

# The font is written last: it stands for the icons too.
static/fonts/onest.woff2: .venv/ready tools/build_assets.py $(SOURCES)
	@echo 'Building the icons and the font'
	@$(BIN)/python tools/build_assets.py

%.mo: %.po .venv/ready
	@$(BIN)/pybabel -q compile -i $< -o $@

.venv/ready: requirements.txt requirements-build.txt setup.cfg tools/prepare_environment.py
	@command -v $(PYTHON) >/dev/null || { \
		echo 'Bridge needs Python 3.11 or newer, and there is no $(PYTHON) here.'; \
		echo 'On Debian and Ubuntu: apt-get install python3 python3-venv'; exit 1; }
	@$(PYTHON) tools/prepare_environment.py requirements.txt requirements-build.txt
	@touch $@

.venv/ready-for-tests: .venv/ready requirements-test.txt
	@$(BIN)/python tools/prepare_environment.py \
		requirements.txt requirements-build.txt requirements-test.txt
	@touch $@

.venv/ready-to-prove: .venv/ready-for-tests requirements-prove.txt
	@$(BIN)/python tools/prepare_environment.py \
		requirements.txt requirements-build.txt requirements-test.txt requirements-prove.txt
	@touch $@

# Beside what is served, so that they see it, and from pins of their own.
.venv/ready-for-tools: .venv/ready requirements-tools.txt
	@$(BIN)/python tools/prepare_environment.py \
		requirements.txt requirements-build.txt requirements-tools.txt
	@touch $@
