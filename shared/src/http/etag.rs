//! The response header `ETag` (RFC 9110, section 8.8.3).

use http::{HeaderName, HeaderValue, header};

/// The header that names an entity tag.
pub fn etag(entity_tag: &str) -> [(HeaderName, HeaderValue); 1] {
    let value =
        HeaderValue::from_str(&format!("\"{entity_tag}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    [(header::ETAG, value)]
}
