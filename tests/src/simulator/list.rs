//! `GET /workflows`: the tenant's workflows, page by page.
//!
//! The body is assembled as bytes, because an item may be any bytes: see [`Workflow::raw_item`].

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Asked, Effect, Reply, Tenant, Workflow, api::invalid};

/// The origin in Zuora's `next_page`, whichever host was requested.
const NEXT_PAGE_ORIGIN: &str = "https://rest.zuora.com";

/// One page of the list.
struct Page {
    number: u32,
    length: u32,
    items: Vec<Bytes>,
    more: bool,
}

/// The requested page, in the tenant's paging mode and with the effect of a fault on lists.
pub(super) fn list(tenant: &Tenant, asked: &Asked, effect: &Effect) -> Reply {
    let paging = tenant.paging();
    let asked_page = asked.page.unwrap_or(1);
    if matches!(effect, Effect::EmptyList) {
        return answer(&[], &json!({ "page": asked_page, "page_length": 0 }));
    }
    let length = paging.length(asked.page_length);
    let found = tenant.query(|workflows| {
        let named = |workflow: &&Workflow| asked.name.as_ref().is_none_or(|name| *name == workflow.name);
        let matching: Vec<&Workflow> = workflows.values().filter(named).collect();
        let pages = u32::try_from(matching.len()).unwrap_or(u32::MAX).div_ceil(length).max(1);
        paging.page(asked_page, pages).map(|number| cut(&matching, number, pages, length, effect))
    });
    match found {
        Ok(page) => answer(&page.items, &pagination(&page, effect, paging.without_next_page)),
        Err(status) => invalid(status, &format!("Page {asked_page} is not found.")),
    }
}

fn cut(matching: &[&Workflow], number: u32, pages: u32, length: u32, effect: &Effect) -> Page {
    let source = match effect {
        Effect::RepeatPage(other) => (*other).max(1),
        Effect::EndlessPages => (number - 1) % pages + 1,
        _ => number,
    };
    let skipped = (source - 1) as usize * length as usize;
    let items = matching.iter().skip(skipped).take(length as usize).map(|workflow| workflow.list_item()).collect();
    Page { number, length, items, more: matches!(effect, Effect::EndlessPages) || number < pages }
}

fn pagination(page: &Page, effect: &Effect, without_next_page: bool) -> Value {
    let mut pagination = json!({ "page": page.number, "page_length": page.items.len() });
    if let Effect::NextPage(next_page) = effect {
        pagination["next_page"] = next_page.clone();
    } else if page.more && !without_next_page {
        let next = u64::from(page.number) + 1;
        pagination["next_page"] =
            json!(format!("{NEXT_PAGE_ORIGIN}/workflows?page={next}&page_length={}", page.length));
    }
    pagination
}

fn answer(items: &[Bytes], pagination: &Value) -> Reply {
    let (items, pagination) = (items.join(&b","[..]), pagination.to_string());
    let body = [br#"{"data":["#, &items[..], br#"],"pagination":"#, pagination.as_bytes(), b"}"].concat();
    Reply::text(200, "application/json", body)
}
