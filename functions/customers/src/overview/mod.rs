//! The deployment as a whole: its health, the description of its API, Zuora's hosts, and the dashboard's counters.

pub mod service;
pub mod stats;
pub mod zuora_hosts;
