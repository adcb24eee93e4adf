//! End-to-end tests over the deployed local stack, with IAM enforced: API Gateway -> Lambda -> SQS -> Lambda -> DynamoDB. Each
//! test starts simulators in the place of Zuora.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it cannot go on")]

mod access;
mod actions;
mod approvals;
mod audit;
mod aws_faults;
mod bad_input;
mod bounds;
mod changes;
mod counts;
mod damaged;
mod deaths;
mod described;
mod edits;
mod engine;
mod export_faults;
mod failures;
mod fairness;
mod faithful;
mod fleet;
mod grants;
mod health;
mod idempotency;
mod job_lists;
mod jobs_told;
mod large;
mod lifecycle;
mod listing_faults;
mod lists;
mod midrun;
mod operators;
mod paging;
mod people;
mod proof;
mod questions;
mod queue;
mod rate_limits;
mod restore;
mod restore_script;
mod roles;
mod root;
mod schedule;
mod scripts;
mod sealing;
mod search;
mod secrets;
mod shrinking;
mod sizes;
mod slow;
mod sync;
mod together;
mod tokens;
mod upstream;
mod world;
