//! Addresses (URLs) in settings, read as far as the rules need.

/// An address that begins with `http://` or `https://`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address<'t> {
    pub(super) is_encrypted: bool,
    /// The host without user and port; may contain a template.
    pub(super) host: &'t str,
    /// What follows the question mark.
    pub(super) query: &'t str,
}

/// True for the names of fields that hold an address, in lower case: other texts may quote one without ever using it, such as
/// the namespace of an XML document.
pub(super) fn is_address(name: &str) -> bool {
    ["url", "urls", "uri", "endpoint"].iter().any(|end| name.ends_with(end))
}

impl<'t> Address<'t> {
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://")?;
        let is_encrypted = scheme.eq_ignore_ascii_case("https");
        if !is_encrypted && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = query.split('#').next().unwrap_or_default();
        let authority = address.split(['/', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = match host.strip_prefix('[') {
            Some(six) => six.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        Some(Self { is_encrypted, host, query })
    }

    /// True if the host is known before the task runs.
    pub(super) fn is_literal(&self) -> bool {
        !self.host.is_empty() && !self.host.contains(['{', '}', '%', '<', '$'])
    }

    /// True for a host that only a network of its own can reach: there is no way on which strangers listen.
    pub(super) fn is_private(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        if let Ok(address) = host.parse::<std::net::Ipv4Addr>() {
            return address.is_private() || address.is_loopback() || address.is_link_local();
        }
        if let Ok(address) = host.parse::<std::net::Ipv6Addr>() {
            return address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local();
        }
        let private = [".local", ".internal", ".intranet", ".lan", ".corp", ".home", ".localhost", ".test"];
        !host.contains('.') || private.iter().any(|end| host.ends_with(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_up_to_its_host_and_its_query() {
        for (text, host, query) in [
            ("https://example.com", "example.com", ""),
            (" HTTP://u:p@example.com:80/a?b=c#d", "example.com", "b=c"),
            ("https://[::1]:8080/x", "::1", ""),
            ("https://{{ GlobalConstants.host }}/x?y", "{{ GlobalConstants.host }}", "y"),
        ] {
            let address = Address::read(text).unwrap();
            assert_eq!((address.host, address.query), (host, query), "{text}");
        }
        for text in ["", "ftp://example.com", "example.com", "{{ Data.url }}"] {
            assert_eq!(Address::read(text), None, "{text}");
        }
    }

    #[test]
    fn private_hosts_are_known_by_their_number_or_their_name() {
        let is_private = |host: &str| Address { is_encrypted: false, host, query: "" }.is_private();

        for host in ["10.1.2.3", "192.168.0.1", "127.0.0.1", "::1", "fd00::1", "erp", "erp.corp", "x.Internal"] {
            assert!(is_private(host), "{host}");
        }
        for host in ["8.8.8.8", "2001:db8::1", "example.com", "internal.example.com"] {
            assert!(!is_private(host), "{host}");
        }
    }
}
