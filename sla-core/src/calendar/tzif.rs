//! Checks the bytes of a compiled time-zone file (RFC 9636) before the library that reads its rules gets to see them.
//!
//! That library is written for files of `zic`. Of transitions that do not ascend it makes a list that has no end, and it
//! ignores leap seconds; both are refused here, in time and memory proportional to the file.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: counts are below 2^32 and multiplied by at most 12, as 64-bit numbers; a place lies in the file"
)]

/// The most bytes of a zone file. The largest of the IANA database has less than 4,000.
pub const MAX_TZIF_BYTES: usize = 65_536;
/// The most transitions that a zone file lists. Those of the IANA database list fewer than 300.
pub const MAX_TRANSITIONS: usize = 2_048;
/// The most characters of the rule in the footer. The longest of the IANA database has fewer than 50.
const MAX_RULE_BYTES: usize = 128;
const MAGIC: &[u8] = b"TZif";
const HEADER_BYTES: usize = 44;

/// What is wrong with the bytes, and at which of them; the first byte is 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TzifFault {
    #[error("it has {bytes} bytes")]
    TooLong { bytes: usize },
    #[error("no header `TZif` at byte {at}")]
    NoHeader { at: usize },
    #[error("version `{version}` at byte {at}")]
    Version { version: String, at: usize },
    #[error("{count} {what} in the header at byte {at}, where {accepted} are accepted")]
    Count { what: &'static str, count: u32, accepted: String, at: usize },
    #[error("the header at byte {at} announces {announced} bytes of data, but {left} follow")]
    Short { at: usize, announced: u64, left: usize },
    #[error("transition {number} at byte {at} is at second {second}, not after the one before it, {before}")]
    NotAscending { number: usize, second: i64, before: i64, at: usize },
    #[error("transition {number} changes to local time type {kind} at byte {at}, of {kinds}")]
    UnknownType { number: usize, kind: u8, kinds: usize, at: usize },
    #[error("the local time type at byte {at} is {offset_s} seconds ahead of UTC")]
    Offset { offset_s: i32, at: usize },
    #[error("no footer between two line ends at byte {at}")]
    NoFooter { at: usize },
    #[error("the footer's rule at byte {at} has {bytes} bytes")]
    LongRule { bytes: usize, at: usize },
    #[error("a byte of the footer's rule, byte {at}, is no printable ASCII character")]
    RuleCharacter { at: usize },
    #[error("{count} bytes follow its end at byte {at}")]
    Trailing { count: usize, at: usize },
}

impl TzifFault {
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Count { what: LEAP_SECONDS, .. } => "hand over a file without leap seconds, not one of `right/`",
            _ => "hand over the bytes of a compiled zone file, as `zic` writes it",
        }
    }
}

const LEAP_SECONDS: &str = "leap seconds";

/// The bytes that are not read yet.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The counts of a block of data.
struct Header {
    at: usize,
    version: u8,
    ut_indicators: u32,
    standard_indicators: u32,
    leap_seconds: u32,
    transitions: u32,
    types: u32,
    characters: u32,
}

impl Header {
    /// Returns the bytes of the block, of which an instant takes `instant_bytes`.
    fn data_bytes(&self, instant_bytes: u64) -> u64 {
        u64::from(self.transitions) * (instant_bytes + 1)
            + u64::from(self.types) * 6
            + u64::from(self.characters)
            + u64::from(self.leap_seconds) * (instant_bytes + 4)
            + u64::from(self.standard_indicators)
            + u64::from(self.ut_indicators)
    }

    /// Checks the counts of a block that is read.
    fn check(&self) -> Result<(), TzifFault> {
        let fault = |what, count, accepted: &str| {
            Err(TzifFault::Count { what, count, accepted: accepted.to_owned(), at: self.at })
        };
        if self.leap_seconds > 0 {
            return fault(LEAP_SECONDS, self.leap_seconds, "0");
        }
        if usize::try_from(self.transitions).is_ok_and(|count| count > MAX_TRANSITIONS) {
            return fault("transitions", self.transitions, &format!("at most {MAX_TRANSITIONS}"));
        }
        if !(1..=256).contains(&self.types) {
            return fault("local time types", self.types, "1 to 256");
        }
        if !(1..=256).contains(&self.characters) {
            return fault("characters of abbreviations", self.characters, "1 to 256");
        }
        for (what, count) in
            [("standard/wall indicators", self.standard_indicators), ("UT/local indicators", self.ut_indicators)]
        {
            if count != 0 && count != self.types {
                return fault(what, count, &format!("0 or {}", self.types));
            }
        }
        Ok(())
    }
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        self.at += count;
        Some(taken)
    }

    fn header(&mut self) -> Result<Header, TzifFault> {
        let at = self.at;
        let header = self.take(HEADER_BYTES).filter(|header| header.starts_with(MAGIC));
        let header = header.ok_or(TzifFault::NoHeader { at })?;
        let (start, counts) = header.split_at_checked(20).ok_or(TzifFault::NoHeader { at })?;
        let mut counts =
            counts.chunks_exact(4).map(|count| count.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
        let mut next = || counts.next().unwrap_or_default();
        let version = start.get(MAGIC.len()).copied().unwrap_or_default();
        if version != 0 && !(b'2'..=b'9').contains(&version) {
            let version = version.escape_ascii().to_string();
            return Err(TzifFault::Version { version, at: at + MAGIC.len() });
        }
        Ok(Header {
            at,
            version,
            ut_indicators: next(),
            standard_indicators: next(),
            leap_seconds: next(),
            transitions: next(),
            types: next(),
            characters: next(),
        })
    }

    /// Takes the block of data that `header` announces.
    fn data(&mut self, header: &Header, instant_bytes: u64) -> Result<&'a [u8], TzifFault> {
        let announced = header.data_bytes(instant_bytes);
        let left = self.bytes.len();
        let data = usize::try_from(announced).ok().and_then(|count| self.take(count));
        data.ok_or(TzifFault::Short { at: header.at, announced, left })
    }

    /// Checks the data block that is read, whose instants have `instant_bytes` bytes.
    fn block(&mut self, header: &Header, instant_bytes: usize) -> Result<(), TzifFault> {
        header.check()?;
        let start = self.at;
        let data = self.data(header, if instant_bytes == 4 { 4 } else { 8 })?;
        let (transitions, kinds) = (size(header.transitions), size(header.types));
        let (instants, data) = data.split_at(transitions * instant_bytes);
        let mut before = None;
        for (number, instant) in (1..).zip(instants.chunks_exact(instant_bytes)) {
            // The sign is that of the first byte.
            let sign = if instant.first().is_some_and(|byte| *byte > 0x7F) { -1 } else { 0 };
            let second = instant.iter().fold(sign, |sum: i64, byte| sum << 8 | i64::from(*byte));
            if let Some(before) = before.filter(|before| *before >= second) {
                let at = start + (number - 1) * instant_bytes;
                return Err(TzifFault::NotAscending { number, second, before, at });
            }
            before = Some(second);
        }
        let start = start + instants.len();
        let (changes, data) = data.split_at(transitions);
        for (number, kind) in (1..).zip(changes) {
            if usize::from(*kind) >= kinds {
                return Err(TzifFault::UnknownType { number, kind: *kind, kinds, at: start + number - 1 });
            }
        }
        let start = start + changes.len();
        for (number, kind) in data.chunks_exact(6).take(kinds).enumerate() {
            let offset_s = kind.first_chunk().map_or(0, |offset| i32::from_be_bytes(*offset));
            if offset_s.unsigned_abs() >= DAY_S {
                return Err(TzifFault::Offset { offset_s, at: start + number * 6 });
            }
        }
        Ok(())
    }

    /// Checks the rule for the instants after the last transition.
    fn footer(&mut self) -> Result<(), TzifFault> {
        let at = self.at;
        let no_footer = TzifFault::NoFooter { at };
        let rule = self.bytes.strip_prefix(b"\n").ok_or(no_footer.clone())?;
        let bytes = rule.iter().position(|byte| *byte == b'\n').ok_or(no_footer)?;
        if bytes > MAX_RULE_BYTES {
            return Err(TzifFault::LongRule { bytes, at: at + 1 });
        }
        if let Some(place) = rule.iter().take(bytes).position(|byte| !byte.is_ascii_graphic()) {
            return Err(TzifFault::RuleCharacter { at: at + 1 + place });
        }
        self.take(bytes + 2);
        Ok(())
    }
}

/// Local time that is a day or more away from UTC is no date of UTC or of its neighbors.
const DAY_S: u32 = 86_400;

fn size(count: u32) -> usize {
    // Saturating: a count that no length holds is above every limit, and was refused.
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Refuses what is no zone file, what a zone file may not hold, and what is larger than the limits.
pub(crate) fn check(bytes: &[u8]) -> Result<(), TzifFault> {
    if bytes.len() > MAX_TZIF_BYTES {
        return Err(TzifFault::TooLong { bytes: bytes.len() });
    }
    let mut reader = Reader { bytes, at: 0 };
    let first = reader.header()?;
    if first.version == 0 {
        reader.block(&first, 4)?;
    } else {
        // Version 1 in it is for old readers.
        reader.data(&first, 4)?;
        let second = reader.header()?;
        if second.version != first.version {
            let version = second.version.escape_ascii().to_string();
            return Err(TzifFault::Version { version, at: second.at + MAGIC.len() });
        }
        reader.block(&second, 8)?;
        reader.footer()?;
    }
    match reader.bytes.len() {
        0 => Ok(()),
        count => Err(TzifFault::Trailing { count, at: reader.at }),
    }
}
