//! What has happened since the last digest, in a few lines of an e-mail: each kind of event with its customers.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::event::EventKind;

/// The number of customers that are named for each kind.
const NAMED: usize = 20;

/// The events of one digest.
#[derive(Debug, Default)]
pub struct Digest {
    /// Events of each customer, by the name of their kind.
    counts: BTreeMap<String, BTreeMap<String, u64>>,
    names: HashMap<String, String>,
    seen: HashSet<String>,
}

/// An event as the bus hands it on.
#[derive(Debug, Deserialize)]
struct Delivered {
    #[serde(rename = "detail-type")]
    kind: String,
    detail: Detail,
}

#[derive(Debug, Deserialize)]
struct Detail {
    id: String,
    customer_id: String,
    #[serde(default)]
    customer_name: Option<String>,
}

impl Digest {
    /// Adds an event, as text of the bus. One that was added already counts once; a text that is no event does not count.
    pub fn add(&mut self, text: &str) {
        let Ok(Delivered { kind, detail }) = serde_json::from_str(text) else { return };
        if !self.seen.insert(detail.id) {
            return;
        }
        if let Some(name) = detail.customer_name {
            self.names.insert(detail.customer_id.clone(), name);
        }
        *self.counts.entry(kind).or_default().entry(detail.customer_id).or_default() += 1;
    }

    /// True if nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The subject: short and ASCII, as SNS wants it.
    pub fn subject(&self, stack: &str) -> String {
        format!("Zuora Workflow Manager ({stack}): {} events", self.seen.len())
    }

    /// The text.
    pub fn text(&self, panel: &str) -> String {
        let kinds = EventKind::ALL.iter().filter_map(|kind| self.counts.get_key_value(kind.as_str()));
        let parts: Vec<_> = kinds.map(|(kind, customers)| self.part(kind, customers)).collect();
        format!("{}\n\nThe dashboard says what to do: {panel}\n", parts.join("\n"))
    }

    fn part(&self, kind: &str, customers: &BTreeMap<String, u64>) -> String {
        let mut listed: Vec<_> = customers.iter().collect();
        listed.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let mut lines = vec![format!("{kind}: {}", customers.values().sum::<u64>())];
        let name = |id: &String| self.names.get(id).unwrap_or(id).clone();
        lines.extend(listed.iter().take(NAMED).map(|(id, count)| format!("  {} ({count})", name(id))));
        if listed.len() > NAMED {
            lines.push(format!("  and {} more customers", listed.len() - NAMED));
        }
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: EventKind, id: &str, customer: &str, name: Option<&str>) -> String {
        let detail = json!({"id": id, "customer_id": customer, "customer_name": name});
        json!({"detail-type": kind.as_str(), "detail": detail}).to_string()
    }

    #[test]
    fn kinds_are_told_in_their_order_with_the_customers_most_concerned_first_and_a_repeat_counts_once() {
        let mut digest = Digest::default();
        assert!(digest.is_empty());
        for (kind, id, customer, name) in [
            (EventKind::WorkflowChanged, "1", "cus_a", None),
            (EventKind::WorkflowChanged, "2", "cus_b", None),
            (EventKind::WorkflowChanged, "3", "cus_b", None),
            (EventKind::WorkflowChanged, "3", "cus_b", None),
            (EventKind::SyncFailed, "4", "cus_a", Some("Acme")),
        ] {
            digest.add(&event(kind, id, customer, name));
        }
        digest.add("no event");

        assert_eq!(digest.subject("prod"), "Zuora Workflow Manager (prod): 4 events");
        let expected = "Sync Failed: 1\n  Acme (1)\n\nWorkflow Changed: 3\n  cus_b (2)\n  Acme (1)\n";
        assert_eq!(digest.text("https://p/"), format!("{expected}\n\nThe dashboard says what to do: https://p/\n"));
    }

    #[test]
    fn of_many_customers_some_are_named() {
        let mut digest = Digest::default();
        for number in 0..25 {
            digest.add(&event(EventKind::SyncHeld, &number.to_string(), &format!("cus_{number:02}"), None));
        }

        let text = digest.text("");
        assert_eq!(text.matches("cus_").count(), NAMED);
        assert!(text.contains("and 5 more customers"), "{text}");
    }
}
