//! Helpers that change Zuora's answers, and that read a job's counts.

use serde_json::Value;
use tests::simulator::{Fault, Simulator, Tenant};

use crate::world::World;

/// A tenant read by a separate client, beside the product.
pub struct Reader {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Reader {
    /// A reader with its own token.
    pub async fn of(simulator: &Simulator, tenant: &Tenant) -> Self {
        let no_roots = Vec::<reqwest::Certificate>::new();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only(no_roots).build().unwrap();
        let (id, secret) = (tenant.client_id(), tenant.client_secret());
        let form = [("client_id", id.as_str()), ("client_secret", &secret), ("grant_type", "client_credentials")];
        let answer = http.post(format!("{}/oauth/token", simulator.base_url())).form(&form).send().await.unwrap();
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { http, base: simulator.base_url(), token }
    }

    /// The answer to `/workflows/<path>`, such as `48/export`.
    pub async fn get(&self, path: &str) -> String {
        let request = self.http.get(format!("{}/workflows/{path}", self.base)).bearer_auth(&self.token);
        request.send().await.unwrap().text().await.unwrap()
    }
}

/// A simulator with one tenant of `workflows` workflows.
pub fn tenant(name: &str, workflows: u64) -> (Simulator, Tenant) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant(name);
    tenant.seed(workflows);
    (simulator, tenant)
}

/// The stats: created, updated, unchanged, deleted, total, errors.
pub fn stats(job: &Value) -> [u64; 6] {
    ["created", "updated", "unchanged", "deleted", "total", "errors"].map(|name| job["stats"][name].as_u64().unwrap())
}

/// A fault that changes the JSON of the true answer.
pub fn bent(fault: Fault, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Fault {
    fault.with(move |_, mut reply| {
        let mut body = serde_json::from_slice(&reply.body).unwrap();
        change(&mut body);
        reply.body = body.to_string().into();
        reply
    })
}

/// A fault that changes the listed workflows of the true answer.
pub fn listed(fault: Fault, change: impl Fn(&mut Vec<Value>) + Send + Sync + 'static) -> Fault {
    bent(fault, move |page| change(page["data"].as_array_mut().unwrap()))
}

/// Creates a customer without a request to its Zuora: a verification also lists, and would meet the faults meant for the sync.
/// Returns its id and that of its first job.
pub async fn create_unverified(world: &World, tenant: &Tenant, simulator: &Simulator) -> (String, String) {
    let mut creation = World::creation(tenant, &simulator.base_url());
    creation["verify"] = false.into();
    let customer = world.api.post("/v1/customers", &creation).await.expect(201);
    let id = customer["id"].as_str().unwrap().to_owned();
    let job = world.jobs_of(&id).await[0]["id"].as_str().unwrap().to_owned();
    (id, job)
}
