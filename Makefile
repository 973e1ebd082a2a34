# circle: what one types. `make help` says what there is.
#
# Written for GNU make 3.81 (the one macOS ships) and a POSIX shell; needs Python 3.11 or newer
# and nothing else. Everything is installed into VENV, once: a stamp file there says for which
# pyproject.toml and constraints.txt.
#
#   PYTHON=python3.13   the interpreter to build VENV with (default: the first new enough on PATH)
#   PORT=8016           where `make serve` listens (default 8015)
#   STUDY=monaco        the study that `make serve` builds (default: the embedded sample)

SHELL := /bin/sh
VENV ?= .venv
PORT ?= 8015
STUDY ?= shanzishi
PYTHON ?=
PYTEST_ARGS ?=
# Two processes; what shares a file stays in one of them. For one alone: PYTEST_ARGS='-n 0'.
# Tests that are slow as well: PYTEST_ARGS="-m 'not timed'", as .ci/run asks for.
PYTEST_USUAL = -n 2 --dist loadgroup --no-loadscope-reorder -m 'not timed and not slow'

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --constraint constraints.txt
STAMP := $(VENV)/.installed

# Prints the interpreter to use, or says in one sentence why there is none.
FIND_PYTHON = \
	ok='import sys; sys.exit(sys.version_info < (3, 11))'; \
	found=''; seen=''; \
	if [ -n '$(PYTHON)' ]; then candidates='$(PYTHON)'; \
	else \
		candidates=''; old_ifs=$$IFS; IFS=:; \
		for folder in $$PATH; do candidates="$$candidates:$${folder:-.}/python3"; done; \
		for minor in 14 13 12 11; do candidates="$$candidates:python3.$$minor"; done; \
		IFS=$$old_ifs; \
	fi; \
	old_ifs=$$IFS; IFS=:; \
	for candidate in $$candidates; do \
		IFS=$$old_ifs; \
		[ -n "$$candidate" ] || continue; \
		path=`command -v "$$candidate" 2>/dev/null` || continue; \
		[ -d "$$path" ] && continue; \
		version=`"$$path" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null` \
			|| continue; \
		[ -n "$$seen" ] || seen="$$path is Python $$version"; \
		if "$$path" -c "$$ok" 2>/dev/null; then found=$$path; break; fi; \
	done; \
	IFS=$$old_ifs; \
	if [ -z "$$found" ]; then \
		if [ -n "$$seen" ]; then \
			echo "circle needs Python 3.11 or newer, and $$seen: install a newer one, or name it with make PYTHON=/path/to/python3." >&2; \
		elif [ -n '$(PYTHON)' ]; then \
			echo "PYTHON=$(PYTHON) is not a Python that runs here: name one of version 3.11 or newer." >&2; \
		else \
			echo "circle needs Python 3.11 or newer, and there is no python3 on PATH: install it, or name it with make PYTHON=/path/to/python3." >&2; \
		fi; \
		exit 1; \
	fi

.PHONY: help serve test check bench pictures constraints check-constraints wheel clean port setup
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo 'make serve        build the Shanzishi guide and serve it at http://127.0.0.1:$(PORT)'
	@echo 'make test         run the tests'
	@echo 'make check        format, lint, types, floors, docstrings'
	@echo 'make bench        measure truth and speed'
	@echo 'make pictures     draw the pictures of the README again'
	@echo 'make constraints  choose the pinned versions anew; check-constraints tries them'
	@echo 'make wheel        build dist/circle-*.whl'
	@echo 'make clean        remove what these made, the environment included'
	@echo 'Settings: PYTHON=python3.13  PORT=8016  STUDY=shanzishi  VENV=.venv'

# ---- setting up

$(BIN)/python:
	@$(FIND_PYTHON); \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "$$found has no venv module to make an environment with: install it (on Debian and Ubuntu: apt install python3-venv), or name another Python with make PYTHON=/path/to/python3." >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$found"; \
	"$$found" -m venv --clear $(VENV)

$(STAMP)-run: $(BIN)/python pyproject.toml constraints.txt
	@echo 'Installing circle and what it runs on (a minute or two, once)'
	@$(INSTALL) --editable .
	@touch $@

$(STAMP)-test: $(STAMP)-run
	@echo 'Installing what the tests need'
	@$(INSTALL) --editable '.[test]'
	@touch $@

$(STAMP)-check: $(STAMP)-run
	@echo 'Installing what the checks need'
	@$(INSTALL) --editable '.[check]'
	@touch $@

$(STAMP)-bench: $(STAMP)-test
	@echo 'Installing what the benchmarks measure against'
	@$(INSTALL) --editable '.[bench]'
	@touch $@

$(STAMP)-pins: $(BIN)/python
	@$(PIP) install -qq uv
	@touch $@

setup: $(STAMP)-test $(STAMP)-check

# Says that the port is taken before anything is installed or built.
port:
	@python=$(BIN)/python; \
	if [ ! -x "$$python" ]; then $(FIND_PYTHON); python=$$found; fi; \
	"$$python" -c 'import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1])))' '$(PORT)' 2>/dev/null \
	|| { echo "Port $(PORT) of this computer is taken or not a port: stop what listens there, or choose another, for example make serve PORT=8016." >&2; exit 1; }

# ---- what one types

serve: port $(STAMP)-run
	@exec $(BIN)/circle serve $(STUDY) --port $(PORT)

test: $(STAMP)-test
	@$(BIN)/python -m pytest $(PYTEST_USUAL) $(PYTEST_ARGS)

check: $(STAMP)-check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	find circle -name '*.py' -exec $(BIN)/numpydoc lint {} +

bench: $(STAMP)-bench
	@status=0; \
	for script in `grep -l '__main__' tests/benchmarks/*.py`; do \
		module=`basename "$$script" .py`; \
		$(BIN)/python -m tests.benchmarks.$$module || status=1; \
	done; \
	$(BIN)/python -m pytest -q -m timed || status=1; \
	exit $$status

pictures: $(STAMP)-test
	@$(BIN)/circle pictures shanzishi

constraints: $(STAMP)-pins
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy requires-python \
		--all-extras --upgrade --no-annotate --no-header --no-emit-index-url \
		--output-file constraints.txt pyproject.toml
	@$(MAKE) check-constraints

# Each Python must find one set of wheels that satisfies both files; nothing is installed.
check-constraints: $(STAMP)-pins
	@for python in 3.11 3.12 3.13 3.14; do \
		chosen=`$(BIN)/uv pip compile --quiet --python-version $$python --all-extras \
			--constraint constraints.txt --only-binary :all: --no-binary xstatic-leaflet \
			--no-annotate --no-header pyproject.toml` || exit 1; \
		echo "Python $$python: `echo "$$chosen" | wc -l | tr -d ' '` packages"; \
	done

wheel: $(STAMP)-test
	@$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache maps/shanzishi
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
