//! Policies before they are compiled: problems, warnings, digests, publications.

use std::ffi::c_char;

use sla_core::revision::{self, Previous};
use sla_core::time::Timestamp;
use sla_core::{policy, wire};

use crate::boundary::{Failure, bytes, optional_bytes, slot, text};
use crate::error::{answer, sla_error, sla_status};
use crate::string::{sla_string, string_slot};
use crate::zones::{sla_zones, zones_or_embedded};

/// Checks a policy as a whole, and writes it in the order of the format.
///
/// policy_json      a policy document; borrowed for the call
/// zones            time-zone rules of the host, or null for the embedded ones
/// policy_json_out  receives the document as the library writes it, the one that the pointers of warnings and changes
///                  are about; free it with `sla_string_free`
///
/// Errors: `invalid_policy` with every problem as a related error; `invalid_json`, `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_check(
    policy_json: *const c_char,
    policy_json_len: usize,
    zones: *const sla_zones,
    policy_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("policy_json_out", policy_json_out), error_out, || {
            let document = bytes("policy_json", policy_json, policy_json_len)?;
            let policy = wire::policy::read_with(document, &zones_or_embedded(zones)?)?;
            Ok(wire::policy::write(&policy))
        })
    }
}

/// Writes what is legal in a policy but probably not meant, as of an instant:
/// `{"warnings": [{"code": "...", "path": "...", "message": "...", "help": "..."}]}`.
///
/// as_of_us           microseconds since 1970-01-01T00:00:00Z
/// warnings_json_out  receives the text; free it with `sla_string_free`
///
/// Errors: as `sla_policy_check`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_lint(
    policy_json: *const c_char,
    policy_json_len: usize,
    zones: *const sla_zones,
    as_of_us: i64,
    warnings_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("warnings_json_out", warnings_json_out), error_out, || {
            let document = bytes("policy_json", policy_json, policy_json_len)?;
            let policy = wire::policy::read_with(document, &zones_or_embedded(zones)?)?;
            let warnings = policy::lint(&policy, Timestamp::from_micros(as_of_us));
            Ok(wire::policy::write_warnings(&warnings))
        })
    }
}

/// Writes the digests of a policy, as JSON: `{"policy_digest": "...", "rules_digest": "..."}`. Equal policies have
/// equal policy digests, however they are written.
///
/// digests_json_out  receives the text; free it with `sla_string_free`
///
/// Errors: as `sla_policy_check`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_digests(
    policy_json: *const c_char,
    policy_json_len: usize,
    zones: *const sla_zones,
    digests_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("digests_json_out", digests_json_out), error_out, || {
            let document = bytes("policy_json", policy_json, policy_json_len)?;
            let policy = wire::policy::read_with(document, &zones_or_embedded(zones)?)?;
            Ok(wire::info::write_digests(&policy))
        })
    }
}

/// Writes a policy as values, for lists and forms: `{"id": "...", "packages": [...], ...}`. What a package or a timer leaves
/// out is looked up: a package lists every target that applies to it, with the package that states it.
///
/// values_json_out  receives the text; free it with `sla_string_free`
///
/// Errors: as `sla_policy_check`; `limit_exceeded` where packages have too many channels, variants and targets together.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_values(
    policy_json: *const c_char,
    policy_json_len: usize,
    zones: *const sla_zones,
    values_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("values_json_out", values_json_out), error_out, || {
            let document = bytes("policy_json", policy_json, policy_json_len)?;
            let policy = wire::policy::read_with(document, &zones_or_embedded(zones)?)?;
            Ok(wire::policy::write_values(&policy.values()?))
        })
    }
}

/// Publishes a revision: makes the entry that the host appends to the policy's chain, with the list of changes.
///
/// previous_policy_json, previous_entry_json
///                       the revision before with its entry in the chain, or both null for the first one
/// actor_json            `{"role": "admin", "id": "..."}`
/// reason                why, not blank
/// at_us                 microseconds since 1970-01-01T00:00:00Z
/// publication_json_out  receives `{"accepted": {entry}}` or `{"refused": {refusal}}`; free it with `sla_string_free`
///
/// Errors: as `sla_policy_check` for each policy; `invalid_policy` for two different policies, `unknown_revision` when
/// the entry published another policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_publish(
    policy_json: *const c_char,
    policy_json_len: usize,
    previous_policy_json: *const c_char,
    previous_policy_json_len: usize,
    previous_entry_json: *const c_char,
    previous_entry_json_len: usize,
    actor_json: *const c_char,
    actor_json_len: usize,
    reason: *const c_char,
    reason_len: usize,
    at_us: i64,
    zones: *const sla_zones,
    publication_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("publication_json_out", publication_json_out), error_out, || {
            let zones = zones_or_embedded(zones)?;
            let policy = wire::policy::read_with(bytes("policy_json", policy_json, policy_json_len)?, &zones)?;
            let previous_policy =
                optional_bytes("previous_policy_json", previous_policy_json, previous_policy_json_len)?;
            let previous_entry = optional_bytes("previous_entry_json", previous_entry_json, previous_entry_json_len)?;
            let previous = match (previous_policy, previous_entry) {
                (Some(policy), Some(entry)) => {
                    Some((wire::policy::read_with(policy, &zones)?, wire::audit::read_entry(entry)?))
                }
                (None, None) => None,
                _ => {
                    return Err(Failure::Argument {
                        code: "null_pointer",
                        message: "one of `previous_policy_json` and `previous_entry_json` is null".to_owned(),
                        help: "pass both, or null for both when this is the first revision",
                    });
                }
            };
            let previous = previous.as_ref().map(|(policy, entry)| Previous { policy, entry });
            let actor = wire::command::read_actor(bytes("actor_json", actor_json, actor_json_len)?)?;
            let reason = text("reason", reason, reason_len)?;
            let at = Timestamp::from_micros(at_us);
            Ok(wire::info::write_published(&revision::publish(&policy, previous, &actor, reason, at)?))
        })
    }
}

/// Writes what differs between two policies, by JSON pointer:
/// `{"changes": [{"path": "...", "before": "...", "after": "..."}]}`.
///
/// changes_json_out  receives the text; free it with `sla_string_free`
///
/// Errors: as `sla_policy_check`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_changes(
    before_json: *const c_char,
    before_json_len: usize,
    after_json: *const c_char,
    after_json_len: usize,
    zones: *const sla_zones,
    changes_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("changes_json_out", changes_json_out), error_out, || {
            let zones = zones_or_embedded(zones)?;
            let before = wire::policy::read_with(bytes("before_json", before_json, before_json_len)?, &zones)?;
            let after = wire::policy::read_with(bytes("after_json", after_json, after_json_len)?, &zones)?;
            Ok(wire::info::write_changes(&wire::policy::changes(&before, &after)))
        })
    }
}

/// Answers whether two policies have the same rules: they are equal but for `version`, so that a draft need not be published.
///
/// policy_json, other_json  policy documents
/// zones                    time-zone rules of the host, or null for the embedded ones
/// same_out                 receives 1 or 0
///
/// Errors: as `sla_policy_check`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_same_rules(
    policy_json: *const c_char,
    policy_json_len: usize,
    other_json: *const c_char,
    other_json_len: usize,
    zones: *const sla_zones,
    same_out: *mut i32,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(slot("same_out", same_out, 0), error_out, || {
            let zones = zones_or_embedded(zones)?;
            let policy = wire::policy::read_with(bytes("policy_json", policy_json, policy_json_len)?, &zones)?;
            let other = wire::policy::read_with(bytes("other_json", other_json, other_json_len)?, &zones)?;
            Ok(i32::from(wire::policy::same_rules(&policy, &other)))
        })
    }
}

/// Says what the pointer of a problem, a warning or a change is about: `{"kind": "package", "id": "starter", "index": 0,
/// "field": "targets/resolution"}`.
///
/// policy_json     the document that the pointer leads into; it need not be a valid policy
/// pointer         the JSON pointer
/// place_json_out  receives the text; free it with `sla_string_free`
///
/// Errors: `invalid_json`, `limit_exceeded`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sla_policy_place(
    policy_json: *const c_char,
    policy_json_len: usize,
    pointer: *const c_char,
    pointer_len: usize,
    place_json_out: *mut sla_string,
    error_out: *mut *mut sla_error,
) -> sla_status {
    // SAFETY: the caller's promises about the pointers.
    unsafe {
        answer(string_slot("place_json_out", place_json_out), error_out, || {
            let document = bytes("policy_json", policy_json, policy_json_len)?;
            Ok(wire::policy::write_place(&wire::policy::place(document, text("pointer", pointer, pointer_len)?)?))
        })
    }
}
