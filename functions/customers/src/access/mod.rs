//! The caller's own permissions, and the grants that give them.

pub mod grants;
pub mod me;
pub mod users;
