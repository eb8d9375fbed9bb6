//! Who may do what.

use std::ffi::c_char;

use sla_core::ticket::Action;
use sla_core::wire;

use crate::boundary::{Failure, Place, both, bytes, handle, optional_bytes, slot, text};
use crate::engine::sla_engine;
use crate::error::{answer, guard, sla_error, sla_status};
use crate::string::{sla_string, string_slot};

/// Finds the number of a package in the newest revision of an engine, to ask `sla_engine_entitles` with. Numbers hold for
/// this engine only.
///
/// id           the package's id, UTF-8
/// package_out  receives the number, from 0
///
/// Errors: `unknown_package`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_package(
    engine: *const sla_engine,
    id: *const c_char,
    id_len: usize,
    package_out: *mut i32,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("package_out", package_out, -1), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let id = text("id", id, id_len)?;
            Ok(number(engine.entitlements().package(id)?))
        })
    }
}

/// Finds the number of a channel in the newest revision of an engine, to ask `sla_engine_entitles` with.
///
/// id           the channel's id, UTF-8
/// channel_out  receives the number, from 0
///
/// Errors: `unknown_channel`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_channel(
    engine: *const sla_engine,
    id: *const c_char,
    id_len: usize,
    channel_out: *mut i32,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("channel_out", channel_out, -1), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let id = text("id", id, id_len)?;
            Ok(number(engine.entitlements().channel(id)?))
        })
    }
}

/// Returns a number of the table of entitlements as it crosses.
fn number(place: usize) -> i32 {
    // INVARIANT: a policy document has far fewer packages and channels; the last number would be unknown.
    i32::try_from(place).unwrap_or(i32::MAX)
}

/// Answers whether a package includes a channel, in the newest revision. Neither allocates nor compares texts.
///
/// package, channel  numbers of `sla_engine_package` and `sla_engine_channel`
/// entitled_out      receives 1 or 0
///
/// Errors: `unknown_number` for a number that the engine did not give.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_entitles(
    engine: *const sla_engine,
    package: i32,
    channel: i32,
    entitled_out: *mut i32,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("entitled_out", entitled_out, 0), error_out, || {
            let engine = &handle("engine", engine)?.0;
            let place = |number: i32| usize::try_from(number).unwrap_or(usize::MAX);
            let Some(includes) = engine.entitlements().includes(place(package), place(channel)) else {
                return Err(Failure::Argument {
                    code: "unknown_number",
                    message: format!("the engine has no package {package} with a channel {channel}"),
                    help: "pass numbers that `sla_engine_package` and `sla_engine_channel` of this engine gave",
                });
            };
            Ok(i32::from(includes))
        })
    }
}

/// Answers whether an actor may do something, without doing it.
///
/// actor_json        `{"role": "agent", "id": "..."}`
/// action            a command, or `view_ticket`, `view_metrics`, `manage_policy`, `manage_users` (docs/commands.md)
/// ticket_json       a history or a snapshot; null for actions that concern no ticket
/// refusal_json_out  receives the refusal, or no text (`data` null) when it is permitted; free it with `sla_string_free`
///
/// Errors: `unknown_action`; those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_authorize(
    engine: *const sla_engine,
    actor_json: *const c_char,
    actor_json_len: usize,
    action: *const c_char,
    action_len: usize,
    ticket_json: *const c_char,
    ticket_json_len: usize,
    refusal_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let out = string_slot("refusal_json_out", refusal_json_out)?;
            let engine = &handle("engine", engine)?.0;
            let actor = wire::command::read_actor(bytes("actor_json", actor_json, actor_json_len)?)?;
            let action: Action = text("action", action, action_len)?.parse()?;
            let ticket = optional_bytes("ticket_json", ticket_json, ticket_json_len)?;
            let ticket = ticket.map(wire::ticket::read_ticket).transpose()?;
            if let Err(refusal) = engine.authorize(&actor, action, ticket.as_ref()) {
                out.put(wire::evaluation::write_refusal(&refusal));
            }
            Ok(())
        })
    }
}

/// Answers which tickets a list may show to an actor: those for which `sla_engine_authorize` permits `view_ticket`.
///
/// actor_json        `{"role": "agent", "id": "..."}`, with `teams` and `organization` where the policy's roles read them
/// visible_json_out  receives a condition to make a query of (docs/commands.md); no text (`data` null) when the actor may
///                   see no ticket; free it with `sla_string_free`
/// refusal_json_out  receives the refusal then, otherwise no text; free it with `sla_string_free`
///
/// Errors: those of documents.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_engine_visible_tickets(
    engine: *const sla_engine,
    actor_json: *const c_char,
    actor_json_len: usize,
    visible_json_out: *mut sla_string,
    refusal_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        guard(error_out, || {
            let (visible_out, refusal_out) = both(
                string_slot("visible_json_out", visible_json_out),
                string_slot("refusal_json_out", refusal_json_out),
            )?;
            let engine = &handle("engine", engine)?.0;
            let actor = wire::command::read_actor(bytes("actor_json", actor_json, actor_json_len)?)?;
            match engine.visible_tickets(&actor) {
                Ok(visible) => visible_out.put(wire::evaluation::write_visible(&visible)),
                Err(refusal) => refusal_out.put(wire::evaluation::write_refusal(&refusal)),
            }
            Ok(())
        })
    }
}
