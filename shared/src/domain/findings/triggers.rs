//! T2, T3, T5: whether the schedule can start the workflow.

use super::{cron, filled, literals::has_template, report::Report, rules::RuleId, time_zones};
use crate::domain::{json::Json, listed_workflow::is_set};

pub(super) fn check(workflow: Json<'_>, report: &mut Report<'_>) {
    let interval = filled(workflow, "interval");
    match workflow.get("scheduled_trigger") {
        Some(scheduled) if is_set(scheduled) => {
            if !interval.is_some_and(|interval| has_template(&interval) || cron::is_sound(&interval)) {
                report.add(RuleId::T2, "workflow.interval");
            }
            if !filled(workflow, "timezone").is_some_and(|zone| has_template(&zone) || time_zones::is_known(&zone)) {
                report.add(RuleId::T2, "workflow.timezone");
            }
            check_inputs(workflow, report);
        }
        Some(scheduled) if interval.is_some() && scheduled.text().is_some_and(|text| text == "false") => {
            report.add(RuleId::T3, "workflow.interval");
        }
        _ => {}
    }
}

/// T5. A default that is a list or an object is one, also an empty one.
fn check_inputs(workflow: Json<'_>, report: &mut Report<'_>) {
    let fields = workflow.get("parameters").and_then(|parameters| parameters.get("fields"));
    for (at, input) in fields.iter().flat_map(|fields| fields.items()).enumerate() {
        let default = input.get("default").filter(|value| !value.is_null());
        let is_blank = default.is_none_or(|value| value.text().is_some_and(|text| text.trim().is_empty()));
        if input.get("required").is_some_and(is_set) && is_blank {
            report.add(RuleId::T5, &format!("workflow.parameters.fields[{at}].default"));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::findings::tests::{Fixture, with_workflow};

    pub(in crate::domain::findings) fn fixtures() -> Vec<Fixture> {
        let of = |rule, hit: &str, near: &str| {
            let sound = r#""scheduled_trigger":true,"interval":"0 0 8 * * *","timezone":"Sydney","#;
            Fixture::new(
                rule,
                with_workflow(&hit.replace("SOUND", sound)),
                with_workflow(&near.replace("SOUND", sound)),
            )
        };
        vec![
            of(
                RuleId::T2,
                r#""scheduled_trigger":true,"interval":"","timezone":"UTC""#,
                r#""scheduled_trigger":"true","interval":"0 8 * * MON#2","timezone":"Eastern Time (US & Canada)""#,
            ),
            of(
                RuleId::T2,
                r#""scheduled_trigger":true,"interval":"0 0 0 /1 * *","timezone":null"#,
                r#""scheduled_trigger":true,"interval":"0 0 0 /1 * *","timezone":"America/New_York""#,
            ),
            of(
                RuleId::T2,
                r#""scheduled_trigger":true,"interval":"0 8 * *","timezone":"UTC""#,
                r#""scheduled_trigger":false,"interval":null,"timezone":"nowhere""#,
            ),
            of(
                RuleId::T3,
                r#""scheduled_trigger":false,"interval":"0 0 8 * * *""#,
                r#""scheduled_trigger":false,"interval":" ","timezone":"UTC""#,
            ),
            of(
                RuleId::T5,
                r#"SOUND"parameters":{"fields":[{"field_name":"a","required":"true","default":""}]}"#,
                r#"SOUND"parameters":{"fields":[{"required":"true","default":"x"},{"required":false},{"required":true,"default":[]}]}"#,
            ),
            of(
                RuleId::T5,
                r#"SOUND"parameters":{"fields":[{"required":true}]}"#,
                r#""scheduled_trigger":false,"parameters":{"fields":[{"required":true}]}"#,
            ),
        ]
    }
}
