//! Our own rules for `infra/template.yaml`, which a linter cannot know and the local emulator does not enforce.
//!
//! What must stay true: no route is open by oversight, no role can do more than its name says, and no failure is silent.

#![expect(clippy::unwrap_used, reason = "a template that is not written as expected fails its test")]

mod access;
mod api;
mod data;
mod limits;
mod metrics;
mod operation;
mod relay;
mod reliability;
mod sign_in;
mod template;
