//! The routes that the template deploys, for the tests of access, events and API description.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::{fs, path::Path};

use serde_yaml_ng::{Mapping, Value};

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

/// Returns every route of `infra/template.yaml` except `ANY`, which is no route but the way to a 405.
#[must_use]
pub fn of_template() -> Vec<Route> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
    let template: Value = serde_yaml_ng::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let resources = template["Resources"].as_mapping().unwrap().values();
    let functions = resources.filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    functions.flat_map(routes_of).filter(|route| route.method != "ANY").collect()
}

fn routes_of(function: &Value) -> Vec<Route> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let name = text(&function["Metadata"]["BuildProperties"]["Binary"]);
    let events = function["Properties"]["Events"].as_mapping().into_iter().flat_map(Mapping::values);
    let apis = events.filter(|event| event["Type"] == "Api").map(|event| &event["Properties"]);
    apis.map(|api| Route { function: name.clone(), method: text(&api["Method"]), path: text(&api["Path"]) }).collect()
}
