"""Chains of entries in which nothing can be altered, removed, inserted or reordered unnoticed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from desk import KIM, ROOT_ADMIN, document, engine, fault, late, monday, opened
from sla_engine import Actor, Head, InputError, Policy, audit


def linked() -> tuple[Any, Any]:
    """Return the two parts of a ticket's chain."""
    begun = opened()
    first = audit.link(None, begun.events, detected_at=monday())
    due = engine().due_events(begun.ticket, now=monday(8))
    return first, audit.link(first.head, due.events, detected_at=monday(8))


def test_a_chain_is_linked_kept_and_verified() -> None:
    first, second = linked()
    head = second.head
    assert (head.kind, head.id, head.entries) == ("ticket", "T-1", 5)
    # A head is stored as JSON, and the chain goes on from there.
    again = audit.link(first.head.json(), late().events[1:], detected_at=monday(8))
    assert again == second
    entries = [*first.entries, *second.entries]
    assert len(entries) == 5
    chain = audit.chain("ticket", "T-1", entries)
    for pins in (None, audit.pin([]), audit.pin([first.head, head]), audit.pin(iter([head]))):
        sound = audit.verify(chain, pins=pins)
        assert (sound.whole, sound.head, sound.fault, sound.index) == (True, head, None, None)
    assert audit.verify(chain.encode()).head == head
    # One link over everything makes the same chain.
    assert audit.link(None, late().events, detected_at=monday(8)).head == head


def test_whatever_is_done_to_a_chain_is_found_with_its_place() -> None:
    first, second = linked()
    entries = [*first.entries, *second.entries]
    altered = audit.verify(audit.chain("ticket", "T-1", entries).replace('"level":2', '"level":3'))
    assert (altered.whole, altered.head, altered.fault, altered.index) == (False, None, "altered", 4)
    cases = {
        "removed": [*entries[:2], *entries[3:]],
        "reordered": [entries[0], entries[2], entries[1], *entries[3:]],
        "inserted": [*entries[:3], entries[2], *entries[3:]],
        "beheaded": entries[1:],
    }
    for name, wrong in cases.items():
        found = audit.verify(audit.chain("ticket", "T-1", wrong))
        assert not found.whole, name
        assert found.fault in ("altered", "removed", "inserted", "reordered"), name
        assert found.index is not None
    # What was cut off at the end shows by the head that was kept elsewhere.
    cut = audit.chain("ticket", "T-1", first.entries)
    assert audit.verify(cut).whole
    pinned = audit.verify(cut, pins=audit.pin([second.head]))
    assert (pinned.head, pinned.fault, pinned.index) == (None, "removed", 1)
    assert second.head.hash in audit.pin([second.head])


def test_denied_access_is_logged() -> None:
    eve = Actor.customer("eve")
    refusal = engine().authorize(eve, "manage_users")
    first = audit.deny(None, "access-2026", actor=eve, refusal=refusal, now=monday())
    second = audit.deny(first.head, "access-2026", actor=eve, refusal=refusal, now=monday(1), ticket="T-1")
    assert (second.head.kind, second.head.id, second.head.entries) == ("access", "access-2026", 2)
    chain = audit.chain("access", "access-2026", [*first.entries, *second.entries])
    assert audit.verify(chain).head == second.head
    assert json.loads(second.entries[0])["ticket"] == "T-1"


def test_revisions_are_a_chain() -> None:
    old, new = Policy(document()), Policy({**document(), "version": 2})
    first = old.publish(actor=ROOT_ADMIN, reason="begin", at=monday())
    second = new.publish(actor=ROOT_ADMIN, reason="go on", at=monday(1), previous=(old, first.entry))
    chain = audit.chain("policy", "talkabiz", [first.entry, second.entry])
    assert audit.verify(chain).head.entries == 2
    assert audit.verify(chain.replace("go on", "go of")).index == 1


def test_the_document_that_others_verify_is_ours() -> None:
    first, _ = linked()
    chain = json.loads(audit.chain("ticket", "T-1", first.entries))
    assert chain["schema"] == "sla-chain/1"
    assert len(chain["entries"]) == 1


def test_what_was_not_written_here_is_refused() -> None:
    first, _ = linked()
    events = opened().events
    for head in (
        "",
        "[]",
        "{}",
        '{"kind":1}',
        "null",
        '{"kind":"ticket","id":"T","entries":"5","hash":"x"}',
        Head("ticket", "T", 1, "x"),
    ):
        with pytest.raises(InputError):
            audit.link(head, events, detected_at=monday())
    fault(InputError, "empty_list", audit.link, None, [], detected_at=monday())
    fault(InputError, "invalid_history", audit.link, first.head, events, detected_at=monday())
    fault(InputError, "unknown_word", audit.chain, "diary", "T-1", first.entries)
    for chain in ("", "[]", '{"schema":"sla-chain/1"}', '{"schema":"sla-chain/9","ticket":"T","entries":[]}'):
        with pytest.raises(InputError):
            audit.verify(chain)
    with pytest.raises(InputError):
        audit.chain("ticket", "T-1", ["{}"])
    with pytest.raises(InputError):
        audit.verify(audit.chain("ticket", "T-1", first.entries), pins="{")
    with pytest.raises(TypeError):
        audit.chain("ticket", "T-1", [7])
    access = audit.deny(None, "log", actor=KIM, refusal=engine().authorize(KIM, "manage_users"), now=monday())
    with pytest.raises(InputError):
        audit.link(access.head, events, detected_at=monday())
