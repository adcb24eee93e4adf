//! The deployment as a whole: its health, the description of its API, Zuora's hosts, the dashboard's counters, and the customers
//! that need a person.

pub mod attention;
pub mod service;
pub mod stats;
pub mod zuora_hosts;
