//! A simulated Zuora for tests: real HTTP over loopback, several tenants in one process, faults on demand.
//!
//! It answers `/oauth/token`, `/workflows`, `/workflows/{id}` and `/workflows/{id}/export` in Zuora's published shapes,
//! including the odd ones. What must stay true: it gives no answer that a test did not ask for (faults are scripted, never
//! random), every request is counted, and the same tenant name always yields the same generated workflows.
//!
//! A test can ask for: faults ([`Fault`]), some of them by name ([`Odd`]); a lasting paging mode ([`Paging`]); lasting
//! latencies and error rates ([`Conditions`]); for a workflow the exact bytes of its item or export, the [`Shape`]s of its
//! exports, and the differences between two exports of one version ([`Restless`]).
//!
//! ```text
//! request -> tenant -> log -> latency -> hold -> fault or random error -> true answer, with its effect -> gzip -> wire
//! ```
//!
//! The server has its own thread and runtime, so any test, asynchronous or not, may start a simulator, which keeps answering
//! while the test blocks.

mod api;
mod conditions;
mod control;
mod effect;
mod export;
mod fault;
mod generate;
mod hold;
mod list;
mod odd;
mod paging;
mod record;
mod reply;
mod request;
mod server;
mod tenant;
mod version;
mod workflow;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use conditions::Conditions;
pub use effect::{Bend, Effect};
pub use export::{Restless, Shape};
pub use fault::Fault;
pub use hold::Hold;
pub use odd::Odd;
pub use paging::{PageLength, Paging, PastTheEnd};
pub use record::Seen;
pub use reply::Reply;
pub use request::{Asked, Only, Route};
pub use tenant::{Credentials, Tenant};
pub use version::Version;
pub use workflow::{Spelling, TimeStyle, Workflow};

use server::{Server, World};

/// A running simulator. Clones share one server; it stops when the last of them is dropped.
#[derive(Clone)]
pub struct Simulator {
    world: Arc<World>,
    server: Arc<Server>,
}

impl Simulator {
    /// Starts on a free loopback port.
    ///
    /// # Panics
    /// If loopback cannot be bound: no test can run without it.
    pub fn start() -> Self {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0)))
            .unwrap_or_else(|error| panic!("the simulator cannot listen on loopback: {error:#}"))
    }

    /// Starts on the given address.
    ///
    /// # Errors
    /// If the address cannot be bound, for instance because it is in use.
    pub fn start_on(address: SocketAddr) -> anyhow::Result<Self> {
        let world = Arc::new(World::default());
        let server = Arc::new(Server::start(address, Arc::clone(&world))?);
        Ok(Self { world, server })
    }

    /// The origin to use as a customer's base URL, such as `http://127.0.0.1:49152`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Closes the port and every open connection now, for all clones.
    pub fn stop(&self) {
        self.server.stop();
    }

    /// Returns the tenant of that name; a new, empty one with its own credentials if there is none yet.
    pub fn tenant(&self, name: &str) -> Tenant {
        self.world.tenant(name)
    }

    /// Creates a tenant with given credentials.
    ///
    /// # Errors
    /// If the name or the client id is taken.
    pub fn tenant_with(&self, name: &str, credentials: Credentials) -> anyhow::Result<Tenant> {
        self.world.tenant_with(name, credentials)
    }

    /// Every tenant, in the order of creation.
    pub fn tenants(&self) -> Vec<Tenant> {
        self.world.tenants()
    }

    /// Scripts a fault for every tenant and for requests without one. A tenant's own faults come first.
    pub fn fault(&self, fault: Fault) {
        self.world.faults.add(fault);
    }

    /// Removes the faults for all; a tenant's own stay.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// Makes every Zuora request take at least this long.
    pub fn set_latency(&self, latency: Duration) {
        *lock(&self.world.latency) = latency;
    }

    /// The requests without a tenant: an unknown client id or token, or no token at all.
    pub fn strangers(&self) -> Vec<Seen> {
        self.world.strangers.all()
    }
}

/// Locks, and continues after a panic elsewhere: a failing test must not make the others fail too.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
