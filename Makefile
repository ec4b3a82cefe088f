# Thin by intent: each target calls one script or one `relight` command.
.DEFAULT_GOAL := help
RUN := .venv/bin/

.PHONY: help setup up down test check bench soak lock histories clients pages

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## make .venv from the lock file with the newest Python found (3.11 or later)
	@.ci/setup

up: setup pages ## start everything: database, Temporal, api, worker, planner, relay (Ctrl-C stops it)
	@$(RUN)relight up

down: ## stop what `make up` started; the data stays
	@$(RUN)relight down

test: setup ## run every test on real servers and print the time per layer
	@.ci/test

check: setup ## format, lint, types, rooms, docs: everything that needs no server
	@.ci/check

bench: setup ## measure everything of docs/performance.md
	@$(RUN)relight bench

soak: setup ## run the long kill ladders and whole-day drills
	@.ci/test -m soak

histories: setup ## record the workflow histories of tests/histories anew
	@$(RUN)python -m tests.histories

clients: setup ## make a Python client and TypeScript types of the interface, in build/clients
	@.ci/clients

pages: ## build the pages that browsers show, where Node is
	@.ci/pages

lock: setup ## resolve requirements.lock anew, with hashes and without host names
	@.ci/lock
