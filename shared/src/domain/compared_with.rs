//! The customer with which another one is compared, such as the production of a test tenant, and what differs between the two
//! on purpose.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    comparison::{Rules, Translation, is_word},
    definition::content_hash,
    ids::{CustomerId, WorkflowId},
    invalid::Invalid,
    text,
};

/// The most links; workflows whose name is unique need none.
const MOST_LINKS: usize = 1000;
/// The most paths.
const MOST_PATHS: usize = 100;
/// The longest path.
const LONGEST_PATH: usize = 300;
/// The most words of all maps together.
const MOST_WORDS: usize = 200;
/// The longest word: a host has at most 253 characters, and an address 254.
const LONGEST_WORD: usize = 254;

/// What is stored about two customers: the one that holds it is the left one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedWith {
    /// The right customer.
    pub customer_id: CustomerId,
    /// Workflows that are the same although their names do not say so: at most 1,000, each workflow in one.
    #[serde(default)]
    #[schema(required = false, max_items = 1000)]
    pub links: Vec<Link>,
    /// Paths of fields that do not count, each with all below it: such as `parameters.email` or `workflow.priority`.
    #[serde(default)]
    #[schema(required = false, max_items = 100)]
    pub ignore: Vec<String>,
    /// What the left customer calls otherwise than the right one.
    #[serde(default)]
    #[schema(required = false)]
    pub map: Words,
}

/// Two workflows that are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkflowLink)]
pub struct Link {
    /// The left customer's.
    pub left: WorkflowId,
    /// The right customer's.
    pub right: WorkflowId,
}

/// Words of the left customer, each with that of the right one: 200 at most. They count where they are whole words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ComparedWords)]
pub struct Words {
    /// Hosts, also those of e-mail addresses.
    #[serde(default)]
    #[schema(required = false)]
    pub hosts: BTreeMap<String, String>,
    /// E-mail addresses.
    #[serde(default)]
    #[schema(required = false)]
    pub emails: BTreeMap<String, String>,
    /// Names of global constants.
    #[serde(default)]
    #[schema(required = false)]
    pub constants: BTreeMap<String, String>,
}

/// How two customers are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// What may differ.
    pub rules: Rules,
    /// The linked workflows, by the left one.
    pub links: BTreeMap<WorkflowId, WorkflowId>,
}

impl ComparedWith {
    /// Checks all fields.
    ///
    /// # Errors
    /// All faults, each with its field.
    pub fn validate(&self) -> Result<(), Invalid> {
        let mut invalid = Invalid::default();
        let mut most = |pointer: &str, count: usize, most: usize, what: &str| {
            if count > most {
                invalid.check::<()>(pointer, Err(format!("Use at most {most} {what}.")));
            }
        };
        let Words { hosts, emails, constants } = &self.map;
        most("/links", self.links.len(), MOST_LINKS, "links");
        most("/ignore", self.ignore.len(), MOST_PATHS, "paths");
        most("/map", hosts.len() + emails.len() + constants.len(), MOST_WORDS, "words");
        let mut linked = (HashSet::new(), HashSet::new());
        for (at, link) in self.links.iter().enumerate().take(MOST_LINKS) {
            for (side, is_new) in [("left", linked.0.insert(&link.left)), ("right", linked.1.insert(&link.right))] {
                if !is_new {
                    let fault = "This workflow is linked already. Link each one once.";
                    invalid.check::<()>(&format!("/links/{at}/{side}"), Err(fault));
                }
            }
        }
        for (at, path) in self.ignore.iter().enumerate().take(MOST_PATHS) {
            invalid.check(&format!("/ignore/{at}"), text::line(path, LONGEST_PATH));
        }
        let is_host = |text: &str| is_word(text) && !text.contains('@');
        let is_email = |text: &str| {
            let parts = text.split_once('@');
            is_word(text) && parts.is_some_and(|(user, host)| !user.is_empty() && is_host(host))
        };
        let is_constant = |text: &str| is_host(text) && !text.contains('.');
        let mut words = |name: &str, words: &BTreeMap<String, String>, is_one: &dyn Fn(&str) -> bool, fault: &str| {
            let is_one = |text: &String| text.len() <= LONGEST_WORD && is_one(text);
            if !words.iter().all(|(left, right)| is_one(left) && is_one(right)) {
                invalid.check::<()>(&format!("/map/{name}"), Err(fault));
            }
        };
        words(
            "hosts",
            hosts,
            &is_host,
            "Use hosts such as api.example.com on both sides, without scheme, port and path.",
        );
        words("emails", emails, &is_email, "Use e-mail addresses such as ops@example.com on both sides.");
        words("constants", constants, &is_constant, "Use names of constants on both sides, without GlobalConstants.");
        if invalid.0.is_empty() { Ok(()) } else { Err(invalid) }
    }

    /// The name of this content: equal for equal contents.
    pub fn entity_tag(&self) -> String {
        content_hash(serde_json::json!(self).to_string().as_bytes())
    }

    /// How the customer that holds it is compared with the other one.
    pub fn from_left(&self) -> Relation {
        let rules = Rules { ignore: self.ignore.clone(), old: self.translation(), ..Rules::NONE };
        Relation { rules, links: self.links.iter().map(|link| (link.left.clone(), link.right.clone())).collect() }
    }

    /// How the other one is compared with it.
    pub fn from_right(&self) -> Relation {
        let rules = Rules { ignore: self.ignore.clone(), new: self.translation(), ..Rules::NONE };
        Relation { rules, links: self.links.iter().map(|link| (link.right.clone(), link.left.clone())).collect() }
    }

    fn translation(&self) -> Translation {
        let Words { hosts, emails, constants } = self.map.clone();
        Translation {
            words: hosts.into_iter().chain(emails).collect(),
            constants,
            workflows: self.links.iter().map(|Link { left, right }| (left.to_string(), right.to_string())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const OTHER: &str = "cus_0193a1b2c3d4e5f60718293a4b5c6d7e";

    fn with(mut fields: Value) -> ComparedWith {
        fields["customer_id"] = OTHER.into();
        serde_json::from_value(fields).unwrap()
    }

    fn faults(fields: Value) -> Vec<String> {
        with(fields).validate().err().unwrap_or_default().0.into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn what_is_left_out_is_empty_and_all_that_is_in_bounds_is_good() {
        assert_eq!(faults(json!({})), [""; 0]);
        let links: Vec<_> = (0..1000).map(|at| json!({"left": format!("l{at}"), "right": format!("r{at}")})).collect();
        let map = json!({
            "hosts": {"api.example.com": "api.test.example", "bücher.example": "b_1"},
            "emails": {"ops+x@example.com": "a@b"}, "constants": {"Erp_Key": "ErpKey"},
        });
        assert_eq!(faults(json!({"links": links, "ignore": ["css", "parameters.a b"], "map": map})), [""; 0]);
    }

    #[test]
    fn every_fault_is_named_with_its_field() {
        let many = |count: usize| -> Value { (0..count).map(|at| (format!("h{at}"), json!("x"))).collect() };
        let link = |left: &str, right: &str| json!({"left": left, "right": right});
        for (fields, pointers) in [
            (
                json!({"links": [link("1", "2"), link("2", "1"), link("1", "3"), link("4", "3")]}),
                vec!["/links/2/left", "/links/3/right"],
            ),
            (json!({"ignore": ["css", " ", "x".repeat(301)]}), vec!["/ignore/1", "/ignore/2"]),
            (json!({"ignore": vec!["a"; 101], "map": {"hosts": many(201)}}), vec!["/ignore", "/map"]),
            (json!({"map": {"hosts": {"https://a.example": "b"}}}), vec!["/map/hosts"]),
            (
                json!({"map": {"hosts": {"a.example": "b.example:443"}, "emails": {"a": "b@c"}}}),
                vec!["/map/hosts", "/map/emails"],
            ),
            (json!({"map": {"hosts": {"": "b"}}}), vec!["/map/hosts"]),
            (json!({"map": {"hosts": {"a.": "b"}}}), vec!["/map/hosts"]),
            (
                json!({"map": {"emails": {"a@b@c": "b@c"}, "constants": {"GlobalConstants.x": "y"}}}),
                vec!["/map/emails", "/map/constants"],
            ),
        ] {
            assert_eq!(faults(fields.clone()), pointers, "{fields}");
        }
    }

    #[test]
    fn it_is_read_from_either_side_and_its_tag_names_its_content() {
        let stored = with(json!({
            "links": [{"left": "1", "right": "2"}], "ignore": ["css"], "map": {"hosts": {"a": "b"}, "emails": {"c@d": "e@f"}},
        }));
        let (left, right) = (stored.from_left(), stored.from_right());

        assert_eq!((&left.rules.old, &left.rules.ignore), (&right.rules.new, &right.rules.ignore));
        assert_eq!(left.rules.new, right.rules.old);
        assert_eq!(left.rules.old.words.len(), 2);
        let id = |id: &str| id.parse::<WorkflowId>().unwrap();
        assert_eq!((left.links.get(&id("1")), right.links.get(&id("2"))), (Some(&id("2")), Some(&id("1"))));
        assert_ne!(stored.entity_tag(), with(json!({})).entity_tag());
    }
}
