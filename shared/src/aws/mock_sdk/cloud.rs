//! For tests: the AWS of a use case, in memory: tables, queues and a key. It can refuse, and other writers can come first.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard},
};

use aws_config::SdkConfig;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{mailboxes::Mailboxes, tables::Tables};
use crate::aws::keys::Key;

/// One AWS.
#[derive(Debug)]
pub struct Cloud {
    /// The SDK for the tested code.
    pub sdk: SdkConfig,
    state: Arc<Mutex<State>>,
}

/// What there is, and what happens next.
#[derive(Debug, Default)]
pub struct State {
    /// The tables.
    pub tables: Tables,
    /// The queues.
    pub queues: Mailboxes,
    refused: BTreeSet<&'static str>,
    overtaken_by: Option<Tables>,
    contended: Option<(String, Key)>,
    writes_left: Option<usize>,
}

/// The operations that change a table.
const WRITES: [&str; 5] = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];

impl Cloud {
    /// One with these tables, and empty queues.
    pub fn with(tables: Tables) -> Self {
        let state = Arc::new(Mutex::new(State { tables, ..State::default() }));
        let shared = Arc::clone(&state);
        let sdk = super::answering(move |operation, request| shared.lock().unwrap().answer(operation, &request));
        Self { sdk, state }
    }

    /// What there is now.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A copy of all tables, as they are now.
    pub fn tables(&self) -> Tables {
        self.state().tables.clone()
    }

    /// From now on this operation fails, and does nothing.
    pub fn refuse(&self, operation: &'static str) {
        self.state().refused.insert(operation);
    }

    /// After so many more writes nothing is answered any more, as if the tested code had died: the last of them is done, and its
    /// answer is lost.
    pub fn dies_after(&self, writes: usize) {
        self.state().writes_left = Some(writes);
    }

    /// Another writer makes the tables these, after the tested code has read and just before it writes.
    pub fn is_overtaken_by(&self, rival: &Self) {
        let tables = rival.tables();
        self.state().overtaken_by = Some(tables);
    }

    /// Another writer writes this item before each transaction from now on.
    pub fn is_contended_at(&self, table: &str, key: Key) {
        self.state().contended = Some((table.to_owned(), key));
    }
}

impl State {
    fn answer(&mut self, operation: &str, request: &Value) -> (u16, Value) {
        let refusal = (500, json!({"__type": "InternalServerError", "message": "refused by the test"}));
        if self.refused.contains(operation) || self.writes_left == Some(0) {
            return refusal;
        }
        if let Some(left) = self.writes_left.as_mut().filter(|_| WRITES.contains(&operation)) {
            *left -= 1;
            if *left == 0 {
                self.tables.answer(operation, request);
                return refusal;
            }
        }
        if operation == "TransactWriteItems" {
            if let Some(tables) = self.overtaken_by.take() {
                self.tables = tables;
            }
            if let Some((table, key)) = &self.contended {
                self.tables.raise_rev(table, key);
            }
        }
        if operation == "Encrypt" {
            // Whoever reads the ciphertext sees what was sealed, and for whom.
            return (200, json!({"CiphertextBlob": STANDARD.encode(request.to_string()), "KeyId": request["KeyId"]}));
        }
        self.queues.answer(operation, request).unwrap_or_else(|| self.tables.answer(operation, request))
    }
}
