//! The fields of a part, by paths of up to four names, such as `parameters.email.to`.
//!
//! What must stay true: the work is bounded by the size of the part. One with more fields than [`MAX_FIELDS`] is taken apart one
//! level deep, and one with more members than that not at all.

use std::{borrow::Cow, collections::BTreeMap};

use crate::domain::{definition::is_secret_header, json::Json, volatile::is_volatile};

/// The number of names in a path.
const DEPTH: usize = 4;
/// The largest number of fields of a part.
const MAX_FIELDS: usize = 10_000;
/// The path of a part that is not taken apart.
const WHOLE: &str = "*";

/// Fields of tasks, linkages and workflows that only number them (their ids are new with every version) or come from a run.
const IGNORED: [&str; 24] = [
    "created_at",
    "data_size",
    "end_time",
    "error",
    "error_class",
    "error_details",
    "external_track_id",
    "finished_at",
    "id",
    "original_task_id",
    "original_workflow_id",
    "process_id",
    "restart_at",
    "source_task_id",
    "source_workflow_id",
    "start_time",
    "started_at",
    "status",
    "subprocess_id",
    "target_task_id",
    "task_id",
    "task_summary",
    "updated_at",
    "workflow_id",
];

/// A field of a part.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// Its path.
    pub path: String,
    raw: Cow<'a, str>,
}

impl Field<'_> {
    /// Its value.
    pub fn value(&self) -> Json<'_> {
        Json::of_valid(&self.raw)
    }
}

/// The fields of a part, below `prefix`, in the order of their paths. Members that are `null` are absent, and so are objects
/// without other members.
pub fn fields<'a>(prefix: &str, part: Json<'a>) -> Vec<Field<'a>> {
    [DEPTH, 1].into_iter().find_map(|depth| within(prefix, part, depth)).unwrap_or_else(|| {
        let path = if prefix.is_empty() { WHOLE } else { prefix };
        vec![Field { path: path.to_owned(), raw: Cow::Borrowed(part.raw()) }]
    })
}

fn within<'a>(prefix: &str, part: Json<'a>, depth: usize) -> Option<Vec<Field<'a>>> {
    let mut fields = Vec::new();
    let depth = depth - usize::from(!prefix.is_empty());
    let is_top = prefix.is_empty() || prefix == "workflow";
    add(&mut fields, prefix, Cow::Borrowed(part.raw()), depth, is_top)?;
    fields.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Some(fields)
}

/// Adds a value, or the members of an object of which `depth` levels may be taken apart. None if there are too many.
fn add<'a>(fields: &mut Vec<Field<'a>>, path: &str, raw: Cow<'a, str>, depth: usize, is_top: bool) -> Option<()> {
    let value = Json::of_valid(&raw);
    if value.is_object() && !has_values(value) {
        return Some(());
    }
    if depth == 0 || !value.is_object() || is_secret_header(value) {
        fields.push(Field { path: path.to_owned(), raw });
        return (fields.len() <= MAX_FIELDS).then_some(());
    }
    let members = match &raw {
        Cow::Borrowed(raw) => last_of_each(Json::of_valid(raw), Cow::Borrowed)?,
        Cow::Owned(raw) => last_of_each(Json::of_valid(raw), |raw| Cow::Owned(raw.to_owned()))?,
    };
    for (name, raw) in members {
        let within = path.rsplit('.').next().unwrap_or_default();
        if (is_top && IGNORED.contains(&name.as_str())) || is_volatile(within.as_bytes(), name.as_bytes()) {
            continue;
        }
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let raw = if is_top && name == "parameters" { unpacked(raw) } else { raw };
        add(fields, &path, raw, depth - 1, false)?;
    }
    Some(())
}

/// The members of an object that are not `null`, of a repeated key the last. None if there are too many.
fn last_of_each<'b, 'a>(
    object: Json<'b>,
    raw: impl Fn(&'b str) -> Cow<'a, str>,
) -> Option<BTreeMap<String, Cow<'a, str>>> {
    let mut members = BTreeMap::new();
    for (name, value) in object.members() {
        members.insert(name.into_owned(), value);
        if members.len() > MAX_FIELDS {
            return None;
        }
    }
    members.retain(|_, value| !value.is_null());
    Some(members.into_iter().map(|(name, value)| (name, raw(value.raw()))).collect())
}

fn has_values(object: Json<'_>) -> bool {
    object.members().any(|(_, value)| !value.is_null())
}

/// `parameters` that came as the text of a JSON object, as that object.
fn unpacked(raw: Cow<'_, str>) -> Cow<'_, str> {
    let Some(text) = Json::of_valid(&raw).text() else { return raw };
    match Json::read(text.as_bytes()) {
        Ok(inner) if inner.is_object() => Cow::Owned(inner.raw().to_owned()),
        _ => raw,
    }
}
