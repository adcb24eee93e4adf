//! The routes that are deployed, for the tests of access, events and API description.
//!
//! The template has the paths, each with its function, and docs/openapi.json the methods (a test compares it with the
//! functions' handlers).

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::{collections::BTreeMap, fs, path::Path};

use serde_yaml_ng::{Mapping, Value};

/// What is no path of ours: the way to a 404.
const EVERYTHING_ELSE: &str = "/{proxy+}";

/// One route of the API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The name of the function's program: `customers`.
    pub function: String,
    /// The method in capitals: `GET`.
    pub method: String,
    /// The path with its parameters: `/v1/customers/{customer_id}`.
    pub path: String,
}

/// Returns every path of `infra/template.yaml` with its function's program.
#[must_use]
pub fn paths() -> BTreeMap<String, String> {
    let template: Value = serde_yaml_ng::from_str(&read("infra/template.yaml")).unwrap();
    let resources = template["Resources"].as_mapping().unwrap().values();
    let functions = resources.filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    let mut paths: BTreeMap<String, String> = functions.flat_map(paths_of).collect();
    paths.remove(EVERYTHING_ELSE);
    paths
}

/// Returns every route.
#[must_use]
pub fn deployed() -> Vec<Route> {
    let description: serde_json::Value = serde_json::from_str(&read("docs/openapi.json")).unwrap();
    let methods = |path: &str, function: &str| match description["paths"][path].as_object() {
        // The panel's files are no part of the API.
        None if function == "panel" => vec!["GET".to_owned()],
        described => described.into_iter().flat_map(|of| of.keys()).map(|method| method.to_uppercase()).collect(),
    };
    let routes = paths().into_iter().flat_map(|(path, function)| {
        let of_path = methods(&path, &function).into_iter();
        of_path.map(|method| Route { function: function.clone(), method, path: path.clone() }).collect::<Vec<_>>()
    });
    routes.collect()
}

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)).unwrap()
}

fn paths_of(function: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let name = text(&function["Metadata"]["BuildProperties"]["Binary"]);
    let events = function["Properties"]["Events"].as_mapping().into_iter().flat_map(Mapping::values);
    let apis = events.filter(|event| event["Type"] == "Api").map(|event| &event["Properties"]);
    apis.map(|api| (text(&api["Path"]), name.clone())).collect()
}
