//! Tickets by rule: every row of the vector files that tell a ticket's story.

use sla_core::refusal::RefusalCode;
use sla_core::ticket::EventKind;
use sla_tests::stories::{RECIPES, RULES, TERMS, tell_and_note};
use sla_tests::transcript::Transcript;

/// The rows that every language runs.
const STORIES: [&str; 3] = [RULES, TERMS, RECIPES];

#[test]
fn every_story_ends_as_it_should() {
    let mut texts: Vec<String> = STORIES.map(str::to_owned).into();
    if let Ok(directory) = std::env::var("SLA_VECTORS") {
        let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let stories = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("tickets-"));
        texts.extend(stories.map(|path| std::fs::read_to_string(path).unwrap()));
    }
    let mut transcript = Transcript::new("stories");
    let told: Vec<_> = texts.iter().flat_map(|text| tell_and_note(text, &mut transcript)).collect();
    transcript.leave();
    let faults: Vec<String> = told.into_iter().flat_map(|told| told.faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_refusal_has_a_row() {
    for code in RefusalCode::ALL {
        let refused = format!("\"refused\": \"{}\"", code.as_str());
        assert!(STORIES.iter().any(|rows| rows.contains(&refused)), "{}", code.as_str());
    }
}

#[test]
fn every_kind_of_event_has_a_row() {
    for kind in EventKind::NAMES {
        let has = |text: String| STORIES.iter().any(|rows| rows.contains(&text));
        let is_there = has(format!("\"{kind} 2")) || has(format!("\"command\": \"{kind}\""));
        let by_command = ["package_changed", "revision_adopted", "classified"].contains(kind);
        let ends = ["withdrawn", "voided"].contains(kind) && has(format!("\"status\": \"{kind}\""));
        assert!(is_there || by_command || ends, "{kind}");
    }
}

#[test]
fn every_refusal_and_every_kind_of_event_is_documented() {
    let (commands, events) = (include_str!("../../docs/commands.md"), include_str!("../../docs/events.md"));
    for code in RefusalCode::ALL {
        assert!(commands.contains(&format!("\n| `{}` |", code.as_str())), "{}", code.as_str());
    }
    for kind in EventKind::NAMES {
        assert!(events.contains(&format!("\n| `{kind}` |")), "{kind}");
    }
}
