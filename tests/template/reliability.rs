//! Keeps the table of `docs/reliability.md` correct: every row occurs once, and every test that it names exists in the named
//! file.

use std::{collections::BTreeMap, fs, path::Path};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A row's last cell: its text, and the tests it names, each with its file.
struct Proof {
    words: String,
    tests: Vec<(String, String)>,
}

/// The rows of the document's tables, in order: a first cell `R` and a number, and four cells in all.
fn rows() -> Vec<(String, Proof)> {
    let text = fs::read_to_string(Path::new(ROOT).join("docs/reliability.md")).unwrap();
    text.lines().filter(|line| line.starts_with("| R")).map(row).collect()
}

fn row(line: &str) -> (String, Proof) {
    let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [id, what, does, proof] = cells[..] else { panic!("not four cells: {line}") };
    assert!(!what.is_empty() && !does.is_empty() && !proof.is_empty(), "an empty cell: {line}");
    (id.to_owned(), Proof { words: format!("{does} {proof}"), tests: named(proof) })
}

/// The tests, each in the file named last before it: functions between backticks, and sentences in quotation marks (the panel's).
fn named(cell: &str) -> Vec<(String, String)> {
    let mut file = "";
    let mut tests = Vec::new();
    for (at, part) in cell.split('`').enumerate() {
        let is_code = at % 2 == 1;
        if is_code && part.contains('/') {
            file = part;
        } else if is_code && part.contains('_') {
            tests.push((file.to_owned(), part.to_owned()));
        } else if !is_code {
            tests.extend(part.split('"').skip(1).step_by(2).map(|sentence| (file.to_owned(), sentence.to_owned())));
        }
    }
    tests
}

#[test]
fn rows_stand_in_the_order_of_their_numbers_and_none_twice() {
    let rows = rows();
    let numbers: Vec<(u32, &str)> = rows.iter().map(|(id, _)| number(id)).collect();

    for (before, after) in numbers.iter().zip(&numbers[1..]) {
        assert!(before < after, "{after:?} after {before:?}");
    }
}

/// The number of `R22b`, and its letter.
fn number(id: &str) -> (u32, &str) {
    let digits = id.strip_prefix('R').unwrap_or_else(|| panic!("not a number: {id}"));
    let (number, letter) = digits.split_at(digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()));
    (number.parse().unwrap(), letter)
}

#[test]
fn every_row_names_a_test_or_says_why_there_is_none() {
    for (id, proof) in rows() {
        let excused = proof.words.contains("Cannot happen") || proof.words.contains("(pending)");
        assert!(!proof.tests.is_empty() || excused, "{id}");
    }
}

#[test]
fn every_named_test_is_in_the_file_it_is_said_to_be_in() {
    let mut files = BTreeMap::new();
    for (id, proof) in rows() {
        for (file, test) in proof.tests {
            let text = files.entry(file.clone()).or_insert_with(|| {
                fs::read_to_string(Path::new(ROOT).join(&file)).unwrap_or_else(|error| panic!("{id}: {file}: {error}"))
            });
            assert!(is_test(text, &test), "{id}: {file} has no test {test}");
        }
    }
}

/// True if there is a function of that name with a test attribute on a line before it, or a test of that sentence.
fn is_test(text: &str, name: &str) -> bool {
    if name.contains(' ') {
        return text.contains(&format!("\"{name}\""));
    }
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let declares = |line: &str| line.contains(&format!("fn {name}("));
    let marked = |at: usize| {
        lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).any(|line| line.contains("test"))
    };
    lines.iter().enumerate().any(|(at, line)| declares(line) && marked(at))
}
