# Language Models in 39 Questions: `make help` lists what there is to make.

# `make course PYTHON=`, with nothing behind it, means the usual one too.
override PYTHON := $(or $(PYTHON),python3)
VENV := .venv
BIN := $(VENV)/bin
# Models here are small: a second thread costs more than it brings, and forked workers need one.
export OMP_NUM_THREADS ?= 1
# Tools that a command starts by name (alembic, jupyter) come from the environment too.
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"
NUMBERS = @$(RUN) python scripts/readme_numbers.py

# A command that fails or is interrupted must not leave its target behind, looking finished.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

LMLIB := $(shell find lmlib -name '*.py')
LMGRADE := $(shell find lmgrade -name '*.py') nbgrader_config.py
BOOK := $(shell find book -type f -not -name '*.pyc') $(wildcard benchmarks/results/*.json)
SOLUTIONS := $(wildcard solutions/*.py)
NOTEBOOKS := $(foreach name,$(SOLUTIONS:solutions/%.py=%),exercises/$(name)/$(name).ipynb)
PAGES := $(shell sed -n 's|^ *- file: *|_build/html/|p' _toc.yml)
BUILT := _build/html/index.html $(PAGES:=.html) _build/notebooks/book
# What the students' copy of a private course lacks: scripts/public_mirror.py.
EXAMPLES := $(if $(wildcard examples),$(shell find examples -type f -not -name '*.pyc'))

TOOLS := $(VENV)/.installed
SITE := _build/.site
RELEASED := _build/.released
GRADED := _build/.graded

# What somebody deleted is made again, although no source changed.
lost = $(if $(filter-out $(wildcard $(1)),$(1)),FORCE)

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: course
course: $(RELEASED) $(GRADED) $(SITE) ## Install, release the assignments, grade the examples, build the book
	@$(if $(EXAMPLES),$(RUN) python -m examples summary)

$(TOOLS): pyproject.toml constraints.txt scripts/make_venv.py book/_tools/progress.py
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) on PATH. Install Python 3.11 or" \
		"newer, or name one that you have: make course PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -m scripts.make_venv $(VENV)
	@touch $@

.PHONY: book
book: $(SITE) ## Build the site and the chapter notebooks into _build/

$(SITE): $(TOOLS) $(RELEASED) $(BOOK) $(LMLIB) _config.yml _toc.yml $(call lost,$(BUILT))
	$(RUN) python -m book.build
	@touch $@

.PHONY: pdf epub site-zip
pdf: _build/book.pdf ## Write the book as _build/book.pdf (needs Chromium)
epub: _build/book.epub ## Write the book as _build/book.epub
site-zip: _build/site.zip ## Write _build/site.zip: unpack it, and the site works without a server

_build/book.pdf _build/book.epub _build/site.zip: $(SITE)
	$(RUN) python -m book.keep $(patsubst .%,%,$(suffix $@))

.PHONY: exercises
exercises: $(RELEASED) ## Write exercises/NAME/NAME.ipynb from solutions/NAME.py

$(RELEASED): $(TOOLS) $(SOLUTIONS) lmgrade/notebook/release.py _config.yml $(call lost,$(NOTEBOOKS))
	$(if $(SOLUTIONS),$(RUN) lmgrade release)
	@mkdir -p $(@D) && touch $@

$(GRADED): $(TOOLS) $(RELEASED) $(EXAMPLES) $(LMGRADE) $(LMLIB) $(if $(EXAMPLES),$(call lost,_build/examples/grades.csv _build/examples/feedback))
	$(if $(EXAMPLES),$(RUN) python -m examples grade)
	@touch $@

FORCE:

.PHONY: my-work
my-work: $(RELEASED) ## Copy the assignments to my-work/, to work in; nothing there is written over
	@mkdir -p my-work; for name in $(notdir $(patsubst %/,%,$(wildcard exercises/*/))); do \
		[ -e my-work/$$name ] || cp -r exercises/$$name my-work/ || exit 1; done
	@echo "Your copies are in my-work/."

.PHONY: serve
serve: $(SITE) ## Show the site at http://127.0.0.1:8000 (PORT=…)
	@$(RUN) python -c 'import socket; socket.create_server(("127.0.0.1", $(or $(PORT),8000)))' 2>/dev/null \
		|| { echo "Port $(or $(PORT),8000) can't be had. Name another one: make serve PORT=8001" >&2; exit 1; }
	@$(RUN) python -m http.server --bind 127.0.0.1 --directory _build/html $(or $(PORT),8000)

.PHONY: lint
lint: $(TOOLS) ## Check style and types
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy

.PHONY: test
test: lint course ## Run everything that CI runs
	$(RUN) pytest -n $(or $(JOBS),2) --dist loadscope --no-loadscope-reorder

.PHONY: test-quick
test-quick: lint ## Style, types, a sample of the tests, one chapter
	$(RUN) pytest -n $(or $(JOBS),2) --dist loadscope -m quick
	$(RUN) python -m book.build 33

.PHONY: configure
configure: $(TOOLS) ## Name the repository that publishes the course (REPO=owner/name)
	@$(RUN) python scripts/configure.py "$(REPO)"

.PHONY: new-assignment
new-assignment: $(TOOLS) ## Write a new assignment to fill in (NAME=…)
	@$(RUN) python scripts/new_assignment.py "$(NAME)"

.PHONY: validity
validity: $(TOOLS) ## Grade many right and wrong solutions: how often is a check mistaken?
	$(RUN) python -m tests.validity
	$(NUMBERS)

.PHONY: bench
bench: $(TOOLS) ## Measure the models against fastai, growth and real text (installs fastai; long)
	$(RUN) pip install -q -c constraints.txt -e '.[bench]'
	env -u OMP_NUM_THREADS $(RUN) python -m benchmarks.models --fastai
	env -u OMP_NUM_THREADS $(RUN) python -m benchmarks.text
	$(RUN) python -m benchmarks.growth
	$(NUMBERS)

.PHONY: bench-grading
bench-grading: $(TOOLS) ## Measure the grader against stock nbgrader (long)
	$(RUN) python -m benchmarks.grading
	$(NUMBERS)

.PHONY: bench-scale
bench-scale: $(TOOLS) ## Measure ever larger courses on SQLite, PostgreSQL and Dask, with failures (long)
	$(RUN) python -m benchmarks.scale
	$(NUMBERS)

.PHONY: bench-book
bench-book: $(SITE) ## Measure the book's build, and the memory of its notebooks (long)
	$(RUN) python -m benchmarks.book
	$(RUN) python -m benchmarks.memory
	$(NUMBERS)

.PHONY: numbers
numbers: $(TOOLS) ## Write the README's numbers from the results files
	$(NUMBERS)

.PHONY: pins
pins: $(TOOLS) ## Write constraints.txt from what is installed
	$(RUN) python scripts/pin.py

.PHONY: clean
clean: ## Remove what was built; keep the environment, submissions and grades
	rm -rf _build .jupyter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
