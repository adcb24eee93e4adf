//! The library behind every function of Zuora Workflow Manager.
//!
//! ```text
//! functions/* -> http, lambda -> app -> domain
//!                                app -> aws, zuora -> domain
//! ```
//!
//! [`domain`] holds what the product is about: values and pure rules, no AWS, nothing asynchronous. [`app`] holds the use
//! cases: what happens in which order, with which promises (its head tells the life of a job). [`aws`] and [`zuora`] are
//! adapters, each file to one outside thing. [`http`] and [`lambda`] translate between the platform and the use cases.

pub mod app;
pub mod aws;
pub mod clock;
pub mod config;
pub mod domain;
pub mod http;
pub mod lambda;
pub mod telemetry;
pub mod zuora;
