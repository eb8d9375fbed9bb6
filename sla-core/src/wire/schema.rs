//! The JSON Schemas of all documents, made from the types that are written and read.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::alert::CountDocument;
use super::analytics::{AgentsDocument, AggregateDocument, GroupingDocument};
use super::audit::{ChainDocument, HeadsDocument};
use super::columns::PlanDocument;
use super::command::{OpeningDocument, RecordedDocument};
use super::evaluation::AtRiskDocument;
use super::info::{ChangesDocument, DigestsDocument, EngineDocument};
use super::json::Versioned;
use super::linked::BatchAnswer;
use super::log::{CommandsDocument, ImportDocument, LogDocument};
use super::policy::{Place, WarningsDocument};
use super::ticket::HistoryDocument;
use super::verification::VerificationDocument;
use crate::alert::{Alert, AlertMemory, BurnRate};
use crate::analytics::{Report, RowState, TicketRows};
use crate::audit::{Denial, Entry, Head, PolicyChange, Publication, Tampering};
use crate::engine::{Decision, DryRun, Evaluation, Import, TicketValues, VisibleTickets};
use crate::explain::Explanation;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::linked::Linked;
use crate::policy::PolicyValues;
use crate::refusal::Refusal;
use crate::serde_text::WithText;
use crate::ticket::{Actor, Command, Event, Ticket};
use crate::what_if::{Compared, Comparison, Flip};

/// Returns the JSON Schemas (draft 2020-12) of all documents, indented: those of whole documents are the definitions
/// whose names are in lower case.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&sla_core::wire::documents_schema())?;
/// assert_eq!(schema["$defs"]["evaluation"]["title"], "Evaluation");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn documents_schema() -> String {
    let mut definitions = Map::new();
    add_documents(&mut definitions);
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Documents of the SLA engine",
        "description": "Every document that crosses a boundary of the library, each under its name in `$defs`. \
                        docs/documents.md says which call takes or returns which. Fields may be added: ignore those that \
                        you do not know.",
        "$defs": definitions,
    });
    let mut text = serde_json::to_string_pretty(&root).unwrap_or_default();
    text.push('\n');
    text
}

macro_rules! documents {
    ($definitions:ident, $contract:ident: $($name:literal $title:literal $description:literal $document:ty;)*) => {
        let mut generator = SchemaSettings::draft2020_12().$contract().into_generator();
        $(
            let mut document = generator.subschema_for::<$document>();
            document.insert("title".to_owned(), $title.into());
            document.insert("description".to_owned(), $description.into());
            $definitions.insert($name.to_owned(), document.into());
        )*
        $definitions.append(&mut generator.take_definitions(true));
    };
}

fn add_documents(definitions: &mut Map<String, Value>) {
    documents! { definitions, for_deserialize:
        "actor" "Actor" "Who does something: a role, and the host's id of the person or automation." Actor;
        "opening" "Command `open`" "Opens a ticket. docs/commands.md lists the commands." OpeningDocument;
        "command" "Command" "A command on a ticket that exists. docs/commands.md lists the commands." Command;
        "recorded" "Recorded commands" "What another system recorded of one ticket, oldest first: its opening, then other \
            commands." Vec<RecordedDocument>;
        "log" "Log" "Rows of commands, or with `states` rows of states. docs/logs.md says what a row needs." LogDocument;
        "burn_counts" "Counts of decided cycles" "How many cycles were met or breached at which instant, by timer."
            BTreeMap<Id, Vec<CountDocument>>;
        "grouping" "Grouping" "What an aggregate keeps apart." GroupingDocument;
        "plan" "Plan" "What rows of columns refer to: timers, and the kinds of tickets." PlanDocument;
    }
    documents! { definitions, for_serialize:
        "engine" "Engine" "What identifies the newest revision of an engine." EngineDocument<'_>;
        "digests" "Digests" "The digests of a policy, as 64 hexadecimal digits." DigestsDocument;
        "place" "Place in a policy" "What a JSON pointer into a policy document is about, for forms." Place;
        "policy_values" "Policy as values" "What holds for each package and timer of a policy, with all that they leave out \
            looked up." PolicyValues;
        "warnings" "Warnings" "What the linter found in a policy: legal, but probably not meant." WarningsDocument<'_>;
        "changes" "Changes" "What differs between two policies, in the order of the document. `before` and `after` are \
            JSON texts; `before` is absent for what was added, `after` for what was removed." ChangesDocument<'_>;
        "change_list" "List of changes" "The changes of `changes`, as a list." Vec<PolicyChange>;
        "published" "Published revision" "The outcome of publishing a revision of a policy." Decision<Entry<Publication>>;
        "refusal" "Refusal" "Why something was refused, and what would be accepted instead." Refusal;
        "visible_tickets" "Visible tickets" "Which tickets a list may show to an actor, as a condition for a database."
            VisibleTickets;
        "decision" "Decision" "The outcome of a command: the events to persist, or a refusal." Decision;
        "linked" "Linked answer" "The outcome of a command, with its events as entries of the ticket's chain." Decision<Linked>;
        "answers" "Answers of a batch" "What `sla_engine_batch` answers to each request, in their order." Vec<BatchAnswer<'_>>;
        "ticket_values" "Ticket as values" "A ticket after its last event, for the columns of a database." TicketValues;
        "ticket_rows" "Rows of a ticket" "Rows of one ticket for the tables of a database, each in place of the earlier row of \
            its key, and the row state to store with the ticket." TicketRows;
        "row_state" "Row state" "What the rows of a ticket's next events need of the earlier ones."
            Versioned<'_, RowState>;
        "event" "Event" "One entry of a ticket's history. docs/events.md explains every kind." Event;
        "events" "Events" "A list of events, oldest first." Vec<Event>;
        "history" "History" "Every event of one ticket, oldest first." HistoryDocument<'_>;
        "snapshot" "Snapshot" "The state of one ticket after its last event." Versioned<'_, Ticket>;
        "evaluation" "Evaluation" "Where a ticket and each of its timers stand as of an instant." Evaluation;
        "import" "Import" "What an import made of recorded commands." Decision<Import>;
        "log_commands" "Commands of a log" "What `import` takes of each ticket of a log, and the rows that are left out."
            CommandsDocument<'_>;
        "log_import" "Imported log" "The histories of a log, and the rows that are left out." ImportDocument<'_>;
        "history_verification" "Verification of a history" "Whether the rules make a history as it is recorded, and the first event that they \
            would not have made." VerificationDocument<'_>;
        "dry_run" "Dry run" "What adopting the newest revision would do to tickets." DryRun;
        "explanation" "Explanation" "How the due of one cycle follows, part by part. Instants of parts are in the local \
            time of the calendar." WithText<'_, Explanation>;
        "ledger" "Ledger" "Where a ticket's time went: by status, holder and reason." Ledger;
        "aggregate" "Aggregate" "Figures over many tickets, as rows that a database can add up." AggregateDocument;
        "report" "Report" "Figures of an aggregate, by group and in total. Shares are in millionths, lengths in \
            microseconds." Report;
        "agents" "Agents" "The figures of each agent, the best score first." AgentsDocument<'_>;
        "compared" "Compared ticket" "What another policy would have changed for one ticket." Compared;
        "flip" "Changed outcome" "A cycle that ends otherwise under another policy." WithText<'_, Flip>;
        "comparison" "Comparison" "Outcomes of many tickets under two policies." Comparison;
        "alert" "Alert" "Something that an operator must be told." WithText<'_, Alert>;
        "alerts" "Alerts" "A list of alerts, perhaps empty." Vec<WithText<'_, Alert>>;
        "alert_memory" "Memory of alerts" "What a watch for alerts remembers between two runs of a process."
            Versioned<'_, AlertMemory>;
        "burns" "Burn rates" "How fast the error budget of each objective burns as of an instant." Vec<BurnRate>;
        "at_risk" "At-risk list" "The open cycles with the least remaining time, in order." AtRiskDocument<'_>;
        "ticket_entry" "Entry of a ticket" "An event, linked to the chain of its ticket." Entry<Event>;
        "ticket_entries" "Entries of a ticket" "Entries in their order." Vec<Entry<Event>>;
        "access_entry" "Entry of the access log" "A refusal, linked to the chain of the host's log." Entry<Denial>;
        "policy_entry" "Entry of a policy" "A published revision, linked to the chain of its policy." Entry<Publication>;
        "ticket_chain" "Chain of a ticket" "Every entry of a ticket." ChainDocument<'_, Event>;
        "access_chain" "Chain of the access log" "Every entry of a host's log of refusals." ChainDocument<'_, Denial>;
        "policy_chain" "Chain of a policy" "Every entry of a policy." ChainDocument<'_, Publication>;
        "head" "Head" "Where a chain stands: enough to continue it, and to pin it." Head;
        "heads" "Heads" "A list of heads." Vec<Head>;
        "pins" "Pinned heads" "A file of heads to keep elsewhere." HeadsDocument<'_>;
        "tampering" "Tampering" "The first place at which a chain is not what was written." Tampering;
    }
}
