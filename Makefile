# Every verb of this repository. `make` alone lists them; CI runs the same ones.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.runtime
TEST_STAMP := $(VENV)/.test
DIR ?= .
FAULTS ?= 4

.DEFAULT_GOAL := help
.PHONY: help setup check test faults demo bench soak fuzz corpus accept docs clean refresh-contract verify-fixes calibrate

help: ## List these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(RUN_STAMP): requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Lockstitch needs Python 3.11, 3.12 or 3.13; say which one: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -c 'import site, pathlib; pathlib.Path(site.getsitepackages()[0], "lockstitch.pth").write_text(str(pathlib.Path.cwd()))'
	@printf '#!/bin/sh\nexec "%s" -m bot "$$@"\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/lockstitch
	@chmod +x $(BIN)/lockstitch
	@touch $@

$(TEST_STAMP): $(RUN_STAMP) requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

setup: $(TEST_STAMP) ## Make .venv with everything that work on Lockstitch needs

check: $(TEST_STAMP) ## Style, types and the arrows between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The faults wait more than they compute, so they have a run of their own with more workers.
test: $(TEST_STAMP) ## The whole suite
	$(BIN)/python -m pytest -n auto --ignore tests/faults
	$(MAKE) faults

faults: $(TEST_STAMP) ## Only what may go wrong around it, with real kills: make faults FAULTS=4
	$(BIN)/python -m pytest -n $(FAULTS) --dist loadscope tests/faults

demo: $(RUN_STAMP) ## Watch a pull request being reviewed, on this machine only
	$(BIN)/python -m bot demo

bench: $(TEST_STAMP) ## Timings, as ratios against a peer in the same run
	$(BIN)/python -m bench

soak: $(TEST_STAMP) ## An hour of kills, bursts and random lives: make soak PART=kills SHORT=1
	$(BIN)/python -m tests.faults.soak $(PART) $(if $(SHORT),--short)

fuzz: $(TEST_STAMP) ## Random texts at every door: make fuzz CASES=2000
	$(BIN)/python -m tests.fuzz $(if $(CASES),--cases $(CASES))

corpus: $(TEST_STAMP) ## The text layer's properties on real Terraform: make corpus DIR=path
	$(BIN)/python -m tests.terraform.corpus $(DIR)

accept: $(TEST_STAMP) ## Take what the snapshots show now as right; review the diff like code
	LOCKSTITCH_ACCEPT=1 $(BIN)/python -m pytest -q tests/review tests/journeys

docs: $(TEST_STAMP) ## Write the generated pages again
	$(BIN)/python -m scripts.write_docs

refresh-contract: $(TEST_STAMP) ## Cut GitHub's description anew and say what changed: NEWEST=1 (needs npm)
	$(BIN)/python -m scripts.refresh_contract $(if $(NEWEST),--newest)

calibrate: $(TEST_STAMP) ## How good the inference of IAM resources is: make calibrate MODULES=path HALF=tuning
	LOCKSTITCH_TEST_LABELLED_MODULES=$(MODULES) $(BIN)/python -m scripts.calibrate $(or $(HALF),all)

verify-fixes: $(TEST_STAMP) ## Ask Checkov what the fixes of all rule pages close: make verify-fixes CHECKOV=path
	$(BIN)/python -m scripts.verify_fixes $(or $(CHECKOV),checkov)

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
