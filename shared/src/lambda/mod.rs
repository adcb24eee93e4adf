//! The platform's side: invocations, their deadline, and SQS batches.

pub mod batch;
pub mod deadline;
pub mod invocation;
