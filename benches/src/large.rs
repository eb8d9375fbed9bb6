//! Policy documents of any length, each long by one list of the format.

/// One way in which a document may be long: its name, and the document of at least so many bytes.
pub type Shape = (&'static str, fn(usize) -> String);

/// Every list of the format; the last ones are long by their faults.
pub const SHAPES: &[Shape] = &[
    ("packages", packages),
    ("channels", channels),
    ("packages_and_channels", packages_and_channels),
    ("channels_of_one_package", channels_of_one_package),
    ("timers", timers),
    ("timers_and_targets", timers_and_targets),
    ("hand_overs", hand_overs),
    ("steps", steps),
    ("steps_of_packages", steps_of_packages),
    ("steps_and_variants", steps_and_variants),
    ("steps_and_calendars", steps_and_calendars),
    ("calendars", calendars),
    ("seasons", seasons),
    ("seasons_and_business_days", seasons_and_business_days),
    ("holidays", holidays),
    ("special_days", special_days),
    ("any_of", any_of),
    ("windows", windows),
    ("rotation", rotation),
    ("severities", severities),
    ("categories", categories),
    ("variants", variants),
    ("extending_one", extending_one),
    ("extending_targets", extending_targets),
    ("extending_variants", extending_variants),
    ("chains", chains),
    ("inactivity", inactivity),
    ("pause_reasons", pause_reasons),
    ("burn", burn),
    ("long_names", long_names),
    ("long_ids", long_ids),
    ("notify", notify),
    ("unknown_channels", unknown_channels),
    ("unknown_fields", unknown_fields),
    ("duplicate_keys", duplicate_keys),
    ("wrong_kinds", wrong_kinds),
    ("blank_ids", blank_ids),
    ("duplicate_ids", duplicate_ids),
    ("objects", objects),
    ("nested", nested),
];

/// The parts of a small policy, as JSON.
struct Parts {
    calendars: String,
    channels: String,
    packages: String,
    further: String,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            calendars: r#""office": {"time_zone": "UTC", "weekly": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"]}}"#
                .to_owned(),
            channels: r#"{"id": "email", "name": "Email"}"#.to_owned(),
            packages: package(0, r#""channels": ["email"], "calendar": "office", "targets": {"resolution": "8h"}"#),
            further: String::new(),
        }
    }
}

impl Parts {
    fn document(&self) -> String {
        let Self { calendars, channels, packages, further } = self;
        format!(
            r#"{{"schema": "sla-policy/2", "id": "support", "version": 1, "calendars": {{{calendars}}}, "channels": [{channels}], "packages": [{packages}]{further}}}"#
        )
    }
}

fn package(number: usize, fields: &str) -> String {
    format!(r#"{{"id": "p{number}", "name": "P", "rank": 1, {fields}}}"#)
}

fn id(number: usize) -> String {
    format!("\"{}\"", base36(number))
}

/// Returns a short text that no other number has.
fn base36(mut number: usize) -> String {
    let mut text = String::from("x");
    loop {
        text.push(char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]));
        number /= 36;
        if number == 0 {
            return text;
        }
    }
}

/// Joins entries until they have so many bytes.
fn filled(bytes: usize, entry: impl Fn(usize) -> String) -> String {
    let mut text = entry(0);
    for number in 1.. {
        if text.len() >= bytes {
            break;
        }
        text.push(',');
        text.push_str(&entry(number));
    }
    text
}

fn times(count: usize, entry: impl Fn(usize) -> String) -> String {
    (0..count).map(entry).collect::<Vec<_>>().join(",")
}

const OWN: &str = r#""channels": ["email"], "calendar": "office", "targets": {"resolution": "8h"}"#;

fn packages(bytes: usize) -> String {
    Parts { packages: filled(bytes, |at| package(at, OWN)), ..Parts::default() }.document()
}

fn channel(at: usize) -> String {
    format!(r#"{{"id": {}, "name": "C"}}"#, id(at))
}

fn channels(bytes: usize) -> String {
    Parts {
        channels: filled(bytes, channel),
        packages: package(0, r#""channels": ["x0"], "calendar": "office", "targets": {}"#),
        ..Parts::default()
    }
    .document()
}

fn packages_and_channels(bytes: usize) -> String {
    let count = (bytes as f64 / 8.0).sqrt() as usize;
    let listed = times(count, id);
    let fields = format!(r#""channels": [{listed}], "calendar": "office", "targets": {{}}"#);
    Parts { channels: times(count, channel), packages: filled(bytes, |at| package(at, &fields)), ..Parts::default() }
        .document()
}

fn channels_of_one_package(bytes: usize) -> String {
    let count = bytes / 36;
    let fields = format!(r#""channels": [{}], "calendar": "office", "targets": {{}}"#, times(count, id));
    Parts { channels: times(count, channel), packages: package(0, &fields), ..Parts::default() }.document()
}

fn timer(at: usize) -> String {
    format!(r#"{{"id": {}, "starts_on": ["opened"], "stops_on": ["resolved"]}}"#, id(at))
}

fn timers(bytes: usize) -> String {
    Parts { further: format!(r#", "timers": [{}]"#, filled(bytes, timer)), ..Parts::default() }.document()
}

fn timers_and_targets(bytes: usize) -> String {
    let count = (bytes as f64 / 12.0).sqrt() as usize;
    let targets = times(count, |at| format!(r#"{}: "8h""#, id(at)));
    let fields = format!(r#""channels": ["email"], "calendar": "office", "targets": {{{targets}}}"#);
    Parts {
        packages: filled(bytes, |at| package(at, &fields)),
        further: format!(r#", "timers": [{}]"#, times(count, timer)),
        ..Parts::default()
    }
    .document()
}

/// Timers that hand-overs begin anew, promised by every package, beside timers from the opening that one has.
fn hand_overs(bytes: usize) -> String {
    let count = bytes / 400;
    let reset = |at| {
        format!(
            r#"{{"id": {}, "starts_on": ["assigned"], "stops_on": ["resolved"], "cancels_on": ["reassigned"], "cycles": "repeated"}}"#,
            id(at)
        )
    };
    let opening = |at| timer(at + count);
    let base = times(count, |at| format!(r#"{}: "8h""#, id(at)));
    let base = package(
        0,
        &format!(r#""channels": ["email"], "calendar": "office", "targets": {{{base}, {}: "8h"}}"#, id(count)),
    );
    let extending = |at| package(at + 1, r#""extends": "p0""#);
    Parts {
        packages: format!("{base},{}", times(count, extending)),
        further: format!(r#", "timers": [{},{}]"#, times(count, reset), times(count, opening)),
        ..Parts::default()
    }
    .document()
}

fn step(at: usize, further: &str) -> String {
    format!(r#"{{"id": {}, "after": "{}s", "action": "escalate"{further}}}"#, id(at), at + 1)
}

/// Steps of many timers, 4,000 each.
fn steps(bytes: usize) -> String {
    let each = 4_000;
    let count = (bytes / (each * 52)).max(1);
    let targets = times(count, |at| format!(r#"{}: "8h""#, id(at)));
    let of_timer = times(each, |at| step(at, ""));
    Parts {
        packages: package(0, &format!(r#""channels": ["email"], "calendar": "office", "targets": {{{targets}}}"#)),
        further: format!(
            r#", "timers": [{}], "steps": {{{}}}"#,
            times(count, timer),
            times(count, |at| format!("{}: [{of_timer}]", id(at)))
        ),
        ..Parts::default()
    }
    .document()
}

/// Steps that each name a package and a channel.
fn steps_of_packages(bytes: usize) -> String {
    let each = 4_000;
    let count = (bytes / (each * 110 * 2)).max(1);
    let targets = times(count, |at| format!(r#"{}: "8h""#, id(at)));
    let base = package(
        0,
        &format!(r#""channels": [{}], "calendar": "office", "targets": {{{targets}}}"#, times(bytes / 160, id)),
    );
    let packages = bytes / 160;
    let of_timer = times(each, |at| {
        let of = packages - at % packages;
        step(at, &format!(r#", "when": {{"package": "p{of}", "channel": {}}}"#, id(packages - 1 - at % packages)))
    });
    Parts {
        channels: times(bytes / 160, channel),
        packages: format!("{base},{}", times(packages, |at| package(at + 1, r#""extends": "p0""#))),
        further: format!(
            r#", "timers": [{}], "steps": {{{}}}"#,
            times(count, timer),
            times(count, |at| format!("{}: [{of_timer}]", id(at)))
        ),
        ..Parts::default()
    }
    .document()
}

/// Steps of a package with many variants, the last of which has the target.
fn steps_and_variants(bytes: usize) -> String {
    let count = (bytes / (4_000 * 90 * 2)).max(1);
    let of_timer = times(4_000, |at| step(at, r#", "when": {"package": "p0"}"#));
    let variants =
        filled(bytes / 2, |at| format!(r#"{{"when": {{"category": {}}}, "targets": {{"resolution": "1h"}}}}"#, id(at)));
    let categories = times(bytes / 2 / 60, id);
    let others = package(
        1,
        &format!(
            r#""channels": ["email"], "calendar": "office", "targets": {{{}}}"#,
            times(count, |at| format!(r#"{}: "8h""#, id(at)))
        ),
    );
    Parts {
        packages: format!(
            r#"{},{others}"#,
            package(
                0,
                &format!(r#""channels": ["email"], "calendar": "office", "targets": {{}}, "variants": [{variants}]"#)
            )
        ),
        further: format!(
            r#", "categories": [{categories}], "timers": [{}], "steps": {{{}}}"#,
            times(count, timer),
            times(count, |at| format!("{}: [{of_timer}]", id(at)))
        ),
        ..Parts::default()
    }
    .document()
}

/// Steps that never fire, of a timer that is promised in a thousand calendars.
fn steps_and_calendars(bytes: usize) -> String {
    let calendars = (bytes / 4_000).min(1_000);
    let count = (bytes / (4_000 * 60 * 2)).max(1);
    let of_timer =
        times(4_000, |at| format!(r#"{{"id": {}, "after": "{}h", "action": "escalate"}}"#, id(at), 900_000 + at));
    let targets = times(count, |at| format!(r#"{}: "8h""#, id(at)));
    let packages = times(calendars, |at| {
        package(at, &format!(r#""channels": ["email"], "calendar": {}, "targets": {{{targets}}}"#, id(at)))
    });
    Parts {
        calendars: times(calendars, |at| calendar(at, "")),
        packages,
        further: format!(
            r#", "timers": [{}], "steps": {{{}}}"#,
            times(count, timer),
            times(count, |at| format!("{}: [{of_timer}]", id(at)))
        ),
        ..Parts::default()
    }
    .document()
}

fn calendar(at: usize, further: &str) -> String {
    format!(r#"{}: {{"time_zone": "UTC", "weekly": {{"mon": ["09:00-17:00"]}}{further}}}"#, id(at))
}

fn with_calendars(calendars: String) -> String {
    Parts {
        calendars,
        packages: package(0, r#""channels": ["email"], "calendar": "x0", "targets": {"resolution": "8h"}"#),
        ..Parts::default()
    }
    .document()
}

/// A thousand calendars of many zones, with holidays.
fn calendars(bytes: usize) -> String {
    let count = (bytes / 4_000).min(1_000);
    let each = bytes / count;
    with_calendars(times(count, |at| calendar(at, &format!(r#", "holidays": [{}]"#, filled(each, holiday)))))
}

fn day(at: usize) -> String {
    format!("{}-{:02}-{:02}", 1971 + at / 336 % 200, 1 + at / 28 % 12, 1 + at % 28)
}

fn holiday(at: usize) -> String {
    format!(r#"{{"date": "{}", "name": "h{at}"}}"#, day(at))
}

fn holidays(bytes: usize) -> String {
    let count = bytes.div_ceil(19_000 * 40);
    with_calendars(times(count, |at| calendar(at, &format!(r#", "holidays": [{}]"#, filled(bytes / count, holiday)))))
}

fn special_days(bytes: usize) -> String {
    let count = bytes.div_ceil(19_000 * 60);
    let special = |at: usize| format!(r#"{{"date": "{}", "name": "s", "windows": ["10:00-12:00"]}}"#, day(at));
    with_calendars(times(count, |at| {
        calendar(at, &format!(r#", "special_days": [{}]"#, filled(bytes / count, special)))
    }))
}

fn season(at: usize) -> String {
    let year = 1971 + at / 12 % 220;
    let month = 1 + at % 12;
    format!(
        r#"{{"from": "{year}-{month:02}-01", "to": "{year}-{month:02}-20", "name": "s", "weekly": {{"mon": ["10:00-12:00"]}}}}"#
    )
}

/// Calendars with a thousand seasons each.
fn seasons(bytes: usize) -> String {
    let count = bytes.div_ceil(1_000 * 100);
    with_calendars(times(count, |at| calendar(at, &format!(r#", "seasons": [{}]"#, times(1_000, season)))))
}

/// Targets in business days of a calendar with a thousand seasons.
fn seasons_and_business_days(bytes: usize) -> String {
    let fields = |at: usize| {
        let (hour, minute) = (at / 60 % 24, at % 60);
        format!(
            r#""channels": ["email"], "calendar": "x0", "targets": {{"resolution": {{"business_days": 1, "by": "{hour:02}:{minute:02}", "cut_off": "08:00"}}}}"#
        )
    };
    let seasons = |at: usize| {
        let windows = times(at.min(24), |hour| format!("\"{hour:02}:00-{hour:02}:30\""));
        format!(
            r#"{{"from": "{0}-{1:02}-01", "to": "{0}-{1:02}-20", "name": "s", "weekly": {{"mon": [{windows}], "tue": [{windows}], "wed": [{windows}]}}}}"#,
            1971 + at / 12,
            1 + at % 12
        )
    };
    Parts {
        calendars: calendar(0, &format!(r#", "seasons": [{}]"#, times((bytes / 2_400).min(1_000), seasons))),
        packages: filled(bytes / 2, |at| package(at, &fields(at))),
        ..Parts::default()
    }
    .document()
}

/// Calendars of 64 members each.
fn any_of(bytes: usize) -> String {
    let members = times(64, id);
    let count = (bytes / 600).min(930);
    let of = |at: usize| format!(r#"{}: {{"time_zone": "UTC", "any_of": [{members}]}}"#, id(at + 64));
    let first = times(64, |at| calendar(at, &format!(r#", "holidays": [{}]"#, filled(bytes / 80, holiday))));
    with_calendars(format!("{first},{}", times(count, of)))
}

/// Many windows of one day.
fn windows(bytes: usize) -> String {
    let window = |at: usize| {
        let open = at * 2 % 86_000;
        let time = |second: usize| format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
        format!("\"{}-{}\"", time(open), time(open + 1))
    };
    let windows = filled(bytes, window);
    with_calendars(format!(r#""x0": {{"time_zone": "UTC", "weekly": {{"mon": [{windows}]}}}}"#))
}

fn rotation(bytes: usize) -> String {
    let week =
        r#"{"mon": ["09:00-12:00", "13:00-17:00"], "tue": ["09:00-12:00", "13:00-17:00"], "fri": ["09:00-12:00"]}"#;
    let weeks = times(53, |_| week.to_owned());
    let count = (bytes / 5_600).clamp(1, 1_000);
    with_calendars(times(count, |at| {
        format!(r#"{}: {{"time_zone": "UTC", "rotation": {{"starts": "2026-01-05", "weeks": [{weeks}]}}}}"#, id(at))
    }))
}

fn severities(bytes: usize) -> String {
    Parts { further: format!(r#", "severities": [{}]"#, filled(bytes, id)), ..Parts::default() }.document()
}

fn categories(bytes: usize) -> String {
    Parts { further: format!(r#", "categories": [{}]"#, filled(bytes, id)), ..Parts::default() }.document()
}

fn variants(bytes: usize) -> String {
    let variant = |at: usize| {
        format!(
            r#"{{"when": {{"category": {}, "severity": {}, "channel": "email"}}, "targets": {{"resolution": "1h"}}}}"#,
            id(at % 300),
            id(at / 300)
        )
    };
    Parts {
        packages: package(
            0,
            &format!(
                r#""channels": ["email"], "calendar": "office", "targets": {{}}, "variants": [{}]"#,
                filled(bytes, variant)
            ),
        ),
        further: format!(r#", "categories": [{0}], "severities": [{0}]"#, times(300, id)),
        ..Parts::default()
    }
    .document()
}

/// Packages that extend one and nothing else.
fn extending_one(bytes: usize) -> String {
    let extending = filled(bytes, |at| package(at + 1, r#""extends": "p0""#));
    Parts { packages: format!("{},{extending}", package(0, OWN)), ..Parts::default() }.document()
}

/// Packages with a calendar of their own that extend one with many targets.
fn extending_targets(bytes: usize) -> String {
    let count = bytes / 200;
    let targets = times(count, |at| format!(r#"{}: "8h""#, id(at)));
    let base = package(0, &format!(r#""channels": ["email"], "calendar": "office", "targets": {{{targets}}}"#));
    let extending = filled(bytes / 2, |at| package(at + 1, r#""extends": "p0", "calendar": "office""#));
    Parts {
        packages: format!("{base},{extending}"),
        further: format!(r#", "timers": [{}]"#, times(count, timer)),
        ..Parts::default()
    }
    .document()
}

/// Variants with a calendar of their own, in a package with many targets.
fn extending_variants(bytes: usize) -> String {
    let count = bytes / 200;
    let targets = times(count, |at| format!(r#"{}: "8h""#, id(at)));
    let variant = |at: usize| format!(r#"{{"when": {{"category": {}}}, "calendar": "office"}}"#, id(at));
    let package = package(
        0,
        &format!(
            r#""channels": ["email"], "calendar": "office", "targets": {{{targets}}}, "variants": [{}]"#,
            times(count, variant)
        ),
    );
    Parts {
        packages: package,
        further: format!(r#", "timers": [{}], "categories": [{}]"#, times(count, timer), times(count, id)),
        ..Parts::default()
    }
    .document()
}

/// Chains of eight packages.
fn chains(bytes: usize) -> String {
    let entry = |at: usize| {
        if at.is_multiple_of(8) { package(at, OWN) } else { package(at, &format!(r#""extends": "p{}""#, at - 1)) }
    };
    Parts { packages: filled(bytes, entry), ..Parts::default() }.document()
}

fn inactivity(bytes: usize) -> String {
    let labels = filled(bytes / 90, id);
    let rule = |at: usize| {
        format!(
            r#"{{"id": {}, "status": "pending", "after": "{}h", "action": "remind", "notify": [{labels}]}}"#,
            id(at),
            at + 1
        )
    };
    Parts { further: format!(r#", "inactivity": [{}]"#, times(90, rule)), ..Parts::default() }.document()
}

fn pause_reasons(bytes: usize) -> String {
    Parts { further: format!(r#", "pauses": {{"reasons": [{}]}}"#, filled(bytes, id)), ..Parts::default() }.document()
}

fn burn(bytes: usize) -> String {
    let burn = |_: usize| {
        r#"{"timer": "resolution", "objective": "99%", "long_window": "72h", "short_window": "1h", "threshold": "200%", "min_decided": 10}"#.to_owned()
    };
    Parts { further: format!(r#", "objectives": {{"burn": [{}]}}"#, filled(bytes, burn)), ..Parts::default() }
        .document()
}

fn long_names(bytes: usize) -> String {
    let name = "n".repeat(bytes);
    Parts { channels: format!(r#"{{"id": "email", "name": "{name}"}}"#), ..Parts::default() }.document()
}

fn long_ids(bytes: usize) -> String {
    let long = |at: usize| format!(r#""{:0>128}""#, base36(at));
    Parts { further: format!(r#", "categories": [{}]"#, filled(bytes, long)), ..Parts::default() }.document()
}

fn notify(bytes: usize) -> String {
    let labels = filled(bytes, id);
    let step = format!(r#"{{"id": "s", "at": "50%", "action": "warn", "notify": [{labels}]}}"#);
    Parts { further: format!(r#", "steps": {{"resolution": [{step}]}}"#), ..Parts::default() }.document()
}

fn unknown_channels(bytes: usize) -> String {
    let fields = format!(
        r#""channels": [{}], "calendar": "office", "targets": {{}}"#,
        filled(bytes / 2, |at| format!("\"u{at}\""))
    );
    Parts { channels: filled(bytes / 2, channel), packages: package(0, &fields), ..Parts::default() }.document()
}

fn unknown_fields(bytes: usize) -> String {
    Parts { further: format!(",{}", filled(bytes, |at| format!("{}: 1", id(at)))), ..Parts::default() }.document()
}

fn duplicate_keys(bytes: usize) -> String {
    Parts { further: format!(",{}", filled(bytes, |_| r#""roles": {}"#.to_owned())), ..Parts::default() }.document()
}

fn wrong_kinds(bytes: usize) -> String {
    Parts { further: format!(r#", "categories": [{}]"#, filled(bytes, |_| "1".to_owned())), ..Parts::default() }
        .document()
}

fn blank_ids(bytes: usize) -> String {
    Parts { further: format!(r#", "categories": [{}]"#, filled(bytes, |_| "\"\"".to_owned())), ..Parts::default() }
        .document()
}

fn duplicate_ids(bytes: usize) -> String {
    Parts { further: format!(r#", "categories": [{}]"#, filled(bytes, |_| "\"a\"".to_owned())), ..Parts::default() }
        .document()
}

fn objects(bytes: usize) -> String {
    Parts { packages: filled(bytes, |_| "{}".to_owned()), ..Parts::default() }.document()
}

fn nested(bytes: usize) -> String {
    let lists = format!("{}{}", "[".repeat(100), "]".repeat(100));
    Parts { packages: filled(bytes, |_| lists.clone()), ..Parts::default() }.document()
}
