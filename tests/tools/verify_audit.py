"""Verifies a chain document: python3 verify_audit.py < chain.json. Written from docs/audit.md, with no library."""
import hashlib, json, sys
from datetime import datetime, timedelta, timezone

def number(n): return n.to_bytes(4, "big")
def unsigned(n): return n.to_bytes(8, "big")
def long(n): return n.to_bytes(8, "big", signed=True)
def text(s): return unsigned(len(s.encode())) + s.encode()
def digest(s): return bytes.fromhex(s)
def instant(s):
    at = datetime.fromisoformat(s.replace("Z", "+00:00"))
    return long((at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1))

PLAIN = {"n": number, "l": long, "t": text, "d": digest, "i": instant}
PARTS = {
    "message": "message_ref:t content_sha256:d",
    "firing": "timer:t cycle:n step:t intent_id:d notify:[t assign_to:?t notify_at:i",
    "change": "timer:t cycle:n change:one_change", "step": "step:t at:i", "command": "id:t digest:d",
    "policy_change": "path:t before:?t after:?t",
}
KINDS = {
    "opened": "customer:t package:t channel:t severity:?t category:?t message:message", "assigned": "agent:t cause:t",
    "replied": "channel:t message:message", "customer_messaged": "channel:t message:message",
    "noted": "message:message", "resolved": "message:message", "paused": "status:t reason:t ends_at:?i",
    "resumed": "cause:t", "closed": "cause:t", "reopened": "channel:?t reason:?t", "withdrawn": "",
    "voided": "reason:t duplicate_of:?t", "warned": PARTS["firing"], "breached": "timer:t cycle:n target_us:l",
    "escalated": "number:n trigger:t level:n reason:t firing:?firing channel:?t",
    "escalation_acknowledged": "number:n", "escalation_resolved": "number:n", "rated": "score:n",
    "package_changed": "package:t apply:t reason:t", "revision_adopted": "apply:t reason:t",
    "classified": "severity:?t category:?t apply:t reason:t",
}
ONE = {
    "one_change": {
        "started": "target_us:l calendar:t channel:t standing:standing", "paused": "used_us:l remaining_us:l overdue_us:l",
        "resumed": "used_us:l standing:standing", "cancelled": "used_us:l remaining_us:l",
        "retargeted": "target_us:l calendar:t used_us:l standing:standing computed_due_at:?i computed_steps:[step",
        "stopped": "outcome:t cause:t used_us:l remaining_us:l overdue_us:l",
    },
    "standing": {"due_at": "i", "due": "t", "remaining_us": "l"},
}

def fields(value, layout):
    return b"".join(element(value.get(name), kind) for name, kind in (field.split(":") for field in layout.split()))

def element(value, kind):
    if kind[0] == "?": return b"\0" if value is None else b"\1" + element(value, kind[1:])
    if kind[0] == "[": return unsigned(len(value or [])) + b"".join(element(one, kind[1:]) for one in value or [])
    if kind in PLAIN: return PLAIN[kind](value)
    if kind in PARTS: return fields(value, PARTS[kind])
    (name, data), = value.items()
    layout = ONE[kind][name]
    return text(name) + (fields(data, layout) if ":" in layout else element(data, layout))

def record(kind, chain, entry):
    start = text("sla-entry") + number(1) + text(kind) + digest(entry["prev"]) + text(chain) + unsigned(entry["seq"])
    start += instant(entry["at"]) + fields(entry["actor"], "role:t id:t")
    if kind == "access": return start + element(entry.get("ticket"), "?t") + fields(entry["refusal"], "action:t code:t message:t accepted:t")
    if kind == "policy": return start + fields(entry, "reason:t policy_digest:d changes:[policy_change")
    start += fields(entry, "policy_digest:d rules_digest:d command:?command kind:t")
    return start + fields(entry["data"], KINDS[entry["kind"]]) + element(entry.get("changes"), "[change")

document = json.load(sys.stdin)
kind, chain = document["kind"], document["id"]
prev = hashlib.sha256(text("sla-chain") + number(1) + text(kind) + text(chain)).hexdigest()
for place, entry in enumerate(document["entries"]):
    named = entry[{"ticket": "ticket", "access": "log", "policy": "policy"}[kind]]
    hash = hashlib.sha256(record(kind, chain, entry)).hexdigest()
    if (entry["prev"], entry["seq"], named, entry["hash"]) != (prev, place, chain, hash):
        sys.exit(f"entry {place} does not follow")
    prev = hash
print(prev)
