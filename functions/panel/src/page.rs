//! The page that loads everything else, with the settings of its deployment.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, header};
use shared::http::problem::{Problem, ProblemKind};

use crate::{files, settings::PanelSettings};

/// The page and its content security policy.
#[derive(Clone, Debug)]
pub struct Page {
    html: Option<Arc<str>>,
    policy: Arc<str>,
}

impl Page {
    /// Puts the deployment's settings into the built page.
    pub fn new(settings: &PanelSettings) -> Self {
        let sign_in = settings.sign_in_url.as_deref().unwrap_or_default();
        let places =
            [("%CLIENT_ID%", &*settings.client_id), ("%ISSUER%", &settings.issuer), ("%SIGN_IN_URL%", sign_in)];
        let fill = |html: &str| places.iter().fold(html.to_owned(), |html, (place, value)| html.replace(place, value));
        Self { html: files::text("index.html").map(|html| fill(html).into()), policy: policy(sign_in).into() }
    }

    /// `GET /`: the page; never cached, because it names the files of this version.
    pub fn answer(&self) -> Response {
        let Some(html) = &self.html else {
            return Problem::new(ProblemKind::NotFound, "The panel was not built into this deployment.")
                .into_response();
        };
        let headers: [(HeaderName, &str); 5] = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CONTENT_SECURITY_POLICY, &self.policy),
            // Whoever opens the panel has no handle of it. The window of a second sign-in needs none of ours: the two talk over a
            // channel of this origin.
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ];
        (headers, html.to_string()).into_response()
    }
}

/// The only inline script, by its hash: it adds the slash that the page's address must end in, because API Gateway gives `/dev` and
/// `/dev/` to the same resource. A test of the web files compares the two.
const SLASH_SCRIPT: &str = "'sha256-5Z7HAWdje2+keAI2o2lhfvrPdu0HfTnzMG55cfXQVQE='";

/// The content security policy: scripts and styles from this origin only, none inline but that one; requests to the API and the
/// sign-in only; no frames of other pages; HTML from text by the policy of the help alone (`web/src/help/trusted.ts`).
fn policy(sign_in: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' {SLASH_SCRIPT}; style-src 'self'; img-src 'self' data:; connect-src 'self' {sign_in}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types help"
    )
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    fn page(sign_in_url: Option<&str>) -> Page {
        let settings = PanelSettings {
            client_id: "the-client".into(),
            issuer: "https://issuer.example/pool".into(),
            sign_in_url: sign_in_url.map(str::to_owned),
        };
        Page::new(&settings)
    }

    #[tokio::test]
    async fn the_page_knows_its_deployment_and_loads_nothing_from_elsewhere() {
        let response = page(Some("https://sign-in.example")).answer();
        let headers = response.headers().clone();
        let html = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();

        assert!(html.contains(r#"name="client-id" content="the-client""#), "{html}");
        assert!(html.contains(r#"name="issuer" content="https://issuer.example/pool""#), "{html}");
        assert!(html.contains(r#"name="sign-in-url" content="https://sign-in.example""#), "{html}");
        assert!(!html.contains('%'), "a place was not filled: {html}");
        assert!(!html.contains("src=\"http") && !html.contains("<style") && !html.contains("style="), "{html}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'sha256-"), "{policy}");
        assert!(policy.contains("connect-src 'self' https://sign-in.example;"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.ends_with("; require-trusted-types-for 'script'; trusted-types help"), "{policy}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    }
}
