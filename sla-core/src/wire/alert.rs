//! Alerts as documents.

use serde_json::{Value, json};

use super::value::On;
use super::{text_of, value_of};
use crate::alert::{Alert, Decided};
use crate::id::Id;
use crate::policy::BurnObjective;

/// Writes an alert, on one line: its name, its instant, what it is of, and a sentence.
///
/// ```json
/// {"alert": "performance_degradation", "at": "…", "timer": "resolution", "objective_millionths": 950000,
///  "threshold_millionths": 2000000, "min_decided": 20,
///  "long": {"window_us": 86400000000, "decided": 40, "breached": 5},
///  "short": {"window_us": 3600000000, "decided": 4, "breached": 2}, "text": "…"}
/// ```
#[must_use]
pub fn write(alert: &Alert) -> String {
    let mut document = match alert {
        Alert::BreachWarning { ticket, timer, cycle, step, .. } => {
            json!({"ticket": ticket.as_str(), "timer": timer.as_str(), "cycle": cycle, "step": step.as_str()})
        }
        Alert::CriticalEscalation { ticket, timer, trigger, level, reason, .. } => json!({
            "ticket": ticket.as_str(),
            "timer": timer.as_ref().map(Id::as_str),
            "trigger": trigger.as_str(),
            "level": level,
            "reason": reason,
        }),
        Alert::PerformanceDegradation { objective, long, short, .. } => degradation(objective, *long, *short),
        Alert::MonitorLag { ticket, happened_at, lag, .. } => json!({
            "ticket": ticket.as_str(),
            "happened_at": value_of(&On(happened_at)),
            "lag_us": lag.as_micros(),
        }),
    };
    if let Some(fields) = document.as_object_mut() {
        fields.insert("alert".to_owned(), alert.name().into());
        fields.insert("at".to_owned(), value_of(&On(&alert.at())));
        fields.insert("text".to_owned(), alert.to_string().into());
    }
    text_of(&document)
}

fn degradation(objective: &BurnObjective, long: Decided, short: Decided) -> Value {
    json!({
        "timer": objective.timer.as_str(),
        "objective_millionths": objective.objective.as_millionths(),
        "threshold_millionths": objective.threshold.as_millionths(),
        "min_decided": objective.min_decided,
        "long": window(objective.long_window.as_micros(), long),
        "short": window(objective.short_window.as_micros(), short),
    })
}

fn window(window_us: i64, Decided { decided, breached }: Decided) -> Value {
    json!({"window_us": window_us, "decided": decided, "breached": breached})
}
