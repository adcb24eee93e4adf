//! Shared parts of the tests: a Zuora that runs in the test's own process, or beside the local stack; the routes of the
//! template.

pub mod routes;
pub mod simulator;
