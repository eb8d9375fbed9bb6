# One command a job; each sets up what it needs.
CARGO ?= cargo
# The runner's version is that of the gungraun crate in benches/Cargo.toml.
GUNGRAUN = 0.20.0
# Static analysis of PHP; the version is that of sla-php/mago.toml.
MAGO = 1.29.0
TARGET = $(or $(CARGO_TARGET_DIR),target)
# What the Rust tests asked, for the other languages to ask again.
export SLA_TRANSCRIPTS = $(abspath $(TARGET)/transcripts)

.PHONY: demo report test test-long bench fmt doc python-docs packages

demo: ## Evaluates a real incident log; `make demo ARGS=--json` writes JSON.
	$(CARGO) run --quiet --release -p sla-examples --bin incident-desk -- $(ARGS)

report: ## Makes a report of the same log as an HTML page, and says its main figures; `make report ARGS=--json` prints JSON.
	sla-py/tools/install
	sla-py/.venv/bin/sla-engine report examples/data/incident-events.csv --policy examples/incident-desk.json \
		--mapping examples/python/incident-log.toml --what-if resolution=75% -o $(TARGET)/report.html $(ARGS)

packages: ## Installs what is missing of packages.txt (Debian).
	@missing=$$(grep -v '^#' packages.txt | while read -r name; do dpkg -s $$name >/dev/null 2>&1 || echo $$name; done); \
	if [ -n "$$missing" ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; fi

test: packages ## Format, lints, unit, property, vector and doc tests, docs, the C interface, PHP, Python.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) test --workspace --profile checks
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features
	$(CARGO) build -p sla-ffi --profile checks --features test-panic
	SLA_TEST_PANIC=1 tests/c/run $(TARGET)/checks
	mago --version 2>/dev/null | grep -qF "$(MAGO)" || CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
		CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 $(CARGO) install --quiet --locked mago --version $(MAGO)
	SLA_TEST_PANIC=1 sla-php/tests/run $(TARGET)/checks
	$(CARGO) build --profile checks -p sla-examples
	SLA_DEMO=$(abspath $(TARGET))/checks/incident-desk sla-py/tests/run
	$(CARGO) build -p sla-ffi
	CFLAGS=-O0 tests/c/run $(TARGET)/debug

test-long: packages ## The same properties over ten million cases; the C interface under sanitizers; Spark and old producers of columns.
	PROPTEST_CASES=10000000 $(CARGO) test -p sla-tests --profile checks
	tests/c/sanitize
	sla-py/tests/long/run

bench: packages ## Every figure in benches/README.md: from C, PHP and Python, wall times, then instruction counts.
	$(CARGO) build --release -p sla-ffi
	benches/hosts $(TARGET)/release
	sla-py/tools/install
	sla-py/.venv/bin/python sla-py/benches/figures.py
	$(CARGO) bench -p sla-benches --bench calendar --bench compile --bench ticket --bench decide --bench documents --bench monitor --bench analytics --bench peers
	gungraun-runner --version 2>/dev/null | grep -qF "$(GUNGRAUN)" || $(CARGO) install --quiet --locked gungraun-runner --version $(GUNGRAUN)
	$(CARGO) bench -p sla-benches --bench instructions

fmt:
	$(CARGO) fmt --all

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features

python-docs: ## The reference of the Python package, in target/python-docs.
	sla-py/tools/install
	sla-py/.venv/bin/python sla-py/tools/reference $(TARGET)/python-docs
