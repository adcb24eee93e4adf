//! Holds requests before they are answered, so that a test can act in the middle of a sync without sleeping.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::{Asked, Only, lock};

/// Holds matching requests (all, or the first ones) from its creation until it is dropped.
pub struct Hold {
    gate: Arc<Gate>,
    gates: Gates,
}

impl Hold {
    /// Waits until a request is held. A test that may get none needs its own timeout.
    pub async fn wait_for_arrival(&self) {
        self.wait_for_arrivals(1).await;
    }

    /// Waits until `count` requests have been held.
    pub async fn wait_for_arrivals(&self, count: usize) {
        // Cannot fail: the sender lives in the gate, which this hold keeps.
        let _ = self.gate.arrived.subscribe().wait_for(|arrived| *arrived >= count).await;
    }

    /// Lets the held requests, and all later ones, continue.
    pub fn release(self) {}
}

impl Drop for Hold {
    fn drop(&mut self) {
        lock(&self.gates.0).retain(|gate| !Arc::ptr_eq(gate, &self.gate));
        self.gate.open.send_replace(true);
    }
}

struct Gate {
    only: Only,
    /// The number of requests to hold; later ones pass.
    places: usize,
    arrived: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

/// The active holds of one tenant.
#[derive(Clone, Default)]
pub(super) struct Gates(Arc<Mutex<Vec<Arc<Gate>>>>);

impl Gates {
    pub(super) fn close(&self, only: Only, places: usize) -> Hold {
        let gate = Arc::new(Gate { only, places, arrived: watch::Sender::new(0), open: watch::Sender::new(false) });
        lock(&self.0).push(Arc::clone(&gate));
        Hold { gate, gates: self.clone() }
    }

    pub(super) async fn pass(&self, asked: &Asked) {
        let closed: Vec<_> = lock(&self.0).iter().filter(|gate| gate.only.matches(asked)).cloned().collect();
        for gate in closed {
            let mut open = gate.open.subscribe();
            let stopped = gate.arrived.send_if_modified(|arrived| {
                let room = *arrived < gate.places;
                *arrived += usize::from(room);
                room
            });
            if stopped {
                let _ = open.wait_for(|open| *open).await;
            }
        }
    }
}
