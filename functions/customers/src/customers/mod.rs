//! `/v1/customers`: list, read, create, change, pause and delete customers.

pub mod bulk;
pub mod compared_with;
pub mod create;
pub mod delete;
mod delete_guard;
pub mod fields;
mod json;
pub mod list;
mod look_alikes;
mod request;
pub mod update;
