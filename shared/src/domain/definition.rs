//! A workflow's export: its tasks and linkages, and how its bytes are stored.
//!
//! The export is the only copy of the tasks, so an export that does not hold them is malformed and must not replace a good
//! one. Stored bytes come back identical. Nothing here panics, whatever the bytes are.

use std::{collections::BTreeMap, io::Read};
use utoipa::ToSchema;

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};
use sha2::{Digest, Sha256};

use super::listed::text;

/// What one stored chunk may weigh: a DynamoDB item holds 400 KB, names and keys included.
pub const MAX_CHUNK: usize = 350_000;

const COMPRESSION_LEVEL: i32 = 3;

/// The parts of an export that we show.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The tasks, in the export's order.
    pub tasks: Vec<Task>,
    /// The edges between them.
    pub linkages: Vec<Linkage>,
    /// The number of tasks.
    pub tasks_count: usize,
}

/// One task of a workflow; what Zuora adds later is kept in `other`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// The id, which belongs to one version of the workflow.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// The name.
    #[serde(default, deserialize_with = "lenient_text")]
    pub name: Option<String>,
    /// The kind of work, such as `Callout`; an open set.
    #[serde(default, deserialize_with = "lenient_text")]
    pub action_type: Option<String>,
    /// The kind of Zuora object it works on.
    #[serde(default, deserialize_with = "lenient_text")]
    pub object: Option<String>,
    /// The object's id; may be a template.
    #[serde(default, deserialize_with = "lenient_text")]
    pub object_id: Option<String>,
    /// How Zuora is called: `SOAP`, `REST`, `BATCH`.
    #[serde(default, deserialize_with = "lenient_text")]
    pub call_type: Option<String>,
    /// The parent task; none for the first.
    #[serde(default, deserialize_with = "lenient_text")]
    pub task_id: Option<String>,
    /// `High`, `Medium` or `Low`.
    #[serde(default, deserialize_with = "lenient_text")]
    pub priority: Option<String>,
    /// How many may run at once; 9999999 means no limit.
    #[serde(default, deserialize_with = "lenient_number")]
    pub concurrent_limit: Option<i64>,
    /// The task's settings, free JSON.
    #[serde(default)]
    pub parameters: Value,
    /// The tags; Zuora writes none as one empty tag, which is dropped.
    #[serde(default, deserialize_with = "tags")]
    pub tags: Vec<String>,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// One edge of the graph; exactly one of the two sources is set in a sound export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Linkage {
    /// The workflow, when the edge starts at its entry.
    #[serde(default, deserialize_with = "lenient_text")]
    pub source_workflow_id: Option<String>,
    /// The task that the edge leaves.
    #[serde(default, deserialize_with = "lenient_text")]
    pub source_task_id: Option<String>,
    /// The task that the edge reaches.
    #[serde(default, deserialize_with = "lenient_text")]
    pub target_task_id: Option<String>,
    /// `Start`, `Success`, `Failure` ...; Zuora stores any text.
    #[serde(default, deserialize_with = "lenient_text")]
    pub linkage_type: Option<String>,
}

/// Why bytes are no definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Not an export: no JSON, or no object with a workflow and a list of tasks.
    #[error("malformed export: {0}")]
    Malformed(&'static str),
    /// Stored chunks that do not restore.
    #[error("the stored definition is damaged")]
    Damaged,
    /// More bytes than the caller allows.
    #[error("the definition is larger than allowed")]
    TooLarge,
    /// The compressor failed.
    #[error("the definition could not be compressed")]
    NotCompressed,
}

impl Definition {
    /// Reads an export.
    ///
    /// # Errors
    /// `Malformed` if a workflow or the list of tasks is missing, or a task is no object with an id.
    pub fn parse(export: &[u8]) -> Result<Self, DefinitionError> {
        let Sections { tasks, linkages, .. } = Sections::of(export)?;
        let tasks: Vec<Task> = read_all(&tasks, NOT_A_TASK)?;
        Ok(Self { tasks_count: tasks.len(), tasks, linkages: read_all(&linkages, NOT_A_LINKAGE)? })
    }
}

/// An export taken apart, its parts still text: the whole of it as values would take several times the memory.
pub(super) struct Sections<'a> {
    /// Everything beside the two lists, `workflow` included.
    pub(super) rest: BTreeMap<String, &'a RawValue>,
    pub(super) tasks: Vec<&'a RawValue>,
    pub(super) linkages: Vec<&'a RawValue>,
}

pub(super) const NOT_A_TASK: DefinitionError = DefinitionError::Malformed("a task is not an object with an id");
pub(super) const NOT_A_LINKAGE: DefinitionError = DefinitionError::Malformed("its linkages are not a list of objects");

impl<'a> Sections<'a> {
    pub(super) fn of(export: &'a [u8]) -> Result<Self, DefinitionError> {
        let mut rest: BTreeMap<String, &'a RawValue> =
            serde_json::from_slice(export).map_err(|_| DefinitionError::Malformed("it is not a JSON object"))?;
        if !rest.get("workflow").is_some_and(|workflow| workflow.get().starts_with('{')) {
            return Err(DefinitionError::Malformed("it has no workflow"));
        }
        let tasks = rest.remove("tasks").and_then(|tasks| serde_json::from_str(tasks.get()).ok());
        let tasks = tasks.ok_or(DefinitionError::Malformed("it has no list of tasks"))?;
        let linkages = rest.remove("linkages").map_or(Ok(None), |linkages| serde_json::from_str(linkages.get()));
        let linkages: Option<_> = linkages.map_err(|_| NOT_A_LINKAGE)?;
        Ok(Self { rest, tasks, linkages: linkages.unwrap_or_default() })
    }
}

fn read_all<T: DeserializeOwned>(parts: &[&RawValue], malformed: DefinitionError) -> Result<Vec<T>, DefinitionError> {
    parts.iter().map(|part| serde_json::from_str(part.get()).map_err(|_| malformed)).collect()
}

/// Returns the name under which these bytes are stored: equal bytes, equal name.
pub fn content_hash(bytes: &[u8]) -> String {
    let mut hash = hex::encode(Sha256::digest(bytes));
    hash.truncate(32);
    hash
}

/// Compresses an export into chunks of at most [`MAX_CHUNK`] bytes; there is always at least one.
///
/// # Errors
/// `NotCompressed` if memory runs out inside the compressor.
pub fn compress(bytes: &[u8]) -> Result<Vec<Vec<u8>>, DefinitionError> {
    let packed = zstd::encode_all(bytes, COMPRESSION_LEVEL).map_err(|_| DefinitionError::NotCompressed)?;
    Ok(packed.chunks(MAX_CHUNK).map(<[u8]>::to_vec).collect())
}

/// Returns the bytes that [`compress`] was given, or an error if they are over `limit`.
///
/// # Errors
/// `Damaged` for chunks that are missing or altered, `TooLarge` as soon as more than `limit` bytes appear.
pub fn restore<C: AsRef<[u8]>>(chunks: &[C], limit: usize) -> Result<Vec<u8>, DefinitionError> {
    let packed: Vec<u8> = chunks.iter().flat_map(|chunk| chunk.as_ref().iter().copied()).collect();
    let decoder = zstd::Decoder::new(packed.as_slice()).map_err(|_| DefinitionError::Damaged)?;
    let mut bytes = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|_| DefinitionError::Damaged)?;
    if bytes.len() > limit { Err(DefinitionError::TooLarge) } else { Ok(bytes) }
}

fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(&Value::deserialize(from)?).filter(|id| !id.is_empty()).ok_or_else(|| serde::de::Error::custom("no id"))
}

fn lenient_text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(text(&Value::deserialize(from)?))
}

fn lenient_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Ok(text(&Value::deserialize(from)?).and_then(|text| text.parse().ok()))
}

fn tags<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let Value::Array(tags) = Value::deserialize(from)? else {
        return Ok(Vec::new());
    };
    Ok(tags.iter().filter_map(text).filter(|tag| !tag.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXPORT: &str = r#"{"workflow":{"id":286,"name":"Call Echo"},
        "tasks":[{"id":849,"name":"Call Echo","action_type":"Callout","object":null,"call_type":"REST","task_id":null,"priority":"Medium",
            "concurrent_limit":9999999,"parameters":{"url":"https://example.com"},"tags":[""],"css":{"top":"160px"},"brand_new":[1]},
            {"id":"850","task_id":849,"concurrent_limit":"5","tags":["a","b"],"name":7}],
        "linkages":[{"source_workflow_id":286,"source_task_id":null,"target_task_id":849,"linkage_type":"Start"},
            {"source_task_id":849,"target_task_id":"850","linkage_type":"Page:/a"}],
        "workflow_definition":{"name":"Call Echo"}}"#;

    #[test]
    fn tasks_and_linkages_are_read_with_ids_as_text_and_unknown_fields_kept() {
        let definition = Definition::parse(EXPORT.as_bytes()).unwrap();

        let [first, second] = &definition.tasks[..] else { panic!("two tasks") };
        assert_eq!(definition.tasks_count, 2);
        assert_eq!(
            (first.id.as_str(), first.action_type.as_deref(), first.object.as_deref()),
            ("849", Some("Callout"), None)
        );
        assert_eq!((first.concurrent_limit, second.concurrent_limit), (Some(9_999_999), Some(5)));
        assert_eq!(first.parameters["url"], "https://example.com");
        assert_eq!((&first.tags, &second.tags), (&vec![], &vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(first.other["brand_new"], serde_json::json!([1]));
        assert_eq!((second.task_id.as_deref(), second.name.as_deref()), (Some("849"), Some("7")));
        assert_eq!(definition.linkages[0].source_workflow_id.as_deref(), Some("286"));
        assert_eq!(definition.linkages[1].linkage_type.as_deref(), Some("Page:/a"));
    }

    #[test]
    fn an_export_that_does_not_hold_its_tasks_is_malformed() {
        for export in [
            "",
            "null",
            "[]",
            "<html></html>",
            "{}",
            r#"{"tasks":[],"linkages":[]}"#,
            r#"{"workflow":null,"tasks":[]}"#,
            r#"{"workflow":{},"linkages":[]}"#,
            r#"{"workflow":{},"tasks":null}"#,
            r#"{"workflow":{},"tasks":{}}"#,
            r#"{"workflow":{},"tasks":[7]}"#,
            r#"{"workflow":{},"tasks":[{}]}"#,
            r#"{"workflow":{},"tasks":[],"linkages":7}"#,
            r#"{"workflow":{},"tasks":[{"id":1}]"#,
            r#"{"success":false,"reasons":[]}"#,
        ] {
            assert!(matches!(Definition::parse(export.as_bytes()), Err(DefinitionError::Malformed(_))), "{export}");
        }
    }

    #[test]
    fn a_workflow_without_tasks_or_linkages_is_sound() {
        for export in [
            r#"{"workflow":{},"tasks":[],"linkages":[]}"#,
            r#"{"workflow":{},"tasks":[],"linkages":null}"#,
            r#"{"workflow":{},"tasks":[]}"#,
        ] {
            assert_eq!(
                Definition::parse(export.as_bytes()).unwrap(),
                Definition { tasks: vec![], linkages: vec![], tasks_count: 0 }
            );
        }
    }

    #[test]
    fn a_large_export_is_stored_in_chunks_that_fit_an_item() {
        let mut random = fastrand::Rng::with_seed(1);
        let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(1_000_000).collect();

        let chunks = compress(&bytes).unwrap();

        assert_eq!(chunks.len(), 3);
        assert!(chunks.iter().all(|chunk| chunk.len() <= MAX_CHUNK));
        assert_eq!(restore(&chunks, 1_000_000), Ok(bytes));
        assert_eq!(restore(&chunks, 999_999), Err(DefinitionError::TooLarge));
        assert_eq!(restore(&chunks[..2], 1_000_000), Err(DefinitionError::Damaged));
        assert_eq!(restore(&chunks[1..], 1_000_000), Err(DefinitionError::Damaged));
    }

    #[test]
    fn a_small_chunk_that_unpacks_into_a_huge_text_is_stopped() {
        let chunks = compress(&vec![b' '; 50_000_000]).unwrap();

        assert_eq!(chunks.len(), 1);
        assert_eq!(restore(&chunks, 1_000_000), Err(DefinitionError::TooLarge));
    }

    #[test]
    fn the_content_hash_names_the_bytes() {
        assert_eq!(content_hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223");
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_identical(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
            prop_assert_eq!(restore(&compress(&bytes).unwrap(), bytes.len()), Ok(bytes));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..512), cut in 0..1000_usize) {
            let _ = Definition::parse(&bytes);
            let _ = Definition::parse(&EXPORT.as_bytes()[..cut.min(EXPORT.len())]);
            let _ = restore(&[bytes], 1000);
        }
    }
}
