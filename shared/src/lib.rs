//! The library behind every function of Zuora Workflow Manager.
//!
//! ```text
//! functions/* -> http, lambda -> app -> domain
//!                                app -> aws, zuora -> domain
//! ```
//!
//! [`domain`] holds the values and pure rules of the product: no AWS, nothing asynchronous. [`app`] holds the use cases: their
//! order of steps and their guarantees (its head describes the life of a job). [`aws`] and [`zuora`] are adapters, one outside
//! thing per file. [`http`] and [`lambda`] translate between the platform and the use cases.

pub mod app;
pub mod aws;
pub mod clock;
pub mod config;
pub mod domain;
pub mod http;
pub mod lambda;
pub mod telemetry;
mod tls;
pub mod zuora;
