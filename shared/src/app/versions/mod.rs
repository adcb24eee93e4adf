//! For tests: the tables that released versions stored (`tests/stored/<version>`), in memory. See D-86.

mod newer;
mod probes;
mod read;

use std::{fs, path::Path};

use serde_json::Value;

use super::fixture::{AUDIT, DATA, Fixture, GRANTS, VAULT};
use crate::{
    aws::{
        keys::Key,
        mock_sdk::{Cloud, Tables},
    },
    domain::time::Timestamp,
};

/// The tables of one version.
struct Version {
    name: String,
    tables: Tables,
}

impl Version {
    /// Every version whose tables are kept.
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/stored");
        let versions = fs::read_dir(root).unwrap().map(|entry| Self::read(&entry.unwrap().path()));
        versions.collect()
    }

    fn read(folder: &Path) -> Self {
        let mut tables = Tables::default();
        for table in [DATA, AUDIT, GRANTS, VAULT] {
            let lines = fs::read_to_string(folder.join(format!("{table}.jsonl"))).unwrap();
            for line in lines.lines() {
                tables.put(table, serde_json::from_str(line).unwrap());
            }
        }
        Self { name: folder.file_name().unwrap().to_string_lossy().into_owned(), tables }
    }

    /// The use cases over a copy of the tables.
    fn fixture(&self) -> Fixture {
        Fixture::over(Cloud::with(self.tables.clone()))
    }

    /// Every item, with the name of its table.
    fn items(&self) -> Vec<(&'static str, &Value)> {
        let of = |table| self.tables.items(table).into_iter().map(move |item| (table, item));
        [DATA, AUDIT, GRANTS, VAULT].into_iter().flat_map(of).collect()
    }

    /// The moment at which the tables were written down.
    fn written_at(&self) -> Timestamp {
        let moments = self.tables.items(AUDIT).into_iter().map(|record| record["at"]["S"].as_str().unwrap());
        moments.max().unwrap().parse().unwrap()
    }
}

/// The key of an item.
fn key(item: &Value) -> Key {
    let part = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    Key { pk: part("PK"), sk: part("SK") }
}

/// The kinds of an item's partition and of its sort key: the words before the first `#`.
fn kind(key: &Key) -> (&str, &str) {
    let first = |text: &str| text.find('#').unwrap_or(text.len());
    (&key.pk[..first(&key.pk)], &key.sk[..first(&key.sk)])
}
