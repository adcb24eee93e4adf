//! The fields in which people enter a customer: their bounds, and how the API describes them. The rules themselves are in
//! `shared::domain::text` and `shared::domain::base_url`.

use serde_json::json;
use utoipa::openapi::{
    Array, ArrayBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, Type, schema::SchemaType,
};

/// The bounds of the fields; Zuora's own ids have 36 and its secrets at most 42 characters.
pub const MAX_NAME: usize = 200;
/// See [`MAX_NAME`].
pub const MAX_CLIENT_ID: usize = 100;
/// See [`MAX_NAME`].
pub const MAX_SECRET: usize = 200;

/// The most tags of one customer.
pub const MAX_TAGS: usize = 20;
/// The longest tag.
pub const MAX_TAG: usize = 40;
/// The longest name of an owner.
pub const MAX_OWNER: usize = 200;
/// The longest notes.
pub const MAX_NOTES: usize = 2000;

/// Characters that no field takes, up to U+FFFF: see `shared::domain::characters`. Joiners are taken where a script needs them.
const INVISIBLE: &str = concat!(
    r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u17b4-\u17b5",
    r"\u180b-\u180f\u200b\u200e-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb",
);

/// Describes a name.
pub fn name() -> Object {
    text(MAX_NAME, "").examples([json!("Acme Corporation")]).build()
}

/// Describes the tags.
pub fn tags() -> Array {
    ArrayBuilder::new().items(text(MAX_TAG, "")).max_items(Some(MAX_TAGS)).build()
}

/// Describes an owner; null for none.
pub fn owner() -> Object {
    nullable(text(MAX_OWNER, ""))
}

/// Describes notes; null for none.
pub fn notes() -> Object {
    let says = "Several lines of text.";
    nullable(ObjectBuilder::new().min_length(Some(1)).max_length(Some(MAX_NOTES)).description(Some(says)))
}

fn nullable(text: ObjectBuilder) -> Object {
    text.schema_type(SchemaType::from_iter([Type::String, Type::Null])).build()
}

/// Describes an OAuth client's id.
pub fn client_id() -> Object {
    text(MAX_CLIENT_ID, "").examples([json!("3d2a9c1e-8b4f-4c6d-9e7a-1f2b3c4d5e6f")]).build()
}

/// Describes an OAuth client's secret: asterisks alone are a mask that some form sent back.
pub fn client_secret() -> Object {
    let password = SchemaFormat::KnownFormat(KnownFormat::Password);
    text(MAX_SECRET, "(?!\\*+$)").format(Some(password)).build()
}

/// Describes Zuora's address: one of its REST hosts, or an extra host of the deployment, which alone may be plain HTTP.
pub fn base_url() -> Object {
    let builder =
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$"));
    let says =
        "The origin of Zuora's REST API: see GET /v1/zuora-hosts. Other hosts only where the deployment allows them.";
    builder.description(Some(says)).examples([json!("https://rest.test.zuora.com")]).build()
}

/// Describes the mark of a search for a data center, which has one value.
pub fn find() -> Object {
    ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])).build()
}

/// One line with something to see in it; `ahead` is what else has to hold for all of it.
fn text(max_length: usize, ahead: &str) -> ObjectBuilder {
    let pattern = format!(r"^{ahead}[^{INVISIBLE}]*[^\s{INVISIBLE}][^{INVISIBLE}]*$");
    ObjectBuilder::new().schema_type(Type::String).max_length(Some(max_length)).pattern(Some(pattern))
}
