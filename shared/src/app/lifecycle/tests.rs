//! Jobs in a worker's hands: what a claim, an end and a sweep leave in the tables and the queues.

mod claims;
mod ends;
mod sweeps;
