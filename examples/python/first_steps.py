"""A ticket from its opening to its breach: open, answer, wait, break a promise, escalate, explain.

python first_steps.py
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sla_engine import Actor, Engine, History, Message, Policy, commands

POLICY = Path(__file__).parents[1] / "talkabiz.json"
JAKARTA = ZoneInfo("Asia/Jakarta")

# A policy is one document. Every problem of it is reported at once; what is legal but probably not meant is a warning.
policy = Policy(POLICY.read_text())
monday = datetime(2026, 11, 23, 9, tzinfo=JAKARTA)
print(policy, f"with {len(policy.lint(monday))} warnings")
engine = Engine.compile(policy)

# A calendar answers by itself: four business hours from nine o'clock, with lunch in between.
print("four hours from nine:", engine.calendar("office").add(monday, timedelta(hours=4)).astimezone(JAKARTA))

# Nothing happens on a ticket but by the engine: it says what to store, or why not.
kim, ana, dispatch = Actor.customer("kim"), Actor.agent("ana"), Actor.admin("dispatch")
wish = commands.Open(
    ticket="T-1", customer="kim", package="starter", channel="whatsapp", message=Message.of("mail-1", "it is broken")
)
print("refused:", engine.open(wish, actor=kim, now=monday).refusal)
wish = commands.Open(
    ticket="T-1", customer="kim", package="starter", channel="email", message=Message.of("mail-1", "it is broken")
)
opened = engine.open(wish, actor=kim, now=monday)
history = History(opened.events)
print("look again at:", opened.next_check_at.astimezone(JAKARTA))


def happen(command: commands.Command, actor: Actor, now: datetime) -> None:
    """Decide a command, and keep the events."""
    global history
    decision = engine.decide(history, command, actor=actor, now=now)
    if decision.refusal:
        raise SystemExit(str(decision.refusal))
    history = history.extend(decision.events)
    print(f"{now:%H:%M} {command.__struct_config__.tag}:", ", ".join(event.kind for event in decision.events))


happen(commands.Assign("ana"), dispatch, monday + timedelta(minutes=10))
happen(commands.Reply("email", Message.of("mail-2", "we are on it")), ana, monday + timedelta(minutes=40))

# Four days pass. Automatic events have their own instants, whenever they are asked for; intents are acted on once.
friday = monday + timedelta(days=4)
due = engine.due_events(history, now=friday)
history = history.extend(due.events)
for event in due.events:
    whom = f" -> {', '.join(event.intent.notify)}" if event.intent else ""
    print(f"{event.at.astimezone(JAKARTA):%a %H:%M} {event.kind}{whom}")

# Where it stands, and why to the microsecond.
evaluation = engine.evaluate(history, now=friday)
for name, timer in evaluation.timers.items():
    print(f"{name}: {timer.state}, due {timer.due_at.astimezone(JAKARTA):%a %H:%M}, overdue {timer.current.overdue}")
print(engine.explain(history, "resolution", now=friday))
