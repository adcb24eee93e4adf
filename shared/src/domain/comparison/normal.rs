//! The normal form in which values are compared. Each difference that it hides is a rule with a name:
//!
//! | Rule | Same | Why |
//! |---|---|---|
//! | absent | `null`, and no member | Zuora's exports hold either |
//! | empty object | `{}`, and no member, at the levels that [`super::fields`] takes apart | the same |
//! | types | `"true"` and `true`, `"5"` and `5` | Zuora's settings are texts, and its policy calls such changes compatible |
//! | empty item | `[""]` and `[]` | Zuora writes no tags as one empty tag |
//! | lines | CR LF, CR and LF | editors in a browser send either |
//! | order | of keys, and of tasks and linkages | JSON gives it no meaning, and Zuora no promise |
//! | task ids | in the names of files (`Invoice__101.csv`), and in fields that end in `task_id` or `task_ids` | they are new in every version; they are compared by the task that they name |
//! | volatile | the times of a user's record | see [`crate::domain::volatile`] |
//! | settings as text | `parameters` as JSON in a text | see [`super::fields`] |
//!
//! And between two tenants, as far as [`Rules`](super::Rules) say so:
//!
//! | Rule | Same | Why |
//! |---|---|---|
//! | ignored | a path, with all below it | it differs on purpose |
//! | hosts, e-mails, constants | a whole word of one tenant, and the other tenant's word for it | the same thing with another name |
//! | workflow ids | in fields that end in `workflow_id` or `workflow_ids`: two that are linked | each tenant numbers its own |

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use memchr::{memchr, memmem};

use super::{fields::Field, parts::Side, rules::SideRules};
use crate::domain::{
    json::{Digest, Form, Json},
    volatile::is_volatile,
};

/// What stands before the id of a task in the name of a file, and after it.
const BEFORE_ID: &[u8] = b"__";
const AFTER_ID: u8 = b'.';

/// The normal form of one definition: the ids of its tasks are replaced by tokens that both definitions of a comparison share.
#[derive(Debug)]
pub(super) struct NormalForm<'r> {
    tokens: HashMap<String, String>,
    rules: SideRules<'r>,
}

impl<'r> NormalForm<'r> {
    /// The form of a definition whose tasks have no tokens yet.
    pub(super) fn under(rules: SideRules<'r>) -> Self {
        Self { tokens: HashMap::new(), rules }
    }

    /// The form of a definition whose tasks have these tokens, in their order.
    pub(super) fn naming(side: &Side<'_>, tokens: &[String], rules: SideRules<'r>) -> Self {
        let ids = side.tasks.iter().map(|task| task.id.clone());
        Self { tokens: ids.zip(tokens.iter().cloned()).collect(), rules }
    }

    /// The fields that count, each by its path without ids, with its digest.
    pub(super) fn digests(&self, fields: &[Field<'_>]) -> BTreeMap<String, Digest> {
        let counting = fields.iter().map(|field| (self.path(&field.path), field));
        let counting = counting.filter(|(path, _)| !self.rules.ignores(path));
        counting.map(|(path, field)| (path, self.digest(&field.path, field.value()))).collect()
    }

    /// The digest of a field; `path` tells the fields that hold ids of tasks and workflows.
    fn digest(&self, path: &str, value: Json<'_>) -> Digest {
        let holds = |id: &str| path.strip_suffix('s').unwrap_or(path).ends_with(id);
        let named = |id| match holds("task_id") {
            true => self.token(id),
            false => self.rules.workflow(id),
        };
        let holds_ids = holds("task_id") || (holds("workflow_id") && self.rules.link_workflows());
        if !holds_ids || value.is_object() {
            return value.digest_in(self);
        }
        let one = value.text().map(|id| BTreeSet::from([named(id)]));
        let tokens = one.unwrap_or_else(|| value.items().filter_map(Json::text).map(named).collect());
        let list = serde_json::to_string(&tokens).unwrap_or_default();
        Json::read(list.as_bytes()).map(Json::digest).unwrap_or_default()
    }

    /// A path with its ids replaced: files are keys of an Email's `files`.
    pub(super) fn path(&self, path: &str) -> String {
        String::from_utf8_lossy(&self.without_ids(Cow::Borrowed(path.as_bytes()))).into_owned()
    }

    fn token(&self, id: String) -> String {
        self.tokens.get(&id).cloned().unwrap_or(id)
    }

    fn without_ids<'a>(&self, text: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        if self.tokens.is_empty() || memmem::find(&text, BEFORE_ID).is_none() {
            return text;
        }
        let mut replaced = Vec::with_capacity(text.len());
        let mut rest: &[u8] = &text;
        while let Some(at) = memmem::find(rest, BEFORE_ID) {
            let (before, after) = rest.split_at(at + BEFORE_ID.len());
            replaced.extend_from_slice(before);
            rest = after;
            let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
            let id = (rest.get(length) == Some(&AFTER_ID)).then(|| std::str::from_utf8(&rest[..length]).ok()).flatten();
            if let Some(token) = id.and_then(|id| self.tokens.get(id)) {
                replaced.extend_from_slice(token.as_bytes());
                rest = &rest[length..];
            }
        }
        replaced.extend_from_slice(rest);
        Cow::Owned(replaced)
    }
}

impl Form for NormalForm<'_> {
    const TYPES_ARE_ONE: bool = true;
    const NULL_IS_ABSENT: bool = true;
    const EMPTY_ITEM_IS_NONE: bool = true;

    fn leaves_out(&self, within: &[u8], member: &[u8]) -> bool {
        is_volatile(within, member)
    }

    fn characters<'a>(&self, characters: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        let text = self.rules.translated(self.without_ids(characters));
        if memchr(b'\r', &text).is_none() { text } else { Cow::Owned(one_line_end(&text)) }
    }
}

fn one_line_end(text: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(text.len());
    let mut letters = text.iter().copied().peekable();
    while let Some(letter) = letters.next() {
        if letter == b'\r' {
            letters.next_if_eq(&b'\n');
        }
        lines.push(if letter == b'\r' { b'\n' } else { letter });
    }
    lines
}
