//! A log of commands under the seed policy.

use sla_core::log::Row;
use sla_core::time::Timestamp;

/// A log of `tickets` tickets with 6 to 11 commands each, none of which is refused, in order: what each row says, always the
/// same.
pub fn rows(tickets: u32) -> Vec<Row<'static>> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % below
    };
    let start = Timestamp::parse("2025-12-31T17:00:00Z").unwrap().as_micros();
    let agents: Vec<&str> = (0..200).map(|agent| &*format!("agent-{agent:03}").leak()).collect();
    let customers: Vec<&str> = (0..5_000).map(|customer| &*format!("c-{customer}").leak()).collect();
    let mut rows = Vec::new();
    for number in 0..tickets {
        let ticket: &str = format!("T-{number:07}").leak();
        let customer = customers[usize::try_from(number % 5_000).unwrap()];
        let agent = agents[usize::try_from(next(200)).unwrap()];
        let package = ["starter", "professional", "enterprise"][usize::try_from(next(3)).unwrap()];
        let channel = ["email", "chat"][usize::try_from(next(2)).unwrap()];
        let mut seconds = next(365 * 86_400);
        let mut row = |within: i64, kind, actor, role, fields: Row<'static>| {
            seconds += 30 + next(within);
            let event_at = Some(Timestamp::from_micros(start + seconds * 1_000_000));
            let number = u64::try_from(rows.len()).unwrap();
            rows.push(Row {
                number,
                ticket,
                event_at,
                kind: Some(kind),
                actor: Some(actor),
                role: Some(role),
                ..fields
            });
        };
        let (none, by) = (Row::default(), Row { channel: Some(channel), ..Row::default() });
        row(3_600, "open", customer, "customer", Row { package: Some(package), ..by });
        row(3_600, "assign", "desk", "admin", Row { agent: Some(agent), ..none });
        row(6 * 3_600, "reply", agent, "agent", by);
        for _ in 0..number % 3 {
            row(8 * 3_600, "customer_message", customer, "customer", by);
            row(4 * 3_600, "reply", agent, "agent", by);
        }
        let waiting = Row { status: Some("pending"), reason: Some("waiting for the customer"), ..none };
        row(3_600, "pause", agent, "agent", waiting);
        row(20 * 3_600, "resume", agent, "agent", none);
        for _ in 0..number / 3 % 2 {
            row(3_600, "note", agent, "agent", none);
        }
        row(10 * 3_600, "resolve", agent, "agent", none);
    }
    rows
}
