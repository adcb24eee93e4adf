//! A page of the listing, cut out of a response body.
//!
//! A page counts only if it is plainly a page: anything else could be read as "no workflows", which would look like a mass
//! deletion. Its items are cut out and not validated, so a malformed one fails alone. `next_page` is read as a yes or no; its
//! address is never used.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::wire::BodyFault;
use crate::domain::json::{Json, items, members};

/// The largest number of items of one response: each costs memory, even an endless run of `{}`.
const MAX_ITEMS: usize = 1_000;

/// One page of the listing.
#[derive(Clone, Debug)]
pub struct Page {
    /// The text of each listed item, which [`Json::read`] validates. Empty for a single workflow that is larger than a response
    /// may be.
    pub items: Vec<Bytes>,
    /// True if Zuora says that another page follows.
    pub has_next: bool,
    /// A digest of the items, without the bytes between them: two pages of one listing with the same digest are a repetition.
    pub content_hash: String,
}

impl Page {
    /// A page of these items.
    pub fn new(items: Vec<Bytes>, has_next: bool) -> Self {
        let mut hash = Sha256::new();
        for item in &items {
            hash.update(item);
            hash.update("\n");
        }
        Self { content_hash: hex::encode(hash.finalize()), items, has_next }
    }
}

/// One response of the listing: a page, or a part of one.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) items: Vec<Bytes>,
    pub(super) has_next: bool,
    /// The bytes that the items keep in memory: they are slices of the whole body.
    pub(super) held: usize,
}

impl Part {
    /// Parses the body of an accepted response.
    pub(super) fn read(body: &Bytes) -> Result<Self, BodyFault> {
        let (mut data, mut pagination) = (None, None);
        for (key, value) in members(body).filter_map(Result::ok) {
            match &*key {
                "data" => data = Some(value),
                "pagination" => pagination = Some(value),
                _ => {}
            }
        }
        let data = data.ok_or_else(|| BodyFault::malformed("the page has no data"))?;
        let mut found = Vec::new();
        for item in items(data) {
            let item = item.map_err(|why| BodyFault::malformed(&format!("the page's data is not a list: {why}")))?;
            if found.len() == MAX_ITEMS {
                return Err(BodyFault::malformed(&format!("the page has more than {MAX_ITEMS} items")));
            }
            found.push(body.slice_ref(item));
        }
        let has_next = pagination.map_or(Ok(false), announces_next)?;
        Ok(Self { items: found, has_next, held: body.len() })
    }
}

/// Reads the announcement of a next page: absent, empty and "no" mean none.
fn announces_next(pagination: &[u8]) -> Result<bool, BodyFault> {
    let pagination = Json::read(pagination)
        .map_err(|why| BodyFault::malformed(&format!("the page's pagination is no JSON: {why}")))?;
    Ok(pagination.get("next_page").is_some_and(|next| {
        let is_empty = next.items().next().is_none() && next.members().next().is_none();
        match next.raw() {
            "null" | "false" | "0" | "\"\"" => false,
            raw => !(raw.starts_with(['[', '{']) && is_empty),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zuora::error_kind::ZuoraErrorKind as Kind;

    fn read(body: &str) -> Result<Part, BodyFault> {
        Part::read(&Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn a_page_has_items_and_a_yes_or_no_for_the_next() {
        for (pagination, has_next) in [
            (r#","pagination":{"page":1,"next_page":"https://evil.example/workflows?page=2"}"#, true),
            (r#","pagination":{"next_page":true}"#, true),
            (r#","pagination":{"next_page":2}"#, true),
            (r#","pagination":{"next_page":[1]}"#, true),
            (r#","pagination":{"next_page":{"page":2}}"#, true),
            (r#","pagination":{"next_page":"x"},"pagination":{}"#, false),
            (r#","pagination":{"next_page":"x","next_page":null}"#, false),
            (r#","pagination":{"page":1}"#, false),
            (r#","pagination":{"next_page":null}"#, false),
            (r#","pagination":{"next_page":""}"#, false),
            (r#","pagination":{"next_page":false}"#, false),
            (r#","pagination":{"next_page":0}"#, false),
            (r#","pagination":{"next_page":{ }}"#, false),
            (r#","pagination":{"next_page":[ ]}"#, false),
            (r#","pagination":null"#, false),
            (r#","pagination":[]"#, false),
            (r#","success":true"#, false),
            ("", false),
        ] {
            let part = read(&format!("\u{feff}{{\"data\":[{{\"id\":1}}, null]{pagination}}}")).unwrap();

            assert_eq!(part.has_next, has_next, "{pagination}");
            assert_eq!(part.items, [&br#"{"id":1}"#[..], b"null"]);
        }
    }

    #[test]
    fn an_item_that_is_no_json_is_handed_on_and_the_others_with_it() {
        let body =
            b"{\"data\":[{\"id\":1,\"name\":\"\xff\"},{\"id\":2,\"x\":01},{\"id\":3,\"name\":\"\\ud83d\"},{\"id\":4}]}";

        let part = Part::read(&Bytes::from_static(body)).unwrap();

        let proven: Vec<_> = part.items.iter().map(|item| Json::read(item).is_ok()).collect();
        assert_eq!(proven, [false, false, true, true]);
    }

    #[test]
    fn the_content_hash_depends_on_the_items_alone() {
        let hash = |body: &str| {
            let part = read(body).unwrap();
            Page::new(part.items, part.has_next).content_hash
        };

        assert_eq!(
            hash(r#"{"data":[1,{"a":2}],"pagination":{"page":1,"next_page":"x"}}"#),
            hash("{\"pagination\":{\"page\":2},\r\n \"data\" : [ 1 ,\n {\"a\":2} ] }")
        );
        assert_ne!(hash(r#"{"data":[1,2]}"#), hash(r#"{"data":[12]}"#));
    }

    #[test]
    fn of_a_repeated_key_the_last_one_counts() {
        assert_eq!(read(r#"{"data":[1,2],"data":[3]}"#).unwrap().items, [&b"3"[..]]);
    }

    #[test]
    fn what_is_not_plainly_a_page_is_never_an_empty_one() {
        for body in [
            "{}",
            r#"{"data":null}"#,
            r#"{"data":{}}"#,
            r#"{"data":"x"}"#,
            r#"{"data":[1 2]}"#,
            r#"{"data":[1,]}"#,
            r#"{"data":[],"data":null}"#,
            r#"{"data":[],"pagination":{"next_page":tru}}"#,
            r#"{"workflows":[{"id":1}]}"#,
        ] {
            assert_eq!(read(body).unwrap_err().kind, Kind::Malformed, "{body}");
        }
    }

    #[test]
    fn a_page_of_countless_items_is_refused_before_they_are_all_kept() {
        let page = |count: usize| format!(r#"{{"data":[{}]}}"#, vec!["{}"; count].join(","));

        assert_eq!(read(&page(MAX_ITEMS)).unwrap().items.len(), MAX_ITEMS);
        assert_eq!(read(&page(MAX_ITEMS + 1)).unwrap_err().kind, Kind::Malformed);
    }
}
