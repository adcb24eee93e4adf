//! Unpacks a body while it arrives, in all content codings that HTTP allows for it (RFC 9110 section 8.4), and never beyond a
//! limit: a small response cannot become a large one.
//!
//! Requests accept gzip only. Its names count in any case, it may have been applied more than once, and a body may consist of
//! several gzip members.

use std::io::{self, ErrorKind, Write};

use flate2::write::MultiGzDecoder;
use http::{HeaderMap, header::CONTENT_ENCODING};

/// The value of `Accept-Encoding`.
pub(super) const ACCEPTED: &str = "gzip";
/// The largest number of codings of one body. No server applies more, and each costs memory before the first byte has arrived.
const MAX_CODINGS: usize = 4;

/// A body in the course of unpacking.
pub(super) enum Unpacking {
    /// The bytes after all codings are undone.
    Plain(Bounded),
    /// One coding to be undone.
    Gzip(Box<MultiGzDecoder<Self>>),
}

/// The unpacked bytes and their limit.
pub(super) struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
}

/// The error for a body in a coding that was not accepted.
#[derive(Debug, thiserror::Error)]
#[error("the answer has the content coding `{0}`, which was not asked for")]
pub(super) struct UnknownCoding(String);

impl Unpacking {
    /// Prepares for a body of at most `limit` unpacked bytes.
    pub(super) fn new(headers: &HeaderMap, limit: usize) -> Result<Self, UnknownCoding> {
        let mut body = Self::Plain(Bounded { bytes: Vec::new(), limit });
        let values = headers.get_all(CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let all = values.collect::<Vec<_>>().join(",").to_ascii_lowercase();
        let codings = all.split(',').map(str::trim).filter(|coding| !matches!(*coding, "" | "identity"));
        // Listed in the order of application, so the last one is undone first.
        for (count, coding) in codings.enumerate() {
            if count == MAX_CODINGS || !matches!(coding, "gzip" | "x-gzip") {
                return Err(UnknownCoding(if count == MAX_CODINGS { all } else { coding.to_owned() }));
            }
            body = Self::Gzip(Box::new(MultiGzDecoder::new(body)));
        }
        Ok(body)
    }

    /// The number of bytes unpacked so far.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Plain(body) => body.bytes.len(),
            Self::Gzip(outer) => outer.get_ref().len(),
        }
    }

    /// Reserves room for the whole limit at once: memory that is not written to costs nothing, and a body that has to grow
    /// exists twice meanwhile.
    pub(super) fn reserve(&mut self) {
        match self {
            Self::Plain(body) => body.bytes.reserve_exact(body.limit - body.bytes.len()),
            Self::Gzip(outer) => outer.get_mut().reserve(),
        }
    }

    /// Returns the unpacked body; fails if it is incomplete.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(body) => Ok(body.bytes),
            Self::Gzip(outer) => outer.finish()?.finish(),
        }
    }
}

impl Write for Unpacking {
    /// Fails with `FileTooLarge` at the limit.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(body) if body.bytes.len() + bytes.len() > body.limit => Err(ErrorKind::FileTooLarge.into()),
            Self::Plain(body) => body.bytes.write(bytes),
            Self::Gzip(outer) => outer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(outer) => outer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zuora::test_server::gzip;

    fn unpack(codings: &[&'static str], body: &[u8], limit: usize) -> io::Result<Vec<u8>> {
        let headers = codings.iter().map(|coding| (CONTENT_ENCODING, coding.parse().unwrap())).collect();
        let mut unpacking = Unpacking::new(&headers, limit).map_err(io::Error::other)?;
        // One byte at a time: a body may be cut anywhere.
        for byte in body {
            unpacking.write_all(&[*byte])?;
        }
        unpacking.finish()
    }

    #[test]
    fn gzip_is_undone_under_each_of_its_names_and_as_often_as_it_was_applied() {
        let (once, twice) = (gzip(b"text"), gzip(&gzip(b"text")));
        for (codings, body) in [
            (&[][..], &b"text"[..]),
            (&[""], b"text"),
            (&["identity"], b"text"),
            (&["gzip"], &once),
            (&["GZIP"], &once),
            (&["x-gzip"], &once),
            (&[" X-GZip , identity"], &once),
            (&["gzip, gzip"], &twice),
            (&["gzip", "gzip"], &twice),
        ] {
            assert_eq!(unpack(codings, body, 4).unwrap(), b"text", "{codings:?}");
        }
    }

    #[test]
    fn several_members_are_one_body() {
        let body = [gzip(b"te"), gzip(b""), gzip(b"xt")].concat();

        assert_eq!(unpack(&["gzip"], &body, 4).unwrap(), b"text");
    }

    #[test]
    fn a_body_that_is_cut_or_damaged_is_none() {
        let whole = gzip(b"text");
        for length in 0..whole.len() {
            assert!(unpack(&["gzip"], &whole[..length], 4).is_err(), "{length}");
        }
        let mut damaged = whole.clone();
        damaged[whole.len() - 5] ^= 1;
        assert!(unpack(&["gzip"], &damaged, 4).is_err());
    }

    #[test]
    fn nothing_is_unpacked_beyond_the_bound() {
        for (coding, body) in
            [("identity", b"text".to_vec()), ("gzip", gzip(b"text")), ("gzip, gzip", gzip(&gzip(b"text")))]
        {
            assert_eq!(unpack(&[coding], &body, 3).unwrap_err().kind(), ErrorKind::FileTooLarge, "{coding}");
        }
    }

    #[test]
    fn another_coding_is_named_and_too_many_are_refused() {
        let error = unpack(&["br"], b"", 4).unwrap_err().to_string();

        assert_eq!(error, "the answer has the content coding `br`, which was not asked for");
        assert!(unpack(&["gzip"; MAX_CODINGS + 1], b"", 4).unwrap_err().to_string().contains("gzip,gzip"));
    }
}
