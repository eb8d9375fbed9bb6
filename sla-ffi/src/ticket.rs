//! Tickets: commands, automatic events and evaluations.

use std::ffi::c_char;

use sla_core::engine::Decision;
use sla_core::ticket::{Actor, Apply, Command, Ticket};
use sla_core::time::Timestamp;
use sla_core::wire::ticket::TicketDocument;
use sla_core::{Engine, Error, wire};

use crate::boundary::{
    Checked, Place, SLA_NONE, Slot, both, bytes, handle, instant_us, optional_bytes, optional_slot, slot, text,
};
use crate::engine::sla_engine;
use crate::error::{answer, guard, sla_error, sla_status};
use crate::string::{StringSlot, optional_string_slot, sla_string, string_slot};

/// The places of what follows from an answer: the ticket after it, and when to check it.
pub(crate) struct After<'a> {
    ticket: Option<StringSlot<'a>>,
    next_check_at: Option<Slot<'a, i64>>,
}

impl After<'_> {
    /// # Safety
    ///
    /// As [`optional_slot`].
    pub(crate) unsafe fn new(ticket_json_out: *mut sla_string, next_check_at_us_out: *mut i64) -> Checked<Self> {
        // SAFETY: the caller's promise.
        unsafe {
            let (ticket, next_check_at) = both(
                optional_string_slot("ticket_json_out", ticket_json_out),
                optional_slot("next_check_at_us_out", next_check_at_us_out, SLA_NONE),
            )?;
            Ok(Self { ticket, next_check_at })
        }
    }

    fn write(self, engine: &Engine, ticket: &Ticket) -> Checked<()> {
        let next_check_at = if self.next_check_at.is_some() { engine.next_check_at(ticket)? } else { None };
        self.put(ticket, next_check_at);
        Ok(())
    }

    pub(crate) fn put(self, ticket: &Ticket, next_check_at: Option<Timestamp>) {
        if let Some(place) = self.next_check_at {
            place.put(instant_us(next_check_at));
        }
        if let Some(place) = self.ticket {
            place.put(wire::snapshot::write(ticket));
        }
    }

    fn decided(self, engine: &Engine, decision: &Decision, out: StringSlot<'_>) -> Checked<()> {
        if let Decision::Accepted(accepted) = decision {
            self.write(engine, &accepted.ticket)?;
        }
        out.put(wire::evaluation::write_decision(decision));
        Ok(())
    }
}

/// Decides on a command, with every event of the ticket where its document has them.
pub(crate) fn decide(
    engine: &Engine,
    ticket: &TicketDocument,
    command: &Command,
    actor: &Actor,
    now: Timestamp,
) -> Result<Decision, Error> {
    match ticket {
        TicketDocument::History(history) => engine.decide_on(history, command, actor, now),
        TicketDocument::Snapshot(ticket) => engine.decide(ticket, command, actor, now),
    }
}

/// Decides whether a ticket is opened.
///
/// opening_json          the command `open` (docs/commands.md)
/// actor_json            `{"role": "customer", "id": "..."}`, with `organization` where the opening names one
/// now_us                microseconds since 1970-01-01T00:00:00Z
/// decision_json_out     receives `{"accepted": {"events": [...]}}`, the events to persist, or `{"refused": {...}}`;
///                       free it with `sla_string_free`
/// ticket_json_out       receives a snapshot of the ticket, to pass to the next call; empty when refused. May be null;
///                       free it with `sla_string_free`
/// next_check_at_us_out  receives when `sla_engine_due_events` will have something, SLA_NONE for never; may be null
///
/// Errors: `out_of_horizon`; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_open(
    engine: *const sla_engine,
    opening_json: *const c_char,
    opening_json_len: usize,
    actor_json: *const c_char,
    actor_json_len: usize,
    now_us: i64,
    decision_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let (out, after) = both(
                string_slot("decision_json_out", decision_json_out),
                After::new(ticket_json_out, next_check_at_us_out),
            )?;
            let engine = &handle("engine", engine)?.0;
            let opening = wire::command::read_opening(bytes("opening_json", opening_json, opening_json_len)?)?;
            let actor = wire::command::read_actor(bytes("actor_json", actor_json, actor_json_len)?)?;
            let decision = engine.open(&opening, &actor, Timestamp::from_micros(now_us))?;
            after.decided(engine, &decision, out)
        })
    }
}

/// Decides on a command. Only this function and `sla_engine_due_events` make events; the host appends what it gets.
///
/// ticket_json           a snapshot, or a history (docs/events.md): the events so far. Of a history every event is used,
///                       which the adoption of a revision that measures another timer needs (`history_needed`)
/// command_json          docs/commands.md
/// actor_json            `{"role": "agent", "id": "..."}`, with `teams` (a list) and `organization` where the policy's
///                       roles read them
/// now_us                microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
/// decision_json_out, ticket_json_out, next_check_at_us_out
///                       as for `sla_engine_open`; automatic events that were due come first
///
/// Errors: `unknown_revision` when the ticket is under a revision that the engine does not have; `invalid_history`,
/// `out_of_horizon`; those of documents. A refused command is no error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_decide(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    command_json: *const c_char,
    command_json_len: usize,
    actor_json: *const c_char,
    actor_json_len: usize,
    now_us: i64,
    decision_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let (out, after) = both(
                string_slot("decision_json_out", decision_json_out),
                After::new(ticket_json_out, next_check_at_us_out),
            )?;
            let engine = &handle("engine", engine)?.0;
            let ticket = wire::ticket::read_ticket_document(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            let command = wire::command::read(bytes("command_json", command_json, command_json_len)?)?;
            let actor = wire::command::read_actor(bytes("actor_json", actor_json, actor_json_len)?)?;
            let now = Timestamp::from_micros(now_us);
            after.decided(engine, &decide(engine, &ticket, &command, &actor, now)?, out)
        })
    }
}

/// Makes the automatic events that are due by an instant: breaches, escalations, warnings, the ends of pauses, the closing
/// of resolved tickets. The events do not depend on how often this is called.
///
/// ticket_json           a snapshot or a history
/// now_us                microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
/// events_json_out       receives the events to persist, a JSON list, perhaps empty; free it with `sla_string_free`
/// ticket_json_out, next_check_at_us_out
///                       as for `sla_engine_open`
///
/// Errors: `time_went_back`; otherwise as `sla_engine_decide`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_due_events(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    now_us: i64,
    events_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let (out, after) = both(
                string_slot("events_json_out", events_json_out),
                After::new(ticket_json_out, next_check_at_us_out),
            )?;
            let engine = &handle("engine", engine)?.0;
            let ticket = wire::ticket::read_ticket(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            let due = engine.due_events(&ticket, Timestamp::from_micros(now_us))?;
            after.put(&due.ticket, due.next_check_at);
            out.put(wire::ticket::write_events(&due.events));
            Ok(())
        })
    }
}

/// Evaluates every timer of a ticket as of an instant, and says when to ask again. Nothing is changed.
///
/// ticket_json          a snapshot or a history
/// now_us               microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
/// evaluation_json_out  receives the evaluation (docs/documents.md); free it with `sla_string_free`
///
/// Errors: as `sla_engine_due_events`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_evaluate(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    now_us: i64,
    evaluation_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("evaluation_json_out", evaluation_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let ticket = wire::ticket::read_ticket(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            let evaluation = engine.evaluate(&ticket, Timestamp::from_micros(now_us))?;
            Ok(wire::evaluation::write(&evaluation))
        })
    }
}

/// Answers when `sla_engine_due_events` will have something: the instant to store in an indexed column.
///
/// ticket_json           a snapshot or a history
/// next_check_at_us_out  receives microseconds since 1970-01-01T00:00:00Z; SLA_NONE for never
///
/// Errors: as `sla_engine_decide`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_next_check_at(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("next_check_at_us_out", next_check_at_us_out, SLA_NONE), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let ticket = wire::ticket::read_ticket(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            Ok(instant_us(engine.next_check_at(&ticket)?))
        })
    }
}

/// Folds events into a snapshot of the ticket, which every function takes in place of the history, and faster.
///
/// ticket_json      what was there before: a snapshot, or a history
/// events_json      a JSON list of the events that follow; null or an empty list for none
/// ticket_json_out  receives the snapshot; free it with `sla_string_free`
///
/// Errors: `invalid_history` when an event does not follow; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_ticket_fold(
    ticket_json: *const c_char,
    ticket_json_len: usize,
    events_json: *const c_char,
    events_json_len: usize,
    ticket_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("ticket_json_out", ticket_json_out), error_out, || {
            let mut ticket = wire::ticket::read_ticket(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            if let Some(events) = optional_bytes("events_json", events_json, events_json_len)? {
                for event in wire::ticket::read_events(events)? {
                    ticket.apply(&event)?;
                }
            }
            Ok(wire::snapshot::write(&ticket))
        })
    }
}

/// Makes the history of a ticket from what another system recorded. Every command is judged at its own instant; automatic
/// events come in place.
///
/// recorded_json         `[{"at": "...", "actor": {...}, "command": {...}}]`, the first one an `open`, oldest first
/// import_json_out       receives `{"accepted": {"events": [...], "refused": [{"index": 3, "refusal": {...}}]}}`, or
///                       `{"refused": {...}}` when the ticket could not be opened; `index` is the place in the list, the
///                       opening's is 0; free it with `sla_string_free`
/// ticket_json_out, next_check_at_us_out
///                       as for `sla_engine_open`
///
/// Errors: `out_of_horizon`; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_import(
    engine: *const sla_engine,
    recorded_json: *const c_char,
    recorded_json_len: usize,
    import_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let (out, after) = both(
                string_slot("import_json_out", import_json_out),
                After::new(ticket_json_out, next_check_at_us_out),
            )?;
            let engine = &handle("engine", engine)?.0;
            let recorded = wire::command::read_recorded(bytes("recorded_json", recorded_json, recorded_json_len)?)?;
            let wire::command::Recorded { opened_at, opener, opening, commands } = recorded;
            let import = engine.import(&opening, &opener, opened_at, &commands)?;
            if let Decision::Accepted(import) = &import {
                after.write(engine, import.history.ticket())?;
            }
            out.put(wire::evaluation::write_import(&import));
            Ok(())
        })
    }
}

/// Verifies a history by playing its commands again: the rules must make every event as it is recorded. A chain
/// (`sla_audit_verify`) proves that nothing was changed since it was linked, this proves that the rules made it.
///
/// history_json           a history
/// snapshot_json          a snapshot that must be the fold of the first events of the history, as many as it says; may be
///                        null
/// verification_json_out  receives how many events were verified, and in `difference` the first one that the rules would
///                        not have made (docs/audit.md); without `difference` the rules make every event. Free it with
///                        `sla_string_free`
///
/// Errors: `unknown_revision` when an event is under a revision that is not compiled into the engine; `out_of_horizon`;
/// `invalid_history`; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_verify(
    engine: *const sla_engine,
    history_json: *const c_char,
    history_json_len: usize,
    snapshot_json: *const c_char,
    snapshot_json_len: usize,
    verification_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("verification_json_out", verification_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let history = wire::ticket::read_history(bytes("history_json", history_json, history_json_len)?)?;
            let snapshot = optional_bytes("snapshot_json", snapshot_json, snapshot_json_len)?;
            let snapshot = snapshot.map(wire::snapshot::read).transpose()?;
            let found = engine.verify(&history, snapshot.as_ref())?;
            Ok(wire::verification::write(&found))
        })
    }
}

/// Says what would happen if tickets adopted the newest revision of the policy. Nothing is changed.
///
/// tickets_json      a JSON list of snapshots and histories; a revision that measures a timer which the ticket's own did not
///                   needs the history (`history_needed`)
/// apply             `keep`, `from_now` or `retroactive`, as in `adopt_revision`
/// now_us            microseconds since 1970-01-01T00:00:00Z
/// dry_run_json_out  receives moved due instants, breaches and tickets that cannot adopt it (docs/documents.md); free
///                   it with `sla_string_free`
///
/// Errors: as `sla_engine_due_events`, for the first ticket that cannot be judged; `unknown_word` for another
/// `apply`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_dry_run(
    engine: *const sla_engine,
    tickets_json: *const c_char,
    tickets_json_len: usize,
    apply: *const c_char,
    apply_len: usize,
    now_us: i64,
    dry_run_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("dry_run_json_out", dry_run_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let tickets = wire::ticket::read_ticket_documents(bytes("tickets_json", tickets_json, tickets_json_len)?)?;
            let apply: Apply = text("apply", apply, apply_len)?.parse()?;
            let run = engine.dry_run(&tickets, apply, Timestamp::from_micros(now_us))?;
            Ok(wire::evaluation::write_dry_run(&run))
        })
    }
}
