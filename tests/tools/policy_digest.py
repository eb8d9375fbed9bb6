"""Print the digest of each policy document named, computed as docs/canonical-record.md says."""

import hashlib
import json
import re
import sys

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
REPLY_OR_RESOLVE = ["public_reply", "resolved"]
# starts_on, stops_on, pauses_on, cycles, on_reopen
PRESETS = {
    "first_response": (["opened"], REPLY_OR_RESOLVE, [], "once", "ignore"),
    "next_response": (["reply_owed"], REPLY_OR_RESOLVE, [], "repeated", "ignore"),
    "update": (["opened", "public_reply", "reopened"], REPLY_OR_RESOLVE, ["pending"], "repeated", "ignore"),
    "resolution": (["assigned"], ["resolved"], ["pending", "on_hold"], "once", "resume"),
    "assignment": (["opened"], ["assigned"], [], "once", "ignore"),
}
OWN_TIMER = (None, None, [], "once", "resume")


def microseconds(text):
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)(?:\.(\d{1,6}))?s)?", text.removeprefix("PT").lower())
    hours, minutes, seconds, decimals = (part or "0" for part in match.groups())
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1_000_000 + int(decimals.ljust(6, "0"))


def millionths(percent):
    whole, _, decimals = percent.removesuffix("%").partition(".")
    return int(whole) * 10_000 + int(decimals.ljust(4, "0"))


def second_of_day(text):
    hour, minute, second = (text.split(":") + ["00"])[:3]
    return int(hour) * 3600 + int(minute) * 60 + int(second)


def flag(value):
    return b"\x01" if value else b"\x00"


def number(value):
    return value.to_bytes(4, "big")


def long(value):
    return value.to_bytes(8, "big", signed=True)


def text(value):
    encoded = value.encode()
    return len(encoded).to_bytes(8, "big") + encoded


def option(value, write):
    return flag(False) if value is None else flag(True) + write(value)


def sequence(entries):
    return len(entries).to_bytes(8, "big") + b"".join(entries)


def collection(entries):
    return sequence(sorted(entries))


def texts(values):
    return collection([text(value) for value in values])


def table(entries, write):
    return sequence([text(key) + write(entries[key]) for key in sorted(entries, key=str.encode)])


def duration(value):
    return long(microseconds(value))


def share(value):
    return number(millionths(value))


def window(value):
    opens, closes = value.split("-")
    return number(second_of_day(opens)) + number(second_of_day(closes))


def windows(values):
    return collection([window(value) for value in values])


def week(days):
    return b"".join(windows(days.get(day, [])) for day in DAYS)


def hours(rules):
    if "weekly" in rules:
        return text("weekly") + week(rules["weekly"])
    if "rotation" in rules:
        rotation = rules["rotation"]
        return text("rotation") + text(rotation["starts"]) + sequence([week(each) for each in rotation["weeks"]])
    if "any_of" in rules:
        return text("any_of") + texts(rules["any_of"])
    return text("always_open")


def holiday(entry):
    if "date" in entry:
        dates = flag(False) + text(entry["date"])
    else:
        dates = flag(True) + text(entry["from"]) + text(entry["to"])
    return dates + text(entry["name"])


def calendar(rules):
    seasons = [
        text(season["from"]) + text(season["to"]) + text(season["name"]) + week(season["weekly"])
        for season in rules.get("seasons", [])
    ]
    special_days = [
        text(day["date"]) + text(day["name"]) + windows(day["windows"]) for day in rules.get("special_days", [])
    ]
    return (
        text(rules["time_zone"])
        + hours(rules)
        + collection(seasons)
        + collection([holiday(entry) for entry in rules.get("holidays", [])])
        + collection(special_days)
        + option(rules.get("holidays_known_until"), text)
    )


def channel(entry):
    return text(entry["id"]) + text(entry["name"])


def target(value):
    if value == "none":
        return text("none")
    if isinstance(value, str):
        return text("within") + duration(value) + flag(False)
    if "within" in value:
        return text("within") + duration(value["within"]) + option(value.get("calendar"), text)
    return (
        text("business_days")
        + number(value["business_days"])
        + text(value["by"])
        + option(value.get("cut_off"), text)
        + option(value.get("calendar"), text)
    )


def targets(entries):
    return table(entries, target)


def variant(entry):
    when = entry["when"]
    parts = [when.get(part) for part in ("channel", "severity", "category", "during", "outside")]
    return b"".join(option(value, text) for value in [*parts, entry.get("calendar")]) + targets(
        entry.get("targets", {})
    )


def package(entry):
    return (
        text(entry["id"])
        + text(entry["name"])
        + number(entry["rank"])
        + option(entry.get("extends"), text)
        + option(entry.get("channels"), texts)
        + option(entry.get("calendar"), text)
        + targets(entry.get("targets", {}))
        + option(entry.get("priority"), text)
        + option(entry.get("variants"), lambda variants: sequence([variant(each) for each in variants]))
    )


def timer(name, written):
    starts, stops, pauses, cycles, on_reopen = PRESETS.get(name, OWN_TIMER)
    return (
        text(name)
        + texts(written.get("starts_on", starts))
        + texts(written.get("stops_on", stops))
        + texts(written.get("cancels_on", []))
        + texts(written.get("pauses_on", pauses))
        + text(written.get("cycles", cycles))
        + text(written.get("on_reopen", on_reopen))
        + text(written.get("due_boundary", "close"))
    )


def timers(entries):
    written = dict.fromkeys(PRESETS, {}) | {entry["id"]: entry for entry in entries}
    listed = [entry["id"] for entry in entries]
    return collection([timer(name, written[name]) for name in written]) + texts(listed)


def instant(entry):
    if "before" in entry:
        return text("before") + duration(entry["before"])
    if "at" in entry or microseconds(entry["after"]) == 0:
        return text("at") + share(entry.get("at", "100%"))
    return text("after") + duration(entry["after"])


def quiet_hours(value):
    if isinstance(value, dict):
        return text("other") + text(value["calendar"])
    return text(value or "off")


def step(entry):
    when = entry.get("when", {})
    parts = [when.get(part) for part in ("channel", "severity", "category", "package")]
    escalates = entry["action"] == "escalate"
    return (
        text(entry["id"])
        + instant(entry)
        + b"".join(option(part, text) for part in parts)
        + flag(escalates)
        + (number(entry.get("level", 1)) if escalates else b"")
        + sequence([text(name) for name in entry.get("notify", [])])
        + option(entry.get("assign_to"), text)
        + quiet_hours(entry.get("quiet_hours"))
        + option(entry.get("repeat"), lambda repeat: duration(repeat["every"]) + number(repeat["times"]))
        + flag("until" in entry)
    )


def steps(entries):
    stated = {timer: listed for timer, listed in entries.items() if listed}
    return table(stated, lambda listed: sequence([step(entry) for entry in listed]))


def inactivity(entry):
    return (
        text(entry["id"])
        + text(entry["status"])
        + duration(entry["after"])
        + option(entry.get("calendar"), text)
        + text(entry["action"])
        + sequence([text(name) for name in entry.get("notify", [])])
        + quiet_hours(entry.get("quiet_hours"))
        + option(entry.get("reason"), text)
    )


def burn(entry):
    return (
        text(entry["timer"])
        + share(entry["objective"])
        + duration(entry["long_window"])
        + duration(entry["short_window"])
        + share(entry["threshold"])
        + number(entry["min_decided"])
    )


def record(policy):
    pauses, roles, objectives = (policy.get(field, {}) for field in ("pauses", "roles", "objectives"))
    return (
        text("sla-policy")
        + number(2)
        + text(policy["id"])
        + number(policy["version"])
        + table(policy["calendars"], calendar)
        + collection([channel(entry) for entry in policy["channels"]])
        + texts(policy.get("severities", []))
        + texts(policy.get("categories", []))
        + collection([package(entry) for entry in policy["packages"]])
        + timers(policy.get("timers", []))
        + steps(policy.get("steps", {}))
        + texts(pauses.get("reasons", []))
        + option(pauses.get("max_pause"), duration)
        + option(pauses.get("max_paused_total"), duration)
        + sequence([inactivity(entry) for entry in policy.get("inactivity", [])])
        + flag(roles.get("self_assign", False))
        + flag(roles.get("agents_may_classify", False))
        + flag(roles.get("agents_may_unassign", False))
        + text(roles.get("agents_act_on", "assigned"))
        + flag(roles.get("organizations_share", False))
        + sequence([burn(entry) for entry in objectives.get("burn", [])])
        + option(objectives.get("critical_level"), number)
        + table(objectives.get("score_weights", {}), number)
        + option(objectives.get("monitor_lag"), duration)
    )


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as document:
            print(hashlib.sha256(record(json.load(document))).hexdigest())
