# The two commands: `make extract` runs the main job, `make test` passes the tests. Both set everything up first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INPUT ?= data/examples
OUT ?= out

.PHONY: help extract test check train benchmark lock clean

help:
	@echo "make extract [INPUT=... OUT=...]  read articles and write their casualty claims (default: the examples)"
	@echo "make test                         lint, types and tests"
	@echo "make train                        train the default model from data/ again, into runs/default"
	@echo "make benchmark                    time extraction against a plain token-classification pipeline"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed (PYTHON=...)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

extract: $(READY)
	@$(BIN)/python scripts/extract.py $(INPUT) --out $(OUT)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/python -m pytest

train: $(READY)
	$(BIN)/python -m training.train training/configs/default.toml --out runs/default

benchmark: $(READY)
	$(BIN)/python scripts/benchmark.py

# Locks what is installed; run it after changing the ranges in pyproject.toml and installing by hand.
lock: $(READY)
	$(BIN)/python -m pip freeze --all --exclude-editable --exclude pip | sed 's/+cpu$$//' > requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info
