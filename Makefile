# Everything is set up by the first target that needs it; PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST_ARGS ?=
COVERAGE ?=
SINCE ?= HEAD

.DEFAULT_GOAL := help
.PHONY: help run test check hooks lint types format slash docs zapier zapcheck bench load staging screenshots chaos clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

run: $(VENV)/run.stamp ## Start Helix; without DISCORD_TOKEN, in the sandbox
	@$(BIN)/python main.py

# Without bytecode on the disk, each worker and each process that a test starts would compile everything anew.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/test.stamp ## Run the whole suite (COVERAGE=1 measures branches and holds the bounds)
ifeq ($(COVERAGE),)
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)
else
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n auto --cov --cov-branch --cov-report= $(PYTEST_ARGS)
	$(BIN)/python -m tests.coverage_bounds
endif

check: $(VENV)/test.stamp ## Lint, types and the tests of what changed since SINCE=HEAD
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	@tests=$$($(BIN)/python -m tests.affected $(SINCE)); \
	if [ -z "$$tests" ]; then echo "No test names what changed."; \
	else $(BIN)/python -m pytest -q -n auto -m "not browser" $(PYTEST_ARGS) $$tests; fi

hooks: $(VENV)/test.stamp ## Check each commit before it is made (pre-commit)
	$(BIN)/pre-commit install

lint: $(VENV)/test.stamp ## Check style and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/test.stamp ## Check types strictly
	$(BIN)/mypy .

format: $(VENV)/test.stamp ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

slash: $(VENV)/run.stamp ## Generate bot/slash.json from the cogs
	$(BIN)/python -m bot.dispatch.registration

docs: $(VENV)/test.stamp ## Generate docs/commands.md, docs/architecture.svg, the tables of docs/webhooks.md and .env.example
	$(BIN)/python -m bot.catalog.page
	$(BIN)/python -m tests.house_drawing
	$(BIN)/python -m state.events.doc_tables
	$(BIN)/python -m core.settings > .env.example

zapier: $(VENV)/run.stamp ## Generate zapier/definition.json from the event registry
	$(BIN)/python -m state.events.zapier

zapcheck: zapier/node_modules/.stamp ## Hold zapier/ against Zapier's own schema (needs Node)
	node zapier/validate.js

bench: $(VENV)/run.stamp ## Measure; prints ratios against something in the same run
	$(BIN)/python -m bench

load: $(VENV)/run.stamp ## The promised load for SECONDS=60, promise by promise, and what each flag gives
	$(BIN)/python -m bench.load $(SECONDS)

staging: $(VENV)/run.stamp ## Ask a deployed Helix whether it is right: make staging URL=https://helix.example
	@$(BIN)/python -m deploy.staging_check $(URL)

screenshots: $(VENV)/test.stamp ## Take the README's pictures of the dashboard anew (needs Chromium)
	$(BIN)/python -m tests.e2e.dashboard_pictures

chaos: $(VENV)/run.stamp ## Kill Helix 200 times while events come in; nothing may be lost or doubled
	$(BIN)/python -m tests.chaos

clean: ## Remove the environment and what the tools left (never data/)
	rm -rf $(VENV) zapier/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Helix needs Python 3.11 or newer. Say which one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Creating the environment in $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python could not create $(VENV). On Debian and Ubuntu the package python3-venv brings what is missing." >&2; exit 1; }
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Installing what the tests need (once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

zapier/node_modules/.stamp: zapier/package.json
	@command -v npm >/dev/null || \
		{ echo "Zapier's schema is an npm package: install Node.js 18 or newer, with npm." >&2; exit 1; }
	@echo "Installing Zapier's packages (once) ..."
	@cd zapier && npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
