//! Addresses that are accepted as Zuora's, and those that are refused, each with its reason.

use proptest::prelude::*;

use super::{BaseUrlError as E, *};

#[test]
fn zuora_addresses_are_accepted_in_one_form() {
    let policy = BaseUrlPolicy::new("").unwrap();

    for (text, origin) in [
        ("https://rest.zuora.com", "https://rest.zuora.com"),
        ("https://rest.zuora.com/", "https://rest.zuora.com"),
        ("HTTPS://REST.Sandbox.EU.zuora.com", "https://rest.sandbox.eu.zuora.com"),
        ("https://rest.pt1.zuora.com", "https://rest.pt1.zuora.com"),
    ] {
        assert_eq!(policy.parse(text).map(|url| url.as_str().to_owned()), Ok(origin.to_owned()), "{text}");
    }
}

#[test]
fn everything_else_is_refused_for_a_reason() {
    let policy = BaseUrlPolicy::new("").unwrap();
    let long = format!("https://{}.zuora.com", "a".repeat(200));
    let long_label = format!("https://{}.zuora.com", "a".repeat(64));

    for (text, error) in [
        ("", E::Empty),
        (long.as_str(), E::TooLong),
        (long_label.as_str(), E::MalformedHost),
        ("http://rest.zuora.com", E::NotHttps),
        ("ftp://rest.zuora.com", E::NotHttps),
        ("rest.zuora.com", E::NotHttps),
        ("https:rest.zuora.com", E::NotHttps),
        ("https:/rest.zuora.com", E::NotHttps),
        ("//rest.zuora.com", E::NotHttps),
        ("https://169.254.169.254", E::IpAddress),
        ("http://169.254.169.254/latest/meta-data/", E::Path),
        ("https://127.0.0.1", E::IpAddress),
        ("https://[::1]", E::IpAddress),
        ("https://[::ffff:127.0.0.1]", E::IpAddress),
        ("https://::ffff:127.0.0.1", E::MalformedHost),
        ("https://0x7f.1", E::IpAddress),
        ("https://0x7f000001", E::IpAddress),
        ("https://2130706433", E::IpAddress),
        ("https://0177.0.0.1", E::IpAddress),
        ("https://127.1", E::IpAddress),
        ("https://localhost", E::UnknownHost),
        ("https://localhost.", E::TrailingDot),
        ("https://rest.zuora.com.", E::TrailingDot),
        ("https://one.zuora.com", E::UnknownHost),
        ("https://zuora.com", E::Browser("https://rest.zuora.com")),
        ("https://eu.zuora.com/platform/webapp", E::Browser("https://rest.eu.zuora.com")),
        ("apisandbox.zuora.com", E::Browser("https://rest.apisandbox.zuora.com")),
        ("https://.zuora.com", E::MalformedHost),
        ("https://rest..zuora.com", E::MalformedHost),
        ("https://-rest.zuora.com", E::MalformedHost),
        ("https://re_st.zuora.com", E::MalformedHost),
        ("https://rest%2ezuora.com", E::MalformedHost),
        ("https://*.zuora.com", E::MalformedHost),
        ("https://zuora.com.evil.io", E::UnknownHost),
        ("https://rest.zuora.com.evil.io", E::UnknownHost),
        ("https://evilzuora.com", E::UnknownHost),
        ("https://rest-zuora.com", E::UnknownHost),
        ("https://user:pass@rest.zuora.com", E::UserInfo),
        ("https://rest.zuora.com@evil.io", E::UserInfo),
        ("https://@rest.zuora.com", E::UserInfo),
        ("https://evil.io\\.zuora.com", E::Path),
        ("https://rest.zuora.com:22", E::Port),
        ("https://rest.zuora.com:443", E::Port),
        ("https://rest.zuora.com:", E::Port),
        ("https://rest.zuora.com:*", E::Port),
        ("https://rest.zuora.com/v1", E::Path),
        ("https://rest.zuora.com//", E::Path),
        ("https://evil.io/.zuora.com", E::Path),
        ("https://rest.zuora.com?x=1", E::Query),
        ("https://evil.io?.zuora.com", E::Query),
        ("https://rest.zuora.com#x", E::Fragment),
        ("https://evil.io#.zuora.com", E::Fragment),
        ("https://rest.zu\u{43e}ra.com", E::NotPlainAscii),
        ("https://rest.zuora\u{3002}com", E::NotPlainAscii),
        ("https://xn--zura-55d.zuora.com", E::Punycode),
        ("https://rest.xn--zura-55d.com", E::Punycode),
        ("https://rest.zuora.com\n", E::NotPlainAscii),
        ("https://rest.zuora.com\0.evil.io", E::NotPlainAscii),
        (" https://rest.zuora.com", E::NotPlainAscii),
        ("https://rest.zuora.com\t", E::NotPlainAscii),
        ("https://", E::MalformedHost),
        ("https:///", E::MalformedHost),
        ("https://zuora.internal.example", E::UnknownHost),
        ("http://127.0.0.1:4567", E::IpAddress),
    ] {
        assert_eq!(policy.parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn a_deployment_may_add_hosts_and_only_loopback_may_be_plain_http() {
    let policy =
        BaseUrlPolicy::new("https://zuora.internal.example, http://127.0.0.1:*,http://localhost:8080").unwrap();

    for text in [
        "https://zuora.internal.example",
        "https://rest.zuora.com",
        "http://127.0.0.1:1",
        "http://127.0.0.1:65535",
        "http://127.0.0.1",
        "http://localhost:8080",
    ] {
        assert_eq!(policy.parse(&format!("{text}/")).map(|url| url.to_string()), Ok(text.to_owned()));
    }
    for text in [
        "http://zuora.internal.example",
        "https://sub.zuora.internal.example",
        "https://zuora.internal.example:8443",
        "https://127.0.0.1:1",
        "http://127.0.0.2:1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:65536",
        "http://127.0.0.1:080",
        "http://127.0.0.1:*",
        "http://127.0.0.1:",
        "http://localhost:8081",
    ] {
        assert!(policy.parse(text).is_err(), "{text}");
    }
    assert!(policy.lists("zuora.internal.example") && !policy.lists("rest.zuora.com"));
}

#[test]
fn a_deployment_cannot_open_the_rule_by_accident() {
    for entry in [
        "http://zuora.internal.example",
        "https://zuora.internal.example:8443",
        "https://*",
        "https://*.example",
        "https://10.0.0.1",
        "https://a.example/path",
        "127.0.0.1:*",
        "http://127.0.0.1:x",
        "http://127.0.0.1:0",
    ] {
        let error = BaseUrlPolicy::new(entry).unwrap_err();

        assert!(error.to_string().contains(entry), "{error}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_what_is_accepted_is_accepted_again(text in "(https?://)?[a-z0-9.:@/%\\\\-]{0,40}(\\.zuora\\.com)?[/:#?]?\\PC{0,4}") {
        let policy = BaseUrlPolicy::new("http://127.0.0.1:*").unwrap();
        if let Ok(url) = policy.parse(&text) {
            prop_assert_eq!(policy.parse(url.as_str()), Ok(url.clone()));
            let parsed = url::Url::parse(url.as_str()).unwrap();
            prop_assert!(parsed.host_str() == Some("127.0.0.1") || parsed.host_str().unwrap().ends_with(".zuora.com"));
        }
    }
}
