SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
UV := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(VENV)/bin/uv

.PHONY: setup lock

setup: $(VENV)/.locked ## install the locked environment

$(VENV)/.locked: locks/uv.txt locks/project.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --require-hashes --no-deps -r locks/uv.txt
	$(UV) pip sync --require-hashes locks/project.txt
	$(UV) pip install --quiet --no-deps --editable .
	touch $@

lock: ## resolve pyproject.toml again and write the hashes of every dependency
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group dev pyproject.toml -o locks/project.txt
	echo 'uv==0.13.8' | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header - -o locks/uv.txt
