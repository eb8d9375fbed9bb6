//! The commands that the events of a history record.

use super::command_digest::command_digest;
use crate::id::Id;
use crate::ticket::{
    Actor, AssignCause, CloseCause, Command, CommandKind, EscalationTrigger, Event, EventKind, Message, MessageRef,
    Opening, ResumeCause, Role, Via,
};

/// A command as its first event records it.
pub(super) struct RecordedCommand {
    pub(super) command: Command,
    /// The place of the command's own event, where the first is one that it implies.
    pub(super) own_event: Option<usize>,
}

/// Returns whether only time makes such an event.
pub(super) const fn is_automatic(kind: &EventKind) -> bool {
    match kind {
        EventKind::Warned(_) | EventKind::Breached { .. } | EventKind::Reminded(_) => true,
        EventKind::Escalated(escalation) => !matches!(escalation.trigger, EscalationTrigger::Request),
        EventKind::Resumed { cause } => !matches!(cause, ResumeCause::Command),
        EventKind::Resolved { inactivity, .. } => inactivity.is_some(),
        EventKind::Closed { cause, .. } => matches!(cause, CloseCause::Inactivity),
        _ => false,
    }
}

/// Returns the actor of an event, with the team or organization by which they were permitted. A customer who opens a ticket
/// for an organization belongs to it.
pub(super) fn actor(event: &Event) -> Actor {
    let mut actor = Actor::clone(&event.actor);
    match (event.via.as_deref(), &event.kind) {
        (Some(Via::Team(team)), _) => actor.teams.push(team.as_str().to_owned()),
        (Some(Via::Organization(organization)), _)
        | (None, EventKind::Opened { organization: Some(organization), .. })
            if actor.role == Role::Customer =>
        {
            actor.organization = Some(organization.as_str().to_owned());
        }
        _ => {}
    }
    actor
}

/// Returns the command that an opening records; `None` for another event.
pub(super) fn opening(event: &Event) -> Option<Opening> {
    let EventKind::Opened {
        customer,
        package,
        channel,
        severity,
        category,
        message: text,
        direction,
        received_at,
        organization,
    } = &event.kind
    else {
        return None;
    };
    Some(Opening {
        ticket: own(&event.ticket),
        customer: own(customer),
        package: own(package),
        channel: own(channel),
        severity: severity.as_ref().map(own),
        category: category.as_ref().map(own),
        message: message(text),
        direction: *direction,
        received_at: *received_at,
        organization: organization.as_ref().map(own),
        command_id: command_id(event),
    })
}

/// Returns the command whose first event lies at `place`; `None` where no command makes such an event.
pub(super) fn command(events: &[Event], place: usize) -> Option<RecordedCommand> {
    let event = events.get(place)?;
    let with = |kind| Command { command_id: command_id(event), kind };
    if let Some(own_event) = following(events, place)
        && let Some(kind) = implying(event, events.get(own_event)?)
    {
        return Some(RecordedCommand { command: with(kind), own_event: Some(own_event) });
    }
    Some(RecordedCommand { command: with(command_kind(event)?), own_event: None })
}

/// Returns the place of the next event at the instant of the one at `place` that the same actor made by a command, if
/// nothing but automatic events lies between.
fn following(events: &[Event], place: usize) -> Option<usize> {
    let event = events.get(place)?;
    // Nothing else is implied, so no other event is looked at twice.
    if !matches!(
        event.kind,
        EventKind::Assigned { cause: AssignCause::Resolve, .. } | EventKind::Reopened { channel: Some(_), .. }
    ) {
        return None;
    }
    let rest = events.iter().enumerate().skip(place).skip(1);
    let (next, other) =
        rest.take_while(|(_, other)| other.at == event.at).find(|(_, other)| !is_automatic(&other.kind))?;
    (other.actor == event.actor).then_some(next)
}

/// Returns the command whose own event is `other`, if it implies `event`.
fn implying(event: &Event, other: &Event) -> Option<CommandKind> {
    if other.command.is_some() {
        return None;
    }
    match (&event.kind, &other.kind) {
        (EventKind::Assigned { cause: AssignCause::Resolve, .. }, EventKind::Resolved { .. }) => command_kind(other),
        (
            EventKind::Reopened { channel: Some(channel), received_at, .. },
            EventKind::CustomerMessaged { channel: of_message, received_at: of_own, .. },
        ) if (channel, received_at) == (of_message, of_own) => {
            // A reopening and a message may also be two commands; that of the message is one whose digest fits.
            let kind = command_kind(other)?;
            let fits = event.command.as_ref().is_none_or(|stamp| stamp.digest == command_digest(&kind, &event.actor));
            fits.then_some(kind)
        }
        _ => None,
    }
}

/// Returns the command whose own event this is; `None` for what only time makes, or what another command implies.
fn command_kind(event: &Event) -> Option<CommandKind> {
    if is_automatic(&event.kind) {
        return None;
    }
    Some(match &event.kind {
        EventKind::Assigned { cause: AssignCause::Resolve, .. }
        | EventKind::Resolved { message: None, .. }
        | EventKind::Opened { .. }
        | EventKind::Warned(_)
        | EventKind::Breached { .. }
        | EventKind::Reminded(_) => return None,
        EventKind::Assigned { agent, team, cause: AssignCause::Command } => {
            CommandKind::Assign { agent: agent.as_ref().map(own), team: team.as_ref().map(own) }
        }
        EventKind::Unassigned { reason } => CommandKind::Unassign { reason: reason.clone() },
        EventKind::Replied { channel, message: text, automatic } => {
            CommandKind::Reply { channel: own(channel), message: message(text), automatic: *automatic }
        }
        EventKind::Noted { message: text } => CommandKind::Note { message: message(text) },
        EventKind::CustomerMessaged { channel, message: text, received_at } => {
            CommandKind::CustomerMessage { channel: own(channel), message: message(text), received_at: *received_at }
        }
        EventKind::Absorbed { ticket, waiting_since, reason } => {
            CommandKind::Absorb { ticket: own(ticket), waiting_since: *waiting_since, reason: reason.clone() }
        }
        EventKind::Paused { status, reason, until, .. } => {
            CommandKind::Pause { status: *status, reason: reason.clone(), until: *until }
        }
        EventKind::Resumed { .. } => CommandKind::Resume,
        EventKind::Resolved { message: Some(text), .. } => CommandKind::Resolve { message: message(text) },
        EventKind::Reopened { channel, reason, .. } => {
            CommandKind::Reopen { channel: channel.as_ref().map(own), reason: reason.clone() }
        }
        EventKind::Closed { .. } => CommandKind::Close,
        EventKind::Withdrawn => CommandKind::Withdraw,
        EventKind::Voided { reason, duplicate_of, .. } => {
            CommandKind::Void { reason: reason.clone(), duplicate_of: duplicate_of.as_ref().map(own) }
        }
        EventKind::Escalated(escalation) => CommandKind::RequestEscalation {
            reason: escalation.reason.clone(),
            channel: escalation.channel.as_ref().map(own),
        },
        EventKind::EscalationAcknowledged { number } => CommandKind::AcknowledgeEscalation { number: *number },
        EventKind::EscalationResolved { number } => CommandKind::ResolveEscalation { number: *number },
        EventKind::Rated { score } => CommandKind::Rate { score: *score },
        EventKind::PackageChanged { package, apply, reason } => {
            CommandKind::ChangePackage { package: own(package), apply: *apply, reason: reason.clone() }
        }
        EventKind::RevisionAdopted { apply, reason } => CommandKind::AdoptRevision {
            policy_digest: event.rules.policy_digest,
            apply: *apply,
            reason: reason.clone(),
        },
        EventKind::Classified { severity, category, apply, reason } => CommandKind::Classify {
            severity: severity.as_ref().map(own),
            category: category.as_ref().map(own),
            apply: *apply,
            reason: reason.clone(),
        },
    })
}

fn command_id(event: &Event) -> Option<String> {
    event.command.as_ref().map(|stamp| own(&stamp.id))
}

fn message(message: &Message) -> MessageRef {
    MessageRef { message_ref: own(&message.message_ref), content_sha256: message.content_sha256 }
}

fn own(id: &Id) -> String {
    id.as_str().to_owned()
}
