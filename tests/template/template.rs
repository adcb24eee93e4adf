//! Reads `infra/template.yaml` as data: intrinsic functions stay tagged values, so rules can inspect them.

use std::path::Path;

use serde_yaml_ng::{Mapping, Value};

/// The parsed template.
pub struct Template(Value);

/// A resource with its logical id.
pub struct Resource<'a> {
    /// The logical id.
    pub id: &'a str,
    /// The resource as written.
    pub body: &'a Value,
}

impl Template {
    /// Reads the template of this checkout.
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
        Self(serde_yaml_ng::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    /// The resources of one type.
    pub fn resources(&self, kind: &str) -> Vec<Resource<'_>> {
        self.every_resource().into_iter().filter(|resource| resource.text("Type") == kind).collect()
    }

    /// Every resource.
    pub fn every_resource(&self) -> Vec<Resource<'_>> {
        let resources = self.0["Resources"].as_mapping().unwrap();
        resources.iter().map(|(id, body)| Resource { id: id.as_str().unwrap(), body }).collect()
    }

    /// The resource with this logical id.
    pub fn resource(&self, id: &str) -> Resource<'_> {
        self.every_resource()
            .into_iter()
            .find(|resource| resource.id == id)
            .unwrap_or_else(|| panic!("no resource {id}"))
    }

    /// The value at a path of the whole template.
    pub fn at(&self, path: &str) -> &Value {
        find(&self.0, path)
    }
}

impl<'a> Resource<'a> {
    /// The value at a dotted path under the resource; null if there is none.
    pub fn at(&self, path: &str) -> &'a Value {
        find(self.body, path)
    }

    /// The text at a path; empty if there is none.
    pub fn text(&self, path: &str) -> &'a str {
        self.at(path).as_str().unwrap_or_default()
    }

    /// The number at a path.
    pub fn number(&self, path: &str) -> u64 {
        self.at(path).as_u64().unwrap_or_else(|| panic!("{}: no number at {path}", self.id))
    }

    /// The policy statements of a role.
    pub fn statements(&self) -> Vec<Statement<'a>> {
        let policies = list(self.at("Properties.Policies"));
        let statements = policies.into_iter().flat_map(|policy| list(find(policy, "PolicyDocument.Statement")));
        statements.map(Statement).collect()
    }

    /// The events of a function, by name.
    pub fn events(&self) -> Vec<(&'a str, &'a Value)> {
        let events = self.at("Properties.Events").as_mapping().into_iter().flat_map(Mapping::iter);
        events.map(|(name, event)| (name.as_str().unwrap(), event)).collect()
    }
}

/// One statement of a role's policy.
#[derive(Clone, Copy)]
pub struct Statement<'a>(pub &'a Value);

impl<'a> Statement<'a> {
    /// The actions that it allows, including those under a condition (`!If [Condition, action, ...]`).
    pub fn actions(self) -> Vec<&'a str> {
        let actions = list(&self.0["Action"]).into_iter();
        actions.map(|action| action.as_str().or_else(|| untagged(action).get(1)?.as_str()).unwrap()).collect()
    }

    /// The resources that it covers, with `!GetAtt X.Arn` and the like written as `X.Arn`.
    pub fn resources(self) -> Vec<&'a str> {
        list(&self.0["Resource"]).into_iter().map(|resource| untagged(resource).as_str().unwrap()).collect()
    }

    /// True if it allows the action on the resource.
    pub fn allows(self, action: &str, resource: &str) -> bool {
        self.actions().contains(&action) && self.resources().contains(&resource)
    }
}

/// The value at a dotted path; null if there is none.
pub fn find<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, key| untagged(value).get(key).unwrap_or(&Value::Null))
}

/// The items of a sequence; one value as its only item; none for nothing.
pub fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Sequence(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// The value inside `!Ref`, `!GetAtt`, `!Sub` ...
pub fn untagged(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => &tagged.value,
        plain => plain,
    }
}

/// Every text anywhere in a value, without keys.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Sequence(items) => items.iter().flat_map(texts).collect(),
        Value::Mapping(mapping) => mapping.values().flat_map(texts).collect(),
        Value::Tagged(tagged) => texts(&tagged.value),
        _ => Vec::new(),
    }
}
