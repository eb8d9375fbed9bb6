# One command a job; each sets up what it needs.
CARGO ?= cargo
# The runner's version is that of the gungraun crate in benches/Cargo.toml.
GUNGRAUN = 0.20.0

.PHONY: demo test test-long bench fmt doc

demo: ## Evaluates a real incident log; `make demo ARGS=--json` writes JSON.
	$(CARGO) run --quiet --release -p sla-examples --bin incident-desk -- $(ARGS)

test: ## Format, lints, unit, property, vector and doc tests, docs.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) test --workspace --profile checks
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features

test-long: ## The same properties over ten million cases.
	PROPTEST_CASES=10000000 $(CARGO) test -p sla-tests --profile checks

bench: ## Every figure in benches/README.md: wall times, then instruction counts.
	$(CARGO) bench -p sla-benches --bench calendar --bench compile --bench ticket --bench decide --bench documents --bench monitor --bench analytics --bench peers
	command -v valgrind >/dev/null || apt-get install -y valgrind
	gungraun-runner --version 2>/dev/null | grep -qF "$(GUNGRAUN)" || $(CARGO) install --quiet --locked gungraun-runner --version $(GUNGRAUN)
	$(CARGO) bench -p sla-benches --bench instructions

fmt:
	$(CARGO) fmt --all

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features
