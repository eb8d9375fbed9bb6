//! What an adopted revision measures that the one before did not: the cycles that it finds running.

use super::context::{CycleRules, EventContext, Happening, Reaction};
use super::terms::{self, NewTerms};
use super::{Engine, Revision};
use crate::error::Error;
use crate::policy::TimerRules;
use crate::ticket::{Apply, BeganBy, Change, Cycle, Event, EventKind, Phase, Ticket, TimerChange, TimerTrack};
use crate::timer;

impl Engine {
    /// Adds the cycles of the timers that `revision` measures and the ticket's revision does not, if it is adopted and the
    /// events of the ticket are at hand.
    pub(super) fn adopt_into(
        &self,
        ticket: &Ticket,
        happening: Happening<'_>,
        revision: &Revision,
        reaction: &mut Reaction,
    ) -> Result<(), Error> {
        let (EventKind::RevisionAdopted { apply, .. }, Some(events)) = (happening.kind, happening.events) else {
            return Ok(());
        };
        let Some(context) = EventContext::new(self, Some(ticket), happening, revision) else { return Ok(()) };
        let own = self.revision(ticket.policy_digest)?;
        for rules in revision.measured.iter().filter(|rules| !own.measures(&rules.id)) {
            let track = ticket.timers.iter().find(|track| track.timer == rules.id);
            // A cycle that still counts goes over to the revision as every other does.
            if track.and_then(|track| track.cycles.last()).is_none_or(|cycle| !cycle.is_active()) {
                reaction.changes.extend(newly_measured(&context, rules, track, *apply, events)?);
            }
        }
        reaction.changes.sort_by(|a, b| a.timer.cmp(&b.timer));
        Ok(())
    }
}

/// Returns the start of the cycle that an adopted revision finds running because it measures a timer that the revision
/// before did not: the one that the events of the ticket would have left, measured without a target.
fn newly_measured(
    context: &EventContext<'_>,
    rules: &TimerRules,
    track: Option<&TimerTrack>,
    apply: Apply,
    events: &[Event],
) -> Result<Option<TimerChange>, Error> {
    let Some(cycle) = left_running(context, rules, events)? else { return Ok(None) };
    let empty = TimerTrack::new(rules.id.clone());
    let track = track.unwrap_or(&empty);
    let own = CycleRules { revision: context.revision, rules };
    let new = NewTerms { revision: context.revision, rules: Some(rules), subject: context.subject };
    let change = match apply {
        Apply::Keep if track.promised_since.is_none() => None,
        _ => Some(terms::take_over(context, own, &new, track, &cycle, apply == Apply::Retroactive)?),
    };
    let (calendar, elapsed, promise, paused) =
        if let Some(Change::Retargeted { calendar, elapsed, promise, paused, .. }) = change {
            (calendar, elapsed, promise, paused)
        } else {
            let own_calendar = context.revision.calendar(&cycle.calendar)?;
            let elapsed = timer::measure(&cycle, own_calendar, context.at())?.elapsed;
            (cycle.calendar.clone(), elapsed, None, matches!(cycle.phase, Phase::Paused { .. }))
        };
    let change = Change::Started {
        started_at: cycle.started_at,
        began_by: Some(Box::new(BeganBy { at: cycle.began_by, waits: cycle.waits })),
        terms: new.cycle_terms(),
        calendar,
        channel: cycle.channel.clone(),
        elapsed,
        promise,
        paused,
    };
    let number = track.next_number();
    Ok(Some(TimerChange { timer: rules.id.clone(), cycle: number, change }))
}

/// Returns the cycle of a timer that `events` would have left running or paused, without a promise.
fn left_running(context: &EventContext<'_>, rules: &TimerRules, events: &[Event]) -> Result<Option<Cycle>, Error> {
    let mut replayed: Option<Ticket> = None;
    for event in events {
        let happening = Happening { kind: &event.kind, at: event.at, role: event.actor.role, events: None };
        let mut changes = Vec::new();
        if let Some(mut past) = EventContext::new(context.engine, replayed.as_ref(), happening, context.revision) {
            past.measure_only(context.subject);
            past.replayed(rules, replayed.as_ref(), &mut changes)?;
        }
        let ticket = if let Some(ticket) = &mut replayed {
            ticket.apply_kind(&event.kind, event.at, &event.actor);
            ticket
        } else {
            let opened = Ticket::opened(&event.ticket, &event.kind, event.at, context.revision.digest);
            let Some(opened) = opened else { return Ok(None) };
            replayed.insert(opened)
        };
        for change in &changes {
            // INVARIANT: what the context says of a ticket fits that ticket.
            let _ = ticket.apply_change(change, event.at, context.revision.digest, event.kind.is_waiting());
        }
    }
    let last = replayed.and_then(|ticket| ticket.cycles(rules.id.as_str()).last().cloned());
    Ok(last.filter(Cycle::is_active))
}
