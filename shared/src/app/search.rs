//! Workflows of many customers, found by the beginning of their name: customer by customer in the order of their ids, and
//! within each by name. See D-61.
//!
//! What must stay true: the order does not depend on who answers first, and a search that stops says exactly where it goes on.

pub mod everywhere;
pub mod matching;

use std::collections::BTreeMap;

use futures::future::try_join_all;

use crate::{
    aws::{budget::Budget, index::Position, table::StoreError, workflows::Workflows},
    domain::{
        ids::{CustomerId, WorkflowId},
        name::SearchText,
        workflow::Workflow,
    },
};

/// Customers that are asked at the same time, at most.
const AT_ONCE: usize = 16;
/// Customers that one batch read takes.
const BATCH: usize = 100;

/// The start of a search: a customer, and a position among its workflows (none: before the first one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The customer.
    pub customer: CustomerId,
    /// The position of the last workflow that was examined.
    pub after: Option<Position>,
}

/// One workflow that was found.
#[derive(Debug)]
pub struct Hit {
    /// The customer that has it.
    pub customer: CustomerId,
    /// The workflow found.
    pub workflow: Workflow,
    /// The search goes on here if this one is the last that is shown.
    pub then: Start,
}

/// A part of what a search finds.
#[derive(Debug, Default)]
pub struct Hits {
    /// At most as many as asked for. Fewer, or none, where the budget ended.
    pub hits: Vec<Hit>,
    /// The start of the next page; none at the end of the search.
    pub next: Option<Start>,
}

impl Start {
    /// Its first workflow.
    pub const fn at(customer: CustomerId) -> Self {
        Self { customer, after: None }
    }

    /// Behind everything of a customer of whom there can be only one.
    fn behind(customer: CustomerId) -> Self {
        Self { customer, after: Some(Position::after("")) }
    }

    /// The text for a cursor.
    pub fn text(&self) -> String {
        format!("{}{}", self.customer, self.after.as_ref().map(Position::as_str).unwrap_or_default())
    }

    /// Reads it back.
    pub fn parse(text: &str) -> Option<Self> {
        let (customer, after) = text.split_at_checked(36)?;
        let after = if after.is_empty() { None } else { Some(Position::parse(after).ok()?) };
        Some(Self { customer: customer.parse().ok()?, after })
    }
}

/// Finds what begins with `prefix`, at the customers given, which are in order and begin with that of `start`.
///
/// # Errors
/// Store failures.
pub async fn by_name(
    workflows: &Workflows,
    customers: &[CustomerId],
    prefix: &str,
    start: Option<&Start>,
    limit: usize,
    budget: &Budget,
) -> Result<Hits, StoreError> {
    let mut hits = Vec::new();
    let mut left = customers;
    // The first customer may fill the page; where names are rare, more and more are asked at a time.
    let mut at_once = 1;
    while let Some(first) = left.first() {
        let has_begun = left.len() < customers.len();
        if has_begun && (hits.len() == limit || budget.is_spent()) {
            return Ok(Hits { hits, next: Some(Start::at(first.clone())) });
        }
        let room = limit - hits.len();
        let (asked, rest) = left.split_at(at_once.min(left.len()));
        let answers = asked.iter().map(async |customer| {
            let after = start.filter(|start| start.customer == *customer).and_then(|start| start.after.as_ref());
            let keep = |workflow: &Workflow| workflow.deleted_at.is_none();
            workflows.list(customer, prefix, after, room, budget, keep).await
        });
        for (customer, found) in asked.iter().zip(try_join_all(answers).await?) {
            let start = |after| Start { customer: customer.clone(), after };
            for (workflow, position) in found.items {
                if hits.len() == limit {
                    let next = hits.last().map(|hit: &Hit| hit.then.clone());
                    return Ok(Hits { hits, next });
                }
                hits.push(Hit { customer: customer.clone(), workflow, then: start(Some(position)) });
            }
            if found.next.is_some() {
                return Ok(Hits { hits, next: Some(start(found.next)) });
            }
        }
        (left, at_once) = (rest, (2 * at_once).min(AT_ONCE));
    }
    Ok(Hits { hits, next: None })
}

/// Finds the workflows with one Zuora id whose name begins with `prefix`, at the customers given, which are in order and
/// begin with that of `start`.
///
/// # Errors
/// Store failures.
pub async fn by_id(
    workflows: &Workflows,
    customers: &[CustomerId],
    id: &WorkflowId,
    prefix: &str,
    start: Option<&Start>,
    limit: usize,
    budget: &Budget,
) -> Result<Hits, StoreError> {
    let seen = start.filter(|start| start.after.is_some()).map(|start| &start.customer);
    let customers = customers.strip_prefix(seen.map(std::slice::from_ref).unwrap_or_default()).unwrap_or(customers);
    let beginning = SearchText::new(prefix);
    let is_meant = |workflow: &Workflow| {
        workflow.deleted_at.is_none() && beginning.begins(workflow.name.as_deref().unwrap_or_default())
    };
    let mut hits: Vec<Hit> = Vec::new();
    for (number, asked) in customers.chunks(BATCH).enumerate() {
        if number > 0 && budget.is_spent() {
            return Ok(Hits { hits, next: asked.first().cloned().map(Start::at) });
        }
        // A read by key costs at least one unit, also where nothing is.
        budget.spend_units(asked.len());
        let mut found: BTreeMap<_, _> = workflows.get_everywhere(asked, id).await?.into_iter().collect();
        for customer in asked {
            let Some(workflow) = found.remove(customer).filter(is_meant) else { continue };
            if hits.len() == limit {
                return Ok(Hits { hits, next: Some(Start::at(customer.clone())) });
            }
            let then = Start::behind(customer.clone());
            hits.push(Hit { customer: customer.clone(), workflow, then });
        }
    }
    Ok(Hits { hits, next: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_page_round_trips() {
        let customer = CustomerId::new();
        for after in [None, Some(Position::after("acme#48"))] {
            let start = Start { customer: customer.clone(), after };
            assert_eq!(Start::parse(&start.text()), Some(start));
        }
        assert!(Start::parse("cus_").is_none() && Start::parse(&"é".repeat(20)).is_none());
    }
}
