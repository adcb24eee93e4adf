//! Finds what a text refers to: hosts, addresses, constants, fields, files, workflows.
//!
//! What must stay true: each scanner goes over the text once, whatever the text is. All look for a mark first, and then a
//! bounded number of bytes around it.

use crate::domain::definition::{authority, places};

/// The longest part of a name that is looked at.
const LONGEST: usize = 128;
/// The most names of a chain such as `Data.Account.Name`.
const MOST_NAMES: usize = 8;
/// The names that Liquid and JavaScript have for parts of lists and texts: no fields.
const NO_FIELDS: [&str; 5] = ["first", "last", "length", "size", "toString"];
/// The endings of files, which look like fields: `Invoice.pdf`.
const ENDINGS: [&str; 8] = ["csv", "html", "json", "pdf", "txt", "xlsx", "xml", "zip"];

/// A finding: the position of its beginning, and its text.
pub(super) type At<'a> = (usize, &'a str);

/// The hosts of literal URLs.
pub(super) fn hosts(text: &str) -> impl Iterator<Item = At<'_>> {
    places(text, "://").filter_map(|at| {
        let start = at + "://".len();
        let authority = authority(&text[start..]);
        let host = authority.rsplit('@').next().unwrap_or_default();
        let end = host.find([':', ',', ';', ')', ']', '|']).unwrap_or(host.len());
        let host = &host[..end];
        is_host(host).then_some((start, host))
    })
}

/// True for a host as it stands in a URL, or by itself.
pub(super) fn is_host(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_plain && text.len() <= 253 && (text.contains('.') || text == "localhost") && !text.starts_with(['.', '-'])
}

/// Literal e-mail addresses.
pub(super) fn emails(text: &str) -> impl Iterator<Item = At<'_>> {
    places(text, "@").filter_map(|at| {
        let is_local = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
        let start = at - before(&text[..at], is_local);
        let domain = after(&text[at + 1..], |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        let end = at + 1 + text[at + 1..at + 1 + domain].trim_end_matches(['.', '-']).len();
        let is_address = start < at && is_host(&text[at + 1..end]) && text[at + 1..end].contains('.');
        is_address.then_some((start, &text[start..end]))
    })
}

/// The places where the tenant keeps values: `GlobalConstants.Name` and `Credentials.zuora.session`, as `[base, name, ...]`.
pub(super) fn constants(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    ["GlobalConstants", "Credentials"].into_iter().flat_map(move |base| {
        places(text, base).filter_map(move |at| {
            let mut names = vec![base];
            names.extend(names_after(&text[at + base.len()..]));
            let begins = before(&text[..at], is_name) == 0;
            (begins && names.len() > 1).then_some((at, names))
        })
    })
}

/// Chains of names behind `Data`, or that begin with a name that `is_head` knows: `Data.Account.Name` and `Account.Name` are
/// both `[Account, Name]`.
pub(super) fn chains(text: &str, is_head: impl Fn(&str) -> bool) -> impl Iterator<Item = (usize, Vec<&str>)> {
    places(text, ".").filter_map(move |dot| {
        let start = dot - before(&text[..dot], is_name);
        let head = &text[start..dot];
        // In the middle of a chain.
        if text[..start].ends_with('.') {
            return None;
        }
        let mut names = if head == "Data" { Vec::new() } else { vec![head] };
        if !names.is_empty() && !is_head(head) {
            return None;
        }
        names.extend(names_after(&text[dot..]).into_iter().filter(|name| !NO_FIELDS.contains(name)));
        let is_file = head != "Data" && names.last().is_some_and(|name| ENDINGS.contains(name));
        (!names.is_empty() && !is_file).then_some((start, names))
    })
}

/// Files by the task that makes them: `Subscription__101` of `Subscription__101.csv.zip`, with the id of the task.
pub(super) fn files(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    places(text, "__").filter_map(|at| {
        let start = at - before(&text[..at], is_name);
        let id = at + "__".len();
        let end = id + after(&text[id..], |byte| byte.is_ascii_digit());
        let is_whole = !text[end..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        (start < at && id < end && is_whole).then(|| (start, &text[start..end], &text[id..end]))
    })
}

/// The ids of workflows whose run is called: `48` of `/workflows/48/run`.
pub(super) fn runs(text: &str) -> impl Iterator<Item = At<'_>> {
    places(text, "/workflows/").filter_map(|at| {
        let start = at + "/workflows/".len();
        let end = start + after(&text[start..], |byte| byte.is_ascii_alphanumeric());
        let rest = text[end..].strip_prefix("/run")?;
        let is_whole = !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'));
        (start < end && is_whole).then(|| (start, &text[start..end]))
    })
}

/// The names behind a name: `.Name`, `['Name']`; a number in brackets is passed over.
fn names_after(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut left = text;
    while names.len() < MOST_NAMES {
        if let Some(rest) = left.strip_prefix('.') {
            let length = after(rest, is_name);
            if length == 0 || rest.starts_with(|first: char| first.is_ascii_digit()) {
                break;
            }
            names.push(&rest[..length]);
            left = &rest[length..];
        } else if let Some(rest) = left.strip_prefix('[') {
            let quote = rest.starts_with(['\'', '"']);
            let inner = &rest[usize::from(quote)..];
            let length = after(inner, is_name);
            let Some(behind) = inner[length..].strip_prefix(if quote { ['\'', '"'] } else { [']', ']'] }) else {
                break;
            };
            let Some(behind) = (if quote { behind.strip_prefix(']') } else { Some(behind) }) else { break };
            if quote && length > 0 {
                names.push(&inner[..length]);
            }
            left = behind;
        } else {
            break;
        }
    }
    names
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How many bytes at the end of a text, at most [`LONGEST`], are of a kind.
fn before(text: &str, is: impl Fn(u8) -> bool) -> usize {
    text.bytes().rev().take(LONGEST).take_while(|byte| is(*byte)).count()
}

/// The same at its beginning.
fn after(text: &str, is: impl Fn(u8) -> bool) -> usize {
    text.bytes().take(LONGEST).take_while(|byte| is(*byte)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<'a>(all: impl Iterator<Item = At<'a>>) -> Vec<&'a str> {
        all.map(|(_, text)| text).collect()
    }

    fn joined<'a>(all: impl Iterator<Item = (usize, Vec<&'a str>)>) -> Vec<String> {
        all.map(|(_, names)| names.join(".")).collect()
    }

    #[test]
    fn hosts_are_those_of_literal_urls() {
        let text = "GET https://erp.example.com:8443/a?b=https://x.example.org, (http://localhost) ftp://***@files.example.com";
        assert_eq!(found(hosts(text)), ["erp.example.com", "x.example.org", "localhost", "files.example.com"]);
        for none in ["https://{{ Data.host }}/a", "://", "https:///a", "https://erp", "erp.example.com", "a://."] {
            assert_eq!(found(hosts(none)), [] as [&str; 0], "{none}");
        }
    }

    #[test]
    fn addresses_are_literal_and_whole() {
        let text =
            "To: Ann <ann.lee+x@mail.example.com>, bob@example.org. {{ Data.mail }}@example.com @here a@b ***@x.de";
        assert_eq!(found(emails(text)), ["ann.lee+x@mail.example.com", "bob@example.org"]);
    }

    #[test]
    fn constants_are_named_with_a_point_or_in_brackets() {
        let text = "Bearer {{GlobalConstants.ErpKey}} {{ GlobalConstants['Other'] | x }} {{Credentials.zuora.session}} MyGlobalConstants.x GlobalConstants";
        assert_eq!(
            joined(constants(text)),
            ["GlobalConstants.ErpKey", "GlobalConstants.Other", "Credentials.zuora.session"]
        );
    }

    #[test]
    fn a_chain_is_the_same_with_and_without_data_and_with_places_in_lists() {
        let head = |name: &str| ["Account", "Invoice"].contains(&name);
        for (text, names) in [
            ("{{ Data.Account.Name }}", vec!["Account.Name"]),
            ("Account.Name = 'x'", vec!["Account.Name"]),
            ("Data.Account[0].BillToContact['WorkEmail'].size", vec!["Account.BillToContact.WorkEmail"]),
            ("Data.Invoice", vec!["Invoice"]),
            ("x.Account.Name, console.log(Other.Name), Invoice.pdf, 1.5, end.", vec![]),
            ("Data.Liquid.total + Invoice.Amount", vec!["Liquid.total", "Invoice.Amount"]),
            ("Data..x Data.[0] .", vec![]),
        ] {
            assert_eq!(joined(chains(text, head)), names, "{text}");
        }
    }

    #[test]
    fn files_and_runs_are_known_by_their_ids() {
        let text = "{{ Data.Files['Subscription__101.csv.zip'].name }} default__x__7 a__b __9 x__1a";
        assert_eq!(
            files(text).map(|(_, name, id)| (name, id)).collect::<Vec<_>>(),
            [("Subscription__101", "101"), ("default__x__7", "7")]
        );
        let text =
            "https://rest.zuora.com/workflows/48/run /workflows/{{ x }}/run /workflows/5/export /workflows/6/runs";
        assert_eq!(found(runs(text)), ["48"]);
    }

    #[test]
    fn long_rows_of_marks_take_no_longer_than_their_length() {
        for mark in ["://", "@", ".", "__", "/workflows/", "Data.", "a@", "GlobalConstants", "x__", "Data.Account["] {
            let text = mark.repeat(200_000 / mark.len());
            let all = hosts(&text).count() + emails(&text).count() + constants(&text).count() + runs(&text).count();
            let rest = chains(&text, |_| true).count() + files(&text).count();
            assert!(all + rest <= text.len(), "{mark}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([.:/@_\\[\\]'\"{}ü ]|Data|Account|GlobalConstants|/workflows/|://|7){0,40}") {
            let _ = (hosts(&text).count(), emails(&text).count(), constants(&text).count(), runs(&text).count());
            let _ = (chains(&text, |_| true).count(), files(&text).count());
        }
    }
}
