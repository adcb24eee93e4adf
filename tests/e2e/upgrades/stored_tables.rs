//! The tables of a version as files: `tests/stored/<version>/<table>.jsonl`, a line for each item, as DynamoDB sends it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{engine::Engine, world::World};

/// What stands for each ciphertext in the files: the key that could open it is gone with the stack.
const CIPHERTEXT: &str = "c2VhbGVk";

/// The items of a version, by table.
#[derive(Debug, Default)]
pub struct StoredTables(BTreeMap<String, Vec<Value>>);

/// The folder of all versions.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stored")
}

/// Every version whose tables are kept.
pub fn versions() -> Vec<String> {
    let entries = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    entries.collect()
}

impl StoredTables {
    /// The tables of a version; empty if there are none.
    pub fn read(version: &str) -> Self {
        let mut tables = Self::default();
        for file in fs::read_dir(root().join(version)).into_iter().flatten() {
            let path = file.unwrap().path();
            let lines = fs::read_to_string(&path).unwrap();
            let items = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            tables.0.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), items);
        }
        tables
    }

    /// Writes the tables of a version in place of what was kept of it.
    pub fn write(&self, version: &str) {
        let folder = root().join(version);
        fs::create_dir_all(&folder).unwrap();
        for (table, items) in &self.0 {
            let lines: Vec<String> = items.iter().map(|item| format!("{item}\n")).collect();
            fs::write(folder.join(format!("{table}.jsonl")), lines.concat()).unwrap();
        }
    }

    /// Everything that an engine stores; its audit records and grants stand in its data table.
    pub async fn of(world: &World, engine: &Engine) -> Self {
        let mut tables = Self::default();
        for mut item in [scan(world, &engine.data).await, scan(world, &engine.vault).await].concat() {
            if !item["ciphertext"].is_null() {
                item["ciphertext"] = json!({"B": CIPHERTEXT});
            }
            let table = match partition(&item).split('#').next().unwrap() {
                "AUDIT" => "audit",
                "USER" => "grants",
                "CREDENTIALS" | "TOKEN" | "DELETION" => "vault",
                _ => "data",
            };
            tables.0.entry(table.to_owned()).or_default().push(item);
        }
        for items in tables.0.values_mut() {
            items.sort_by_key(|item| (item["PK"].to_string(), item["SK"].to_string()));
        }
        tables
    }

    /// Stores the items in an engine's tables, as if on this day: their time of removal may be long past.
    pub async fn load(&self, world: &World, engine: &Engine) {
        for (table, items) in &self.0 {
            let name = if table == "vault" { &engine.vault } else { &engine.data };
            for item in items {
                let mut item = item.clone();
                item.as_object_mut().unwrap().remove("ttl");
                let put = json!({"TableName": name, "Item": item});
                world.call_as_root("dynamodb", "DynamoDB_20120810.PutItem", &put).await;
            }
        }
    }

    /// The attributes of each kind of item, without their values.
    pub fn shape(&self) -> BTreeSet<String> {
        let mut shape = BTreeSet::new();
        for (table, items) in &self.0 {
            for item in items {
                let sort_key = item["SK"]["S"].as_str().unwrap();
                let kind = [partition(item), sort_key].map(|key| key.split('#').next().unwrap().to_owned());
                // Times and ids.
                let kind = kind.map(|part| if part.contains(|c: char| c.is_ascii_digit()) { "*".into() } else { part });
                add_paths(&format!("{table} {}/{}: ", kind[0], kind[1]), item, &mut shape);
            }
        }
        shape
    }
}

/// Every item of a table.
pub async fn scan(world: &World, table: &str) -> Vec<Value> {
    let answer = world.call_as_root("dynamodb", "DynamoDB_20120810.Scan", &json!({"TableName": table})).await;
    assert!(answer["LastEvaluatedKey"].is_null(), "more than one page is stored");
    answer["Items"].as_array().unwrap().clone()
}

/// The partition of an item.
pub fn partition(item: &Value) -> &str {
    item["PK"]["S"].as_str().unwrap()
}

fn add_paths(path: &str, attributes: &Value, shape: &mut BTreeSet<String>) {
    for (name, value) in attributes.as_object().unwrap() {
        // Maps by workflow.
        let is_id = name.bytes().all(|byte| byte.is_ascii_digit());
        let path = format!("{path}{}", if is_id { "*" } else { name });
        shape.insert(path.clone());
        let parts = value["L"].as_array().map(Vec::as_slice).unwrap_or_default();
        for part in parts.iter().chain([value]).filter_map(|value| value.get("M")) {
            add_paths(&format!("{path}."), part, shape);
        }
    }
}
