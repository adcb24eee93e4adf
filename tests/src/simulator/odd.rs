//! Odd answers by name: those that proxies, firewalls and gateways give in Zuora's place, and legal but rare forms of the true
//! answer.
//!
//! Each is known from practice. An answer that something else gives in Zuora's place has none of Zuora's headers, which
//! distinguishes it from Zuora's own.

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Reply, reply::gzip};

/// The number of headers in a flood. Many HTTP clients read 100 at most.
const FLOOD: usize = 200;

/// One odd answer. Its name in JSON is in the style of `proxy_404`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Odd {
    /// 404 as an HTML page: a proxy does not know the path.
    #[serde(rename = "proxy_404")]
    Proxy404,
    /// 403 as an HTML page with a Ray ID, from a firewall that blocks everything.
    #[serde(rename = "firewall_403")]
    Firewall403,
    /// 200 with an HTML page that announces maintenance.
    #[serde(rename = "maintenance_200")]
    Maintenance200,
    /// 200 without a body.
    #[serde(rename = "empty_200")]
    Empty200,
    /// 404 as JSON: a gateway in front of Zuora has no such route.
    #[serde(rename = "json_404_of_a_gateway")]
    Json404OfAGateway,
    /// Zuora's own 200 with an empty export and `"success": false`.
    UnsuccessfulEmptyExport,
    /// The true answer with 200 more headers.
    HeaderFlood,
    /// The true answer, compressed; the encoding's name is written `GZIP`.
    GzipUpperCase,
    /// The true answer, compressed; the encoding has its old name, `x-gzip`.
    XGzip,
    /// The true answer, compressed in two halves that are sent one after the other.
    GzipOfTwoMembers,
    /// The true answer after a UTF-8 byte order mark.
    ByteOrderMark,
}

impl Odd {
    /// Returns the odd answer in place of the true one.
    pub(super) fn bend(self, truth: Reply) -> Reply {
        match self {
            Self::Proxy404 => page(404, "404 Not Found").with_header("Server", "nginx"),
            Self::Firewall403 => page(403, "Access denied. Your request was blocked. Ray ID: 8f2a6c1d9e3b4a57"),
            Self::Maintenance200 => page(200, "We are down for maintenance and will be back soon."),
            Self::Empty200 => Reply { headers: Vec::new(), ..page(200, "").with_body(Bytes::new()) },
            Self::Json404OfAGateway => {
                Reply::json(404, &json!({ "message": "no Route matched with those values" })).foreign()
            }
            Self::UnsuccessfulEmptyExport => {
                Reply::json(200, &json!({ "workflow": {}, "tasks": [], "success": false }))
            }
            Self::HeaderFlood => (0..FLOOD)
                .fold(truth, |reply, number| reply.with_header(&format!("X-Flood-{number}"), "one header of many")),
            Self::GzipUpperCase => encoded(truth, "GZIP", gzip),
            Self::XGzip => encoded(truth, "x-gzip", gzip),
            Self::GzipOfTwoMembers => encoded(truth, "gzip", |body| {
                let (first, second) = body.split_at(body.len() / 2);
                [gzip(first), gzip(second)].concat().into()
            }),
            Self::ByteOrderMark => {
                let body = ["\u{feff}".as_bytes(), &truth.body].concat();
                truth.with_body(body)
            }
        }
    }
}

/// A page for people, from something other than Zuora.
fn page(status: u16, text: &str) -> Reply {
    Reply::text(status, "text/html", format!("<html><body><h1>{text}</h1></body></html>")).foreign()
}

fn encoded(truth: Reply, encoding: &str, encode: impl Fn(&[u8]) -> Bytes) -> Reply {
    let body = encode(&truth.body);
    truth.with_body(body).with_header(CONTENT_ENCODING.as_str(), encoding)
}
