//! The same questions through the C interface.

use std::ffi::{CStr, c_char};
use std::ptr;

use sla_ffi_tests::analytics::{sla_aggregate, sla_aggregate_free, sla_aggregate_read, sla_aggregate_write};
use sla_ffi_tests::engine::{sla_engine, sla_engine_compile, sla_engine_free};
use sla_ffi_tests::error::{sla_error, sla_error_code, sla_error_free, sla_status};
use sla_ffi_tests::log::sla_log_commands;
use sla_ffi_tests::policy::{sla_policy_check, sla_policy_lint};
use sla_ffi_tests::string::{sla_string, sla_string_free};
use sla_ffi_tests::ticket::{sla_engine_decide, sla_engine_due_events, sla_engine_evaluate, sla_ticket_fold};
use sla_ffi_tests::zones::{sla_zones, sla_zones_add, sla_zones_free, sla_zones_new};

/// An answer, or the code of the error.
pub type Answer<T> = Result<T, String>;

/// Calls a function; `call` gets the place of the error.
fn answer(call: impl FnOnce(*mut *mut sla_error) -> sla_status) -> Answer<()> {
    let mut error: *mut sla_error = ptr::null_mut();
    let status = call(&raw mut error);
    if matches!(status, sla_status::Ok) {
        assert!(error.is_null(), "an error beside an answer");
        return Ok(());
    }
    // SAFETY: a failed call leaves an error, which is freed once.
    let code = unsafe { CStr::from_ptr(sla_error_code(error)) }.to_str().unwrap().to_owned();
    unsafe { sla_error_free(error) };
    assert!(!matches!(status, sla_status::Panic), "a panic: {code}");
    Err(code)
}

/// Calls a function that writes a text.
fn text_of(call: impl FnOnce(*mut sla_string, *mut *mut sla_error) -> sla_status) -> Answer<String> {
    let mut text = sla_string { data: ptr::null_mut(), len: 0, capacity: 0 };
    answer(|error| call(&raw mut text, error))?;
    let bytes = if text.data.is_null() {
        Vec::new()
    } else {
        // SAFETY: the library wrote so many bytes there.
        unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len) }.to_vec()
    };
    // SAFETY: the text is the library's, and is freed once.
    unsafe { sla_string_free(&raw mut text) };
    Ok(String::from_utf8(bytes).expect("texts are UTF-8"))
}

fn pointer(bytes: &[u8]) -> *const c_char {
    bytes.as_ptr().cast()
}

pub fn policy_check(policy: &[u8]) -> Answer<String> {
    // SAFETY: the pointers are those of `policy` and of places that live through the call; so in all functions here.
    text_of(|text, error| unsafe { sla_policy_check(pointer(policy), policy.len(), ptr::null(), text, error) })
}

pub fn policy_lint(policy: &[u8], as_of_us: i64) -> Answer<String> {
    // SAFETY: as above.
    text_of(|text, error| unsafe { sla_policy_lint(pointer(policy), policy.len(), ptr::null(), as_of_us, text, error) })
}

pub fn ticket_fold(ticket: &[u8]) -> Answer<String> {
    // SAFETY: as above.
    text_of(|text, error| unsafe { sla_ticket_fold(pointer(ticket), ticket.len(), ptr::null(), 0, text, error) })
}

pub fn log_commands(log: &[u8]) -> Answer<String> {
    // SAFETY: as above.
    text_of(|text, error| unsafe { sla_log_commands(pointer(log), log.len(), text, error) })
}

/// Reads an aggregate and writes it.
pub fn aggregate(document: &[u8]) -> Answer<String> {
    let mut aggregate: *mut sla_aggregate = ptr::null_mut();
    // SAFETY: as above; the aggregate is freed once.
    answer(|error| unsafe { sla_aggregate_read(pointer(document), document.len(), &raw mut aggregate, error) })?;
    let written = text_of(|text, error| unsafe { sla_aggregate_write(aggregate, text, error) });
    unsafe { sla_aggregate_free(aggregate) };
    written
}

pub fn zones_add(tzif: &[u8]) -> Answer<()> {
    let mut zones: *mut sla_zones = ptr::null_mut();
    let (name, version) = ("Mars/Olympus", "1");
    // SAFETY: as above; the zones are freed once.
    answer(|error| unsafe { sla_zones_new(&raw mut zones, error) })?;
    let added = answer(|error| unsafe {
        sla_zones_add(
            zones,
            pointer(name.as_bytes()),
            name.len(),
            pointer(tzif),
            tzif.len(),
            pointer(version.as_bytes()),
            version.len(),
            error,
        )
    });
    unsafe { sla_zones_free(zones) };
    added
}

/// An engine of the library.
pub struct Engine(*mut sla_engine);

impl Engine {
    pub fn compile(policy: &str) -> Self {
        let mut engine = ptr::null_mut();
        // SAFETY: as above.
        answer(|error| unsafe {
            sla_engine_compile(pointer(policy.as_bytes()), policy.len(), ptr::null(), &raw mut engine, error)
        })
        .unwrap();
        Self(engine)
    }

    pub fn evaluate(&self, ticket: &[u8], now_us: i64) -> Answer<String> {
        // SAFETY: as above; the engine lives as long as this.
        text_of(|text, error| unsafe {
            sla_engine_evaluate(self.0, pointer(ticket), ticket.len(), now_us, text, error)
        })
    }

    pub fn due_events(&self, ticket: &[u8], now_us: i64) -> Answer<String> {
        let none = ptr::null_mut;
        // SAFETY: as above.
        text_of(|text, error| unsafe {
            sla_engine_due_events(self.0, pointer(ticket), ticket.len(), now_us, text, none(), ptr::null_mut(), error)
        })
    }

    pub fn decide(&self, ticket: &[u8], command: &[u8], actor: &[u8], now_us: i64) -> Answer<String> {
        // SAFETY: as above.
        text_of(|text, error| unsafe {
            sla_engine_decide(
                self.0,
                pointer(ticket),
                ticket.len(),
                pointer(command),
                command.len(),
                pointer(actor),
                actor.len(),
                now_us,
                text,
                ptr::null_mut(),
                ptr::null_mut(),
                error,
            )
        })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // SAFETY: it is freed once.
        unsafe { sla_engine_free(self.0) };
    }
}
