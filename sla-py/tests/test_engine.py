"""Tickets are opened, answered, escalated, imported, compared and explained; the same facts as in C and PHP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from desk import ANA, HOUR_US, KIM, ROOT_ADMIN, document, engine, fault, kinds, late, monday, opened, opening
from sla_engine import (
    Actor,
    Aggregate,
    Alerts,
    Engine,
    History,
    InputError,
    Message,
    Policy,
    PolicyError,
    RecordedCommand,
    Ticket,
    UnknownNameError,
    at_risk,
    commands,
    documents,
    what_if,
    worklist,
)

HELLO = Message.of("m-2", "hello")


def revised(target: str) -> dict[str, Any]:
    """Return the desk's policy with another first response for its first package."""
    policy = document()
    policy["version"] = 2
    policy["packages"][0]["targets"]["first_response"] = target
    return policy


def test_a_ticket_is_opened_answered_and_resolved() -> None:
    desk, begun = engine(), opened()
    assert begun.accepted
    assert kinds(begun.events) == "opened"
    assert begun.next_check_at == datetime(2026, 11, 23, 6, 12, tzinfo=UTC)
    first = begun.events[0]
    assert (first.ticket, first.seq, first.actor, first.at) == ("T-1", 0, KIM, monday())
    assert (first.data["package"], first.changes[0]["timer"]) == ("starter", "first_response")
    assert first.intent is None

    answered = desk.decide(begun.ticket, commands.Reply("email", HELLO), actor=ROOT_ADMIN, now=monday(1))
    assigned = desk.decide(answered.ticket, commands.Assign("ana"), actor=ROOT_ADMIN, now=monday(1))
    resolved = desk.decide(assigned.ticket, commands.Resolve(HELLO), actor=ANA, now=monday(2))
    evaluation = desk.evaluate(resolved.ticket, now=monday(3))
    assert evaluation.status == "resolved"
    assert desk.evaluate(resolved.ticket, now=monday(2)).age_us == 2 * HOUR_US
    timer = evaluation.timers["first_response"]
    cycle = timer.current
    assert (timer.state, len(timer.cycles)) == ("met", 1)
    assert (cycle.outcome, cycle.activity, cycle.target, cycle.elapsed) == (
        "met",
        "stopped",
        timedelta(hours=4),
        timedelta(hours=1),
    )
    assert (timer.due_at, cycle.stopped_at, cycle.remaining, cycle.overdue) == (
        monday(5),
        monday(1),
        timedelta(hours=3),
        timedelta(0),
    )
    assert "update" not in evaluation.timers

    ticket = resolved.ticket
    assert (ticket.id, ticket.status, ticket.customer, ticket.package, ticket.channel) == (
        "T-1",
        "resolved",
        "c-7",
        "starter",
        "email",
    )
    assert (ticket.agent, ticket.severity, ticket.category) == ("ana", None, None)
    assert (ticket.opened_at, ticket.last_at, len(ticket)) == (monday(), monday(2), 4)
    assert ticket.policy_digest == desk.policy_digest


def test_a_refusal_is_an_answer() -> None:
    decision = engine().open(opening("whatsapp"), actor=KIM, now=monday())
    assert not decision.accepted
    assert (decision.events, decision.ticket, decision.next_check_at) == ((), None, None)
    refusal = decision.refusal
    assert (refusal.code, refusal.action) == ("channel_not_entitled", "open")
    assert "email" in refusal.accepted
    assert str(refusal) == f"{refusal.message}; {refusal.accepted}"

    assert engine().authorize(KIM, "manage_policy").code == "role_not_permitted"
    assert engine().authorize(ROOT_ADMIN, "manage_policy") is None
    ticket = opened().ticket
    assert engine().authorize(Actor.customer("eve"), "view_ticket", ticket).code == "not_ticket_owner"
    assert engine().authorize(KIM, "view_ticket", ticket) is None
    assert engine().authorize(KIM, "manage_policy").kind == "permission"
    visible = engine().visible_tickets(KIM)
    assert (visible.tickets.everything, visible.tickets.customer, visible.under) == (False, KIM.id, ())
    assert engine().visible_tickets(ROOT_ADMIN).tickets.everything
    assert engine().visible_tickets(Actor("system", "x")).code == "role_not_permitted"
    assert engine().authorize(Actor.customer("eve"), "view_ticket", late()).code == "not_ticket_owner"
    anonymous = engine().open(opening(), actor=Actor.customer(" "), now=monday())
    assert anonymous.refusal.code == "anonymous_actor"
    early = engine().decide(ticket, commands.Assign("ana"), actor=ROOT_ADMIN, now=monday(-1))
    assert early.refusal.code == "time_went_back"


def test_time_makes_events_with_intents() -> None:
    begun = opened()
    due = engine().due_events(begun.ticket, now=monday(8))
    assert kinds(due.events) == "warned breached escalated escalated"
    warning = due.events[0].intent
    assert (warning.timer, warning.cycle, warning.step, warning.notify, warning.assign_to) == (
        "first_response",
        1,
        "warning",
        ("agent",),
        None,
    )
    assert len(warning.intent_id) == 64
    assert due.events[1].intent is None
    assert due.events[2].intent.assign_to == "supervisor"
    assert due.events[0].at == monday(4.2)
    assert engine().due_events(due.ticket, now=monday(8)).events == ()
    assert due.next_check_at == engine().next_check_at(due.ticket)
    assert begun.ticket.fold(due.events) == due.ticket
    evaluation = engine().evaluate(begun.ticket, now=monday(8))
    assert evaluation.due_events == due.events
    assert evaluation.timers["first_response"].current.overdue == timedelta(hours=3)
    # At the due itself nothing is broken yet.
    assert engine().evaluate(begun.ticket, now=monday(5)).timers["first_response"].state == "running"
    assert (
        engine().evaluate(begun.ticket, now=monday(5) + timedelta(microseconds=1)).timers["first_response"].state
        == "breached"
    )


def test_histories_and_tickets_are_stored_and_read() -> None:
    history = late()
    evaluation = engine().evaluate(history, now=monday(9))
    for stored in (
        history.ticket,
        Ticket.from_json(history.ticket.json()),
        Ticket.from_json(history.json()),
        History.from_json(history.json()),
    ):
        assert engine().evaluate(stored, now=monday(9)) == evaluation
    events = json.loads(history.json())["events"]
    for stored, event in zip(events, history.events, strict=True):
        assert json.loads(event.json()) == stored
        assert msgspec.json.decode(event.json(), type=documents.Event) == event
    for form in (
        history.events,
        list(history.events),
        iter(history.events),
        json.dumps(events),
        json.dumps(events).encode(),
    ):
        assert History(form) == history
    grown = History(opened().events).extend(engine().due_events(opened().ticket, now=monday(8)).events)
    assert grown == history
    assert grown.ticket == history.ticket
    assert (len(history), len(history.ticket)) == (5, 5)
    for wrong in (history.events[1:], [], history.events[::-1], [*history.events, history.events[0]]):
        fault(InputError, "invalid_history", History, wrong)
    fault(InputError, "invalid_history", history.extend, opened().events)
    fault(InputError, "invalid_history", history.ticket.fold, opened().events)


def test_an_event_without_data_survives_storage() -> None:
    begun = opened()
    gone = engine().decide(begun.ticket, commands.Withdraw(), actor=KIM, now=monday(1))
    assert kinds(gone.events) == "withdrawn"
    assert gone.events[0].data == {}
    assert History([*begun.events, *gone.events]).ticket == gone.ticket
    assert engine().evaluate(gone.ticket, now=monday(2)).timers["first_response"].state == "cancelled"


MESSAGE = Message.of("m", "text")
COMMANDS = {
    "assign": commands.Assign("ana", "first"),
    "unassign": commands.Unassign("end of shift"),
    "reply": commands.Reply("email", MESSAGE, automatic=True),
    "absorb": commands.Absorb(ticket="T-0", waiting_since=monday(), reason="the same"),
    "note": commands.Note(MESSAGE),
    "customer_message": commands.CustomerMessage("email", MESSAGE, monday()),
    "pause": commands.Pause("on_hold", "waiting", monday(5)),
    "resume": commands.Resume(),
    "resolve": commands.Resolve(MESSAGE),
    "reopen": commands.Reopen(channel="email"),
    "close": commands.Close(),
    "withdraw": commands.Withdraw(),
    "void": commands.Void("spam", "T-0"),
    "request_escalation": commands.RequestEscalation("urgent", "email"),
    "acknowledge_escalation": commands.AcknowledgeEscalation(1),
    "resolve_escalation": commands.ResolveEscalation(1),
    "rate": commands.Rate(5),
    "change_package": commands.ChangePackage(package="enterprise", apply="from_now", reason="upgrade"),
    "adopt_revision": commands.AdoptRevision(policy_digest="0" * 64, apply="keep", reason="new"),
    "classify": commands.Classify(apply="keep", reason="none"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_document_that_the_engine_reads(name: str) -> None:
    command = msgspec.structs.replace(COMMANDS[name], command_id=f"id-{name}")
    written = json.loads(command.json())
    assert written["command"] == name
    for form in (command, command.json(), command.json().encode(), written):
        decision = engine().decide(opened().ticket, form, actor=ROOT_ADMIN, now=monday(1))
        assert decision.accepted or decision.refusal.action == name


def test_no_command_is_forgotten() -> None:
    classes = {one.__struct_config__.tag for one in commands.Command.__subclasses__()}
    assert classes == {*COMMANDS, "open"}


@pytest.mark.parametrize(
    "wrong", ["", "{}", '{"command":"fly"}', '{"command":"rate","score":"five"}', {"command": "rate"}, b"\xff", [], 7]
)
def test_what_is_no_command_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError):
        engine().decide(opened().ticket, wrong, actor=ROOT_ADMIN, now=monday(1))


def test_teams_and_organizations_are_those_of_the_actor() -> None:
    policy = document()
    policy["roles"] = {"agents_act_on": "team", "organizations_share": True}
    shared = Engine.compile(policy)
    mine = {**json.loads(opening().json()), "organization": "acme"}
    assert shared.open(mine, actor=KIM, now=monday()).refusal.code == "not_ticket_owner"
    ticket = shared.open(mine, actor=Actor.customer(KIM.id, "acme"), now=monday()).ticket
    ticket = shared.decide(ticket, commands.Assign(team="first"), actor=ROOT_ADMIN, now=monday()).ticket
    assert (ticket.agent, ticket.team, ticket.organization, ticket.direction) == (None, "first", "acme", "inbound")
    answer = commands.Reply("email", MESSAGE)
    alone = shared.decide(ticket, answer, actor=Actor.agent("bob"), now=monday(1))
    assert alone.refusal.code == "not_assigned_agent"
    answered = shared.decide(ticket, answer, actor=Actor.agent("bob", ["other", "first"]), now=monday(1))
    assert answered.events[0].actor == Actor.agent("bob")
    assert answered.events[0].via.team == "first"
    cycle = shared.evaluate(answered.ticket, now=monday(1)).timers["first_response"].current
    assert (cycle.class_, cycle.cancelled_by, cycle.used) == ("met", None, cycle.elapsed)


def test_a_repeated_command_adds_nothing() -> None:
    command = commands.Assign("ana", command_id="cmd-1")
    first = engine().decide(opened().ticket, command, actor=ROOT_ADMIN, now=monday(1))
    assert first.events[0].command.id == "cmd-1"
    again = engine().decide(first.ticket, command, actor=ROOT_ADMIN, now=monday(2))
    assert again.accepted
    assert again.events == ()
    other = engine().decide(first.ticket, commands.Assign("bob", command_id="cmd-1"), actor=ROOT_ADMIN, now=monday(2))
    assert other.refusal.code == "duplicate_command"


def test_a_paused_timer_has_no_due() -> None:
    ticket = engine().decide(opened().ticket, commands.Assign("ana"), actor=ROOT_ADMIN, now=monday()).ticket
    ticket = engine().decide(ticket, commands.Pause("pending", "waiting"), actor=ROOT_ADMIN, now=monday(1)).ticket
    timer = engine().evaluate(ticket, now=monday(2)).timers["resolution"]
    cycle = timer.current
    assert (timer.state, cycle.activity, timer.due_at) == ("paused", "paused", None)
    assert cycle.due_if_resumed_now == engine().calendar("office").add(monday(2), cycle.remaining)
    assert not cycle.due_out_of_horizon
    assert engine().evaluate(ticket, now=monday(2)).timers["first_response"].current.due_if_resumed_now is None


def test_a_due_beyond_the_horizon_is_a_value() -> None:
    policy = document()
    policy["packages"][0]["targets"]["first_response"] = "400000h"
    long = Engine.compile(policy)
    ticket = long.open(opening(), actor=KIM, now=monday()).ticket
    cycle = long.evaluate(ticket, now=datetime(2199, 12, 31, tzinfo=UTC)).timers["first_response"].current
    assert (cycle.due_at, cycle.due, cycle.due_out_of_horizon, cycle.outcome) == (None, "out_of_horizon", True, "none")


def test_a_paused_cycle_may_fall_due_beyond_the_horizon() -> None:
    policy = document()
    policy["packages"][0]["targets"]["resolution"] = "400000h"
    long = Engine.compile(policy)
    ticket = long.open(opening(), actor=KIM, now=monday()).ticket
    ticket = long.decide(ticket, commands.Assign("ana"), actor=ROOT_ADMIN, now=monday()).ticket
    ticket = long.decide(ticket, commands.Pause("pending", "waiting"), actor=ROOT_ADMIN, now=monday(1)).ticket
    cycle = long.evaluate(ticket, now=monday(2)).timers["resolution"].current
    assert (cycle.due_at, cycle.due_out_of_horizon, cycle.due_if_resumed_now) == (None, False, None)
    assert cycle.resumed_due.due == "out_of_horizon"


def test_entitlements_are_asked_by_name() -> None:
    asked = [
        engine().entitles(*names)
        for names in (("starter", "email"), ("starter", "whatsapp"), ("enterprise", "whatsapp"))
    ]
    assert asked == [True, False, True]


def test_other_systems_are_imported() -> None:
    recorded = [
        RecordedCommand(monday(), KIM, opening()),
        RecordedCommand(monday(1), KIM, commands.Assign("ana")),
        RecordedCommand(monday(6), ROOT_ADMIN, commands.Reply("email", Message.of("m-2", "late"))),
    ]
    made = engine().import_history(recorded)
    assert kinds(made.history.events) == "opened warned breached escalated replied"
    assert [(one.index, one.refusal.code) for one in made.refused] == [(1, "role_not_permitted")]
    assert engine().import_history(json.dumps([json.loads(one.json()) for one in recorded])) == made
    refused = engine().import_history([RecordedCommand(monday(), KIM, opening("whatsapp"))])
    assert refused.history is None
    assert [(one.index, one.refusal.code) for one in refused.refused] == [(0, "channel_not_entitled")]
    for wrong in ([], "", "{}", [recorded[1]], '[{"at":"yesterday"}]'):
        with pytest.raises(InputError):
            engine().import_history(wrong)


def test_a_revision_is_tried_before_it_is_adopted() -> None:
    ticket = opened().ticket
    both = Engine.compile([document(), Policy(revised("1h"))])
    assert both.policy.version == 2
    assert both.policy_digest == both.policy.digest
    assert both.rules_digest == both.policy.rules_digest
    run = both.dry_run([ticket], apply="from_now", now=monday(0.5))
    assert (run.tickets, run.breached, run.unbreached, run.refused) == (1, (), (), ())
    moved = run.moved[0]
    assert (moved.ticket, moved.timer, moved.cycle, moved.before, moved.after) == (
        "T-1",
        "first_response",
        1,
        monday(5),
        monday(1),
    )
    late_by_then = both.dry_run(iter([ticket, opened("T-2").ticket]), apply="retroactive", now=monday(2))
    assert late_by_then.tickets == 2
    # A due that would have passed already is the instant of the change.
    assert [(one.ticket, one.before, one.after) for one in late_by_then.moved] == [
        ("T-1", monday(5), monday(2)),
        ("T-2", monday(5), monday(2)),
    ]
    assert both.dry_run([late()], apply="retroactive", now=monday(8)).moved == ()
    adopt = commands.AdoptRevision(policy_digest=both.policy_digest, apply="from_now", reason="the new contract")
    decision = both.decide(ticket, adopt, actor=ROOT_ADMIN, now=monday(0.5))
    assert both.evaluate(decision.ticket, now=monday(0.5)).timers["first_response"].due_at == monday(1)
    for ask in (engine().evaluate, engine().due_events):
        fault(UnknownNameError, "unknown_revision", ask, decision.ticket, now=monday(1))
    fault(UnknownNameError, "unknown_revision", engine().next_check_at, decision.ticket)
    fault(InputError, "unknown_word", both.dry_run, [ticket], apply="tomorrow", now=monday(1))
    refused = both.dry_run([late()], apply="keep", now=monday(1)).refused
    assert [(one.ticket, one.refusal.code) for one in refused] == [("T-1", "time_went_back")]


def test_a_revision_that_measures_more_is_tried_on_histories() -> None:
    more = revised("4h")
    more["timers"] = [{"id": "pickup", "starts_on": ["opened"], "stops_on": ["assigned"]}]
    more["packages"][0]["targets"]["pickup"] = "2h"
    both = Engine.compile([document(), Policy(more)])
    events = opened().events
    alone, whole = (
        both.dry_run([ticket], apply="from_now", now=monday(0.5)) for ticket in (opened().ticket, History(events))
    )
    assert [one.refusal.code for one in alone.refused] == ["history_needed"]
    assert (whole.refused, [one.timer for one in whole.arrived]) == ((), ["pickup"])


def test_an_instant_before_the_last_event_is_an_error() -> None:
    before = monday(8) - timedelta(hours=4)
    for ask in (engine().evaluate, engine().due_events, engine().ledger):
        fault(InputError, "time_went_back", ask, late(), now=before)
    fault(InputError, "time_went_back", engine().explain, late(), "first_response", now=before)
    fault(InputError, "time_went_back", Aggregate.of, engine(), [late()], now=before)
    fault(InputError, "time_went_back", at_risk, engine(), [late()], now=before)


def test_deadlines_are_explained_and_time_is_booked() -> None:
    history = late()
    found = engine().explain(history, "first_response", now=monday(8))
    assert (found.ticket, found.timer, found.time_zone) == ("T-1", "first_response", "Asia/Jakarta")
    assert found.passed[0].start.utcoffset() == timedelta(hours=7)
    assert [segment.kind for segment in found.passed] == ["counted", "closed", "counted"]
    assert (found.passed[1].closed.reason, found.passed[1].closed.name) == ("lunch_break", None)
    assert sum(segment.counted_us for segment in found.passed) == found.cycle.elapsed_us
    assert all(one.end == other.start for one, other in zip(found.passed, found.passed[1:], strict=False))
    assert found.ahead == ()
    assert "lunch break" in str(found)
    assert str(found) == found.text
    assert engine().explain(history, "first_response", now=monday(8), cycle=1) == found
    early = engine().explain(History(opened().events), "first_response", now=monday(1))
    assert sum(segment.counted_us for segment in (*early.passed, *early.ahead)) == early.cycle.target_us
    assert early.ahead[-1].end == early.due_at == monday(5)

    ledger = engine().ledger(history, now=monday(8))
    entry = ledger.entries[0]
    assert (ledger.ticket, len(ledger.entries), entry.status, entry.agent, entry.wait_reason) == (
        "T-1",
        1,
        "new",
        None,
        None,
    )
    assert (entry.open_us, entry.closed_us) == (7 * HOUR_US, HOUR_US)
    for timer, cycle in (("first_response", 7), ("first_response", 0), ("lunch", None), ("resolution", None)):
        fault(UnknownNameError, "unknown_timer", engine().explain, history, timer, now=monday(8), cycle=cycle)
    for cycle in (-1, 2**32):
        fault(InputError, "out_of_range", engine().explain, history, "first_response", now=monday(8), cycle=cycle)


# Figures


def test_reports_count_what_happened() -> None:
    history = late()
    grouping = {"by": ["package", "agent"], "period": "week", "period_zone": "Asia/Jakarta"}
    both = Aggregate.of(engine(), (one for one in [history, history]), now=monday(8), **grouping)
    report = both.report()
    assert (report.dimensions, report.period.unit, report.period.time_zone, report.as_of) == (
        ("package", "agent"),
        "week",
        "Asia/Jakarta",
        monday(8),
    )
    key = report.groups[0].key
    assert (key.package, key.agent, key.period, key.period_start) == ("starter", "unassigned", "2026-W48", monday(-9))
    assert (report.total.tickets.opened, report.total.tickets.resolved, report.total.tickets.active) == (2, 0, 2)
    timer = report.total.timers["first_response"]
    assert (timer.met, timer.breached, timer.breached_open, timer.decided, timer.compliance_millionths) == (
        0,
        2,
        2,
        2,
        0,
    )
    assert (timer.cancelled, timer.warnings) == (0, 2)
    escalation = timer.escalations[0]
    assert (escalation.trigger, escalation.level, escalation.count) == ("breach", 1, 2)
    assert (timer.business_time.count, timer.business_time.mean_us) == (0, None)
    csat = report.total.tickets.csat
    assert (csat.count, csat.distribution, csat.mean_millionths) == (0, (0, 0, 0, 0, 0), None)
    assert "enterprise" in [group.key.package for group in both.packages(engine()).groups]
    agents = both.agents(engine())
    assert (agents[0].agent, agents[0].replies, agents[0].timers["first_response"].warnings) == ("unassigned", 0, 2)
    fault(InputError, "conflicting_fields", Aggregate.of(engine(), [], now=monday()).packages, engine())
    fault(InputError, "conflicting_fields", Aggregate.of(engine(), [], now=monday()).agents, engine())


def test_an_agent_has_a_score() -> None:
    begun = opened()
    assigned = engine().decide(begun.ticket, commands.Assign("ana"), actor=ROOT_ADMIN, now=monday())
    replied = engine().decide(assigned.ticket, commands.Reply("email", HELLO), actor=ANA, now=monday(1))
    history = History([*begun.events, *assigned.events, *replied.events])
    agents = {one.agent: one for one in Aggregate.of(engine(), [history], now=monday(2), by=["agent"]).agents(engine())}
    ana = agents["ana"]
    assert (ana.handled, ana.replies, ana.timers["first_response"].met) == (1, 1, 1)
    assert ana.timers["first_response"].business_time.mean_us == HOUR_US
    assert ana.score_millionths == 1_000_000
    assert [(one.name, one.weight, one.value_millionths) for one in ana.components] == [
        ("first_response", 3, 1_000_000)
    ]


def test_a_candidate_is_compared() -> None:
    compared = what_if(engine(), Engine.compile(revised("9h")), [late()], now=monday(8))
    flip = compared.flips[0]
    assert (flip.ticket, flip.package, flip.timer, flip.cycle, flip.causes) == (
        "T-1",
        "starter",
        "first_response",
        1,
        ("target",),
    )
    assert (flip.before.target, flip.after.target) == (timedelta(hours=4), timedelta(hours=9))
    assert str(flip) == flip.text
    comparison = compared.comparison
    assert (comparison.tickets, comparison.flipped_tickets, comparison.left_out) == (1, 1, ())
    promise = next(one for one in comparison.promises if one.timer == "first_response")
    assert (promise.package, promise.flips, promise.before.breached, promise.after.breached, promise.after.running) == (
        "starter",
        1,
        1,
        0,
        1,
    )
    without = {**document(), "packages": document()["packages"][1:]}
    left = what_if(engine(), Engine.compile(without), [late()], now=monday(8)).comparison.left_out
    assert [(one.package, one.tickets) for one in left] == [("starter", 1)]


def test_somebody_hears_of_it() -> None:
    alerts = Alerts(engine())
    assert alerts.observe(opened().events) == ()
    heard = alerts.observe(late().events[1:], monday(8))
    warning = next(alert for alert in heard if alert.alert == "breach_warning")
    assert (warning.ticket, warning.timer, warning.step, warning.at) == (
        "T-1",
        "first_response",
        "warning",
        monday(4.2),
    )
    assert str(warning) == warning.text != ""
    assert any(alert.alert == "critical_escalation" and alert.level == 2 for alert in heard)
    assert isinstance(alerts.advance(monday(9)), tuple)
    assert Alerts.from_json(engine(), alerts.json()).json() == alerts.json()
    fault(InputError, "unsupported_schema", Alerts.from_json, engine(), "{}")


def test_a_draft_and_the_place_of_a_problem() -> None:
    policy, draft = Policy(document()), document()
    draft["version"] = 2
    assert policy.same_rules_as(Policy(draft))
    assert not policy.same_rules_as(Policy(revised("3h")))
    place = Policy.place_in(draft, "/packages/0/targets/first_response")
    assert (place.kind, place.id, place.index, place.field) == ("package", "starter", 0, "targets/first_response")


def test_instants_are_there_in_microseconds() -> None:
    begun = opened()
    assert begun.events[0].at_us == int(monday().timestamp()) * 1_000_000
    assert begun.next_check_at_us == begun.events[0].at_us + 15_120_000_000
    assert documents.Evaluation.next_check_at_us.__doc__


def test_the_burn_of_counts_needs_no_memory() -> None:
    policy = document()
    burn = {"timer": "first_response", "objective": "90%", "long_window": "24h", "short_window": "1h"}
    policy["objectives"] = {"burn": [{**burn, "threshold": "200%", "min_decided": 2}]}
    desk = Engine.compile(policy)
    counts = {"first_response": [(monday(-1), 3, 0), (monday(), 1, 1)]}
    [rate] = desk.burns(counts, now=monday())
    assert (rate.timer, rate.long.decided, rate.long.breached, rate.short.decided, rate.burning) == (
        "first_response",
        4,
        1,
        1,
        True,
    )
    assert not desk.burns(counts, now=monday(1))[0].burning
    assert engine().burns({}, now=monday()) == ()
    fault(UnknownNameError, "unknown_timer", desk.burns, {"first_reply": []}, now=monday())
    wrong = fault(InputError, "limit_exceeded", desk.burns, {"first_response": [(monday(), 1, 2)]}, now=monday())
    assert wrong.message == "more cycles of `first_response` are breached than decided"


def test_an_engine_knows_its_revisions_and_grows() -> None:
    first, second = Policy(document()), Policy(revised("3h"))
    grown = Engine.compile(first).with_revision(second)
    assert grown.policy_digests == [first.digest, second.digest]
    assert grown == Engine.compile([first, second])
    assert grown.with_revision(first) == grown
    # An older one comes before.
    assert Engine.compile(second).with_revision(first).policy_digest == second.digest
    with pytest.raises(UnknownNameError, match=first.digest):
        Engine.compile(second).evaluate(opened().ticket, now=monday())
    other = document()
    other["id"] = "other"
    fault(PolicyError, "invalid_policy", grown.with_revision, other)


def test_the_promises_with_the_least_left() -> None:
    tickets = [opened("T-1").ticket, History(opened("T-2", monday(0.5)).events), opened("T-3").ticket]
    promises = at_risk(engine(), tickets, now=monday(1))
    assert [(one.ticket, one.remaining_us) for one in promises] == [
        ("T-1", 3 * HOUR_US),
        ("T-3", 3 * HOUR_US),
        ("T-2", 7 * HOUR_US // 2),
    ]
    first = promises[0]
    assert (first.timer, first.cycle, first.paused, first.due_at) == ("first_response", 1, False, monday(5))
    assert at_risk(engine(), iter(tickets), now=monday(1), most=1) == promises[:1]
    assert at_risk(engine(), tickets, now=monday(1), most=0) == ()
    assert at_risk(engine(), [], now=monday(1)) == ()
    fault(InputError, "out_of_range", at_risk, engine(), tickets, now=monday(1), most=-1)
    fault(InputError, "out_of_range", worklist, engine(), tickets, now=monday(1), most=2**64)


def test_iterables_that_fail_say_so_themselves() -> None:
    def broken() -> Any:
        yield late()
        raise ZeroDivisionError("the database is gone")

    for ask in (
        lambda: Aggregate.of(engine(), broken(), now=monday(9)),
        lambda: at_risk(engine(), broken(), now=monday(9)),
        lambda: what_if(engine(), engine(), broken(), now=monday(9)),
        lambda: engine().dry_run(broken(), apply="keep", now=monday(9)),
    ):
        with pytest.raises(ZeroDivisionError):
            ask()


def test_words_of_values_are_those_of_the_types() -> None:
    evaluation = engine().evaluate(late(), now=monday(9))
    assert {timer.state for timer in evaluation.timers.values()} <= set(get_args(documents.State))
    assert evaluation.status in get_args(documents.Status)
