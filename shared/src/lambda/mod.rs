//! The platform's side: SQS batches and the deadline of an invocation.

pub mod batch;
pub mod deadline;
