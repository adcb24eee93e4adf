//! The client of Zuora's REST API: tokens, the listing, single workflows, exports.
//!
//! What must stay true: a secret or a token is sent to the customer's own checked origin and nowhere else (no redirects, no
//! proxy, no `next_page` address, only public network addresses); every response has a limit in size and time; a response that
//! is not plainly good is an error, never an empty success; a response of another origin is never mistaken for Zuora's; no
//! error shows a secret.
//!
//! [`client::Zuora`] sends, [`session::Session`] carries one run's token, [`limiter`] limits the requests in flight,
//! [`page`] and [`token`] read bodies, [`provenance`] recognizes the origin of a response, [`error`] classifies failures by
//! what the caller can do about them.

pub mod access;
pub mod address;
pub(crate) mod class;
pub mod client;
mod coding;
pub mod error;
pub mod error_kind;
mod exchange;
pub mod limiter;
pub mod meter;
pub mod page;
pub mod provenance;
mod resolver;
pub mod retry_after;
mod scrub;
pub mod session;
#[cfg(test)]
pub(crate) mod test_server;
pub mod token;
mod wire;

pub use access::Access;
pub use client::{PAGE_LENGTH, SetupError, Version, Zuora};
pub use error::{Operation, ZuoraError};
pub use error_kind::ZuoraErrorKind;
pub use exchange::Export;
pub use limiter::Limiter;
pub use meter::Meter;
pub use page::Page;
pub use provenance::Provenance;
pub use session::{RetryBudget, Session};
pub use token::IssuedToken;
