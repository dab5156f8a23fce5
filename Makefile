# All that a contributor has to know: `make run`, `make test`, `make check`. `make help` lists the rest.
#
# Variables of the product pass through, from the environment or the command line: make run MAINTENANT_ADDR=127.0.0.1:9000
# ARGS adds arguments: make run ARGS='--log-level debug'

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The recipes keep both processors busy by themselves, and some write the same files.
.NOTPARALLEL:

target_dir := $(or $(CARGO_TARGET_DIR),target)

# A static binary where there is musl, which is Linux; elsewhere, for development, the host's own kind.
ifeq ($(shell uname -s),Linux)
triple := $(shell uname -m)-unknown-linux-musl
# The C of the bundled SQLite and of ring is compiled against the same libc.
export CC_$(subst -,_,$(triple)) := musl-gcc
# Nothing of the machine that it was built on: the same sources give the same binary in any directory.
export CARGO_TARGET_$(shell tr a-z- A-Z_ <<<$(triple))_RUSTFLAGS := --remap-path-prefix=$(CURDIR)=maintenant \
	--remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=cargo
endif
built := $(target_dir)/$(if $(triple),$(triple)/)release/maintenant
binary := target/release/maintenant

web_packages := web/node_modules/.package-lock.json
web_page := web/dist/index.html
web_sources := $(shell find web \( -name node_modules -o -name dist -o -name e2e \) -prune -o -type f -print)

.PHONY: help run demo build binary image test test-node check bench fmt clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r target text; do \
		printf 'make %-10s %s\n' "$$target" "$$text"; done

run: build ## Build, then watch the cluster of the kubeconfig or of the account in the pod; the demo where there is none
	@exec hack/run $(binary) $(ARGS)

demo: build ## Build, then run against the simulated cluster
	@exec $(binary) demo $(ARGS)

build: $(web_page) binary ## target/release/maintenant: one static binary with the web page inside

# Where the web page is built elsewhere, as for the image.
binary:
	@hack/require build
ifdef triple
	@! command -v rustup >/dev/null || rustup target list --installed | grep -qx $(triple) || rustup target add $(triple)
endif
	cargo build --release --locked --package maintenant $(if $(triple),--target $(triple))
	@[ $(built) -ef $(binary) ] || install -D $(built) $(binary)

image: build ## target/image.tar: the container image, packed without a container engine
	@hack/require image
	hack/image $(target_dir)/image.tar --binary $(binary)

test: $(web_page) ## Everything, on a real control plane and in a real browser too; fetches or builds what is missing
	@hack/require build web cluster go browser
	@hack/test $(target_dir)

test-node: build ## What needs root: containers that really run and fail on a node of our own, the image itself among them
	@hack/require cluster go node image
	hack/cluster build
	hack/node build
	hack/helm build
	IMAGE_BINARY=$(abspath $(binary)) cargo test --locked --package maintenant --test node -- --test-threads 12

check: $(web_page) ## Formatting, lints, documentation, dependencies, scripts; warnings are errors
	@hack/require build web check
	@hack/check

bench: build ## The figures of the benchmarks: of a change alone, and on a real control plane
	@hack/require cluster go
	cargo bench --locked --quiet --bench evaluation --bench publication --bench answers
	bench/run $(binary)

fmt: $(web_packages) ## Format everything
	cargo fmt --all
	cd web && npm run --silent format

clean: ## Remove what was built; the compiled control plane and tools stay in the cache
	cargo clean
	rm -rf web/dist web/node_modules

$(web_packages): web/package.json web/package-lock.json
	@hack/require web
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(web_page): $(web_packages) $(web_sources)
	cd web && npm run --silent build
	@touch $@
