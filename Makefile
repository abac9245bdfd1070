# Two commands for a newcomer: `make demo` and `make test`. Everything else: `make help`.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON ?= python3
ARCH ?= RetailDemographics
TEST_WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
SPARK4 := $(VENV)/spark4
MODEL_SERVERS := $(VENV)/model_servers
TRAINING := $(VENV)/training
INSTALLED := $(VENV)/installed
RUN := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python
# Spark comes as a source distribution only; there is nothing in it to compile.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --no-binary pyspark,sagemaker-inference --require-hashes
PINS := requirements.txt demos/requirements.txt $(wildcard sandbox/groups/*.txt)

# `ServiceChain,DataLake` or `all` -> the requirement files of those demos.
demos := $(if $(filter all,$(ARCH)),$(wildcard demos/*/requirements.txt),\
  $(foreach name,$(shell printf '%s' '$(ARCH)' | tr ',' ' '),\
  demos/$(shell printf '%s' '$(name)' | sed -E 's/([a-z0-9])([A-Z])/\1_\2/g' | tr 'A-Z' 'a-z')/requirements.txt))

# Python writes bytecode once and every later start is quicker; jsii unpacks its kernel once.
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/$(VENV)/jsii
unexport PYTHONDONTWRITEBYTECODE
export PYTHONHASHSEED := 0

.PHONY: help demo test test-spark4 check lint types fix new snapshots synth bench detector docs lock clean

help: ## this list
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: $(INSTALLED)/requirements.txt $(addprefix $(INSTALLED)/,$(demos)) $(INSTALLED)/npm ## deploy into the embedded AWS, send real input, show the results (ARCH=Name,Name or all; KEEP=1)
	@$(RUN) -m demos "$(ARCH)"

test: $(INSTALLED)/requirements-dev.txt $(INSTALLED)/npm-dev ## the whole test suite
	@$(RUN) -m pytest -n $(TEST_WORKERS) --dist loadscope --no-loadscope-reorder $(PYTEST_ARGS)

test-spark4: $(INSTALLED)/requirements-dev.txt $(INSTALLED)/spark4 ## the tests of the lake's jobs by Spark 4.1, which Glue 6.0 has
	@PYTHONPATH="$(CURDIR)/$(SPARK4)" $(RUN) -m pytest tests/data_lake/jobs $(PYTEST_ARGS)

check: lint types test ## the gate: format, lint, types, tests

lint: $(INSTALLED)/requirements-dev.txt
	@$(BIN)/ruff format --check --quiet . || { echo "format: run 'make fix'"; exit 1; }
	@$(BIN)/ruff check --quiet .

types: $(INSTALLED)/requirements-dev.txt
	@$(BIN)/mypy

fix: $(INSTALLED)/requirements-dev.txt ## format, and mend what the linter can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

new: $(INSTALLED)/requirements-dev.txt $(INSTALLED)/npm-dev ## the skeleton of an architecture (NAME=my_architecture): folders, registry, settings, pages
	@$(RUN) -m scaffold "$(NAME)"
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@$(RUN) -m docs.generate
	@$(RUN) -m pytest -q --snapshot-update -m golden tests/$(NAME) tests/stacks

snapshots: $(INSTALLED)/requirements-dev.txt $(INSTALLED)/npm-dev ## rewrite the golden templates; read the diff
	@$(RUN) -m pytest -q --snapshot-update -m golden

synth: $(INSTALLED)/requirements.txt $(INSTALLED)/npm ## every template, into cdk.out
	@PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/cdk synth --quiet

bench: $(INSTALLED)/requirements-dev.txt $(INSTALLED)/npm-dev $(if $(filter-out ModelHosting,$(BENCH)),,$(INSTALLED)/model_servers) ## measure, and write docs/benchmarks.md (BENCH=Name for one part)
	@$(RUN) -m benchmarks $(BENCH)

detector: $(INSTALLED)/requirements-dev.txt $(INSTALLED)/training ## train the bird detector anew, into components/edge_model (two minutes; PyTorch)
	@$(RUN) -m fixtures.birds .build/birds
	@cd .build/birds && SM_MODEL_DIR=model SM_CHANNEL_TRAIN=train SM_CHANNEL_VALIDATION=validation SM_CHANNEL_TEST=test \
	  PYTHONPATH="$(CURDIR)/jobs:$(CURDIR)/components:$(CURDIR)/$(TRAINING)" $(CURDIR)/$(BIN)/python -m edge_inference.train
	@cp .build/birds/model/model.json .build/birds/model/detector.*.onnx components/edge_model/

docs: $(INSTALLED)/requirements-dev.txt $(INSTALLED)/npm-dev ## generated pages
	@$(RUN) -m docs.generate

lock: ## turn every *.in into a *.txt with hashes (needs uv)
	@for group in requirements-dev requirements sandbox/groups/core sandbox/groups/faces sandbox/groups/learning \
	  sandbox/groups/spark sandbox/groups/speech sandbox/groups/text demos/requirements testing/spark4 \
	  jobs/model_training/server benchmarks/model_hosting/servers/packages components/edge_inference/requirements; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --no-annotate \
	    $$(case $$group in (requirements-dev|testing/spark4) ;; (*) echo "-c requirements-dev.txt" ;; esac) \
	    $$group.in -o $$group.txt || exit 1; done

clean: ## everything that make made
	@[ ! -x $(BIN)/python ] || [ ! -d .sandbox ] || $(BIN)/python -m sandbox down || true
	rm -rf $(VENV) node_modules .sandbox .build cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"python {v.major}.{v.minor} is too old: 3.11 or newer is needed; try make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)")'
	@echo "making $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "no venv: on Debian and Ubuntu, apt install python3-venv"; exit 1; }

$(INSTALLED)/%.txt: %.txt $(PINS) | $(BIN)/python
	@echo "installing $< …"
	@$(PIP) -r $<
	@! $(BIN)/python -c 'import ministack, pyspark' 2>/dev/null || $(BIN)/python -m sandbox.services.glue.class_archive \
	  || echo "Spark's classes could not be archived; it starts slower without"
	@mkdir -p $(@D) && touch $@

# Beside the other packages, and before them on the path: the Spark of the sandbox stays as it is.
$(INSTALLED)/spark4: testing/spark4.txt $(INSTALLED)/requirements-dev.txt
	@echo "installing $< …"
	@rm -rf $(SPARK4) && $(PIP) --target $(SPARK4) -r $<
	@touch $@

# The servers that are measured have what an image of theirs has, and nothing of the project's.
$(INSTALLED)/model_servers: benchmarks/model_hosting/servers/packages.txt $(INSTALLED)/requirements-dev.txt
	@echo "installing $< …"
	@rm -rf $(MODEL_SERVERS) && $(PIP) --no-binary sagemaker-inference --target $(MODEL_SERVERS) -r $<
	@touch $@

# Of PyTorch the wheels without CUDA, which are in its own index: PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS says where.
$(INSTALLED)/training: jobs/edge_inference/training.txt $(INSTALLED)/requirements-dev.txt
	@echo "installing $< …"
	@rm -rf $(TRAINING) && $(PIP) --target $(TRAINING) -r $<
	@touch $@

$(INSTALLED)/npm $(INSTALLED)/npm-dev: package-lock.json $(INSTALLED)/requirements.txt
	@echo "installing the CDK command line …"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel=error $(if $(filter %npm,$@),--omit=dev)
	@touch $(INSTALLED)/npm $@
