//! The findings of workflows, in the data table: those of a definition beside the workflow that names it, those that look at
//! other workflows by themselves.
//!
//! What must stay true: the former are written in the transaction of their workflow ([`super::derived`]), the latter by the end of
//! a sync; both are removed with the workflow's tombstone. Only items with findings are in the index, so that a list of them
//! reads nothing else.

use std::{collections::BTreeMap, time::Duration};

use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};

use super::{
    budget::Budget,
    index::{Found, Position, filtered, items},
    items::readable,
    keys,
    table::{Condition, Item, Range, StoreError, Table, Write, key_of, to_item},
};
use crate::domain::{
    findings::{Finding, Findings, Links, News, RULES_VERSION},
    ids::{CustomerId, WorkflowId},
    workflow::Workflow,
};

/// The retention of news: events are made of them within seconds.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);

/// The most workflows whose findings go into one transaction, with two writes each.
pub const AT_ONCE: usize = 25;

/// The findings of one workflow, as they are stored: of its definition, or of what looks at others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingsOf {
    /// The workflow.
    pub zuora_id: WorkflowId,
    /// Its name when it was stored.
    pub name: Option<String>,
    /// The version of the rules that found them.
    pub rules_version: u32,
    /// The findings.
    pub findings: Findings,
    /// What the definition says of other workflows; empty in findings that look at others.
    #[serde(default)]
    pub links: Links,
}

/// The findings of one workflow that look at others, as they are from now on.
#[derive(Debug)]
pub struct Across {
    /// The workflow.
    pub id: WorkflowId,
    /// Its name.
    pub name: Option<String>,
    /// The findings; none removes those before.
    pub items: Vec<Finding>,
    /// What came or went by it, if that is to be told.
    pub news: Option<News>,
}

/// A customer's findings by workflow.
#[derive(Debug, Default)]
pub struct OfCustomer {
    /// What each definition says of others.
    pub links: BTreeMap<WorkflowId, Links>,
    /// The findings that look at others.
    pub across: BTreeMap<WorkflowId, FindingsOf>,
}

/// The findings of a data table.
#[derive(Clone, Debug)]
pub struct AllFindings {
    table: Table,
}

/// The item of what a workflow's definition was found to be.
pub(super) fn item(
    customer: &CustomerId,
    workflow: &Workflow,
    findings: &Findings,
    links: &Links,
) -> Result<Item, StoreError> {
    let (zuora_id, name) = (workflow.zuora_id.clone(), workflow.name.clone());
    let key = keys::findings(customer, &zuora_id);
    let (findings, links) = (findings.clone(), links.clone());
    stored(customer, &key, &FindingsOf { zuora_id, name, rules_version: RULES_VERSION, findings, links })
}

/// The writes that remove all findings of a workflow.
pub(super) fn removals(customer: &CustomerId, id: &WorkflowId) -> [Write; 2] {
    [keys::findings(customer, id), keys::findings_across(customer, id)].map(|key| Write::Delete(key, Condition::None))
}

fn stored(customer: &CustomerId, key: &keys::Key, of: &FindingsOf) -> Result<Item, StoreError> {
    let index = (!of.findings.items.is_empty()).then(|| keys::findings_by_workflow(customer, &key.sk));
    to_item(of, key, index.as_ref(), 1, None)
}

impl AllFindings {
    /// The findings in `table`.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// Reads what is stored of one workflow: of its definition, and across workflows.
    ///
    /// # Errors
    /// As [`Table::get_items`].
    pub async fn of_workflow(
        &self,
        customer: &CustomerId,
        id: &WorkflowId,
    ) -> Result<[Option<FindingsOf>; 2], StoreError> {
        let keys = [keys::findings(customer, id), keys::findings_across(customer, id)];
        let mut found = self.table.get_items(&keys).await?.into_iter().map(|item| item.and_then(readable));
        Ok([found.next().flatten(), found.next().flatten()])
    }

    /// Lists the workflows of a customer that have findings, by id. The index lags by moments.
    ///
    /// # Errors
    /// As [`filtered`].
    pub async fn list(
        &self,
        customer: &CustomerId,
        after: Option<&Position>,
        limit: usize,
        budget: &Budget,
    ) -> Result<Found<FindingsOf>, StoreError> {
        let range = Range::index(keys::findings_of(customer), "");
        filtered(&self.table, &range, after, limit, budget, |_| true).await
    }

    /// Reads what the rules that look at other workflows need of a customer.
    ///
    /// # Errors
    /// As [`Table::page`].
    pub async fn of_customer(&self, customer: &CustomerId) -> Result<OfCustomer, StoreError> {
        let range = Range::table(keys::customer_partition(customer), keys::FINDINGS_PREFIX);
        let mut all = OfCustomer::default();
        let mut each = std::pin::pin!(items(&self.table, range));
        while let Some(item) = each.try_next().await? {
            let key = key_of(&item);
            let Some(of) = readable::<FindingsOf>(item) else { continue };
            if key == keys::findings(customer, &of.zuora_id) {
                all.links.insert(of.zuora_id, of.links);
            } else {
                all.across.insert(of.zuora_id.clone(), of);
            }
        }
        Ok(all)
    }

    /// Stores the findings of workflows that look at others, in place of those before, and all of them or none: at most
    /// [`AT_ONCE`].
    ///
    /// # Errors
    /// As [`Table::write`].
    pub async fn put_across(&self, customer: &CustomerId, all: &[Across]) -> Result<(), StoreError> {
        let writes: Vec<_> = all.iter().map(|across| across.writes(customer)).collect::<Result<_, _>>()?;
        self.table.write(writes.concat()).await
    }
}

impl Across {
    /// The writes of one workflow: its findings, and the news of them.
    fn writes(&self, customer: &CustomerId) -> Result<Vec<Write>, StoreError> {
        let Self { id, name, items, news } = self;
        let key = keys::findings_across(customer, id);
        let write = if items.is_empty() {
            Write::Delete(key, Condition::None)
        } else {
            let findings = Findings { items: items.clone(), complete: true };
            let (zuora_id, name) = (id.clone(), name.clone());
            let links = Links::default();
            let of = FindingsOf { zuora_id, name, rules_version: RULES_VERSION, findings, links };
            Write::Put(Box::new(stored(customer, &key, &of)?), Condition::None)
        };
        let mut writes = vec![write];
        if let Some(news) = news {
            let ttl = news.at.plus(RETENTION).seconds();
            let item = to_item(news, &keys::news(customer, news.at, id), None, 1, Some(ttl))?;
            writes.push(Write::Put(Box::new(item), Condition::None));
        }
        Ok(writes)
    }
}
