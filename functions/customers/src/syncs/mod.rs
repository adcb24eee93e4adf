//! Syncs of one customer or of all, their batches, and connection tests.

pub mod find_host;
pub mod sync;
pub mod test_connection;
