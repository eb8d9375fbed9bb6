# One command a job; each sets up what it needs.
CARGO ?= cargo
# The runner's version is that of the gungraun crate in benches/Cargo.toml.
GUNGRAUN = 0.20.0
# Static analysis of PHP; the version is that of sla-php/mago.toml.
MAGO = 1.29.0
TARGET = $(or $(CARGO_TARGET_DIR),target)
# What the Rust tests asked, for the other languages to ask again.
export SLA_TRANSCRIPTS = $(abspath $(TARGET)/transcripts)

.PHONY: demo test test-long bench fmt doc packages

demo: ## Evaluates a real incident log; `make demo ARGS=--json` writes JSON.
	$(CARGO) run --quiet --release -p sla-examples --bin incident-desk -- $(ARGS)

packages: ## Installs what is missing of packages.txt (Debian).
	@missing=$$(grep -v '^#' packages.txt | while read -r name; do dpkg -s $$name >/dev/null 2>&1 || echo $$name; done); \
	if [ -n "$$missing" ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; fi

test: packages ## Format, lints, unit, property, vector and doc tests, docs, the C interface, PHP.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) test --workspace --profile checks
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features
	$(CARGO) build -p sla-ffi --profile checks
	tests/c/run $(TARGET)/checks
	mago --version 2>/dev/null | grep -qF "$(MAGO)" || CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
		CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 $(CARGO) install --quiet --locked mago --version $(MAGO)
	sla-php/tests/run $(TARGET)/checks
	$(CARGO) build -p sla-ffi
	CFLAGS=-O0 tests/c/run $(TARGET)/debug

test-long: packages ## The same properties over ten million cases; the C interface under sanitizers.
	PROPTEST_CASES=10000000 $(CARGO) test -p sla-tests --profile checks
	tests/c/sanitize

bench: packages ## Every figure in benches/README.md: from C and PHP, wall times, then instruction counts.
	$(CARGO) build --release -p sla-ffi
	benches/hosts $(TARGET)/release
	$(CARGO) bench -p sla-benches --bench calendar --bench compile --bench ticket --bench decide --bench documents --bench monitor --bench analytics --bench peers
	gungraun-runner --version 2>/dev/null | grep -qF "$(GUNGRAUN)" || $(CARGO) install --quiet --locked gungraun-runner --version $(GUNGRAUN)
	$(CARGO) bench -p sla-benches --bench instructions

fmt:
	$(CARGO) fmt --all

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features
