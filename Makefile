# One command a job; each sets up what it needs.
CARGO ?= cargo
# The runner's version is that of the gungraun crate in benches/Cargo.toml.
GUNGRAUN = 0.20.0
# Static analysis of PHP; the version is that of sla-php/mago.toml.
MAGO = 1.29.0
MUTANTS = 27.1.0
TARGET = $(or $(CARGO_TARGET_DIR),target)
# What the Rust tests asked, for the other languages to ask again.
export SLA_TRANSCRIPTS = $(abspath $(TARGET)/transcripts)

.PHONY: demo report desk screenshot dist test test-long fuzz bench mutants fmt doc python-docs packages

demo: ## Evaluates a real incident log; `make demo ARGS=--json` writes JSON.
	$(CARGO) run --quiet --release -p sla-examples --bin incident-desk -- $(ARGS)

report: ## Makes a report of the same log as an HTML page, and says its main figures; `make report ARGS=--json` prints JSON.
	sla-py/tools/install
	sla-py/.venv/bin/sla-engine report examples/data/incident-events.csv --policy examples/incident-desk.json \
		--mapping examples/python/incident-log.toml --what-if resolution=75% -o $(TARGET)/report.html $(ARGS)

desk: packages ## Sets up a support desk in Laravel with tickets of the same log, and serves it on 127.0.0.1; with SLA_LIBRARY of that library.
	$(if $(SLA_LIBRARY),,$(CARGO) build --release -p sla-ffi)
	sla-laravel/testhost/desk $(TARGET)/release

screenshot: packages ## Makes the picture of the READMEs anew, docs/images/dashboard.png.
	$(if $(SLA_LIBRARY),,$(CARGO) build --release -p sla-ffi)
	sla-laravel/tests/screenshot $(TARGET)/release

dist: packages ## The crate, the wheel, the archives for Composer and the one for C, for this platform, in target/dist; docs/install.md says how to install them.
	packaging/dist $(TARGET)/dist

packages: ## Installs what is missing of packages.txt (Debian).
	@missing=$$(grep -v '^#' packages.txt | while read -r name; do dpkg -s $$name >/dev/null 2>&1 || echo $$name; done); \
	if [ -n "$$missing" ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; fi

# Blocks run side by side, and what a block writes is shown when it ends.
test: ## Format, lints, unit, property, vector and doc tests, docs, the C interface, PHP, Laravel, Python.
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=target $(BLOCKS)

# The longest chain comes first; blocks that cargo would let wait for each other follow each other.
BLOCKS = test-rust test-php-code test-python test-php test-laravel test-c test-python-lint test-python-types test-lints test-docs test-features test-c-debug
.PHONY: $(BLOCKS) build-checks build-python python-environment mago
# Neither wheels nor benchmarks have Rust tests; without them fewer packages are compiled.
CHECKED = --profile checks --workspace --exclude sla-py --exclude sla-benches --features sla-ffi/test-panic

# Nothing else is needed to compile and link.
build-checks mago test-lints: $(if $(shell command -v cc),,packages)

# One command for all programs and libraries: each set of packages would get a set of features of its own, and what all
# of them use would be compiled anew.
build-checks:
	$(CARGO) build $(CHECKED) --lib --bins --tests

# `make test` draws the same random cases each time; `make test-long` draws new ones.
test-rust: export PROPTEST_RNG_SEED ?= 1

test-rust: build-checks ## The tests of the core and those in its documentation; leaves transcripts for the other languages.
	$(CARGO) test $(CHECKED)

test-lints:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings

test-docs: test-lints
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features

# Each feature of the core by itself, and none; `make test-long` runs the tests with each.
FEATURES = none schema jiff chrono-tz
test-features: test-docs
	for feature in $(FEATURES); do $(CARGO) clippy -p sla-core --features "$${feature#none}" -- -D warnings || exit; done

test-c: test-rust packages
	SLA_TEST_PANIC=1 tests/c/run $(TARGET)/checks

# Without optimization, with checks of overflow and assertions.
test-c-debug: test-features packages
	$(CARGO) build -p sla-ffi
	CFLAGS=-O0 tests/c/run $(TARGET)/debug

# Only from source by cargo; it looks at the code once, so that it need not be fast.
mago:
	mago --version 2>/dev/null | grep -qF "$(MAGO)" || CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
		CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 $(CARGO) install --quiet --locked mago --version $(MAGO)

test-php-code: mago packages
	sla-php/tests/analyze
	sla-laravel/tests/analyze

test-php: test-rust packages
	SLA_TEST_PANIC=1 sla-php/tests/run $(TARGET)/checks

test-laravel: build-checks packages
	sla-laravel/tests/run $(TARGET)/checks

python-environment: packages
	sla-py/tools/environment

build-python: build-checks python-environment
	sla-py/tools/install checks

test-python: build-python test-rust
	SLA_DEMO=$(abspath $(TARGET))/checks/incident-desk sla-py/tests/run tests

test-python-lint: build-python
	sla-py/tests/run lint

test-python-types: build-python
	sla-py/tests/run types

# Inputs for each target; an input is tried again with FUZZ_INPUT=number and the name of its test.
FUZZ_INPUTS ?= 1000000

fuzz: ## Altered documents, commands, rows and zone files for every entrance, in Rust and through the C interface.
	FUZZ_INPUTS=$(FUZZ_INPUTS) $(CARGO) test --profile checks -p sla-tests --test tests fuzz:: -- --nocapture

test-long: packages ## The same properties over ten million cases; the model check one layer further; each feature; sanitizers; the wheel, Spark, old producers of columns; every artefact, installed; MariaDB.
	PROPTEST_CASES=10000000 SLA_SEARCH_LONG=1 $(CARGO) test -p sla-tests --profile checks
	for feature in $(FEATURES); do $(CARGO) test -p sla-core --features "$${feature#none}" || exit; done
	tests/c/sanitize
	sla-py/tests/long/run
	packaging/dist $(TARGET)/dist
	tests/dist/run $(TARGET)/dist
	$(CARGO) build --profile checks -p sla-ffi
	sla-laravel/tests/run $(TARGET)/checks long

bench: packages ## Every figure in benches/README.md: from Python, wall times, instruction counts, then from C, PHP and Laravel.
	sla-py/tools/install
	sla-py/.venv/bin/python sla-py/benches/figures.py
	$(CARGO) bench -p sla-benches --bench calendar --bench compile --bench ticket --bench decide --bench documents --bench monitor --bench analytics --bench peers
	gungraun-runner --version 2>/dev/null | grep -qF "$(GUNGRAUN)" || $(CARGO) install --quiet --locked gungraun-runner --version $(GUNGRAUN)
	$(CARGO) bench -p sla-benches --bench instructions
	$(CARGO) build --release -p sla-ffi
	benches/hosts $(TARGET)/release
	sla-laravel/benches/run $(TARGET)/release

fmt:
	$(CARGO) fmt --all

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features

python-docs: ## The reference of the Python package, in target/python-docs.
	sla-py/tools/install
	sla-py/.venv/bin/python sla-py/tools/reference $(TARGET)/python-docs

mutants: packages ## Mutates what decides and counts what no test notices; goes on where the last run stopped: about an hour.
	cargo mutants --version 2>/dev/null | grep -qF "$(MUTANTS)" || CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
		CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 $(CARGO) install --quiet --locked cargo-mutants --version $(MUTANTS)
	tests/tools/mutants
