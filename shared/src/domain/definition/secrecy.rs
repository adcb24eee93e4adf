//! Which values of a definition are secrets: the fields in which Zuora keeps credentials, and the headers that carry them.
//!
//! One list for whoever has to know: what a comparison masks, what a search neither matches nor shows, what a finding reports.
//! Sources: the parameter models of Zuora's own workflow tools (github.com/zuora/zuora-coding-agent) for the fields, Zuora's
//! API reference for the headers. The fields of a polling request repeat those of the request after `polling_`.

use crate::domain::json::Json;

/// The names of fields that hold a credential, in lower case and without `_`, `-` and spaces.
pub(super) const FIELDS: [&str; 24] = [
    "accesstoken",
    "apikey",
    "apitoken",
    "authheadervalue",
    "authtoken",
    "bearertoken",
    "certificate",
    "clientcertificate",
    "clientkey",
    "clientsecret",
    "consumersecret",
    "passphrase",
    "password",
    "pem",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretaccesskey",
    "secretkey",
    "slacktoken",
    "teamsclientsecret",
    "teamspassword",
    "tokensecret",
    "webextoken",
];
/// The same below an object `hmac`, where the credential has a plain name.
const HMAC_KEY: &str = "key";
/// The names of headers that hold a credential, in the same form.
pub(super) const HEADERS: [&str; 6] =
    ["apiaccesskeyid", "apisecretaccesskey", "authorization", "proxyauthorization", "xapikey", "xauthtoken"];
/// The prefix of the fields of a polling request.
const POLLING: &str = "polling";
/// At least the characters of the longest name in the lists, with that prefix.
const LONGEST: usize = 32;
/// The members that name a header in a list of headers, and those that hold its value.
const HEADER_NAMES: [&str; 3] = ["key", "name", "header"];
const HEADER_VALUES: [&str; 2] = ["value", "val"];

/// True if a member holds a credential; `parent` is the name of the member that contains it. The object `authorization` of a
/// task is no header: it also says of which type it is, and its credentials have names of their own.
pub(super) fn is_secret_member(parent: &str, name: &str, is_object: bool) -> bool {
    let is_setting = name == "authorization" && is_object;
    is_known(name, |name| {
        let name = name.strip_prefix(POLLING).unwrap_or(name);
        FIELDS.contains(&name)
            || (HEADERS.contains(&name) && !is_setting)
            || (name == HMAC_KEY && plain(parent).ends_with("hmac"))
    })
}

/// True if a member on a path holds a credential; `value` is the last one's, the others contain it.
pub(super) fn is_secret_path(path: &str, value: Json<'_>) -> bool {
    let mut names = path.split('.').peekable();
    let mut parent = "";
    std::iter::from_fn(|| Some((names.next()?, names.peek().is_none()))).any(|(name, is_last)| {
        is_secret_member(std::mem::replace(&mut parent, name), name, !is_last || value.is_object())
    })
}

/// True if an object is a header that holds a credential, as `{"key": "Authorization", "value": ...}`.
pub fn is_secret_header(object: Json<'_>) -> bool {
    let mut members = object.members().filter(|(name, _)| HEADER_NAMES.contains(&name.as_ref()));
    members.any(|(_, name)| name.shown().is_some_and(|name| is_known(&name, |name| HEADERS.contains(&name))))
}

/// True for the member of a header that holds its value.
pub(super) fn is_header_value(name: &str) -> bool {
    HEADER_VALUES.contains(&name)
}

/// True if a value gives a secret away: it is more than the name of the place where the secret is kept, as in
/// `{{ GlobalConstants.key }}`, and it is not empty. A private key is one wherever it stands.
pub fn gives_away(value: &str) -> bool {
    let value = value.trim();
    let place = value.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    let names_a_place = place.is_some_and(|place| !place.contains(['"', '\'', '{', '}']));
    !value.is_empty() && !names_a_place
}

/// True for a private key in PEM (RFC 7468).
pub fn is_private_key(value: &str) -> bool {
    value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----")
}

/// True if a name passes the test in the form of the lists. One that is longer than any of them passes none.
fn is_known(name: &str, test: impl Fn(&str) -> bool) -> bool {
    if !name.is_ascii() {
        return test(&plain(name));
    }
    // Every name of every definition comes by here: no copy on the heap.
    let mut form = [0; LONGEST];
    let mut length = 0;
    for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')) {
        let Some(place) = form.get_mut(length) else { return false };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    std::str::from_utf8(&form[..length]).is_ok_and(test)
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_the_lists_is_longer_than_what_is_compared() {
        assert!(FIELDS.iter().chain(&HEADERS).all(|name| POLLING.len() + name.len() <= LONGEST));
    }

    fn holds_secret(parent: &str, name: &str) -> bool {
        is_secret_member(parent, name, false)
    }

    #[test]
    fn credentials_are_known_by_the_names_of_their_fields_however_they_are_spelt() {
        for (parent, name) in [
            ("basic_auth", "password"),
            ("oauth2", "client_secret"),
            ("oauth2", "auth_header_value"),
            ("polling_oauth2", "polling_client_secret"),
            ("netsuite_tba", "token_secret"),
            ("hmac", "key"),
            ("polling_hmac", "key"),
            ("parameters", "slackToken"),
            ("headers", "Authorization"),
            ("headers", "apiAccessKeyId"),
        ] {
            assert!(holds_secret(parent, name), "{parent}.{name}");
        }
        for (parent, name) in
            [("headers", "key"), ("parameters", "fields"), ("data", "next_page_token"), ("x", "passwords")]
        {
            assert!(!holds_secret(parent, name), "{parent}.{name}");
        }
    }

    #[test]
    fn a_header_in_a_list_is_known_by_its_name() {
        let header = |text: &str| is_secret_header(Json::read(text.as_bytes()).unwrap());

        assert!(header(r#"{"key":"Authorization","value":"x"}"#) && header(r#"{"name":"x-api-key","value":"x"}"#));
        assert!(!header(r#"{"key":"Accept","value":"Authorization"}"#) && !header("[]"));
    }

    #[test]
    fn the_name_of_a_place_gives_nothing_away() {
        for harmless in ["", " ", "{{ GlobalConstants.key }}", "{{Data.Workflow.token}}"] {
            assert!(!gives_away(harmless), "{harmless}");
        }
        for secret in ["hunter2", "Bearer {{ Data.token }}", "{{ 'hunter2' }}", "{{ a }}hunter2{{ b }}"] {
            assert!(gives_away(secret), "{secret}");
        }
        assert!(is_private_key("-----BEGIN RSA PRIVATE KEY-----\nx") && !is_private_key("-----BEGIN CERTIFICATE-----"));
    }
}
