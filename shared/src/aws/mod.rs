//! Adapters: each file talks to one AWS service (or one family of items) and speaks the domain's types.

pub mod addition;
pub mod app_key;
pub mod audit;
mod batch;
pub mod batches;
pub mod budget;
pub mod changes;
pub mod clients;
pub mod counts;
pub mod customers;
pub mod damaged;
pub mod dead_letters;
pub mod grants;
pub mod held;
pub mod idempotency;
pub mod index;
pub mod items;
pub mod jobs;
pub mod keys;
pub mod limits;
#[cfg(test)]
pub mod mock_sdk;
pub mod plans;
pub mod queue;
pub mod queues;
pub mod sealing;
pub mod signed_request;
pub mod store_error;
pub mod table;
pub mod transaction;
pub mod user_pool;
pub mod vault;
pub mod workflow_writes;
pub mod workflows;
pub mod write;
