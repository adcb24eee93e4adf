# The whole of it on this machine. `make run` to try it, `make test` before every change goes in.
.PHONY: help run stop logs test rehearse rehearsals screenshots fmt openapi secrets advisories web measure performance fleet chaos cost build deploy destroy clean
PYTHON ?= python3
ZWM = $(PYTHON) infra/local/zwm.py
# Of `make deploy` and `make destroy`: STAGE=prod PARAMETERS="AlarmEmail=ops@example.com" ADMIN=ada@example.com
STAGE ?= dev
AWS_STAGE = .local/venv/sam/bin/python infra/aws/stage.py

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-12s  %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## the system on a local AWS, with a demo customer, until Ctrl-C
	@exec $(ZWM) run

stop: ## ends what `make run` (or a broken off `make test`) left behind
	@$(ZWM) stop

logs: ## follows the functions' logs of `make run`
	@exec $(ZWM) logs

test: ## format, lints, unit tests, template rules, end-to-end tests on a stack of its own
	@exec $(ZWM) test

rehearse: ## what `make test` has no time for: a scanner on the template, the build for AWS, a restore, an upgrade: see docs/testing.md
	@$(ZWM) rehearse
	@$(MAKE) build
	@$(MAKE) --no-print-directory rehearsals

rehearsals: ## of a restore and an upgrade, without the rest of `make rehearse`. REHEARSE=restore is a part; OLD=<commit> is upgraded from
	@$(ZWM) tools emulator sam aws
	@$(ZWM) web
	@cargo build --locked --workspace --bins
	@.local/venv/sam/bin/python infra/rehearse.py $(REHEARSE) $(if $(OLD),--old $(OLD))

screenshots: ## pictures of every page of the panel on a bad morning, in .local/screenshots, and docs/panel.png
	@exec $(ZWM) screenshots

openapi: ## writes docs/openapi.json anew from the code
	@ZWM_WRITE_OPENAPI=1 cargo test --locked --workspace --test openapi -- --exact the_document_that_is_served_is_what_the_code_says

web: ## builds the panel's web files, which its function serves
	@$(ZWM) web

secrets: ## names what looks like a secret in the tree, and is none, in .secrets.baseline
	@$(ZWM) secrets

advisories: ## known vulnerabilities of the crates, packages and tools; needs the internet
	@$(ZWM) advisories

fmt: ## puts the form of the code right: cargo fmt, ruff, prettier
	@cargo fmt --all
	@$(ZWM) tools lint
	@.local/venv/lint/bin/ruff check --fix --quiet
	@.local/venv/lint/bin/ruff format --quiet
	@$(ZWM) web
	@cd functions/panel/web && npx --no-install prettier --log-level warn --write .

build: ## what `sam deploy` takes to AWS
	@$(ZWM) tools sam cross
	@$(ZWM) web
	@# `sam build` hands no --locked to cargo: what it would resolve anew is refused here.
	@cargo metadata --locked --format-version 1 > /dev/null
	@PATH="$(CURDIR)/.local/venv/cross/bin:$$PATH" .local/venv/sam/bin/sam build --config-env dev

deploy: ## builds and deploys STAGE (dev) to AWS, with PARAMETERS, and a first ADMIN: see docs/deploy.md
	@$(ZWM) tools sam
	@$(AWS_STAGE) check $(STAGE)
	@$(MAKE) --no-print-directory build
	@$(AWS_STAGE) deploy $(STAGE) $(PARAMETERS) $(if $(ADMIN),--admin $(ADMIN))

destroy: ## deletes the stack of STAGE (dev) from AWS, after it said what stays and asked
	@$(ZWM) tools sam
	@$(AWS_STAGE) destroy $(STAGE)

measure: ## size, start time and memory of the release binaries
	@$(ZWM) tools cross
	@$(ZWM) web
	@PATH="$(CURDIR)/.local/venv/cross/bin:$$PATH" cargo lambda build --locked --release --workspace \
	  $(addprefix --bin ,customers workflows jobs sync schedule relay panel)
	@$(PYTHON) infra/measure.py

performance: ## how long syncs take, what they ask of Zuora and AWS, and memory at its peak: see docs/performance.md
	@$(ZWM) tools emulator sam cross
	@cargo build --locked --workspace --bins
	@PATH="$(CURDIR)/.local/venv/cross/bin:$$PATH" cargo lambda build --locked --release --workspace \
	  $(addprefix --bin ,customers workflows sync zuora-simulator)
	@.local/venv/sam/bin/python infra/performance.py
	@.local/venv/sam/bin/python infra/memory.py

fleet: ## a fleet under way, tables of thousands of customers, and what they ask of AWS: see docs/scale.md. FLEET="live --customers 20" is a part
	@$(ZWM) tools emulator sam
	@$(ZWM) web
	@cargo build --locked --workspace --bins
	@.local/venv/sam/bin/python infra/fleet.py $(FLEET)

chaos: ## twenty minutes in which functions are killed and AWS and Zuora fail: see docs/testing.md. CHAOS="--minutes 3 --customers 10 --seed 7"
	@$(ZWM) tools emulator sam faults
	@$(ZWM) web
	@cargo build --locked --workspace --bins
	@.local/venv/sam/bin/python infra/chaos.py $(CHAOS)

cost: ## the monthly bill, from what `make fleet` counted, the prices and the template: writes the tables of docs/cost.md
	@$(ZWM) tools sam
	@.local/venv/sam/bin/python infra/cost.py

clean: ## removes what was built and the tools of the checkout
	@rm -rf .local .aws-sam target
