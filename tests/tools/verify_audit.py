"""Verifies a chain document: python3 verify_audit.py < chain.json. Written from docs/audit.md, with no library."""
import hashlib, json, sys
from datetime import datetime, timedelta, timezone

def number(n): return n.to_bytes(4, "big")
def unsigned(n): return n.to_bytes(8, "big")
def long(n): return n.to_bytes(8, "big", signed=True)
def flag(b): return bytes([bool(b)])
def text(s): return unsigned(len(s.encode())) + s.encode()
def digest(s): return bytes.fromhex(s)
def instant(s):
    at = datetime.fromisoformat(s.replace("Z", "+00:00"))
    return long((at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1))

PLAIN = {"f": flag, "n": number, "l": long, "t": text, "d": digest, "i": instant}
LEFT_OUT = {"direction": "inbound", "repetition": 0, "elapsed_us": 0, "overdue_us": 0}
PARTS = {
    "message": "message_ref:t content_sha256:d", "command": "id:t digest:d", "began": "at:i waits:f",
    "firing": "timer:t cycle:n step:t repetition:n intent_id:d notify:[t assign_to:?t notify_at:i",
    "inactivity": "rule:t since:i intent_id:d notify:[t notify_at:i reason:?t computed_at:?i",
    "terms": "package:t severity:?t category:?t", "promise": "target_us:l used_us:l standing:standing computed_due_at:?i",
    "spent": "elapsed_us:l used_us:l remaining_us:?l overdue_us:l", "step": "step:t repetition:n at:i",
    "change": "timer:t cycle:n change:one_change", "policy_change": "path:t before:?t after:?t",
}
KINDS = {
    "opened": "customer:t package:t channel:t severity:?t category:?t message:message direction:t received_at:?i organization:?t",
    "assigned": "agent:?t team:?t cause:t", "unassigned": "reason:t", "replied": "channel:t message:message automatic:f",
    "noted": "message:message", "customer_messaged": "channel:t message:message received_at:?i",
    "absorbed": "ticket:t waiting_since:?i reason:t", "paused": "status:t reason:t limit_at:?i limited_by:?t until:?i", "resumed": "cause:t",
    "resolved": "message:?message inactivity:?inactivity", "reminded": PARTS["inactivity"],
    "reopened": "channel:?t reason:?t received_at:?i", "closed": "cause:t inactivity:?inactivity", "withdrawn": "",
    "voided": "reason:t duplicate_of:?t waiting_since:?i", "warned": PARTS["firing"], "breached": "timer:t cycle:n target_us:l",
    "escalated": "number:n trigger:t level:n reason:t firing:?firing channel:?t",
    "escalation_acknowledged": "number:n", "escalation_resolved": "number:n", "rated": "score:n",
    "package_changed": "package:t apply:t reason:t", "revision_adopted": "apply:t reason:t",
    "classified": "severity:?t category:?t apply:t reason:t",
}
ONE = {
    "one_change": {
        "started": "started_at:i began_by:?began terms:terms calendar:t channel:t elapsed_us:l promise:?promise paused:f",
        "paused": PARTS["spent"], "resumed": "started_at:i terms:terms elapsed_us:l promise:?promise",
        "retargeted": "started_at:i terms:terms calendar:t channel:?t elapsed_us:l promise:?promise paused:f keeps_rules:f "
                      "computed_steps:[step",
        "stopped": "outcome:t cause:t spent:spent", "cancelled": "cause:t spent:spent",
    },
    "standing": {"due_at": "i", "due": "t", "remaining_us": "l"}, "via": {"team": "t", "organization": "t"},
}

def fields(value, layout):
    return b"".join(element(value.get(name, LEFT_OUT.get(name)), kind) for name, kind in (field.split(":") for field in layout.split()))

def element(value, kind):
    if kind[0] == "?": return b"\0" if value is None else b"\1" + element(value, kind[1:])
    if kind[0] == "[": return unsigned(len(value or [])) + b"".join(element(one, kind[1:]) for one in value or [])
    if kind in PLAIN: return PLAIN[kind](value)
    if kind in PARTS: return fields(value, PARTS[kind])
    (name, data), = value.items()
    layout = ONE[kind][name]
    return text(name) + (fields(data, layout) if ":" in layout else element(data, layout))

def record(kind, chain, entry):
    start = text("sla-entry") + number(2) + text(kind) + digest(entry["prev"]) + text(chain) + unsigned(entry["seq"])
    start += instant(entry["at"]) + fields(entry["actor"], "role:t id:t")
    if kind == "access": return start + element(entry.get("ticket"), "?t") + fields(entry["refusal"], "action:t code:t message:t accepted:t")
    if kind == "policy": return start + fields(entry, "reason:t policy_digest:d changes:[policy_change")
    start += fields(entry, "via:?via policy_digest:d rules_digest:d command:?command kind:t")
    return start + fields(entry["data"], KINDS[entry["kind"]]) + fields(entry, "changes:[change promised:[t")

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
