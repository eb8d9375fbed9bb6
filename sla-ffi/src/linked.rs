//! Linked answers: the events of a decision as entries of the ticket's chain, and its rows, in one call, for one ticket or many.

use std::ffi::c_char;

use sla_core::analytics::RowState;
use sla_core::engine::Decision;
use sla_core::linked::Linked;
use sla_core::time::Timestamp;
use sla_core::wire::ticket::TicketDocument;
use sla_core::{Engine, Error, wire};

use crate::boundary::{
    Checked, Failure, Place, array, both, bytes, handle, optional_bytes, optional_instant, optional_text, text,
};
use crate::engine::sla_engine;
use crate::error::{answer, sla_error, sla_status};
use crate::string::{StringSlot, sla_string, string_slot};
use crate::ticket::{After, decide};

/// How many texts a request of a batch has: ticket, head, command, actor, row state.
const TEXTS: usize = 5;

/// What rows are asked for: those of the events after this state, in this time zone.
#[derive(Clone, Copy)]
struct AskedRows<'a> {
    /// Empty before the opening.
    state: &'a [u8],
    time_zone: &'a str,
}

/// Adds the rows that are asked for, if any are.
fn with_rows(
    answer: Decision<Linked>,
    engine: &Engine,
    asked: Option<AskedRows<'_>>,
    now: Timestamp,
) -> Result<Decision<Linked>, Error> {
    Ok(match (answer, asked) {
        (Decision::Accepted(linked), Some(AskedRows { state, time_zone })) => {
            let state = read_state(state)?;
            Decision::Accepted(linked.with_rows(engine, state.as_ref(), now, time_zone)?)
        }
        (answer, _) => answer,
    })
}

/// Reads a row state that may be left out.
fn read_state(state: &[u8]) -> Result<Option<RowState>, Error> {
    if state.is_empty() { Ok(None) } else { wire::rows::read_state(state).map(Some) }
}

/// Returns what rows a caller asks for: none without a time zone.
///
/// # Safety
///
/// As [`bytes`].
unsafe fn asked_rows<'a>(
    (time_zone, time_zone_len): (*const c_char, usize),
    (state, state_len): (*const c_char, usize),
) -> Checked<Option<AskedRows<'a>>> {
    // SAFETY: the caller's promise.
    let (time_zone, state) = unsafe {
        (optional_text("time_zone", time_zone, time_zone_len)?, optional_bytes("row_state_json", state, state_len)?)
    };
    Ok(time_zone.map(|time_zone| AskedRows { state: state.unwrap_or_default(), time_zone }))
}

/// The places of a linked answer: its text, and what follows from it.
struct LinkedSlot<'a> {
    text: StringSlot<'a>,
    after: After<'a>,
}

impl Place for LinkedSlot<'_> {
    type Answer = Decision<Linked>;

    fn put(self, answer: Decision<Linked>) {
        if let Decision::Accepted(linked) = &answer {
            self.after.put(&linked.ticket, linked.next_check_at);
        }
        self.text.put(wire::linked::write(&answer));
    }
}

/// # Safety
///
/// As [`string_slot`].
unsafe fn linked_slot<'a>(
    linked_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
) -> Checked<LinkedSlot<'a>> {
    // SAFETY: the caller's promise.
    unsafe {
        let (text, after) =
            both(string_slot("linked_json_out", linked_json_out), After::new(ticket_json_out, next_check_at_us_out))?;
        Ok(LinkedSlot { text, after })
    }
}

/// The instant of a request, and when the host stores the answer.
#[derive(Clone, Copy)]
struct Instants {
    now: Timestamp,
    detected_at: Timestamp,
}

impl Instants {
    fn new(now_us: i64, detected_at_us: i64) -> Self {
        let now = Timestamp::from_micros(now_us);
        Self { now, detected_at: optional_instant(detected_at_us).unwrap_or(now) }
    }
}

/// What is asked about one ticket, as documents.
struct Request<'a> {
    ticket: &'a [u8],
    head: &'a [u8],
    /// A command and its actor; `None` to ask for the automatic events that are due.
    command: Option<(&'a [u8], &'a [u8])>,
    rows: Option<AskedRows<'a>>,
}

/// Judges a request, and links the events to the ticket's chain.
fn judge(
    engine: &Engine,
    request: &Request<'_>,
    Instants { now, detected_at }: Instants,
) -> Result<Decision<Linked>, Error> {
    let head = wire::audit::read_head(request.head)?;
    let Some((command, actor)) = request.command else {
        let due = engine.due_events(&wire::ticket::read_ticket(request.ticket)?, now)?;
        let due = due.linked(engine, head, detected_at).map(Decision::Accepted)?;
        return with_rows(due, engine, request.rows, now);
    };
    let (command, actor) = (wire::command::read(command)?, wire::command::read_actor(actor)?);
    let ticket = wire::ticket::read_ticket_document(request.ticket)?;
    let decision = decide(engine, &ticket, &command, &actor, now)?.linked(engine, Some(head), detected_at)?;
    with_rows(decision, engine, request.rows, now)
}

/// Decides whether a ticket is opened, as `sla_engine_open`, and begins the ticket's chain.
///
/// opening_json, actor_json, now_us, ticket_json_out, next_check_at_us_out
///                  as for `sla_engine_open`
/// detected_at_us   when the host writes the events down; SLA_NONE for `now_us`
/// time_zone        the zone whose periods rows are in, for example `Asia/Jakarta`; may be null: then there are no rows
/// linked_json_out  receives `{"accepted": {"values": {...}, "next_check_at_us": ..., "head": {...}, "entries": [...]}}`
///                  or `{"refused": {...}}` (docs/documents.md). After the first line every line but the last is one entry,
///                  to be stored as it is, with a comma at the end where another follows. With a time zone, `"rows": {...}`
///                  comes before the entries, with the row state on a line of its own after `"state":`. Free it with
///                  `sla_string_free`
///
/// Errors: as `sla_engine_open`; `unknown_time_zone`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_open_linked(
    engine: *const sla_engine,
    opening_json: *const c_char,
    opening_json_len: usize,
    actor_json: *const c_char,
    actor_json_len: usize,
    now_us: i64,
    detected_at_us: i64,
    time_zone: *const c_char,
    time_zone_len: usize,
    linked_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(linked_slot(linked_json_out, ticket_json_out, next_check_at_us_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let opening = wire::command::read_opening(bytes("opening_json", opening_json, opening_json_len)?)?;
            let actor = wire::command::read_actor(bytes("actor_json", actor_json, actor_json_len)?)?;
            let Instants { now, detected_at } = Instants::new(now_us, detected_at_us);
            let rows = asked_rows((time_zone, time_zone_len), (std::ptr::null(), 0))?;
            Ok(with_rows(engine.open(&opening, &actor, now)?.linked(engine, None, detected_at)?, engine, rows, now)?)
        })
    }
}

/// Decides on a command, as `sla_engine_decide`, and links its events to the ticket's chain: no event crosses twice.
///
/// ticket_json, command_json, actor_json, now_us, ticket_json_out, next_check_at_us_out
///                  as for `sla_engine_decide`
/// head_json        where the ticket's chain stands, as the call before wrote it
/// detected_at_us, time_zone, linked_json_out
///                  as for `sla_engine_open_linked`
/// row_state_json   with a time zone: the row state that was stored with the ticket; otherwise not read, and may be null
///
/// Errors: as `sla_engine_decide`; `invalid_history` when the head or the row state is not that of the ticket;
/// `unknown_time_zone`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_decide_linked(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    head_json: *const c_char,
    head_json_len: usize,
    command_json: *const c_char,
    command_json_len: usize,
    actor_json: *const c_char,
    actor_json_len: usize,
    now_us: i64,
    detected_at_us: i64,
    time_zone: *const c_char,
    time_zone_len: usize,
    row_state_json: *const c_char,
    row_state_json_len: usize,
    linked_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(linked_slot(linked_json_out, ticket_json_out, next_check_at_us_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let request = Request {
                ticket: bytes("ticket_json", ticket_json, ticket_json_len)?,
                head: bytes("head_json", head_json, head_json_len)?,
                command: Some((
                    bytes("command_json", command_json, command_json_len)?,
                    bytes("actor_json", actor_json, actor_json_len)?,
                )),
                rows: asked_rows((time_zone, time_zone_len), (row_state_json, row_state_json_len))?,
            };
            Ok(judge(engine, &request, Instants::new(now_us, detected_at_us))?)
        })
    }
}

/// Makes the automatic events that are due by an instant, as `sla_engine_due_events`, and links them to the ticket's chain.
///
/// ticket_json, now_us, ticket_json_out, next_check_at_us_out
///                  as for `sla_engine_due_events`
/// head_json, detected_at_us, time_zone, row_state_json, linked_json_out
///                  as for `sla_engine_decide_linked`; the answer is never `refused`
///
/// Errors: as `sla_engine_due_events`; `invalid_history` when the head or the row state is not that of the ticket;
/// `unknown_time_zone`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_due_events_linked(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    head_json: *const c_char,
    head_json_len: usize,
    now_us: i64,
    detected_at_us: i64,
    time_zone: *const c_char,
    time_zone_len: usize,
    row_state_json: *const c_char,
    row_state_json_len: usize,
    linked_json_out: *mut sla_string,
    ticket_json_out: *mut sla_string,
    next_check_at_us_out: *mut i64,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(linked_slot(linked_json_out, ticket_json_out, next_check_at_us_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let request = Request {
                ticket: bytes("ticket_json", ticket_json, ticket_json_len)?,
                head: bytes("head_json", head_json, head_json_len)?,
                command: None,
                rows: asked_rows((time_zone, time_zone_len), (row_state_json, row_state_json_len))?,
            };
            Ok(judge(engine, &request, Instants::new(now_us, detected_at_us))?)
        })
    }
}

/// Decides on many tickets in one call. The fault of one does not stop the others.
///
/// texts             the documents of all requests, one after another without anything between: for each request its
///                   ticket, the head of its chain, a command, the actor and the row state; a request without a command
///                   and an actor asks for the automatic events that are due
/// lengths           the lengths of these texts, five a request; 0 for none
/// requests          how many requests there are
/// now_us, detected_at_us, time_zone
///                   as for `sla_engine_decide_linked`, the same for all
/// answers_json_out  receives a JSON list with an answer for each request, in their order: as `linked_json_out` of
///                   `sla_engine_decide_linked`, with the ticket's snapshot on a line of its own after `"snapshot":`; or
///                   `{"failed": {"code": ..., "path": ..., "message": ..., "help": ...}}`. Every answer begins on a new
///                   line. Free it with `sla_string_free`
///
/// Errors: `invalid_length` when the lengths are not those of the texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_batch(
    engine: *const sla_engine,
    texts: *const c_char,
    texts_len: usize,
    lengths: *const usize,
    requests: usize,
    now_us: i64,
    detected_at_us: i64,
    time_zone: *const c_char,
    time_zone_len: usize,
    answers_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("answers_json_out", answers_json_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let texts = bytes("texts", texts, texts_len)?;
            // A number of lengths that does not fit is one that `array` refuses.
            let lengths = array("lengths", lengths, requests.saturating_mul(TEXTS))?;
            let instants = Instants::new(now_us, detected_at_us);
            let time_zone = optional_text("time_zone", time_zone, time_zone_len)?;
            let mut answers = String::from("[");
            let mut rest = texts;
            for (at, request) in lengths.chunks_exact(TEXTS).enumerate() {
                let mut of_request: [&[u8]; TEXTS] = [&[]; TEXTS];
                for (text, length) in of_request.iter_mut().zip(request) {
                    (*text, rest) = rest.split_at_checked(*length).ok_or_else(other_lengths)?;
                }
                let [ticket, head, command, actor, state] = of_request;
                let command = (!command.is_empty() || !actor.is_empty()).then_some((command, actor));
                answers.push_str(if at == 0 { "\n" } else { ",\n" });
                let rows = time_zone.map(|time_zone| AskedRows { state, time_zone });
                let answer = judge(engine, &Request { ticket, head, command, rows }, instants);
                answers.push_str(&wire::linked::write_of_batch(&answer));
            }
            if !rest.is_empty() {
                return Err(other_lengths());
            }
            answers.push_str("\n]");
            Ok(answers)
        })
    }
}

#[cold]
fn other_lengths() -> Failure {
    Failure::Argument {
        code: "invalid_length",
        message: "the lengths do not add up to that of `texts`".to_owned(),
        help: "pass five lengths a request, in bytes",
    }
}

/// Writes a ticket as values for the columns of a database: status, holder, package, instants in microseconds, every
/// escalation with its stage, and of every timer the due, remaining time, outcome and activity.
///
/// ticket_json      a snapshot or a history
/// values_json_out  receives the values (docs/documents.md); free it with `sla_string_free`
///
/// Errors: those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_ticket_values(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    values_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("values_json_out", values_json_out), error_out, || -> Checked<String> {
            let engine = &handle("engine", engine)?.0;
            let ticket = wire::ticket::read_ticket(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            Ok(wire::linked::write_values(&engine.ticket_values(&ticket)))
        })
    }
}

/// Writes the rows of a ticket for the tables of a database: one a cycle, one a fact. A row replaces the earlier row of its key.
///
/// ticket_json     a history, for the rows of its events after the row state; or a snapshot, for the rows that change with
///                 `now_us` alone
/// row_state_json  the row state that was stored with the ticket; may be null for all rows of a history
/// time_zone       the zone whose periods the rows are in, for example `Asia/Jakarta`
/// rows_json_out   receives `{"cycles": [...], "facts": [...], "state": {...}}` (docs/documents.md), the row state on a line
///                 of its own after `"state":`; free it with `sla_string_free`
///
/// Errors: those of documents; `invalid_history` when the row state is not that of the ticket; `unknown_time_zone`,
/// `unknown_revision`, `time_went_back`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_ticket_rows(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    row_state_json: *const c_char,
    row_state_json_len: usize,
    now_us: i64,
    time_zone: *const c_char,
    time_zone_len: usize,
    rows_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("rows_json_out", rows_json_out), error_out, || -> Checked<String> {
            let engine = &handle("engine", engine)?.0;
            let state = optional_bytes("row_state_json", row_state_json, row_state_json_len)?;
            let state = read_state(state.unwrap_or_default())?;
            let time_zone = text("time_zone", time_zone, time_zone_len)?;
            let now = Timestamp::from_micros(now_us);
            let ticket = bytes("ticket_json", ticket_json, ticket_json_len)?;
            let rows = match wire::ticket::read_ticket_document(ticket)? {
                TicketDocument::History(history) => engine.history_rows(state.as_ref(), &history, now, time_zone)?,
                TicketDocument::Snapshot(ticket) => engine.ticket_rows(state.as_ref(), &ticket, [], now, time_zone)?,
            };
            Ok(wire::rows::write(&rows))
        })
    }
}
