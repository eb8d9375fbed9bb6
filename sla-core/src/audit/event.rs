//! The canonical record of a ticket's event.

use super::content::{actor, begin};
use super::{ChainKind, Content, sealed};
use crate::digest::Digest;
use crate::id::Id;
use crate::record::Record;
use crate::ticket::{
    Change, CycleTerms, Due, Event, EventKind, InactivityIntent, Intent, Message, Promised, Spent, Standing,
    TimerChange, Via,
};

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
        record.instant(self.at);
        actor(&mut record, &self.actor);
        record.option(self.via.as_deref(), via);
        record.digest(self.rules.policy_digest);
        record.digest(self.rules.rules_digest);
        record.option(self.command.as_ref(), |record, command| {
            record.text(command.id.as_str());
            record.digest(command.digest);
        });
        record.text(self.kind.name());
        data(&mut record, &self.kind);
        record.list(&self.changes, timer_change);
        record.list(&self.promised, id);
        record.finish()
    }
}

fn via(record: &mut Record, via: &Via) {
    match via {
        Via::Team(team) => {
            record.text("team");
            id(record, team);
        }
        Via::Organization(organization) => {
            record.text("organization");
            id(record, organization);
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one arm a kind of event")]
fn data(record: &mut Record, kind: &EventKind) {
    match kind {
        EventKind::Opened {
            customer,
            package,
            channel,
            severity,
            category,
            message: text,
            direction,
            received_at,
            organization,
        } => {
            id(record, customer);
            id(record, package);
            id(record, channel);
            record.option(severity.as_ref(), id);
            record.option(category.as_ref(), id);
            message(record, text);
            record.text(direction.as_str());
            record.option(*received_at, Record::instant);
            record.option(organization.as_ref(), id);
        }
        EventKind::Assigned { agent, team, cause } => {
            record.option(agent.as_ref(), id);
            record.option(team.as_ref(), id);
            record.text(cause.as_str());
        }
        EventKind::Unassigned { reason } => record.text(reason),
        EventKind::Replied { channel, message: text, automatic } => {
            id(record, channel);
            message(record, text);
            record.flag(*automatic);
        }
        EventKind::CustomerMessaged { channel, message: text, received_at } => {
            id(record, channel);
            message(record, text);
            record.option(*received_at, Record::instant);
        }
        EventKind::Absorbed { ticket, waiting_since, reason } => {
            id(record, ticket);
            record.option(*waiting_since, Record::instant);
            record.text(reason);
        }
        EventKind::Noted { message: text } => message(record, text),
        EventKind::Resolved { message: text, inactivity: intent } => {
            record.option(text.as_ref(), message);
            record.option(intent.as_deref(), inactivity);
        }
        EventKind::Reminded(intent) => inactivity(record, intent),
        EventKind::Paused { status, reason, limit_at, limited_by, until } => {
            record.text(status.as_str());
            record.text(reason);
            record.option(*limit_at, Record::instant);
            record.option(*limited_by, |record, limit| record.text(limit.as_str()));
            record.option(*until, Record::instant);
        }
        EventKind::Resumed { cause } => record.text(cause.as_str()),
        EventKind::Reopened { channel, reason, received_at } => {
            record.option(channel.as_ref(), id);
            record.option(reason.as_deref(), Record::text);
            record.option(*received_at, Record::instant);
        }
        EventKind::Closed { cause, inactivity: intent } => {
            record.text(cause.as_str());
            record.option(intent.as_deref(), inactivity);
        }
        EventKind::Withdrawn => {}
        EventKind::Voided { reason, duplicate_of, waiting_since } => {
            record.text(reason);
            record.option(duplicate_of.as_ref(), id);
            record.option(*waiting_since, Record::instant);
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
        Change::Started { started_at, began_by, terms, calendar, channel, elapsed, promise, paused } => {
            record.text("started");
            record.instant(*started_at);
            record.option(began_by.as_deref(), |record, began_by| {
                record.instant(began_by.at);
                record.flag(began_by.waits);
            });
            cycle_terms(record, terms);
            id(record, calendar);
            id(record, channel);
            record.long(elapsed.as_micros());
            record.option(promise.as_deref(), promised);
            record.flag(*paused);
        }
        Change::Paused(time) => {
            record.text("paused");
            spent(record, time);
        }
        Change::Resumed { started_at, terms, elapsed, promise } => {
            record.text("resumed");
            record.instant(*started_at);
            cycle_terms(record, terms);
            record.long(elapsed.as_micros());
            record.option(promise.as_deref(), promised);
        }
        Change::Retargeted {
            started_at,
            terms,
            calendar,
            channel,
            elapsed,
            promise,
            paused,
            keeps_rules,
            computed_steps,
        } => {
            record.text("retargeted");
            record.instant(*started_at);
            cycle_terms(record, terms);
            id(record, calendar);
            record.option(channel.as_ref(), id);
            record.long(elapsed.as_micros());
            record.option(promise.as_deref(), promised);
            record.flag(*paused);
            record.flag(*keeps_rules);
            record.list(computed_steps, |record, computed| {
                id(record, &computed.step);
                record.number(computed.repetition);
                record.instant(computed.at);
            });
        }
        Change::Stopped { outcome, cause, spent: time } => {
            record.text("stopped");
            record.text(outcome.as_str());
            record.text(cause.as_str());
            spent(record, time);
        }
        Change::Cancelled { cause, spent: time } => {
            record.text("cancelled");
            record.text(cause.as_str());
            spent(record, time);
        }
    }
}

fn cycle_terms(record: &mut Record, terms: &CycleTerms) {
    id(record, &terms.package);
    record.option(terms.severity.as_ref(), id);
    record.option(terms.category.as_ref(), id);
}

fn promised(record: &mut Record, promised: &Promised) {
    record.long(promised.target.as_micros());
    record.long(promised.used.as_micros());
    standing(record, promised.standing);
    record.option(promised.computed_due_at, Record::instant);
}

fn spent(record: &mut Record, spent: &Spent) {
    record.long(spent.elapsed.as_micros());
    record.long(spent.used.as_micros());
    record.option(spent.remaining, |record, remaining| record.long(remaining.as_micros()));
    record.long(spent.overdue.as_micros());
}

fn standing(record: &mut Record, standing: Standing) {
    match standing {
        Standing::Due(Due::At(due_at)) => {
            record.text("due_at");
            record.instant(due_at);
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
    record.number(firing.repetition);
    record.digest(firing.intent_id);
    record.texts(&firing.notify);
    record.option(firing.assign_to.as_deref(), Record::text);
    record.instant(firing.notify_at);
}

fn inactivity(record: &mut Record, intent: &InactivityIntent) {
    id(record, &intent.rule);
    record.instant(intent.since);
    record.digest(intent.intent_id);
    record.texts(&intent.notify);
    record.instant(intent.notify_at);
    record.option(intent.reason.as_deref(), Record::text);
    record.option(intent.computed_at, Record::instant);
}

fn message(record: &mut Record, message: &Message) {
    id(record, &message.message_ref);
    record.digest(message.content_sha256);
}

fn id(record: &mut Record, id: &Id) {
    record.text(id.as_str());
}
