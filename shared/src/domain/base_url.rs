//! The addresses that a customer's base URL may name: Zuora's, and those that the deployment adds.
//!
//! The server sends a client secret to this address, so the rule is an allow-list over plain text: nothing is decoded, resolved
//! or repaired before it is judged, and a host is a Zuora host by its labels, never by a substring. The check runs when a
//! customer is saved and again at every use. Addresses behind a name are checked by the Zuora client.

use std::fmt;

use super::known_hosts::rest_address_of;

const MAX_LENGTH: usize = 200;

/// An accepted origin, lower-case, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The origin, such as `https://rest.zuora.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin followed by `path`, which starts with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reason why a base URL is refused; the text says what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each text is the documentation")]
pub enum BaseUrlError {
    #[error("enter the REST address of your Zuora data center, such as https://rest.zuora.com")]
    Empty,
    #[error("shorten the base URL: it may have at most {MAX_LENGTH} characters")]
    TooLong,
    #[error(
        "use only plain letters, digits, dots and hyphens: spaces, control characters and other scripts are refused"
    )]
    NotPlainAscii,
    #[error("start the base URL with https://")]
    NotHttps,
    #[error("remove the user name or password: write only https:// and the host")]
    UserInfo,
    #[error("remove the port: Zuora is reached on the standard one")]
    Port,
    #[error("remove the path: write only https:// and the host")]
    Path,
    #[error("remove the question mark and what follows it")]
    Query,
    #[error("remove the # and what follows it")]
    Fragment,
    #[error("write the host's name instead of an IP address")]
    IpAddress,
    #[error("remove the dot at the end of the host")]
    TrailingDot,
    #[error("write the host in plain letters: internationalized (xn--) names are refused")]
    Punycode,
    #[error("the host's name is malformed: write something like rest.zuora.com")]
    MalformedHost,
    #[error("use a Zuora REST address (rest.….zuora.com) or ask the operator to allow this host for this installation")]
    UnknownHost,
    #[error("this is an address for the browser: enter its REST address {0}")]
    Browser(&'static str),
}

/// The error for an unusable list of additional addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("extra Zuora host {entry:?}: {reason}")]
pub struct PolicyError {
    entry: String,
    reason: &'static str,
}

/// The rule for base URLs of this deployment.
#[derive(Clone, Debug, Default)]
pub struct BaseUrlPolicy {
    extra: Vec<ExtraOrigin>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ExtraOrigin {
    https: bool,
    host: String,
    port: ExtraPort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExtraPort {
    Any,
    Only(Option<u16>),
}

/// A base URL split into parts but not judged.
struct Parts<'a> {
    https: bool,
    host: &'a str,
    port: Option<&'a str>,
}

impl BaseUrlPolicy {
    /// Reads the deployment's comma-separated extra origins; an empty text adds none.
    ///
    /// An extra is `https://host`. Only loopback (`127.0.0.1`, `localhost`) may be plain `http` or carry a port, `*` for any.
    ///
    /// # Errors
    /// [`PolicyError`] names the first entry that is not such an origin.
    pub fn new(extra_hosts: &str) -> Result<Self, PolicyError> {
        let entries = extra_hosts.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let extra = entries
            .map(|entry| {
                ExtraOrigin::parse(&entry.to_ascii_lowercase())
                    .map_err(|reason| PolicyError { entry: entry.to_owned(), reason })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { extra })
    }

    /// Accepts `text` as a base URL, or says what is wrong with it.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(&self, text: &str) -> Result<BaseUrl, BaseUrlError> {
        self.judge(text).map_err(|error| rest_address_of(text).map_or(error, BaseUrlError::Browser))
    }

    fn judge(&self, text: &str) -> Result<BaseUrl, BaseUrlError> {
        if text.is_empty() {
            return Err(BaseUrlError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(BaseUrlError::TooLong);
        }
        let text = text.to_ascii_lowercase();
        let parts = Parts::split(&text)?;
        if self.extra.iter().any(|extra| extra.allows(&parts)) {
            return Ok(BaseUrl(parts.origin()));
        }
        check_name(parts.host)?;
        if !parts.https {
            return Err(BaseUrlError::NotHttps);
        }
        if parts.port.is_some() {
            return Err(BaseUrlError::Port);
        }
        // Label boundaries: `evilzuora.com` and `zuora.com.evil.io` do not end in `.zuora.com`, and of the hosts that do, others
        // than REST ones may be run by third parties (marketing, support).
        if !(parts.host.starts_with("rest.") && parts.host.ends_with(".zuora.com")) {
            return Err(BaseUrlError::UnknownHost);
        }
        Ok(BaseUrl(parts.origin()))
    }

    /// True if the deployment itself lists this host, so that its addresses may be private.
    pub fn lists(&self, host: &str) -> bool {
        self.extra.iter().any(|extra| extra.host == host)
    }
}

impl ExtraOrigin {
    fn parse(entry: &str) -> Result<Self, &'static str> {
        let parts = Parts::split(entry).map_err(|_| "write an origin such as https://zuora.internal.example")?;
        let loopback = matches!(parts.host, "127.0.0.1" | "localhost");
        if !loopback && check_name(parts.host).is_err() {
            return Err("write the host's name, not an address");
        }
        if !loopback && (!parts.https || parts.port.is_some()) {
            return Err("only loopback may be http or carry a port");
        }
        let port = match parts.port {
            Some("*") => ExtraPort::Any,
            Some(port) => ExtraPort::Only(Some(port_number(port).ok_or("the port is not a number from 1 to 65535")?)),
            None => ExtraPort::Only(None),
        };
        Ok(Self { https: parts.https, host: parts.host.to_owned(), port })
    }

    fn allows(&self, parts: &Parts<'_>) -> bool {
        let number = parts.port.map(port_number);
        let port = match (self.port, number) {
            (_, Some(None)) => false,
            (ExtraPort::Any, _) => true,
            (ExtraPort::Only(only), number) => only == number.flatten(),
        };
        port && self.https == parts.https && self.host == parts.host
    }
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, BaseUrlError> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BaseUrlError::NotPlainAscii);
        }
        let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(BaseUrlError::NotHttps),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        for (mark, error) in [
            ('@', BaseUrlError::UserInfo),
            ('?', BaseUrlError::Query),
            ('#', BaseUrlError::Fragment),
            ('/', BaseUrlError::Path),
            ('\\', BaseUrlError::Path),
            ('[', BaseUrlError::IpAddress),
        ] {
            if rest.contains(mark) {
                return Err(error);
            }
        }
        let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
        Ok(Self { https, host, port })
    }

    fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        self.port.map_or_else(|| format!("{scheme}://{}", self.host), |port| format!("{scheme}://{}:{port}", self.host))
    }
}

fn port_number(text: &str) -> Option<u16> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

fn check_name(host: &str) -> Result<(), BaseUrlError> {
    if host.is_empty() {
        return Err(BaseUrlError::MalformedHost);
    }
    if host.ends_with('.') {
        return Err(BaseUrlError::TrailingDot);
    }
    // The URL standard reads a host whose last label is a number as an IPv4 address: 0x7f.1, 2130706433, 127.1.
    let last = host.rsplit('.').next().unwrap_or(host);
    if last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") {
        return Err(BaseUrlError::IpAddress);
    }
    for label in host.split('.') {
        let plain = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !plain || label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-') {
            return Err(BaseUrlError::MalformedHost);
        }
        if label.starts_with("xn--") {
            return Err(BaseUrlError::Punycode);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
