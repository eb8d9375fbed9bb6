//! The record: chains of entries.

use std::ffi::c_char;

use sla_core::audit::{self, Chain, ChainKind, Content, Denial, Head, Publication, Tampering};
use sla_core::ticket::Event;
use sla_core::time::Timestamp;
use sla_core::{Error, Id, wire};

use crate::boundary::{Failure, Place, both, bytes, optional_bytes, text};
use crate::error::{answer, guard, sla_error, sla_status};
use crate::string::{sla_string, string_slot};

/// Links events to the chain of their ticket: every entry carries the hash of the one before.
///
/// head_json         where the chain stands, as the call before wrote it; null to begin a chain
/// events_json       a JSON list of the events that follow, at least one
/// detected_at_us    when the host writes them down, in microseconds since 1970-01-01T00:00:00Z
/// entries_json_out  receives the entries, a JSON list in the order of the events; free it with `sla_string_free`
/// head_json_out     receives where the chain stands now; free it with `sla_string_free`
///
/// Errors: `invalid_history` when an event does not follow; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_audit_link(
    head_json: *const c_char,
    head_json_len: usize,
    events_json: *const c_char,
    events_json_len: usize,
    detected_at_us: i64,
    entries_json_out: *mut sla_string,
    head_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        let places =
            both(string_slot("entries_json_out", entries_json_out), string_slot("head_json_out", head_json_out));
        answer(places, error_out, || {
            let head = optional_bytes("head_json", head_json, head_json_len)?;
            let events = wire::ticket::read_events(bytes("events_json", events_json, events_json_len)?)?;
            let mut chain = match (head, events.first()) {
                (Some(head), _) => Chain::resume(wire::audit::read_head(head)?)?,
                (None, Some(event)) => Chain::new(event.ticket.clone()),
                (None, None) => {
                    return Err(Failure::Argument {
                        code: "empty_list",
                        message: "`events_json` is empty and `head_json` null".to_owned(),
                        help: "pass the events that begin the chain, or where it stands",
                    });
                }
            };
            let entries = chain.extend(events, Timestamp::from_micros(detected_at_us))?;
            let entries: Vec<String> = entries.iter().map(wire::audit::write_entry).collect();
            Ok((format!("[{}]", entries.join(",\n")), wire::audit::write_head(chain.head())))
        })
    }
}

/// Turns a refusal into an entry of a log of denied access, which is chained like a ticket.
///
/// head_json       where the log stands, as the call before wrote it; null to begin one
/// log             the id of the log to begin; ignored when there is a head
/// actor_json      who was refused
/// ticket          the id of the ticket that it was about; null for none
/// refusal_json    the refusal, as a decision or `sla_engine_authorize` gave it
/// now_us          microseconds since 1970-01-01T00:00:00Z
/// entry_json_out  receives the entry; free it with `sla_string_free`
/// head_json_out   receives where the log stands now; free it with `sla_string_free`
///
/// Errors: `invalid_id`, `invalid_history` for the head of another kind of chain; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_audit_deny(
    head_json: *const c_char,
    head_json_len: usize,
    log: *const c_char,
    log_len: usize,
    actor_json: *const c_char,
    actor_json_len: usize,
    ticket: *const c_char,
    ticket_len: usize,
    refusal_json: *const c_char,
    refusal_json_len: usize,
    now_us: i64,
    entry_json_out: *mut sla_string,
    head_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        let places = both(string_slot("entry_json_out", entry_json_out), string_slot("head_json_out", head_json_out));
        answer(places, error_out, || {
            let mut chain: Chain<Denial> = match optional_bytes("head_json", head_json, head_json_len)? {
                Some(head) => Chain::resume(wire::audit::read_head(head)?)?,
                None => Chain::new(Id::new(text("log", log, log_len)?)?),
            };
            let actor = wire::command::read_actor(bytes("actor_json", actor_json, actor_json_len)?)?;
            let ticket = if ticket.is_null() { None } else { Some(Id::new(text("ticket", ticket, ticket_len)?)?) };
            let refusal = wire::audit::read_refusal(bytes("refusal_json", refusal_json, refusal_json_len)?)?;
            let entry = chain.deny(&actor, ticket, refusal, Timestamp::from_micros(now_us));
            Ok((wire::audit::write_entry(&entry), wire::audit::write_head(chain.head())))
        })
    }
}

/// Writes entries as a chain that `sla_audit_verify` and other verifiers read.
///
/// kind            `ticket`, `access` or `policy`
/// id              the ticket, the log or the policy
/// entries_json    a JSON list of entries, in their order
/// chain_json_out  receives the chain; free it with `sla_string_free`
///
/// Errors: `unknown_word` for another kind; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_audit_chain(
    kind: *const c_char,
    kind_len: usize,
    id: *const c_char,
    id_len: usize,
    entries_json: *const c_char,
    entries_json_len: usize,
    chain_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("chain_json_out", chain_json_out), error_out, || {
            let kind: ChainKind = text("kind", kind, kind_len)?.parse()?;
            let id = Id::new(text("id", id, id_len)?)?;
            let entries = bytes("entries_json", entries_json, entries_json_len)?;
            let chain = match kind {
                ChainKind::Ticket => wire::audit::write_chain(&id, &wire::audit::read_entries::<Event>(entries)?),
                ChainKind::Access => wire::audit::write_chain(&id, &wire::audit::read_entries::<Denial>(entries)?),
                ChainKind::Policy => wire::audit::write_chain(&id, &wire::audit::read_entries::<Publication>(entries)?),
            };
            Ok(chain)
        })
    }
}

/// Checks a whole chain, and that every pinned head of it is in it.
///
/// chain_json    the chain (docs/audit.md)
/// heads_json    heads that were kept elsewhere, to notice a cut-off or wholly rewritten chain; null for none
/// head_json_out receives where the chain stands when it is sound; otherwise no text (`data` null). Free it with
///               `sla_string_free`
/// tampering_json_out
///               receives what was done to it, `{"kind": "altered", "index": 3}` with the place of the first such entry
///               from 0; no text (`data` null) when it is sound. Free it with `sla_string_free`
///
/// Errors: those of documents. A chain that was tampered with is no error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_audit_verify(
    chain_json: *const c_char,
    chain_json_len: usize,
    heads_json: *const c_char,
    heads_json_len: usize,
    head_json_out: *mut sla_string,
    tampering_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let (head_out, tampering_out) = both(
                string_slot("head_json_out", head_json_out),
                string_slot("tampering_json_out", tampering_json_out),
            )?;
            let chain = bytes("chain_json", chain_json, chain_json_len)?;
            let pins = match optional_bytes("heads_json", heads_json, heads_json_len)? {
                Some(heads) => wire::audit::read_heads(heads)?,
                None => Vec::new(),
            };
            let verdict = match wire::audit::chain_kind(chain)? {
                ChainKind::Ticket => verify::<Event>(chain, &pins)?,
                ChainKind::Access => verify::<Denial>(chain, &pins)?,
                ChainKind::Policy => verify::<Publication>(chain, &pins)?,
            };
            match verdict {
                Ok(head) => head_out.put(wire::audit::write_head(&head)),
                Err(tampering) => tampering_out.put(wire::audit::write_tampering(&tampering)),
            }
            Ok(())
        })
    }
}

/// Writes heads as a file to keep elsewhere, which pins everything that the chains said until then.
///
/// heads_json      a JSON list of heads
/// pins_json_out   receives the file's text; free it with `sla_string_free`
///
/// Errors: those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_audit_pin(
    heads_json: *const c_char,
    heads_json_len: usize,
    pins_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("pins_json_out", pins_json_out), error_out, || {
            let heads = wire::audit::read_head_list(bytes("heads_json", heads_json, heads_json_len)?)?;
            Ok(wire::audit::write_heads(&heads))
        })
    }
}

fn verify<C: Content>(chain: &[u8], pins: &[Head]) -> Result<Result<Head, Tampering>, Error> {
    let (id, entries) = wire::audit::read_chain::<C>(chain)?;
    Ok(audit::verify(&id, &entries, pins))
}
