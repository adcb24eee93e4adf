//! The client of Zuora's REST API: tokens, the listing, single workflows, exports.
//!
//! What must stay true: a secret or a token is sent to the customer's own checked origin and nowhere else (no redirects, no
//! proxy, no `next_page` address, only public network addresses); every answer has a bound in size and time; an answer
//! that is not plainly good is an error, never an empty success; no error shows a secret.
//!
//! [`client::Zuora`] sends, [`session::Session`] carries one run's token, [`wire`] reads bodies, [`error`] says what went
//! wrong in terms of what the caller can do about it.

pub mod address;
mod class;
pub mod client;
pub mod error;
mod exchange;
pub mod meter;
mod resolver;
pub mod retry_after;
mod scrub;
pub mod session;
#[cfg(test)]
mod test_server;
pub mod token;
pub mod wire;

pub use client::{PAGE_LENGTH, SetupError, Version, Zuora};
pub use error::{Operation, ZuoraError, ZuoraErrorKind};
pub use exchange::Export;
pub use meter::Meter;
pub use session::{RetryBudget, Session};
pub use token::IssuedToken;
pub use wire::Page;
