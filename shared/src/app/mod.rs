//! The use cases: what may happen, in which order, with which promises. They decide; adapters do.
//!
//! # The life of a job
//!
//! Somebody asks ([`dispatch`], [`many`], [`schedule`], [`customers`]): a job is stored, then a message that points to it is
//! sent. A worker ([`worker`]) receives the message and claims the job ([`lifecycle`]): of all messages ever sent for a job
//! only those with the newest number count, and one transaction makes the job ours, locks the customer, and names the job as
//! the customer's one sync. The work is done ([`sync`], [`purge`], [`connection`]) and ends as an outcome; one transaction
//! stores job, customer and lock together, then the next message goes out if there is one: a wait, a continuation, a
//! follow-up, a dead letter.
//!
//! Who retries what: inside a request, once, `zuora`. Inside a job, five times with growing pauses, [`lifecycle`]. After
//! that, a person ([`retry`]). A crash anywhere, SQS (the message comes again) and [`sweep`] (the message does not).
//!
//! What is *not* needed for correctness: SQS's order, its receive counts, the age of a message, the index being up to date.

pub mod access;
pub mod approve;
pub mod batches;
pub mod bulk_sync;
pub mod cancel;
pub mod compared_with;
mod conflicts;
pub mod connection;
pub mod context;
pub mod customers;
pub mod dismiss;
pub mod dispatch;
pub mod error;
pub mod finder;
pub mod findings;
#[cfg(test)]
mod fixture;
pub mod interruption;
pub mod lifecycle;
pub mod offers;
pub mod outcome;
pub mod purge;
pub mod recount;
pub mod redrive;
pub mod retry;
pub mod schedule;
pub mod search;
pub mod suppress;
pub mod sweep;
pub mod sync;
#[cfg(test)]
mod versions;
pub mod worker;
