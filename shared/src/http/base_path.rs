//! The path that a domain of our own has in front of ours.
//!
//! API Gateway finds the route without it (`/v1/me`) and still hands the function the path as it was asked for
//! (`/zwm/v1/me`). The stage's own address has none: both ways work beside each other.

use http::{Uri, uri::PathAndQuery};

/// The path without `base`, which has no slashes; as it is if it does not begin with it.
pub(super) fn strip(uri: Uri, base: &str) -> Uri {
    let Some(rest) = uri.path_and_query().and_then(|whole| whole.as_str().strip_prefix('/')?.strip_prefix(base)) else {
        return uri;
    };
    let rest = match rest.as_bytes().first() {
        None | Some(b'?') => format!("/{rest}"),
        Some(b'/') => rest.to_owned(),
        // Another word that only begins like it.
        Some(_) => return uri,
    };
    let Ok(path_and_query) = rest.parse::<PathAndQuery>() else { return uri };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query);
    Uri::from_parts(parts).unwrap_or(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(path: &str) -> String {
        strip(format!("https://workflows.example.com{path}").parse().unwrap(), "zwm").to_string()
    }

    #[test]
    fn a_path_under_the_domains_base_path_is_the_path_without_it() {
        assert_eq!(stripped("/zwm/v1/me?a=%2Fzwm"), "https://workflows.example.com/v1/me?a=%2Fzwm");
        assert_eq!(stripped("/zwm/zwm/x"), "https://workflows.example.com/zwm/x");
        for root in ["/zwm", "/zwm/"] {
            assert_eq!(stripped(root), "https://workflows.example.com/", "{root}");
        }
        assert_eq!(stripped("/zwm?a=1"), "https://workflows.example.com/?a=1");
    }

    #[test]
    fn a_path_that_does_not_begin_with_the_base_path_stays() {
        for path in ["/", "/v1/me?b=/zwm/", "/zwmx/v1/me", "/v1/zwm/me"] {
            assert_eq!(stripped(path), format!("https://workflows.example.com{path}"));
        }
    }
}
