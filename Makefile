# Autopost's commands. PORT and SANDBOX_PORT are honoured by all of them; everything binds to 127.0.0.1.

# PYTHON is yours: the one that .venv is made with.
VENV_PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo run worker sandbox key test test-fast lint format words bench chaos mutants coverage diagrams screens jobs lock licences sbom

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with everything installed, and nothing else
	@scripts/setup.sh

demo: setup ## try everything on this machine, no token needed; ONCE=1 stops after the samples are out
	@$(VENV_PYTHON) manage.py demo $(if $(ONCE),--once) $(ARGS)

run: setup ## web and worker (and the sandbox while SANDBOX=true) in this terminal
	@$(VENV_PYTHON) manage.py migrate --verbosity 0
	@$(VENV_PYTHON) scripts/run.py

worker: setup ## a worker alone
	@$(VENV_PYTHON) manage.py qcluster

sandbox: setup ## the pretended platforms alone
	@$(VENV_PYTHON) manage.py sandbox

key: setup ## print a new key for CREDENTIALS_KEY
	@$(VENV_PYTHON) -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"

test: setup ## the whole suite on SQLite, a real MariaDB and a real PostgreSQL, in a browser, and the sandbox under others' clients
	@$(VENV_PYTHON) -m tests.support.run $(ARGS)

test-fast: setup ## the suite on SQLite, without browser and clients
	@$(VENV_PYTHON) -m tests.support.run --fast $(ARGS)

lint: setup ## style, types, missing migrations, Django's own checks
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@DATABASE_URL=sqlite://:memory: $(VENV_PYTHON) -m mypy
	@DATABASE_URL=sqlite://:memory: $(VENV_PYTHON) manage.py makemigrations --check --dry-run
	@DATABASE_URL=sqlite://:memory: $(VENV_PYTHON) manage.py check

format: setup ## mend what ruff can mend
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

words: setup ## collect what the pages say into locale/, and compile it
	@$(VENV_PYTHON) scripts/words.py

bench: setup ## measure speed; tables and JSON in benchmarks/results
	@$(VENV_PYTHON) -c "import celery, pgqueuer, procrastinate" 2>/dev/null || $(VENV_PYTHON) -m pip install --quiet --require-hashes --requirement requirements-bench.lock
	@command -v redis-server >/dev/null || scripts/need-debian redis-server || echo "Celery's line needs redis-server: sudo apt-get install redis-server"
	@$(VENV_PYTHON) -m benchmarks $(ARGS)

chaos: setup ## kill workers at random moments and count what is out twice or lost
	@$(VENV_PYTHON) -m benchmarks.chaos $(ARGS)

mutants: setup ## make changes that would cost a post, a secret or a count, one by one: each must fail a test
	@$(VENV_PYTHON) -m benchmarks.mutants $(ARGS)

coverage: setup ## which branches of delivery, states and intake the tests take; prints, and judges nothing
	@$(VENV_PYTHON) scripts/branches.py $(ARGS)

diagrams: setup ## draw the diagrams of docs/architecture.md anew from the code
	@$(VENV_PYTHON) scripts/diagrams.py

jobs: setup ## do an editor's nineteen jobs in a browser and write what they took into docs/jobs.md
	@scripts/need-debian chromium
	@WRITE_JOBS=1 $(VENV_PYTHON) -m pytest -q -p no:cacheprovider tests/browser/test_jobs_writing.py tests/browser/test_jobs_watching.py

screens: setup ## photograph the desk into docs/screens (ARGS: names of pages)
	@scripts/need-debian chromium fonts-noto-color-emoji || echo "Without fonts-noto-color-emoji the pictures show boxes for emoji."
	@$(VENV_PYTHON) -m tests.support.screens $(ARGS)

lock: setup ## write the lock files anew after a requirements file has changed
	@scripts/lock.sh
	@$(MAKE) --no-print-directory licences

licences: setup ## write docs/licences.md: what every package that comes along is licensed under
	@$(VENV_PYTHON) scripts/licences.py

sbom: setup ## write dist/autopost.cdx.json, the bill of materials of a release (CycloneDX)
	@scripts/sbom.sh
