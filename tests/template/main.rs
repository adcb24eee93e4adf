//! Our own rules for `infra/template.yaml`: what a linter cannot know and the local emulator does not enforce.
//!
//! What must stay true: no route is open by oversight, no role can do more than it is named for, and no failure is silent.

#![expect(clippy::unwrap_used, reason = "a template that is not written as expected fails its test")]

mod access;
mod data;
mod operation;
mod reliability;
mod template;
