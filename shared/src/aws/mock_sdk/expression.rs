//! For tests: the conditions and updates that this program sends to DynamoDB. Any other ends the test with its text.

use std::cmp::Ordering;

use serde_json::{Value, json};

/// True if the condition of a write holds for the stored item.
pub(super) fn holds(item: Option<&Value>, write: &Value) -> bool {
    let Some(text) = write["ConditionExpression"].as_str() else { return true };
    text.split(" OR ").any(|term| is_true(item, term, write).unwrap_or_else(|| panic!("an unknown condition: {text}")))
}

fn is_true(item: Option<&Value>, term: &str, write: &Value) -> Option<bool> {
    let attribute = |name: &str| item.and_then(|item| item.get(resolved(name, write)));
    if let Some(name) = argument(term, "attribute_not_exists") {
        return Some(attribute(name).is_none());
    }
    if let Some(name) = argument(term, "attribute_exists") {
        return Some(attribute(name).is_some());
    }
    let [name, comparison, value] = words(term)?;
    let is_met = match comparison {
        "=" => Ordering::is_eq,
        "<" => Ordering::is_lt,
        "<=" => Ordering::is_le,
        _ => return None,
    };
    let right = &write["ExpressionAttributeValues"][value];
    let Some(left) = attribute(name) else { return Some(false) };
    Some(is_met(match (left["S"].as_str(), right["S"].as_str()) {
        (Some(left), Some(right)) => left.cmp(right),
        _ => number(left)?.cmp(&number(right)?),
    }))
}

/// The item after an update; `item` is the stored one, or its key alone.
pub(super) fn updated(item: Value, update: &Value) -> Value {
    let text = update["UpdateExpression"].as_str().unwrap();
    try_update(item, text, update).unwrap_or_else(|| panic!("an unknown update: {text}"))
}

fn try_update(mut item: Value, text: &str, update: &Value) -> Option<Value> {
    let value = |name: &str| update["ExpressionAttributeValues"].get(name);
    let (additions, settings) = match text.strip_prefix("ADD ") {
        Some(rest) => rest.split_once(" SET ").map_or((rest, None), |(additions, rest)| (additions, Some(rest))),
        None => ("", Some(text.strip_prefix("SET ")?)),
    };
    for addition in additions.split(", ").filter(|addition| !addition.is_empty()) {
        let [name, by] = words(addition)?;
        let name = resolved(name, update);
        let sum = item.get(name).map_or(Some(0), number)? + number(value(by)?)?;
        item[name] = json!({"N": sum.to_string()});
    }
    for setting in settings.into_iter().flat_map(|settings| settings.split(", ")) {
        let [name, "=", to] = words(setting)? else { return None };
        item[resolved(name, update)] = value(to)?.clone();
    }
    Some(item)
}

/// A name that stands in the expression itself, or the one that its `#` stands for. None of these is a path.
fn resolved<'a>(name: &'a str, request: &'a Value) -> &'a str {
    assert!(name.chars().all(|c| c.is_alphanumeric() || "_#:".contains(c)), "an unknown path: {name}");
    if name.starts_with('#') { request["ExpressionAttributeNames"][name].as_str().unwrap() } else { name }
}

fn argument<'a>(term: &'a str, function: &str) -> Option<&'a str> {
    term.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')
}

fn words<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split(' ').collect::<Vec<_>>().try_into().ok()
}

fn number(value: &Value) -> Option<i64> {
    value["N"].as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Value {
        json!({"rev": {"N": "10"}, "good_until": {"S": "2026"}})
    }

    fn condition(text: &str, value: &Value) -> Value {
        json!({"ConditionExpression": text, "ExpressionAttributeValues": {":v": value}})
    }

    #[test]
    fn a_condition_holds_as_in_dynamodb() {
        let holds = |text: &str, value: Value| holds(Some(&item()), &condition(text, &value));

        assert!(holds("rev = :v", json!({"N": "10"})) && !holds("rev = :v", json!({"N": "9"})));
        assert!(holds("rev < :v", json!({"N": "11"})), "numbers are compared as numbers");
        assert!(!holds("rev < :v", json!({"N": "9"})));
        assert!(holds("attribute_not_exists(rev) OR good_until <= :v", json!({"S": "2026"})));
        assert!(!holds("missing <= :v", json!({"N": "0"})), "what is not there is compared with nothing");
        assert!(super::holds(None, &condition("attribute_not_exists(PK)", &Value::Null)));
        assert!(!super::holds(None, &condition("attribute_exists(PK)", &Value::Null)));
    }

    #[test]
    fn an_update_adds_and_sets() {
        let update = json!({
            "UpdateExpression": "ADD rev :one, #n :one SET #ttl = :ttl",
            "ExpressionAttributeNames": {"#n": "n", "#ttl": "ttl"},
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":ttl": {"N": "7"}},
        });

        let item = updated(item(), &update);

        assert_eq!((&item["rev"]["N"], &item["n"]["N"], &item["ttl"]["N"]), (&"11".into(), &"1".into(), &"7".into()));
    }

    #[test]
    #[should_panic(expected = "an unknown condition: size(rev) > :v")]
    fn an_unknown_condition_ends_the_test_with_its_text() {
        holds(Some(&item()), &condition("size(rev) > :v", &json!({"N": "1"})));
    }

    #[test]
    #[should_panic(expected = "an unknown update: REMOVE rev")]
    fn an_unknown_update_ends_the_test_with_its_text() {
        updated(item(), &json!({"UpdateExpression": "REMOVE rev"}));
    }
}
