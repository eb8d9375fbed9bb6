"""Every document that Python receives or sends is as docs/documents.schema.json says, and no field of it is lost."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import sla_engine
from desk import ANA, KIM, ROOT, ROOT_ADMIN, document, engine, late, monday, opened, opening
from jsonschema import Draft202012Validator
from sla_engine import (
    Aggregate,
    Alerts,
    Engine,
    History,
    Message,
    Policy,
    RecordedCommand,
    _decode,
    audit,
    commands,
    documents,
)

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "documents.schema.json").read_text())
DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]

RECEIVED = {
    "agents": "agents",
    "alerts": "alerts",
    "changes": "change_list",
    "comparison": "comparison",
    "dry_run": "dry_run",
    "evaluation": "evaluation",
    "events": "events",
    "explanation": "explanation",
    "flips": "flip",
    "head": "head",
    "history_verification": "history_verification",
    "ledger": "ledger",
    "promises": "at_risk",
    "refusal": "refusal",
    "report": "report",
    "warnings": "warnings",
}
"""The definition of each kind of document that becomes a value; `flips` is a list of them."""

CLASSES = {
    "alert": documents.Alert,
    "comparison": documents.Comparison,
    "dry_run": documents.DryRun,
    "evaluation": documents.Evaluation,
    "event": documents.Event,
    "explanation": documents.Explanation,
    "flip": documents.Flip,
    "head": documents.Head,
    "history_verification": documents.HistoryVerification,
    "ledger": documents.Ledger,
    "refusal": documents.Refusal,
    "report": documents.Report,
}
"""The value class of each definition of a whole document; those of parts have the names of their definitions."""


def faults(name: str, value: Any) -> list[str]:
    """Return what is wrong with a document."""
    validator = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": DEFINITIONS})
    return [f"{name}{one.json_path[1:]}: {one.message}" for one in validator.iter_errors(value)]


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Any]]]:
    """Record the documents that become values, with their kinds."""
    found: list[tuple[str, Any]] = []
    kinds = {id(one): kind for kind, one in {**_decode._TYPES, **_decode._LISTS}.items()}

    class Decoder:
        def __init__(self, of: Any) -> None:
            self.kind, self.inner = kinds[id(of)], msgspec.json.Decoder(of)

        def decode(self, text: bytes) -> Any:
            found.append((self.kind, json.loads(text)))
            return self.inner.decode(text)

    _decode.decoder.cache_clear()
    monkeypatch.setattr(
        _decode, "msgspec", SimpleNamespace(json=SimpleNamespace(Decoder=Decoder, encode=msgspec.json.encode))
    )
    yield found
    _decode.decoder.cache_clear()


def test_documents_that_become_values_are_as_their_schemas_say(received: list[tuple[str, Any]]) -> None:
    desk, history = engine(), late(hours=30)
    candidate = Engine.compile({**document(), "packages": document()["packages"][1:]})
    changed = Policy({**document(), "version": 2})
    refused = desk.open(opening("whatsapp"), actor=KIM, now=monday()).refusal
    desk.import_history([RecordedCommand(monday(), KIM, opening()), RecordedCommand(monday(1), KIM, commands.Close())])
    desk.verify(History.from_json(history.json().replace('"email"', '"fax"')))
    desk.dry_run([history, opened().ticket], apply="retroactive", now=monday(31))
    desk.explain(history, "first_response", now=monday(31))
    desk.ledger(history, now=monday(31))
    figures = Aggregate.of(desk, [history], now=monday(31), by=["package", "agent"], period="week")
    figures.report()
    figures.packages(desk)
    figures.agents(desk)
    sla_engine.at_risk(desk, [opened().ticket], now=monday(1))
    sla_engine.what_if(desk, candidate, [history], now=monday(31))
    Alerts(desk).observe(history.events, monday(31))
    audit.deny(None, "log", actor=KIM, refusal=refused, now=monday())
    changed.changes_since(Policy(document()))
    changed.lint(monday() + timedelta(days=40_000))
    desk.evaluate(history, now=monday(31))
    desk.evaluate(opened().ticket, now=monday(31))
    assert {kind for kind, _ in received} == set(RECEIVED)
    wrong = []
    for kind, value in received:
        for one in value if kind == "flips" else [value]:
            wrong += faults(RECEIVED[kind], one)
    assert wrong == []


def test_documents_as_text_are_as_their_schemas_say() -> None:
    history = late()
    linked = audit.link(None, history.events, detected_at=monday(9))
    refused = engine().open(opening("whatsapp"), actor=KIM, now=monday()).refusal
    denied = audit.deny(None, "log", actor=KIM, refusal=refused, now=monday())
    published = Policy(document()).publish(actor=ROOT_ADMIN, reason="first", at=monday())
    assert published.entry is not None
    texts = [
        ("history", history.json()),
        ("snapshot", history.ticket.json()),
        ("aggregate", Aggregate.of(engine(), [history], now=monday(9), by=["package"], period="week").json()),
        *(("ticket_entry", entry) for entry in linked.entries),
        ("ticket_chain", audit.chain("ticket", "T-1", linked.entries)),
        *(("access_entry", entry) for entry in denied.entries),
        ("access_chain", audit.chain("access", "log", denied.entries)),
        ("policy_entry", published.entry),
        ("policy_chain", audit.chain("policy", "talkabiz", [published.entry])),
        ("pins", audit.pin([linked.head])),
        ("opening", opening().json()),
        ("command", commands.Assign("ana").json()),
        ("command", commands.Resolve(Message.of("m", "text"), command_id="c-1").json()),
        ("actor", ANA.json()),
    ]
    assert [fault for name, text in texts for fault in faults(name, json.loads(text))] == []
    recorded = msgspec.json.encode([RecordedCommand(monday(), KIM, opening())])
    assert faults("recorded", json.loads(recorded)) == []


def properties(definition: Any) -> set[str]:
    """Return the fields of a definition, those of all its alternatives and parts included."""
    found = set(definition.get("properties", {}))
    for part in (*definition.get("allOf", ()), *definition.get("oneOf", ()), *definition.get("anyOf", ())):
        found |= properties(part)
    if "$ref" in definition:
        found |= properties(DEFINITIONS[definition["$ref"].removeprefix("#/$defs/")])
    return found


def test_value_classes_have_every_field_of_their_schemas() -> None:
    classes = {name: value for name, value in vars(documents).items() if inspect.isclass(value)}
    pairs = {name: classes[name] for name in DEFINITIONS if issubclass(classes.get(name, int), documents.Document)}
    # The class of that name is what `audit.link` returns; the definition is read into a `LinkedDecision`.
    del pairs["Linked"]
    pairs |= CLASSES
    assert len(pairs) >= 25, sorted(pairs)
    lost = {
        name: missing
        for name, value in pairs.items()
        if (missing := properties(DEFINITIONS[name]) - {field.encode_name for field in msgspec.structs.fields(value)})
    }
    assert lost == {}
