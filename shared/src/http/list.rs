//! Lists as answers: `{"items":[],"next_cursor":null,"total":n?}`.

use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last one.
    pub next_cursor: Option<String>,
    /// How many there are in all, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}
