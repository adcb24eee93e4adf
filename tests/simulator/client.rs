//! A plain client, as a careful caller of Zuora would be: one token, gzip, no redirects followed.

use std::sync::Once;

use reqwest::{Client, Response, redirect::Policy};
use serde_json::Value;
use tests::simulator::{Simulator, Tenant};

static PROVIDER: Once = Once::new();

pub struct Zuora {
    pub http: Client,
    pub url: String,
    pub token: String,
}

impl Zuora {
    pub async fn login(simulator: &Simulator, tenant: &Tenant) -> Self {
        let http = http();
        let answer = ask_token(&http, simulator, &tenant.client_id(), &tenant.client_secret()).await;
        let token = json(answer).await["access_token"].as_str().unwrap().to_owned();
        Self { http, url: simulator.base_url(), token }
    }

    pub async fn get(&self, path: &str) -> reqwest::Result<Response> {
        self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await
    }

    pub async fn status(&self, path: &str) -> u16 {
        self.get(path).await.unwrap().status().as_u16()
    }

    pub async fn json(&self, path: &str) -> Value {
        json(self.get(path).await.unwrap()).await
    }

    /// The ids on a page of 50.
    pub async fn page(&self, page: u32) -> Vec<u64> {
        ids(&self.json(&format!("/workflows?page={page}&page_length=50")).await)
    }
}

/// A client that offers no compression and leaves compressed bodies as they are.
pub fn http() -> Client {
    PROVIDER.call_once(|| drop(rustls::crypto::aws_lc_rs::default_provider().install_default()));
    let no_roots = Vec::<reqwest::Certificate>::new();
    Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only(no_roots).build().unwrap()
}

pub async fn ask_token(http: &Client, simulator: &Simulator, id: &str, secret: &str) -> Response {
    let form = [("client_id", id), ("client_secret", secret), ("grant_type", "client_credentials")];
    http.post(format!("{}/oauth/token", simulator.base_url())).form(&form).send().await.unwrap()
}

pub async fn json(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

pub fn ids(list: &Value) -> Vec<u64> {
    list["data"].as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect()
}
