//! AWS faults in AWS's own error format, injected by a proxy before the emulator. All tests share it, so every rule is limited
//! to requests that contain a mark: the name of an engine's tables, or a customer's id.

use aws_config::SdkConfig;
use serde_json::{Value, json};
use shared::aws::clients;

use crate::world::World;

/// Some fault rules, until they are lifted.
pub struct Faults<'a> {
    world: &'a World,
    url: &'a str,
    condition: String,
}

impl<'a> Faults<'a> {
    /// Faults for requests that contain `mark`.
    pub fn of(world: &'a World, mark: &str) -> Self {
        let url =
            world.stack.faults_url.as_deref().expect("the stack of `make test` has the proxy that this test needs");
        Self { world, url, condition: format!("contains(to_string(@), '{mark}')") }
    }

    /// The SDK through the proxy, with the settings of the functions.
    pub fn sdk(&self) -> SdkConfig {
        let sdk = self.world.sdk.clone().into_builder().endpoint_url(self.url);
        sdk.timeout_config(clients::timeouts()).retry_config(clients::retries()).build()
    }

    /// Adds a rule: `{"service": ..., "operation": ..., "times": ..., "error": {"code": ...}}` and the like.
    pub async fn add(&self, mut rule: Value) {
        rule["body"] = json!(self.condition);
        let answer = self.world.http.patch(self.rules()).body(json!([rule]).to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Removes all rules of this mark; returns the number of requests that they hit.
    pub async fn lift(&self) -> u64 {
        let rules = self.world.http.get(self.rules()).send().await.unwrap().text().await.unwrap();
        let rules: Vec<Value> = serde_json::from_str(&rules).unwrap();
        let own = rules.iter().filter(|rule| rule["body"] == self.condition.as_str());
        let hits = own.map(|rule| rule["fired_count"].as_u64().unwrap()).sum();
        let mine = json!([{"body": self.condition}]).to_string();
        self.world.http.delete(self.rules()).body(mine).send().await.unwrap().error_for_status().unwrap();
        hits
    }

    fn rules(&self) -> String {
        format!("{}/_microburst/rules", self.url)
    }
}
