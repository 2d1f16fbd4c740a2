# Every chore has a name here. Each target does its own set-up; `make` alone lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

help:
	@echo "make demo    mark a simulated class and say where things lie"
	@echo "make lab     open the course in JupyterLab, at its first lesson"
	@echo "make test    style, then fast tests, then slow ones"
	@echo "make build   make exercises/ from the masters in solutions/"
	@echo "make check   say what a build would change, and whether a key leaks"
	@echo "make lock    pin every dependency anew in requirements.lock"
	@echo "make clean   delete what these commands made"

$(VENV)/ready: requirements.lock pyproject.toml $(wildcard readtwice/labextension/static/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "readtwice needs Python 3.11 or newer; name one with  make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: $(VENV)/ready
	$(BIN)/readtwice demo

lab: $(VENV)/ready
	$(BIN)/readtwice lab

build: $(VENV)/ready
	$(BIN)/readtwice build

check: $(VENV)/ready
	$(BIN)/readtwice build --check

test: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest -q -n auto -m "not slow and not browser"
	$(BIN)/pytest -q -n 2 -m "slow or browser"

lock: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra test --extra postgres --extra cluster pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) demo-course .pytest_cache .ruff_cache .hypothesis dist test-results

.PHONY: help demo lab build check test lock clean
