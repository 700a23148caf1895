# The two commands: `make extract` runs the main job, `make test` passes the tests. Both set everything up first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INPUT ?= data/examples
OUT ?= out

LABEL_STUDIO_VENV ?= .venv-label-studio
LABEL_STUDIO := $(LABEL_STUDIO_VENV)/.ready
PORT ?= 8080

.PHONY: help extract test check train benchmark label-studio label-studio-server retrain report check-gate lock clean

help:
	@echo "make extract [INPUT=... OUT=...]  read articles and write their casualty claims (default: the examples)"
	@echo "make test                         lint, types and tests"
	@echo "make train                        train the default model from data/ again, into runs/default"
	@echo "make benchmark                    time extraction against a plain token-classification pipeline"
	@echo "make label-studio [PORT=...]      a local Label Studio with our labelling screen, some articles and the model"
	@echo "make retrain PROJECT=...          pull annotations, merge gold, train, and compare with the released model"
	@echo "make report [MODEL=... OUT=...]   the evaluation report of a model, and the verdict of the release gate"
	@echo "make check-gate                   plant damages into the model and see whether the gate catches each"

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

# The server has 150 packages that lower versions of ours: an environment of its own.
$(LABEL_STUDIO): requirements-label-studio.lock
	$(PYTHON) -m venv $(LABEL_STUDIO_VENV)
	$(LABEL_STUDIO_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-label-studio.lock
	@touch $(LABEL_STUDIO)

label-studio-server: $(LABEL_STUDIO)

label-studio: $(READY) $(LABEL_STUDIO)
	@$(BIN)/python -m annotation.demo --port $(PORT) --folder $(OUT)/label-studio

retrain: $(READY)
	@$(BIN)/python -m scripts.retrain $(if $(PROJECT),--project "$(PROJECT)") $(if $(ADJUDICATION),--adjudication "$(ADJUDICATION)") $(if $(GOLD),--gold "$(GOLD)") \
		$(if $(NAME),--name "$(NAME)") $(if $(SINGLE),--single) $(if $(MERGE),--merge)

report: $(READY)
	$(BIN)/python -m training.report.build $(or $(MODEL),default) --out $(OUT)/report

check-gate: $(READY)
	$(BIN)/python -m training.check_gate

# Locks what is installed; run it after changing the ranges in pyproject.toml and installing by hand.
lock: $(READY)
	$(BIN)/python -m pip freeze --all --exclude-editable --exclude pip | sed 's/+cpu$$//' > requirements.lock

clean:
	rm -rf $(VENV) $(LABEL_STUDIO_VENV) build dist *.egg-info
