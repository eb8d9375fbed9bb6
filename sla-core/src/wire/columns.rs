//! What rows of columns speak of, as a document.

use serde::Deserialize;

use super::tree::Tree;
use super::value::on_wire;
use super::{MAX_HISTORY_BYTES, read_as};
use crate::columns::{Kind, Plan};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::Id;

/// Reads a plan: the timers to judge, and every kind of ticket that rows may name by its place in the list.
///
/// ```json
/// {"timers": ["first_response", "resolution"],
///  "kinds": [{"package": "starter", "channel": "email", "agent": "ana", "severity": "high", "category": "billing"}]}
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; otherwise as [`Plan::new`].
pub fn read_plan(engine: &Engine, json: impl AsRef<[u8]>) -> Result<Plan, Error> {
    let PlanDoc { timers, kinds } = read_as(Tree::parse_within(json.as_ref(), MAX_HISTORY_BYTES)?.undoubled()?, "")?;
    let timers: Vec<&str> = timers.iter().map(String::as_str).collect();
    let kinds: Vec<Kind> = kinds.into_iter().map(Kind::from).collect();
    Plan::new(engine, &timers, &kinds)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanDoc {
    timers: Vec<String>,
    kinds: Vec<KindDoc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindDoc {
    #[serde(with = "on_wire")]
    package: Id,
    #[serde(with = "on_wire")]
    channel: Id,
    #[serde(with = "on_wire", default)]
    agent: Option<Id>,
    #[serde(with = "on_wire", default)]
    severity: Option<Id>,
    #[serde(with = "on_wire", default)]
    category: Option<Id>,
}

impl From<KindDoc> for Kind {
    fn from(KindDoc { package, channel, agent, severity, category }: KindDoc) -> Self {
        Self { package, channel, agent, severity, category }
    }
}
