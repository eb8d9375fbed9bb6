//! The digest of a command and its actor: a repeated id is the same command only if this is equal.

use crate::digest::Digest;
use crate::record::Record;
use crate::ticket::{Actor, CommandKind, MessageRef, Opening, Role};

const DOMAIN: &str = "sla-command";
const VERSION: u32 = 2;

/// Returns the digest of a command on an existing ticket.
pub(super) fn command_digest(kind: &CommandKind, actor: &Actor) -> Digest {
    let mut record = begin(kind.name(), actor);
    let is_customers = actor.role == Role::Customer;
    match kind {
        CommandKind::Assign { agent, team } => {
            record.option(agent.as_deref(), Record::text);
            record.option(team.as_deref(), Record::text);
        }
        CommandKind::Unassign { reason } => record.text(reason),
        CommandKind::Reply { channel, message: content, automatic } => {
            record.text(channel);
            message(&mut record, content);
            record.flag(*automatic);
        }
        CommandKind::CustomerMessage { channel, message: content, received_at } => {
            record.text(channel);
            message(&mut record, content);
            record.option(*received_at, Record::instant);
        }
        CommandKind::Absorb { ticket, waiting_since, reason } => {
            record.text(ticket);
            record.option(*waiting_since, Record::instant);
            record.text(reason);
        }
        CommandKind::Note { message: content } | CommandKind::Resolve { message: content } => {
            message(&mut record, content);
        }
        CommandKind::Pause { status, reason, until } => {
            record.text(status.as_str());
            record.text(reason);
            record.option(*until, Record::instant);
        }
        CommandKind::Resume | CommandKind::Close | CommandKind::Withdraw => {}
        // What is not read of such a command, as another role would say it, is no part of it, and in no event.
        CommandKind::Reopen { channel, reason } => {
            record.option(channel.as_deref().filter(|_| is_customers), Record::text);
            record.option(reason.as_deref().filter(|_| !is_customers), Record::text);
        }
        CommandKind::Void { reason, duplicate_of } => {
            record.text(reason);
            record.option(duplicate_of.as_deref(), Record::text);
        }
        CommandKind::RequestEscalation { reason, channel } => {
            record.text(reason);
            record.option(channel.as_deref().filter(|_| is_customers), Record::text);
        }
        CommandKind::AcknowledgeEscalation { number } | CommandKind::ResolveEscalation { number } => {
            record.number(*number);
        }
        CommandKind::Rate { score } => record.number(u32::from(*score)),
        CommandKind::ChangePackage { package, apply, reason } => {
            record.text(package);
            record.text(apply.as_str());
            record.text(reason);
        }
        CommandKind::AdoptRevision { policy_digest, apply, reason } => {
            record.digest(*policy_digest);
            record.text(apply.as_str());
            record.text(reason);
        }
        CommandKind::Classify { severity, category, apply, reason } => {
            record.option(severity.as_deref(), Record::text);
            record.option(category.as_deref(), Record::text);
            record.text(apply.as_str());
            record.text(reason);
        }
    }
    Digest::of(&record.finish())
}

/// Returns the digest of a wish to open a ticket.
pub(super) fn opening_digest(opening: &Opening, actor: &Actor) -> Digest {
    let mut record = begin("open", actor);
    for text in [&opening.ticket, &opening.customer, &opening.package, &opening.channel] {
        record.text(text);
    }
    record.option(opening.severity.as_deref(), Record::text);
    record.option(opening.category.as_deref(), Record::text);
    message(&mut record, &opening.message);
    record.text(opening.direction.as_str());
    record.option(opening.received_at, Record::instant);
    record.option(opening.organization.as_deref(), Record::text);
    Digest::of(&record.finish())
}

fn begin(name: &str, actor: &Actor) -> Record {
    let mut record = Record::new(DOMAIN, VERSION);
    record.text(name);
    record.text(actor.role.as_str());
    record.text(&actor.id);
    record
}

fn message(record: &mut Record, message: &MessageRef) {
    record.text(&message.message_ref);
    record.digest(message.content_sha256);
}
