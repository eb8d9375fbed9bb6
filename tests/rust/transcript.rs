//! What was asked and answered, one call a line, for other languages to ask again.
//!
//! The parts of a line are separated by tabulators; documents stand on one line. With `SLA_TRANSCRIPTS` set to a
//! folder, a test leaves a file there; otherwise nothing is written.
//!
//! | line | what is asked |
//! |---|---|
//! | `calendar`, document, `ok` or the error's code | compiles the calendar that the next questions are to |
//! | `member`, id | keeps that calendar as a member of the next line |
//! | `any_of`, time zone, `ok` or the error's code | makes the calendar of the members that the next questions are to |
//! | `business_days`, from, days, by, cut-off or `-`, answer or code | |
//! | `add`, `subtract`, start, length, answer or code | numbers are microseconds |
//! | `elapsed`, from, to, answer or code | |
//! | `is_open`, `next_open`, `next_close`, instant, answer or code | |
//! | `windows`, from, to, list of pairs or code | |
//! | `engine`, list of policies | compiles the engine that the next questions are to |
//! | `open`, command, actor, now, decision | begins a ticket; if refused, there is none |
//! | `decide`, command, actor, now, decision | on that ticket with its history, which it changes |
//! | `decide_snapshot`, command, actor, now, decision | on that ticket without its history |
//! | `verify`, history, snapshot or `-`, what is found or code | |
//! | `due`, now, events | looks; `monitor` takes them into the ticket |
//! | `evaluate`, now, evaluation | |
//! | `aggregate`, grouping | begins an aggregate |
//! | `count`, history, now | adds to it |
//! | `ticket_rows`, history, now, time zone, row state or `-`, rows | |
//! | `report`, `packages`, report; `agents`, table; `rows`, aggregate | what it says |

use std::fmt::Write;

/// A file of questions and answers.
pub struct Transcript {
    name: &'static str,
    text: String,
}

impl Transcript {
    /// Begins a file.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, text: String::new() }
    }

    /// Adds a line.
    pub fn line(&mut self, what: &str, parts: &[&dyn std::fmt::Display]) {
        self.text.push_str(what);
        for part in parts {
            let from = self.text.len();
            write!(self.text, "\t{part}").unwrap();
            let part = self.text.split_off(from);
            self.text.push_str(&part.replace('\n', ""));
        }
        self.text.push('\n');
    }

    /// Leaves the file, if a folder is named.
    ///
    /// # Panics
    ///
    /// When the file cannot be written.
    pub fn leave(self) {
        let Ok(folder) = std::env::var("SLA_TRANSCRIPTS") else { return };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(self.name), self.text).unwrap();
    }
}
