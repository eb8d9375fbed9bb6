//! A ticket as numbers and texts, without a document.

use std::ffi::c_char;
use std::ptr::null;

use sla_core::engine::{EscalationValues, TicketValues, TimerValues};
use sla_core::time::BusinessDuration;
use sla_core::{Id, wire};

use crate::boundary::{self, SLA_NONE, bytes, free, handle, handle_slot, instant_us, slot};
use crate::engine::sla_engine;
use crate::error::{answer, sla_error, sla_status};

/// A text that a handle of the library keeps, until the handle is freed. UTF-8; no NUL follows the last byte.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sla_text {
    /// The first byte; null when there is no text.
    pub data: *const c_char,
    /// How many bytes.
    pub len: usize,
}

impl sla_text {
    const NONE: Self = Self { data: null(), len: 0 };

    const fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }

    fn maybe(id: Option<&Id>) -> Self {
        id.map_or(Self::NONE, |id| Self::of(id.as_str()))
    }
}

/// An escalation of a ticket.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sla_escalation_values {
    /// Its number, from 1: commands name it by that.
    pub number: u32,
    /// Its level.
    pub level: u32,
    /// `open`, `acknowledged` or `resolved`.
    pub stage: sla_text,
    /// What caused it: `step`, `breach` or `request`.
    pub trigger: sla_text,
    /// The timer of an automatic escalation; none for a request.
    pub timer: sla_text,
    /// When the ticket was escalated, in microseconds since 1970-01-01T00:00:00Z.
    pub at_us: i64,
}

/// The latest cycle of a timer of a ticket, as the ticket's last event left it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sla_timer_values {
    /// The timer.
    pub timer: sla_text,
    /// The number of the cycle, from 1.
    pub cycle: u32,
    /// The one word for people (docs/documents.md).
    pub state: sla_text,
    /// `met`, `breached`, `cancelled` or `none`.
    pub outcome: sla_text,
    /// `running`, `paused` or `stopped`.
    pub activity: sla_text,
    /// When it falls or fell due; SLA_NONE while it is paused before its due, nothing is promised, or the due lies beyond
    /// 2200-01-01.
    pub due_at_us: i64,
    /// The promised duration in business time; SLA_NONE while nothing is promised.
    pub target_us: i64,
    /// What remained of the target at `since_us`, never negative; SLA_NONE while nothing is promised.
    pub remaining_us: i64,
    /// When the cycle last changed.
    pub since_us: i64,
}

/// A ticket after its last event; instants are microseconds since 1970-01-01T00:00:00Z.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct sla_ticket_values {
    /// The host's id.
    pub id: sla_text,
    /// `new`, `open`, `pending`, `on_hold`, `resolved`, `closed`, `withdrawn` or `voided`.
    pub status: sla_text,
    /// The customer who owns it.
    pub customer: sla_text,
    /// The customer's organization; may be none.
    pub organization: sla_text,
    /// `inbound` or `outbound`: who wrote first.
    pub direction: sla_text,
    /// The agent or admin it is assigned to; may be none.
    pub agent: sla_text,
    /// The team it is assigned to; may be none.
    pub team: sla_text,
    /// The customer's package.
    pub package: sla_text,
    /// The priority label of the package; may be none.
    pub priority: sla_text,
    /// The channel it was opened by.
    pub channel: sla_text,
    /// Its severity; may be none.
    pub severity: sla_text,
    /// Its category; may be none.
    pub category: sla_text,
    /// The digest of the revision that it is under, as 64 hexadecimal digits.
    pub policy_digest: sla_text,
    /// The number of events so far.
    pub events: u32,
    /// When it was opened.
    pub opened_at_us: i64,
    /// The instant of the last event.
    pub last_at_us: i64,
    /// When it was closed, withdrawn or voided; SLA_NONE before.
    pub closed_at_us: i64,
    /// Its escalations, oldest first; null when there are none.
    pub escalations: *const sla_escalation_values,
    /// How many.
    pub escalations_count: usize,
    /// The latest cycle of every timer that has started, by the timer's id; null when there are none.
    pub timers: *const sla_timer_values,
    /// How many.
    pub timers_count: usize,
}

impl sla_ticket_values {
    const EMPTY: Self = Self {
        id: sla_text::NONE,
        status: sla_text::NONE,
        customer: sla_text::NONE,
        organization: sla_text::NONE,
        direction: sla_text::NONE,
        agent: sla_text::NONE,
        team: sla_text::NONE,
        package: sla_text::NONE,
        priority: sla_text::NONE,
        channel: sla_text::NONE,
        severity: sla_text::NONE,
        category: sla_text::NONE,
        policy_digest: sla_text::NONE,
        events: 0,
        opened_at_us: SLA_NONE,
        last_at_us: SLA_NONE,
        closed_at_us: SLA_NONE,
        escalations: null(),
        escalations_count: 0,
        timers: null(),
        timers_count: 0,
    };
}

/// The values of one ticket. Immutable; use it from as many threads as you like.
pub struct sla_values {
    values: TicketValues,
    // INVARIANT: texts of the two lists point into `values`, which nothing changes, and the struct of an answer into all
    // three: what they point to does not move with the handle.
    policy_digest: String,
    escalations: Vec<sla_escalation_values>,
    timers: Vec<sla_timer_values>,
}
boundary::handle_type!(sla_values);

impl sla_values {
    fn new(values: TicketValues) -> Self {
        Self {
            policy_digest: values.policy_digest.to_string(),
            escalations: values.escalations.iter().map(escalation).collect(),
            timers: values.timers.iter().map(timer).collect(),
            values,
        }
    }

    fn ticket(&self) -> sla_ticket_values {
        let of = &self.values;
        sla_ticket_values {
            id: sla_text::of(of.id.as_str()),
            status: sla_text::of(of.status.as_str()),
            customer: sla_text::of(of.customer.as_str()),
            organization: sla_text::maybe(of.organization.as_ref()),
            direction: sla_text::of(of.direction.as_str()),
            agent: sla_text::maybe(of.agent.as_ref()),
            team: sla_text::maybe(of.team.as_ref()),
            package: sla_text::of(of.package.as_str()),
            priority: sla_text::maybe(of.priority.as_ref()),
            channel: sla_text::of(of.channel.as_str()),
            severity: sla_text::maybe(of.severity.as_ref()),
            category: sla_text::maybe(of.category.as_ref()),
            policy_digest: sla_text::of(&self.policy_digest),
            events: of.events,
            opened_at_us: of.opened_at.as_micros(),
            last_at_us: of.last_at.as_micros(),
            closed_at_us: instant_us(of.closed_at),
            escalations: first_of(&self.escalations),
            escalations_count: self.escalations.len(),
            timers: first_of(&self.timers),
            timers_count: self.timers.len(),
        }
    }
}

fn first_of<T>(list: &[T]) -> *const T {
    if list.is_empty() { null() } else { list.as_ptr() }
}

fn escalation(of: &EscalationValues) -> sla_escalation_values {
    sla_escalation_values {
        number: of.number,
        level: of.level,
        stage: sla_text::of(of.stage.as_str()),
        trigger: sla_text::of(of.trigger.as_str()),
        timer: sla_text::maybe(of.timer.as_ref()),
        at_us: of.at.as_micros(),
    }
}

fn timer(of: &TimerValues) -> sla_timer_values {
    let length = |length: Option<BusinessDuration>| length.map_or(SLA_NONE, BusinessDuration::as_micros);
    sla_timer_values {
        timer: sla_text::of(of.timer.as_str()),
        cycle: of.cycle,
        state: sla_text::of(of.state.as_str()),
        outcome: sla_text::of(of.outcome.as_str()),
        activity: sla_text::of(of.activity.as_str()),
        due_at_us: instant_us(of.due_at),
        target_us: length(of.target),
        remaining_us: length(of.remaining),
        since_us: of.since.as_micros(),
    }
}

/// Reads the values of a ticket, as `sla_engine_ticket_values` writes them.
///
/// ticket_json  the ticket's history or snapshot
/// values_out   receives the values; free them with `sla_values_free`
///
/// Errors: those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_values_new(
    engine: *const sla_engine,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    values_out: *mut *mut sla_values,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(handle_slot("values_out", values_out), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let ticket = wire::ticket::read_ticket(bytes("ticket_json", ticket_json, ticket_json_len)?)?;
            Ok(sla_values::new(engine.ticket_values(&ticket)))
        })
    }
}

/// Answers with the ticket as one struct. Its texts and lists belong to `values` and are valid until that is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_values_ticket(
    values: *const sla_values,
    ticket_out: *mut sla_ticket_values,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("ticket_out", ticket_out, sla_ticket_values::EMPTY), error_out, || {
            Ok(handle("values", values)?.ticket())
        })
    }
}

/// Frees values; null is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_values_free(values: *mut sla_values) {
    // SAFETY: the caller's promise about `values`.
    unsafe { free(values) };
}
