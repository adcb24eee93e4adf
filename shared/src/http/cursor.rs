//! Cursors: opaque, signed, and good only for the caller, the route and the filter they were made for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::problem::{Problem, ProblemKind};

/// Half of a SHA-256 is more than enough for something that lives for minutes.
const TAG: usize = 16;
/// The longest cursor that is looked at.
const MAX_TEXT: usize = 4096;

/// The key that signs cursors.
#[derive(Clone)]
pub struct CursorKey(SecretString);

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey")
    }
}

/// The scope of a cursor: the caller's `sub`, the route, and the filter in any fixed text form.
#[derive(Clone, Copy, Debug)]
pub struct CursorScope<'a> {
    /// The caller's `sub`.
    pub caller: &'a str,
    /// The route's template.
    pub route: &'a str,
    /// The filter.
    pub filter: &'a str,
}

impl CursorKey {
    /// A key from the app key.
    pub const fn new(app_key: SecretString) -> Self {
        Self(app_key)
    }

    /// Makes a cursor for `position`.
    pub fn seal(&self, scope: &CursorScope<'_>, position: &str) -> String {
        let mut bytes = self.tag(scope, position.as_bytes()).to_vec();
        bytes.extend_from_slice(position.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the position back from a request's cursor, if it has one; `parse` knows its form.
    ///
    /// # Errors
    /// `cursor-invalid` when it was not made by us, for this scope, to the letter.
    pub fn open<T>(
        &self,
        scope: &CursorScope<'_>,
        cursor: Option<&str>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(cursor) = cursor else { return Ok(None) };
        let position = self.read(scope, cursor).and_then(|text| parse(&text));
        position.map(Some).ok_or_else(|| {
            Problem::new(
                ProblemKind::CursorInvalid,
                "Use a next_cursor from the same list with the same filter, or none.",
            )
        })
    }

    fn read(&self, scope: &CursorScope<'_>, cursor: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(Some(cursor).filter(|text| text.len() <= MAX_TEXT)?).ok()?;
        let (tag, position) = bytes.split_at_checked(TAG)?;
        // Compared in constant time.
        self.mac(scope, position).verify_truncated_left(tag).ok()?;
        String::from_utf8(position.to_vec()).ok()
    }

    /// Names texts that may hold secrets without giving any of them away: the same texts, the same name.
    pub(super) fn fingerprint(&self, parts: &[&str]) -> String {
        let mac = self.begin(b"fingerprint.v1");
        hex::encode(parts.iter().fold(mac, |mac, part| with(mac, part.as_bytes())).finalize().into_bytes())
    }

    fn tag(&self, scope: &CursorScope<'_>, position: &[u8]) -> [u8; TAG] {
        let full = self.mac(scope, position).finalize().into_bytes();
        let mut tag = [0; TAG];
        tag.copy_from_slice(&full[..TAG]);
        tag
    }

    fn mac(&self, scope: &CursorScope<'_>, position: &[u8]) -> Hmac<Sha256> {
        let parts = [scope.caller.as_bytes(), scope.route.as_bytes(), scope.filter.as_bytes(), position];
        parts.into_iter().fold(self.begin(b"cursor.v1"), with)
    }

    /// For each use of the key another beginning.
    fn begin(&self, used_for: &[u8]) -> Hmac<Sha256> {
        // HMAC takes a key of any length; the fallback is never used.
        let mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes())
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
        with(mac, used_for)
    }
}

/// Adds a part with its length, so that no two lists of parts give the same bytes.
fn with(mut mac: Hmac<Sha256>, part: &[u8]) -> Hmac<Sha256> {
    mac.update(&(part.len() as u64).to_be_bytes());
    mac.update(part);
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCOPE: CursorScope<'_> = CursorScope { caller: "s-1", route: "/v1/jobs", filter: "state=failed" };

    fn key() -> CursorKey {
        CursorKey::new("0123456789abcdef0123456789abcdef".into())
    }

    #[test]
    fn a_cursor_is_good_only_for_its_own_scope_and_key() {
        let cursor = key().seal(&SCOPE, "job_7");

        assert_eq!(key().read(&SCOPE, &cursor).as_deref(), Some("job_7"));
        for other in [
            CursorScope { caller: "s-2", ..SCOPE },
            CursorScope { route: "/v1/customers", ..SCOPE },
            CursorScope { filter: "state=held", ..SCOPE },
            CursorScope { caller: "s-1/v1/jobs", route: "", ..SCOPE },
        ] {
            assert_eq!(key().read(&other, &cursor), None, "{other:?}");
        }
        assert_eq!(CursorKey::new("another key another key another key".into()).read(&SCOPE, &cursor), None);
    }

    proptest! {
        #[test]
        fn any_position_round_trips(position in ".*") {
            prop_assert_eq!(key().read(&SCOPE, &key().seal(&SCOPE, &position)), Some(position).filter(|p| p.len() < 3000));
        }

        #[test]
        fn no_text_makes_it_panic_or_passes(text in ".*") {
            prop_assert_eq!(key().read(&SCOPE, &text), None);
        }

        #[test]
        fn no_altered_cursor_passes(at in 0usize..20, flip in 1u8..=255) {
            let mut bytes = URL_SAFE_NO_PAD.decode(key().seal(&SCOPE, "job_7")).unwrap();
            bytes[at] ^= flip;
            prop_assert_eq!(key().read(&SCOPE, &URL_SAFE_NO_PAD.encode(bytes)), None);
        }
    }
}
