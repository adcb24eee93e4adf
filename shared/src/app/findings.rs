//! The findings of many customers: customer by customer in the order of their ids, and within each by workflow.
//!
//! What must stay true: only the customers that are given are read, and a page that stops says exactly where the next one goes
//! on, also in the middle of a workflow's findings.

use futures::future::{try_join, try_join_all};

use crate::{
    aws::{
        budget::Budget,
        customers::Customers,
        findings::{AllFindings, FindingsOf},
        index::{Found, Position},
        suppressions::Suppressions,
        table::StoreError,
    },
    domain::{
        findings::{Finding, Level, RuleId, Suppression},
        ids::{CustomerId, WorkflowId},
        time::Timestamp,
    },
};

/// Customers that are asked at the same time, at most.
const AT_ONCE: usize = 16;

/// What is read from.
#[derive(Clone, Debug)]
pub struct FindingsReader {
    /// Customers.
    pub customers: Customers,
    /// Their findings.
    pub findings: AllFindings,
    /// Which of them are meant to be so.
    pub suppressions: Suppressions,
}

/// The findings to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Of this rule.
    pub rule: Option<RuleId>,
    /// Of this level.
    pub level: Option<Level>,
    /// Also those that are suppressed.
    pub suppressed: bool,
}

/// The start of a page: a customer, a position among its workflows with findings, and how many findings of the first one were
/// shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The customer.
    pub customer: CustomerId,
    after: Option<Position>,
    shown: usize,
}

/// One finding at a customer.
#[derive(Clone, Debug)]
pub struct Told {
    /// The customer.
    pub customer_id: CustomerId,
    /// Its name.
    pub customer_name: String,
    /// The workflow.
    pub zuora_id: WorkflowId,
    /// Its name.
    pub workflow_name: Option<String>,
    /// The finding, with its level at this customer.
    pub finding: Finding,
    /// That it is meant to be so.
    pub suppression: Option<Suppression>,
    /// The next page begins here if this is the last one of its page.
    pub then: Start,
}

impl Start {
    /// The first workflow of a customer.
    pub const fn at(customer: CustomerId) -> Self {
        Self { customer, after: None, shown: 0 }
    }

    /// The text for a cursor.
    pub fn text(&self) -> String {
        let after = self.after.as_ref().map(Position::as_str).unwrap_or_default();
        format!("{}{}:{after}", self.customer, self.shown)
    }

    /// Reads it back.
    pub fn parse(text: &str) -> Option<Self> {
        let (customer, rest) = text.split_at_checked(36)?;
        let (shown, after) = rest.split_once(':')?;
        let after = if after.is_empty() { None } else { Some(Position::parse(after).ok()?) };
        Some(Self { customer: customer.parse().ok()?, after, shown: shown.parse().ok()? })
    }
}

impl FindingsReader {
    /// Lists findings at the customers given, which are in order and begin with that of `start`: at most `limit`, fewer or none
    /// where the budget ends, and the start of the next page, if there is one.
    ///
    /// # Errors
    /// Store failures.
    pub async fn list(
        &self,
        customers: &[CustomerId],
        start: Option<&Start>,
        limit: usize,
        budget: &Budget,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<(Vec<Told>, Option<Start>), StoreError> {
        let mut told: Vec<Told> = Vec::new();
        let (mut left, mut at_once) = (customers, 1);
        while let Some(first) = left.first() {
            if left.len() < customers.len() && budget.is_spent() {
                return Ok((told, Some(Start::at(first.clone()))));
            }
            let (asked, rest) = left.split_at(at_once.min(left.len()));
            let answers = asked.iter().map(async |customer| {
                let start = start.filter(|start| start.customer == *customer).cloned();
                let start = start.unwrap_or_else(|| Start::at(customer.clone()));
                let found = self.findings.list(customer, start.after.as_ref(), limit, budget).await?;
                self.of_customer(start, found, wanted, now).await
            });
            for (findings, next) in try_join_all(answers).await? {
                told.extend(findings);
                if told.len() > limit {
                    told.truncate(limit);
                    let next = told.last().map(|last| last.then.clone());
                    return Ok((told, next));
                }
                if next.is_some() {
                    return Ok((told, next));
                }
            }
            (left, at_once) = (rest, (2 * at_once).min(AT_ONCE));
        }
        Ok((told, None))
    }

    /// The wanted ones of a customer's findings, and where they go on.
    async fn of_customer(
        &self,
        start: Start,
        found: Found<FindingsOf>,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<(Vec<Told>, Option<Start>), StoreError> {
        let id = &start.customer;
        let mut told = Vec::new();
        let next = found.next.map(|after| Start { after: Some(after), ..Start::at(id.clone()) });
        if found.items.is_empty() {
            return Ok((told, next));
        }
        // What a customer leaves behind that is being deleted is not shown.
        let (customer, suppressions) = try_join(self.customers.get(id), self.suppressions.of_customer(id)).await?;
        let Some(customer) = customer else { return Ok((told, None)) };
        let settings = customer.value.settings;
        let mut before = start.clone();
        for (of, position) in found.items {
            let behind = Start { after: Some(position), ..Start::at(id.clone()) };
            let all = of.findings.items.len();
            for (at, finding) in of.findings.items.into_iter().enumerate().skip(before.shown) {
                let level = finding.level_at(&settings.zuora_base_url);
                let is_meant =
                    |it: &&Suppression| it.zuora_id == of.zuora_id && it.rule == finding.rule && it.counts(now);
                let suppression = suppressions.iter().find(is_meant).cloned();
                let is_wanted = wanted.rule.is_none_or(|rule| rule == finding.rule)
                    && wanted.level.is_none_or(|wanted| wanted == level)
                    && (wanted.suppressed || suppression.is_none());
                let then = if at + 1 == all { behind.clone() } else { Start { shown: at + 1, ..before.clone() } };
                if is_wanted {
                    told.push(Told {
                        customer_id: id.clone(),
                        customer_name: settings.name.clone(),
                        zuora_id: of.zuora_id.clone(),
                        workflow_name: of.name.clone(),
                        finding: Finding { level, ..finding },
                        suppression,
                        then,
                    });
                }
            }
            before = behind;
        }
        Ok((told, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_page_round_trips() {
        let customer = CustomerId::new();
        for (after, shown) in [(None, 0), (Some(Position::after("FINDINGS#48#OTHERS")), 7)] {
            let start = Start { customer: customer.clone(), after, shown };
            assert_eq!(Start::parse(&start.text()), Some(start));
        }
        assert!(Start::parse("cus_").is_none() && Start::parse(&"é".repeat(20)).is_none());
    }
}
