"""Chains of entries that show when an entry was altered, removed, inserted or reordered.

docs/audit.md describes what is hashed, and what a chain cannot prove.
"""

from ._core import audit_chain as chain
from ._core import audit_deny as deny
from ._core import audit_link as link
from ._core import audit_pin as pin
from ._core import audit_verify as verify
from ._core import audit_verify_entries as verify_entries

__all__ = ["chain", "deny", "link", "pin", "verify", "verify_entries"]
