//! What a list of tickets may show to whom, so that a list and a single ticket agree.

use serde::Serialize;

use super::Engine;
use crate::access::{self, Visible};
use crate::digest::Digest;
use crate::refusal::Refusal;
use crate::ticket::{Actor, Ticket};

/// Which tickets a list may show to an actor: a condition for each revision of the policy, as a ticket is judged under
/// its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VisibleTickets {
    /// Those that they may see, of the tickets under a revision that `under` does not name.
    pub tickets: Visible,
    /// Revisions whose roles show other tickets to the actor; empty for most policies.
    pub under: Vec<VisibleUnder>,
}

/// Which tickets of some revisions a list may show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VisibleUnder {
    /// The digests of the revisions.
    pub policy_digests: Vec<Digest>,
    /// Those that they may see, of the tickets under these revisions.
    pub tickets: Visible,
}

impl VisibleTickets {
    /// Returns whether a list may show a ticket.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let visible = engine().visible_tickets(&agent())?;
    /// assert!(!visible.includes(&opened())); // no agent is assigned to it
    /// # Ok::<(), sla_core::refusal::Refusal>(())
    /// ```
    #[must_use]
    pub fn includes(&self, ticket: &Ticket) -> bool {
        let own = self.under.iter().find(|under| under.policy_digests.contains(&ticket.policy_digest));
        own.map_or(&self.tickets, |under| &under.tickets).includes(ticket)
    }
}

impl Engine {
    /// Returns which tickets a list may show to an actor: those for which [`Engine::authorize`] permits `view_ticket`.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let visible = engine().visible_tickets(&agent())?;
    /// assert_eq!(visible.tickets.agent.as_deref(), Some("ana"));
    /// assert!(!visible.includes(&opened()));
    /// assert!(engine().visible_tickets(&admin())?.tickets.everything);
    /// # Ok::<(), sla_core::refusal::Refusal>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The refusal of an actor who may see no ticket whatever its customer and assignee are.
    pub fn visible_tickets(&self, actor: &Actor) -> Result<VisibleTickets, Refusal> {
        let tickets = access::visible(actor, self.newest().policy.roles)?;
        let mut under: Vec<VisibleUnder> = Vec::new();
        for revision in self.revisions.iter() {
            let own = access::visible(actor, revision.policy.roles)?;
            if own == tickets {
                continue;
            }
            match under.iter_mut().find(|under| under.tickets == own) {
                Some(equal) => equal.policy_digests.push(revision.digest),
                None => under.push(VisibleUnder { policy_digests: vec![revision.digest], tickets: own }),
            }
        }
        Ok(VisibleTickets { tickets, under })
    }
}
