"""Policies: every problem at its place, every warning, digests, changes, revisions."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from desk import ANA, ROOT_ADMIN, VECTORS, document, fault, monday
from sla_engine import Calendar, Engine, Policy, PolicyError, UnknownNameError

PROBLEMS = json.loads((VECTORS / "policy-problems.json").read_text())
WARNINGS = json.loads((VECTORS / "policy-warnings.json").read_text())
VALUES = json.loads((VECTORS / "policy-values.json").read_text())


def changed(base: Any, case: dict[str, Any]) -> Any:
    """Return the document of a case: its own text, or the base document as the case changes it."""
    if "text" in case:
        return case["text"]
    found = copy.deepcopy(base)

    def place(pointer: str) -> tuple[Any, str]:
        *path, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        parent = found
        for part in path:
            parent = parent[int(part)] if isinstance(parent, list) else parent[part]
        return parent, last

    for pointer, value in case.get("set", ()):
        parent, last = place(pointer)
        if isinstance(parent, dict):
            parent[last] = value
        elif last.isdigit() and int(last) < len(parent):
            parent[int(last)] = value
        else:
            parent.append(value)
    for pointer in case.get("remove", ()):
        parent, last = place(pointer)
        del parent[last]
    return found


@pytest.mark.parametrize("case", PROBLEMS["cases"], ids=lambda case: case["name"])
def test_every_case_reports_all_its_problems(case: dict[str, Any]) -> None:
    policy = changed(PROBLEMS["base"], case)
    expected = [tuple(problem) for problem in case.get("problems", ())]
    code = case.get("error", "invalid_policy" if expected else None)
    if code is None:
        Policy(policy)
        Engine.compile(policy)
        return
    text = policy if isinstance(policy, str) else json.dumps(policy)
    # A list is one of revisions to the engine.
    for ask in (Policy,) if text.startswith("[") else (Policy, Engine.compile):
        for form in (policy, text, text.encode()):
            error = fault(PolicyError, code, ask, form)
            assert (error.code, [(one.path, one.code) for one in error.related]) == (code, expected)
            for problem in (error, *error.related):
                assert problem.message
                assert "\n" not in problem.message


@pytest.mark.parametrize("case", WARNINGS["cases"], ids=lambda case: case["name"])
def test_every_case_gives_its_warnings(case: dict[str, Any]) -> None:
    policy = Policy(changed(WARNINGS["base"], case))
    as_of = datetime.fromisoformat(case.get("as_of", "2026-03-02T00:00:00Z"))
    found = policy.lint(as_of)
    assert [[warning.path, warning.code] for warning in found] == case["warnings"]
    assert all(warning.message and warning.help for warning in found)


@pytest.mark.parametrize("case", VALUES["cases"], ids=lambda case: case["name"])
def test_every_case_gives_its_values(case: dict[str, Any]) -> None:
    values = Policy(changed(VALUES["base"], case)).values()
    found = msgspec.to_builtins(values)
    for pointer, expected in case["values"]:
        place = found
        for part in pointer.split("/")[1:]:
            place = place[part] if isinstance(place, dict) else place[int(part)]
        assert json.loads(json.dumps(place)) == expected, pointer


def test_values_are_typed_and_cannot_be_changed() -> None:
    starter = Policy(document()).values().packages[0]
    assert (starter.name, starter.targets[0].stated_by) == ("Starter", "starter")
    with pytest.raises(AttributeError):
        starter.name = "other"  # type: ignore[misc]


def test_there_are_cases() -> None:
    assert len(VALUES["cases"]) >= 10
    assert len(PROBLEMS["cases"]) >= 90
    assert len(WARNINGS["cases"]) == 57


def test_how_a_policy_is_written_does_not_matter() -> None:
    here = document()
    text = json.dumps(here, indent=4, sort_keys=True)
    policies = [Policy(here), Policy(text), Policy(text.encode()), Policy(Policy(here).json())]
    assert len({policy.digest for policy in policies}) == len(set(policies)) == 1
    assert {Engine.compile(policy).policy_digest for policy in policies} == {policies[0].digest}
    assert {Engine.compile(policy).rules_digest for policy in policies} == {policies[0].rules_digest}
    assert policies[0].digest != policies[0].rules_digest
    assert (policies[0].id, policies[0].version) == ("talkabiz", 1)
    assert Engine.compile(here).policy == policies[0]


def revised(target: str, version: int = 2) -> dict[str, Any]:
    """Return the desk's policy with another first response for its first package."""
    policy = document()
    policy["version"] = version
    policy["packages"][0]["targets"]["first_response"] = target
    return policy


def test_policies_are_compared_and_published() -> None:
    old, new = Policy(document()), Policy(revised("3h"))
    changes = new.changes_since(old)
    assert [(change.path, change.before, change.after) for change in changes] == [
        ("/packages/0/targets/first_response", '"4h"', '"3h"'),
        ("/version", "1", "2"),
    ]
    assert old.changes_since(old) == ()
    assert {change.path for change in old.changes_since(new)} == {change.path for change in changes}
    warning = old.lint(datetime(2099, 1, 1, tzinfo=UTC))[0]
    assert (warning.code, warning.path) == ("holidays_end_soon", "/calendars/office/holidays_known_until")

    first = old.publish(actor=ROOT_ADMIN, reason="begin", at=monday())
    assert first.refusal is None
    second = new.publish(actor=ROOT_ADMIN, reason="faster", at=monday(1), previous=(old, first.entry))
    assert len(json.loads(second.entry)["changes"]) == 2
    refused = new.publish(actor=ANA, reason="faster", at=monday(1), previous=(old, first.entry))
    assert (refused.entry, refused.refusal.code) == (None, "role_not_permitted")
    blank = new.publish(actor=ROOT_ADMIN, reason=" ", at=monday(1), previous=(old, first.entry))
    assert (blank.entry, blank.refusal.code) == (None, "reason_required")
    fault(
        UnknownNameError,
        "unknown_revision",
        new.publish,
        actor=ROOT_ADMIN,
        reason="x",
        at=monday(2),
        previous=(new, first.entry),
    )
    other = Policy({**document(), "id": "another"})
    fault(
        PolicyError,
        "invalid_policy",
        other.publish,
        actor=ROOT_ADMIN,
        reason="x",
        at=monday(1),
        previous=(old, first.entry),
    )


@pytest.mark.parametrize(
    "revisions", [[], (), [document(), document()], [document(), {**revised("3h"), "id": "another"}]]
)
def test_revisions_must_follow_each_other(revisions: Any) -> None:
    fault(PolicyError, "invalid_policy", Engine.compile, revisions)


@pytest.mark.parametrize("wrong", [None, 7, 1.5, object(), [7], b"\xff", "", "{", "[]", "null"])
def test_what_is_no_policy_is_refused(wrong: Any) -> None:
    for ask in (Policy, Engine.compile, Calendar):
        with pytest.raises((TypeError, ValueError)):
            ask(wrong)
