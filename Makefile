# Everything runs in .venv, which each target sets up for itself.
PYTHON ?= python3
TORCH ?= torch==2.13.0
VENV := .venv
RUN := $(VENV)/bin/python
OLDEST := .venv-oldest

.PHONY: demo page test test-machines test-oldest lint docs clean

demo: $(VENV)/.demo
	$(RUN) examples/demo.py

# The detector live in a browser, on http://localhost:8000; needs npm.
PORT ?= 8000
page: $(VENV)/.page examples/live_page/node_modules
	$(RUN) -m examples.live_page.make_live_page
	$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory examples/live_page

# COVERAGE=--cov measures coverage too, and fails below 95 %. Python 3.11 takes half as long again.
COVERAGE ?=
test: $(VENV)/.test lint
	OMP_NUM_THREADS=1 $(RUN) -m pytest -n auto --dist worksteal $(COVERAGE)

# The numerical tests with the arithmetic of other processors, as far as this one supports it.
MACHINES ?= compatible default avx2 avx512 two-threads
test-machines: $(VENV)/.test
	$(RUN) tests/machines.py $(MACHINES)

# On the oldest versions that pyproject.toml allows. The registry's torch takes gigabytes.
# Without the doctests, which show what today's versions print and read the examples' data.
test-oldest: $(OLDEST)/.test
	OMP_NUM_THREADS=1 $(OLDEST)/bin/python -m pytest -n auto --dist worksteal tests

lint: $(VENV)/.test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

docs: $(VENV)/.docs
	OMP_NUM_THREADS=1 $(RUN) -m sphinx -W --keep-going docs docs/_build/html

clean:
	rm -rf $(VENV) $(OLDEST) demo_output examples/live_page/node_modules \
		examples/live_page/model.* docs/_build docs/auto_examples docs/reference/generated

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.python pyproject.toml
	$(RUN) -m pip install -q "$(TORCH)" -e ".[examples]"
	touch $@

$(VENV)/.page: $(VENV)/.python pyproject.toml
	$(RUN) -m pip install -q "$(TORCH)" -e ".[examples,onnx]"
	touch $@

examples/live_page/node_modules: examples/live_page/package-lock.json
	@command -v npm > /dev/null || { echo "npm is needed, for onnxruntime-web: https://nodejs.org"; exit 1; }
	npm ci --ignore-scripts --no-fund --no-audit --prefix examples/live_page
	touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml
	$(RUN) -m pip install -q "$(TORCH)" -e ".[examples,test]"
	touch $@

$(VENV)/.docs: $(VENV)/.python pyproject.toml
	$(RUN) -m pip install -q "$(TORCH)" -e ".[examples,docs]"
	touch $@

# Without the examples' cursory, which asks for a newer numpy.
$(OLDEST)/.test: pyproject.toml
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install -q uv
	$(OLDEST)/bin/uv pip install -q --python $(OLDEST)/bin/python --resolution lowest-direct \
		-e ".[test]"
	touch $@
