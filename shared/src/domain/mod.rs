//! The values and rules of the product, without AWS, HTTP or waiting.
//!
//! Ids, customers, jobs and their rules, the diff, the delete guard, the base URL policy: everything here is a value or a pure
//! function and is tested as one.

pub mod actions;
pub mod actor;
pub mod archive;
pub mod attention;
pub mod audit;
pub mod base_url;
pub mod batch;
pub mod change;
pub mod characters;
pub mod compared_with;
pub mod comparison;
pub mod counts;
pub mod customer;
pub mod definition;
pub mod derived;
pub mod diff;
pub mod digest;
pub mod event;
pub mod failure;
pub mod findings;
pub mod guard;
pub mod ids;
pub mod invalid;
pub mod job;
pub mod json;
pub mod kept_definition;
pub mod known_hosts;
pub mod listed_hosts;
pub mod listed_workflow;
pub mod message;
pub mod name;
pub mod namesakes;
pub mod policy;
pub mod precondition;
pub mod references;
pub mod reverification;
pub mod schedule;
pub mod stats;
pub mod text;
pub mod text_search;
pub mod time;
pub mod unproven;
pub mod volatile;
pub mod workflow;
pub mod zuora_time;
