//! The one public error type, and what a module's private fault enum must say to become one.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// What went wrong, as a stable code.
        ///
        /// A code is never renamed and never reused for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the code as it stands in documents and logs, for example `out_of_horizon`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// An instant is not written as RFC 3339, or does not fit.
    InvalidTimestamp => "invalid_timestamp",
    /// A business duration is negative, too long, or not written as `PT1H30M` or `1h30m`.
    InvalidDuration => "invalid_duration",
    /// A share of a target is not written as `80%` with at most four decimals.
    InvalidShare => "invalid_share",
    /// An id is blank, too long, or holds a character that does not show.
    InvalidId => "invalid_id",
    /// A digest is not 64 hexadecimal digits.
    InvalidDigest => "invalid_digest",
    /// A calendar date does not exist or is not written as `2026-12-25` or `--12-25`.
    InvalidDate => "invalid_date",
    /// An opening window is not written as `09:00-17:00`.
    InvalidWindow => "invalid_window",
    /// A time of day is not written as `16:00`.
    InvalidTime => "invalid_time",
    /// Two dated seasons of a calendar, or two yearly ones, share a date.
    OverlappingSeasons => "overlapping_seasons",
    /// A time zone is not in the time-zone database.
    UnknownTimeZone => "unknown_time_zone",
    /// Time-zone data that the host supplied is not readable `TZif`.
    InvalidTimeZoneData => "invalid_time_zone_data",
    /// A calendar has no recurring opening.
    CalendarNeverOpens => "calendar_never_opens",
    /// A question or its answer lies outside 1970-01-01 to 2200-01-01.
    OutOfHorizon => "out_of_horizon",
    /// The end of an interval lies before its start.
    EndBeforeStart => "end_before_start",
    /// A history does not begin with its one opening, or an event does not follow the one before it.
    InvalidHistory => "invalid_history",
    /// A ticket is under a policy revision that the engine was not compiled with.
    UnknownRevision => "unknown_revision",
    /// An instant lies before the last event of the ticket.
    TimeWentBack => "time_went_back",
    /// A list or a document exceeds a stated limit.
    LimitExceeded => "limit_exceeded",
    /// A policy has problems; [`Error::related`] lists them.
    InvalidPolicy => "invalid_policy",
    /// A document is not well-formed JSON.
    InvalidJson => "invalid_json",
    /// An object of a document has the same key twice.
    DuplicateKey => "duplicate_key",
    /// A document has a field that the format does not know.
    UnknownField => "unknown_field",
    /// A document lacks a field.
    MissingField => "missing_field",
    /// A value of a document has another type than the format asks for, for example a fraction instead of a whole number.
    WrongType => "wrong_type",
    /// The `schema` of a document is missing, or names a format or version that this library does not read.
    UnsupportedSchema => "unsupported_schema",
    /// A value is not one of the texts that the format accepts there.
    UnknownWord => "unknown_word",
    /// A question about permissions names no action.
    UnknownAction => "unknown_action",
    /// Fields that exclude each other are both present, or a field has no effect beside another.
    ConflictingFields => "conflicting_fields",
    /// A number, a duration or a share lies outside the accepted range.
    OutOfRange => "out_of_range",
    /// A name, a reason or a label is blank.
    BlankText => "blank_text",
    /// Two objects of one kind have the same id.
    DuplicateId => "duplicate_id",
    /// A list has the same entry twice.
    DuplicateEntry => "duplicate_entry",
    /// A policy does not have a package that a question names.
    UnknownPackage => "unknown_package",
    /// A policy does not have a channel that it refers to, or that a question names.
    UnknownChannel => "unknown_channel",
    /// A policy does not have a calendar that it refers to, or that a question names.
    UnknownCalendar => "unknown_calendar",
    /// A policy refers to a timer that it does not have.
    UnknownTimer => "unknown_timer",
    /// A policy refers to a severity that it does not list.
    UnknownSeverity => "unknown_severity",
    /// A policy refers to a category that it does not list.
    UnknownCategory => "unknown_category",
    /// No event starts a timer.
    TimerNeverStarts => "timer_never_starts",
    /// No event stops a timer.
    TimerNeverStops => "timer_never_stops",
    /// A timer that reopening does not concern states `on_reopen`.
    NoReopening => "no_reopening",
    /// A target has none of its forms, or more than one.
    InvalidTarget => "invalid_target",
    /// The packages that extend each other make a circle, or are too many.
    InvalidExtends => "invalid_extends",
    /// The value is known, but not allowed in this place.
    NotAllowedHere => "not_allowed_here",
    /// Two steps of one timer have equal instant, action, level and condition.
    DuplicateStep => "duplicate_step",
    /// Two steps of one timer configure its breach escalation.
    DuplicateBreachEscalation => "duplicate_breach_escalation",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one module can find wrong: an enum with one variant a situation, derived with `thiserror`.
///
/// `?` turns a fault into the public [`Error`]: `Display` is its message, [`std::error::Error::source`] its source.
pub(crate) trait Fault: std::error::Error + Clone + Send + Sync + 'static {
    /// Returns the stable code.
    fn code(&self) -> ErrorCode;

    /// Returns what to change; empty when the message already says it.
    fn help(&self) -> Cow<'static, str> {
        Cow::Borrowed("")
    }
}

impl<F: Fault> From<F> for Error {
    fn from(fault: F) -> Self {
        let source: Option<Arc<dyn std::error::Error + Send + Sync>> = match fault.source() {
            Some(_) => Some(Arc::new(fault.clone())),
            None => None,
        };
        let mut error = Self::new(fault.code(), fault.to_string()).help(fault.help());
        error.0.fault = source;
        error
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// What went wrong, where, and what to change.
///
/// An error that covers several faults of one document carries each of them in [`Error::related`]. Two errors are equal
/// when everything but their [`source`](std::error::Error::source) is.
#[derive(Debug, Clone)]
pub struct Error(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: ErrorCode,
    path: String,
    message: String,
    help: String,
    related: Vec<Error>,
    /// The fault that this error was made of, where that has a source.
    fault: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        let Parts { code, path, message, help, related, fault: _ } = &*self.0;
        let other = &other.0;
        (code, path, message, help, related) == (&other.code, &other.path, &other.message, &other.help, &other.related)
    }
}

impl Eq for Error {}

/// Returns a sentence for people in which characters that steer a terminal, or that do not show, are written as escapes such
/// as `\u{1b}`: it repeats input, and is printed.
pub(crate) fn printable(text: impl Into<String>) -> String {
    let text = text.into();
    if !text.chars().any(is_unprintable) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unprintable(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Returns whether a character is a control character, or changes how the text around it is shown.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

impl Error {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            path: String::new(),
            message: printable(message),
            help: String::new(),
            related: Vec::new(),
            fault: None,
        }))
    }

    /// Sets where in the input the fault lies, as a JSON pointer.
    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path = path.into();
        self
    }

    /// Moves the place, and those of all single faults, under `prefix`: the document is part of another.
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        let Parts { path, related, .. } = &mut *self.0;
        if !path.is_empty() || related.is_empty() {
            path.insert_str(0, prefix);
        }
        *related = std::mem::take(related).into_iter().map(|fault| fault.within(prefix)).collect();
        self
    }

    /// Sets what would be right instead.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = printable(help);
        self
    }

    /// Sets the single faults that this error sums up.
    pub(crate) fn with_related(mut self, related: Vec<Self>) -> Self {
        self.0.related = related;
        self
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// Returns where in the input the fault lies, as a JSON pointer; empty when there is no document.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns what is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns what to change; empty when the message already says it.
    #[must_use]
    pub fn help_text(&self) -> &str {
        &self.0.help
    }

    /// Returns every fault of a document, by place; empty for a single fault.
    #[must_use]
    pub fn related(&self) -> &[Error] {
        &self.0.related
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            write!(f, "{}: ", printable(self.path()))?;
        }
        f.write_str(&self.0.message)?;
        if !self.0.help.is_empty() {
            write!(f, "; {}", self.0.help)?;
        }
        for fault in &self.0.related {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.fault.as_ref().and_then(|fault| fault.source())
    }
}
