"""``python -m sla_engine``."""

from sla_engine.cli import main

main()
