//! Looks for something at many customers: customer by customer in the order of their ids, and workflow by workflow in the order
//! of theirs. See D-91.
//!
//! What must stay true:
//! - Only the customers that are given are read. Whoever asks decides that before.
//! - The order does not depend on who answers first, and a search that stops says exactly where it goes on: behind a workflow,
//!   whatever a sync replaces meanwhile.
//! - It stops when its time is over, at the next page. Each call gets a page further at least.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures::future::try_join_all;

use super::matching::{Found, Query};
use crate::{
    aws::{
        chunks::Definitions, customers::Customers, references::AllReferences, table::StoreError, workflows::Workflows,
    },
    domain::{
        customer::Summary,
        definition::Definition,
        ids::{CustomerId, WorkflowId},
        text_search::Needle,
    },
};

/// The most hits of one workflow.
const OF_A_WORKFLOW: usize = 5;
/// Customers that are asked at the same time, at first and at most.
const AT_ONCE: (usize, usize) = (4, 16);
/// The same where whole definitions are read: a page has a megabyte.
const AT_ONCE_WHOLE: (usize, usize) = (1, 4);

/// What is read from.
#[derive(Clone, Debug)]
pub struct Shelves {
    /// Customers.
    pub customers: Customers,
    /// Their workflows.
    pub workflows: Workflows,
    /// What the definitions refer to.
    pub references: AllReferences,
}

/// Where a search begins: at a customer, at its beginning or behind one of its workflows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The customer.
    pub customer: CustomerId,
    /// What was shown of it last; none before the customer itself.
    pub after: Option<Shown>,
}

/// The last of a customer that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The customer itself.
    Itself,
    /// All up to this workflow.
    Workflow(WorkflowId),
}

/// One hit.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub customer_name: String,
    /// The workflow that was found, with its name and the place in it; none if the customer was found.
    pub workflow: Option<(WorkflowId, Option<String>, Found)>,
}

/// A part of what a search finds.
#[derive(Debug, Default)]
pub struct Hits {
    /// At most as many as asked for. Fewer, or none, where the time ended.
    pub hits: Vec<Hit>,
    /// Where it goes on; none at the end.
    pub next: Option<Place>,
    /// Workflows of the customers read that could not be searched, or not wholly.
    pub not_indexed: u64,
}

/// How much a search may return and take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most hits.
    limit: usize,
    /// The most hits of one workflow.
    of_a_workflow: usize,
    /// The moment from which no other page is read.
    until: Instant,
}

impl Bounds {
    /// So many hits, within so much time from now.
    pub fn new(limit: usize, time: Duration) -> Self {
        Self { limit, of_a_workflow: limit.min(OF_A_WORKFLOW), until: Instant::now() + time }
    }

    fn is_late(&self) -> bool {
        Instant::now() > self.until
    }
}

impl Place {
    /// The beginning of a customer.
    pub const fn at(customer: CustomerId) -> Self {
        Self { customer, after: None }
    }

    fn behind(customer: &CustomerId, id: &WorkflowId) -> Self {
        Self { customer: customer.clone(), after: Some(Shown::Workflow(id.clone())) }
    }

    /// The text for a cursor.
    pub fn text(&self) -> String {
        match &self.after {
            None => self.customer.to_string(),
            Some(Shown::Itself) => format!("{}:", self.customer),
            Some(Shown::Workflow(id)) => format!("{}:{id}", self.customer),
        }
    }

    /// Reads it back.
    pub fn parse(text: &str) -> Option<Self> {
        let (customer, after) = text.split_once(':').map_or((text, None), |(customer, after)| (customer, Some(after)));
        let after = match after {
            None => None,
            Some("") => Some(Shown::Itself),
            Some(id) => Some(Shown::Workflow(id.parse().ok()?)),
        };
        Some(Self { customer: customer.parse().ok()?, after })
    }
}

/// What one customer has.
struct OfCustomer {
    begin: Place,
    /// The hits of the customer itself, and of each workflow, with the place behind them.
    groups: Vec<(Vec<Hit>, Place)>,
    /// Where it goes on at this customer, if it does.
    next: Option<Place>,
    not_indexed: u64,
}

/// Looks at the customers given, which are in order and begin with that of `start`.
///
/// # Errors
/// Store failures.
pub async fn search(
    shelves: &Shelves,
    customers: &[CustomerId],
    query: &Query,
    start: Option<&Place>,
    bounds: Bounds,
) -> Result<Hits, StoreError> {
    let mut all = Hits::default();
    let mut left = customers;
    let (mut at_once, most) = if query.reads_definitions() { AT_ONCE_WHOLE } else { AT_ONCE };
    while let Some(first) = left.first() {
        if left.len() < customers.len() && (all.hits.len() >= bounds.limit || bounds.is_late()) {
            all.next = Some(Place::at(first.clone()));
            break;
        }
        let (asked, rest) = left.split_at(at_once.min(left.len()));
        let known = shelves.customers.summaries(Some(&asked.iter().cloned().collect())).await?;
        let known: BTreeMap<_, _> = known.iter().map(|summary| (&summary.id, summary)).collect();
        let room = Bounds { limit: bounds.limit - all.hits.len(), ..bounds };
        // One that is being deleted has no summary, and is not shown.
        let known = asked.iter().filter_map(|id| known.get(id).copied());
        let answers = try_join_all(known.map(|customer| {
            let after = start.filter(|start| start.customer == customer.id).and_then(|start| start.after.as_ref());
            of_customer(shelves, customer, query, after, room)
        }));
        for found in answers.await? {
            all.not_indexed += found.not_indexed;
            let mut at = found.begin;
            for (hits, behind) in found.groups {
                // A workflow is shown whole, or on the next page.
                if !all.hits.is_empty() && all.hits.len() + hits.len() > bounds.limit {
                    return Ok(Hits { next: Some(at), ..all });
                }
                all.hits.extend(hits);
                at = behind;
            }
            if found.next.is_some() {
                return Ok(Hits { next: found.next, ..all });
            }
        }
        (left, at_once) = (rest, (2 * at_once).min(most));
    }
    Ok(all)
}

async fn of_customer(
    shelves: &Shelves,
    customer: &Summary,
    query: &Query,
    after: Option<&Shown>,
    bounds: Bounds,
) -> Result<OfCustomer, StoreError> {
    let begin = Place { customer: customer.id.clone(), after: after.cloned() };
    let mut found = OfCustomer { begin, groups: Vec::new(), next: None, not_indexed: 0 };
    let begins = after.is_none();
    if begins && query.is_customer(customer) {
        let behind = Place { customer: customer.id.clone(), after: Some(Shown::Itself) };
        found.groups.push((vec![hit(customer, None)], behind));
    }
    let after = match after {
        Some(Shown::Workflow(id)) => Some(id.clone()),
        _ => None,
    };
    match query {
        Query::Text(needle) => in_definitions(shelves, customer, needle, after, bounds, &mut found).await?,
        _ => {
            if begins && !customer.derived {
                found.not_indexed = customer.workflows_count;
            }
            in_references(shelves, customer, query, after, bounds, &mut found).await?;
        }
    }
    Ok(found)
}

async fn in_references(
    shelves: &Shelves,
    customer: &Summary,
    query: &Query,
    mut after: Option<WorkflowId>,
    bounds: Bounds,
    found: &mut OfCustomer,
) -> Result<(), StoreError> {
    loop {
        let page = shelves.references.page(&customer.id, after.as_ref(), !query.reads_references()).await?;
        for referring in page.items {
            let Ok(places) = query.places(&referring, bounds.of_a_workflow) else {
                found.not_indexed += 1;
                continue;
            };
            if !referring.is_whole && query.reads_references() {
                found.not_indexed += 1;
            }
            if !found.add(customer, &referring.id, referring.name.as_ref(), places, bounds.limit) {
                return Ok(());
            }
        }
        let Some(last) = page.last.filter(|_| page.more) else { return Ok(()) };
        if found.count() >= bounds.limit || bounds.is_late() {
            found.next = Some(Place::behind(&customer.id, &last));
            return Ok(());
        }
        after = Some(last);
    }
}

async fn in_definitions(
    shelves: &Shelves,
    customer: &Summary,
    needle: &Needle,
    mut after: Option<WorkflowId>,
    bounds: Bounds,
    found: &mut OfCustomer,
) -> Result<(), StoreError> {
    let mut definitions = Definitions::after(&shelves.workflows, &customer.id, after.as_ref());
    while let Some(part) = definitions.next().await? {
        for packed in part {
            let Ok(bytes) = packed.bytes() else {
                found.not_indexed += 1;
                continue;
            };
            after = Some(packed.id.clone());
            if !needle.may_be_in(&bytes) {
                continue;
            }
            let Ok(definition) = Definition::parse(&bytes) else { continue };
            let places = needle.places(&definition, bounds.of_a_workflow);
            if places.is_empty() {
                continue;
            }
            let places = places.into_iter().map(Found::from).collect();
            // What no workflow names is an orphan, or was replaced.
            let workflow = shelves.workflows.get(&customer.id, &packed.id).await?.map(|found| found.value);
            let is_named = |hash: &str| packed.hash == hash;
            let named = workflow.filter(|workflow| {
                workflow.deleted_at.is_none() && workflow.definition.as_ref().is_some_and(|named| is_named(&named.hash))
            });
            let Some(workflow) = named else { continue };
            if !found.add(customer, &packed.id, workflow.name.as_ref(), places, bounds.limit) {
                return Ok(());
            }
        }
        if let Some(last) = after.as_ref().filter(|_| found.count() >= bounds.limit || bounds.is_late()) {
            found.next = (!definitions.is_over()).then(|| Place::behind(&customer.id, last));
            if found.next.is_some() {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn hit(customer: &Summary, workflow: Option<(WorkflowId, Option<String>, Found)>) -> Hit {
    Hit { customer: customer.id.clone(), customer_name: customer.name.clone(), workflow }
}

impl OfCustomer {
    fn count(&self) -> usize {
        self.groups.iter().map(|(hits, _)| hits.len()).sum()
    }

    /// Adds what a workflow has, all of it or nothing; false if there is no room, and the search goes on before it.
    fn add(
        &mut self,
        customer: &Summary,
        id: &WorkflowId,
        name: Option<&String>,
        places: Vec<Found>,
        limit: usize,
    ) -> bool {
        if places.is_empty() {
            return true;
        }
        if let Some((_, behind)) = self.groups.last()
            && self.count() + places.len() > limit
        {
            self.next = Some(behind.clone());
            return false;
        }
        let hits = places.into_iter().map(|place| hit(customer, Some((id.clone(), name.cloned(), place))));
        self.groups.push((hits.collect(), Place::behind(&customer.id, id)));
        true
    }
}

#[cfg(test)]
mod tests;
