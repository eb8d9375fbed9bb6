//! The canonical record of a ticket's event.

use super::content::{actor, begin};
use super::{ChainKind, Content, sealed};
use crate::digest::Digest;
use crate::id::Id;
use crate::record::Record;
use crate::ticket::{Change, Due, Event, EventKind, Intent, Message, Standing, TimerChange};
use crate::time::{BusinessDuration, Timestamp};

impl sealed::Sealed for Event {}

impl Content for Event {
    const KIND: ChainKind = ChainKind::Ticket;

    fn chain(&self) -> &Id {
        &self.ticket
    }

    fn seq(&self) -> u64 {
        self.seq.into()
    }

    fn record(&self, prev: Digest) -> Vec<u8> {
        let mut record = begin(prev, self);
        record.long(self.at.as_micros());
        actor(&mut record, &self.actor);
        record.digest(self.policy_digest);
        record.digest(self.rules_digest);
        record.option(self.command.as_ref(), |record, command| {
            record.text(command.id.as_str());
            record.digest(command.digest);
        });
        record.text(self.kind.name());
        data(&mut record, &self.kind);
        record.list(&self.changes, timer_change);
        record.finish()
    }
}

fn data(record: &mut Record, kind: &EventKind) {
    match kind {
        EventKind::Opened { customer, package, channel, severity, category, message: text } => {
            id(record, customer);
            id(record, package);
            id(record, channel);
            record.option(severity.as_ref(), id);
            record.option(category.as_ref(), id);
            message(record, text);
        }
        EventKind::Assigned { agent, cause } => {
            id(record, agent);
            record.text(cause.as_str());
        }
        EventKind::Replied { channel, message: text } | EventKind::CustomerMessaged { channel, message: text } => {
            id(record, channel);
            message(record, text);
        }
        EventKind::Noted { message: text } | EventKind::Resolved { message: text } => message(record, text),
        EventKind::Paused { status, reason, ends_at } => {
            record.text(status.as_str());
            record.text(reason);
            record.option(*ends_at, instant);
        }
        EventKind::Resumed { cause } => record.text(cause.as_str()),
        EventKind::Reopened { channel, reason } => {
            record.option(channel.as_ref(), id);
            record.option(reason.as_deref(), Record::text);
        }
        EventKind::Closed { cause } => record.text(cause.as_str()),
        EventKind::Withdrawn => {}
        EventKind::Voided { reason, duplicate_of } => {
            record.text(reason);
            record.option(duplicate_of.as_ref(), id);
        }
        EventKind::Warned(fired) => firing(record, fired),
        EventKind::Breached { timer, cycle, target } => {
            id(record, timer);
            record.number(*cycle);
            record.long(target.as_micros());
        }
        EventKind::Escalated(escalation) => {
            record.number(escalation.number);
            record.text(escalation.trigger.as_str());
            record.number(escalation.level);
            record.text(&escalation.reason);
            record.option(escalation.firing.as_ref(), firing);
            record.option(escalation.channel.as_ref(), id);
        }
        EventKind::EscalationAcknowledged { number } | EventKind::EscalationResolved { number } => {
            record.number(*number);
        }
        EventKind::Rated { score } => record.number((*score).into()),
        EventKind::PackageChanged { package, apply, reason } => {
            id(record, package);
            record.text(apply.as_str());
            record.text(reason);
        }
        EventKind::RevisionAdopted { apply, reason } => {
            record.text(apply.as_str());
            record.text(reason);
        }
        EventKind::Classified { severity, category, apply, reason } => {
            record.option(severity.as_ref(), id);
            record.option(category.as_ref(), id);
            record.text(apply.as_str());
            record.text(reason);
        }
    }
}

fn timer_change(record: &mut Record, changed: &TimerChange) {
    id(record, &changed.timer);
    record.number(changed.cycle);
    match &changed.change {
        Change::Started { target, calendar, channel, standing: due } => {
            record.text("started");
            record.long(target.as_micros());
            id(record, calendar);
            id(record, channel);
            standing(record, *due);
        }
        Change::Paused { used, remaining, overdue } => {
            record.text("paused");
            lengths(record, [used, remaining, overdue]);
        }
        Change::Resumed { used, standing: due } => {
            record.text("resumed");
            record.long(used.as_micros());
            standing(record, *due);
        }
        Change::Retargeted { target, calendar, used, standing: due, computed_due_at, computed_steps } => {
            record.text("retargeted");
            record.long(target.as_micros());
            id(record, calendar);
            record.long(used.as_micros());
            standing(record, *due);
            record.option(*computed_due_at, instant);
            record.list(computed_steps, |record, computed| {
                id(record, &computed.step);
                instant(record, computed.at);
            });
        }
        Change::Stopped { outcome, cause, used, remaining, overdue } => {
            record.text("stopped");
            record.text(outcome.as_str());
            record.text(cause.as_str());
            lengths(record, [used, remaining, overdue]);
        }
        Change::Cancelled { used, remaining } => {
            record.text("cancelled");
            lengths(record, [used, remaining]);
        }
    }
}

fn standing(record: &mut Record, standing: Standing) {
    match standing {
        Standing::Due(Due::At(due_at)) => {
            record.text("due_at");
            instant(record, due_at);
        }
        Standing::Due(Due::OutOfHorizon) => {
            record.text("due");
            record.text("out_of_horizon");
        }
        Standing::Paused(remaining) => {
            record.text("remaining_us");
            record.long(remaining.as_micros());
        }
    }
}

fn firing(record: &mut Record, firing: &Intent) {
    id(record, &firing.timer);
    record.number(firing.cycle);
    id(record, &firing.step);
    record.digest(firing.intent_id);
    record.texts(&firing.notify);
    record.option(firing.assign_to.as_deref(), Record::text);
    instant(record, firing.notify_at);
}

fn message(record: &mut Record, message: &Message) {
    id(record, &message.message_ref);
    record.digest(message.content_sha256);
}

fn id(record: &mut Record, id: &Id) {
    record.text(id.as_str());
}

fn lengths<const N: usize>(record: &mut Record, lengths: [&BusinessDuration; N]) {
    for length in lengths {
        record.long(length.as_micros());
    }
}

fn instant(record: &mut Record, at: Timestamp) {
    record.long(at.as_micros());
}
