# The two commands: make run, make test. Everything lives in .venv/, node_modules/ and var/.
PYTHON ?= python3
BOOTSTRAP = goettingen_ecm/operations/local_stack/bootstrap.py
BIN = .venv/bin
STACK = $(BIN)/python -m goettingen_ecm.operations.local_stack
PYTEST_ARGS ?=
# Two test processes, each with its own database, on servers of their own beside those of make run.
PYTEST_WORKERS ?= 2
TEST_VAR_DIR ?= $(CURDIR)/var/test
SUITE = ECM_VAR_DIR=$(TEST_VAR_DIR) ECM_POSTGRES_DURABLE=0 $(STACK) exec -- $(BIN)/python -m pytest -n $(PYTEST_WORKERS)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run stop test test-full check handbook lock doctor reset-demo

help:  ## diese Übersicht
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup:  ## Umgebung und Pakete einrichten (geschieht bei jedem Befehl von selbst)
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Fehler: $(PYTHON) fehlt; gebraucht wird Python 3.11 oder neuer." >&2; exit 1; }
	@$(PYTHON) $(BOOTSTRAP)

setup-dev:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Fehler: $(PYTHON) fehlt; gebraucht wird Python 3.11 oder neuer." >&2; exit 1; }
	@$(PYTHON) $(BOOTSTRAP) --dev

run: setup  ## eAkte mit Musterstadt starten (Strg+C beendet); ECM_PORT=8001 für einen anderen Port
	@$(STACK) run

stop: setup  ## beenden, was make run hier gestartet hat
	@$(STACK) stop

reset-demo: setup  ## Musterstadt wegwerfen; der nächste Start lädt sie neu
	@$(STACK) reset-demo

doctor: setup  ## was diese Maschine kann, was aus ist und warum
	@$(STACK) exec -- $(BIN)/python manage.py doctor

test: setup-dev  ## alles, was über eine Änderung entscheidet
	@$(SUITE) -m "not full" $(PYTEST_ARGS)

test-full: setup-dev  ## dazu die langen Läufe
	@$(SUITE) $(PYTEST_ARGS)

check: setup-dev  ## Stil, Typen, Schichten, Vorlagen, Migrationen, Produktionseinstellungen
	@$(STACK) exec -- $(BIN)/python -m goettingen_ecm.operations.local_stack.checks

handbook: setup-dev  ## Bilder der Handbücher neu aufnehmen
	@ECM_HANDBOOK_PICTURES=1 $(SUITE) -n 0 tests/e2e/test_handbook_pictures.py

lock: setup-dev  ## requirements*.txt neu auflösen (Hashes, keine Adressen)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error
