//! Builds the tasks of an export, and the linkage of each to the one before it.

use fastrand::Rng;
use serde_json::{Value, json};

use super::super::{generate::pick, workflow::object};

const ACTIONS: [&str; 40] = [
    "Query",
    "Query",
    "Callout",
    "Callout",
    "Email",
    "If",
    "If",
    "Iterate",
    "Iterate",
    "Logic::Case",
    "Logic::Liquid",
    "Script::JavaScript",
    "Export",
    "Data::Link",
    "Delay",
    "Approval",
    "Create",
    "Update",
    "Delete",
    "Cancel",
    "WriteOff",
    "Attachment",
    "Billing::BillRun",
    "Billing::ReverseInvoice",
    "CustomObject::Query",
    "Data::Aqua",
    "Download::SFTP",
    "Execute::WorkflowTask",
    "File::CustomPDF::CustomDocument",
    "GraphQuery",
    "InvoiceGenerate",
    "Logic::JSONTransform",
    "Logic::Merge",
    "Notifications::Kafka",
    "Payment::PaymentRun",
    "Reporting::RunReport",
    "UI::Page",
    "Upload::S3",
    "Usage::ImportUsage",
    "UsageMediation::Sink",
];
const OBJECTS: [&str; 6] = ["Account", "Invoice", "Payment", "Subscription", "CreditMemo", "Usage"];

/// One task; about one in eight is sparse, as older exports are.
pub(super) fn task(rng: &mut Rng, index: usize, id: u64, parent: &Value) -> Value {
    let action = pick(rng, &ACTIONS);
    let subject = pick(rng, &OBJECTS);
    let mut task = json!({
        "id": id,
        "name": format!("{} {subject} {}", label(action), index + 1),
        "action_type": action,
        "object": rng.bool().then_some(subject),
        "object_id": (rng.u8(0..8) == 0).then(|| format!("{{{{ Data.{subject}.Id }}}}")),
        "call_type": pick(rng, &["SOAP", "SOAP", "REST", "BATCH"]),
        "task_id": parent,
        "priority": pick(rng, &["Medium", "Medium", "Medium", "High", "Low"]),
        "concurrent_limit": pick(rng, &[9_999_999, 9_999_999, 150, 5]),
        "parameters": parameters(rng, action, subject),
        "css": { "top": format!("{}px", rng.i32(-400..800)), "left": format!("{}px", 350 + 400 * index) },
        "tags": pick(rng, &[json!([""]), json!([]), json!(["finance", "dunning"])]),
        "assignment": [],
    });
    let run_fields = json!({
        "status": null,
        "error": null,
        "error_class": null,
        "error_details": null,
        "process_id": null,
        "original_task_id": null,
        "original_workflow_id": null,
        "iterate_row_reference": null,
        "object_batched_reference": null,
        "entity_id": null,
        "zuora_org_id": null,
        "zuora_org_ids": [],
        "subprocess_id": null,
    });
    if let (Some(task), true) = (task.as_object_mut(), rng.u8(0..8) > 0) {
        task.extend(object(run_fields));
    }
    task
}

/// The last part of an action's type: `JavaScript` of `Script::JavaScript`.
pub(super) fn label(action: &str) -> &str {
    action.rsplit("::").next().unwrap_or(action)
}

/// The parameters of an action; booleans and numbers are strings, as Zuora has them.
fn parameters(rng: &mut Rng, action: &str, subject: &str) -> Value {
    match action {
        "Callout" => json!({
            "url": format!("https://erp.example.com/{}/{{{{ Data.{subject}.Id }}}}", subject.to_lowercase()),
            "datas": [{ "key": "", "value": "" }],
            "method": pick(rng, &["GET", "POST", "PUT"]),
            "headers": [{ "key": "X-API-Key", "value": "{{ GlobalConstants.ERP_KEY }}" }],
            "raw_body": format!("{{\"source\":\"{}\"}}", prose(rng, 12)),
            "body_type": "raw",
            "validation": { "zuora_call": "false", "status_codes": ["", "200"] },
            "retry_rules": { "retry_count": "3", "retry_window": "30", "current_retry_count": "0" },
            "authorization": { "type": "none" },
            "strict_variables": "true",
            "validate_response": "false",
            "validation_scheme": "",
            "include_response_code": "true",
        }),
        "Query" | "Export" => json!({
            "fields": { (subject): { "Id": "true", "Balance": "true", "UpdatedDate": "true" } },
            "where_clause": format!("Status = 'Posted' AND Balance > {}", rng.u32(0..500)),
            "zero_query_proceed": "false",
            "strict_variables": "true",
        }),
        "Email" => json!({
            "email": {
                "to": ["{{ Data.Account.BillToContact.WorkEmail }}"],
                "cc": [],
                "from": "billing@example.com",
                "subject": "Reminder",
                "template": format!("<html><body><p>{}</p></body></html>", prose(rng, 60)),
            },
            "files": {},
        }),
        "If" => json!({ "if_clause": format!("{{% if Data.{subject}.size > 0 %}}True{{% endif %}}") }),
        "Logic::Case" => json!({
            "case_clause": "{% if true %}gentle{% endif %}",
            "case_condition": { "Case_1": "gentle", "Case_2": "firm" },
        }),
        "Logic::Liquid" | "Script::JavaScript" => json!({ "code": prose(rng, 80), "strict_variables": "true" }),
        "Data::Link" => json!({ "query": format!("SELECT id, name FROM {subject} -- {}", prose(rng, 30)) }),
        _ => json!({
            "fields": { (subject): { "Id": "true" } },
            "note": prose(rng, 15),
            "strict_variables": "true",
            "batch_size": rng.u32(1..2000).to_string(),
        }),
    }
}

/// The type of a task's linkage to its parent, which depends on the parent's action.
pub(super) fn branch(rng: &mut Rng, parent: &Value) -> String {
    let names: &[&str] = match parent["action_type"].as_str() {
        Some("If") => &["True", "False"],
        Some("Iterate") => &["For Each", "For Each", "Complete"],
        Some("Logic::Case") => &["Case_1", "Case_2", "Case_Else"],
        Some("Approval") => &["Approve", "Reject"],
        Some("UI::Page") => &["Page:next", "Timeout"],
        _ => &["Success", "Success", "Success", "Failure"],
    };
    pick(rng, names).to_owned()
}

fn prose(rng: &mut Rng, words: usize) -> String {
    const WORDS: [&str; 16] = [
        "invoice",
        "balance",
        "for",
        "each",
        "account",
        "überfällig",
        "when",
        "posted",
        "retry",
        "ledger",
        "\"net 30\"",
        "<b>due</b>",
        "amount",
        "\n",
        "tax",
        "rate",
    ];
    (0..words).map(|_| pick(rng, &WORDS)).collect::<Vec<_>>().join(" ")
}
