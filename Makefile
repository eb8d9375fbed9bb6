# One command a job; each sets up what it needs.
CARGO ?= cargo

.PHONY: test test-long fmt doc

test: ## Format, lints, unit, property, vector and doc tests, docs.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) test --workspace --release
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features

test-long: ## The same properties over ten million cases.
	PROPTEST_CASES=10000000 $(CARGO) test -p sla-tests --release

fmt:
	$(CARGO) fmt --all

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --all-features
