# One command a job; each sets up what it needs.
CARGO ?= cargo

.PHONY: demo test test-long bench fmt doc

demo: ## Evaluates a real incident log; `make demo ARGS=--json` writes JSON.
	$(CARGO) run --quiet --release -p sla-examples --bin incident-desk -- $(ARGS)

test: ## Format, lints, unit, property, vector and doc tests, docs.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) test --workspace --release
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features

test-long: ## The same properties over ten million cases.
	PROPTEST_CASES=10000000 $(CARGO) test -p sla-tests --release

bench: ## Wall time of every figure in benches/README.md.
	$(CARGO) bench -p sla-benches

fmt:
	$(CARGO) fmt --all

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features
