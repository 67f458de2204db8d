# Each target is a script or a module: `make help` lists them.
# `up`, `verify` and `down` take another stack than dev: make up STACK=recyclic.
.DEFAULT_GOAL := help
STACK ?= dev
.PHONY: help up demo test policies lint verify bench images down uninstall

# What runs a module says where its environment comes from, in place of make's own error.
demo verify bench: .venv/bin/python
.venv/bin/python:
	@echo "rempart: no virtual environment at .venv: run \`make up\`, or scripts/setup for it alone" >&2; exit 1

up: ## from a bare machine to the running stack: installs what is missing, builds, deploys; STACK=dev
	@scripts/up $(STACK)

demo: ## send the demo message through stack dev and read it back
	@.venv/bin/python -m scripts.demo dev

test: ## everything: lint, then the whole suite, the live tests included
	@scripts/test

policies: ## the policy pack's tests alone
	@scripts/setup > /dev/null && .venv/bin/pytest -q -m "not live" -n auto tests/policies

lint: ## style, types, import boundaries
	@scripts/lint

verify: ## prove on the running stack: every link, no other, no leak; STACK=dev
	@.venv/bin/python -m verify --stack $(STACK)

bench: ## measure, and print the figures with their ratios; NAMES=backup for what takes long
	@.venv/bin/python -m bench $(NAMES)

images: ## build the images whose content changed; FRESH=1 starts from today's Debian
	@scripts/setup > /dev/null && .venv/bin/python -m images build $(if $(FRESH),--fresh) && .venv/bin/python -m images list

down: ## remove the stack with its data; images and engine stay; STACK=dev
	@scripts/down $(STACK)

uninstall: ## remove everything that `make up` made
	@scripts/uninstall

help: ## this list
	@sed -nE 's/^([a-z]+): ## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18
