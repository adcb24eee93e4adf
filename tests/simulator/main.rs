//! The simulator keeps its promises: Zuora's behaviour, the faults as scripted, the counts exact.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests count as tests")]

mod behaviour;
mod client;
mod conditions;
mod faults;
mod handles;
mod odd;
mod paging;
mod program;
mod published;
mod raw;
mod same_content;
mod shapes;
