//! What the tests share: a Zuora that lives in the test's own process, or beside the local stack.

pub mod simulator;
