//! Which workflow of one customer is which of another one, by their names.

/// What the other customer has for a workflow.
#[derive(Debug, PartialEq, Eq)]
pub enum Match {
    /// Nothing of its name.
    None,
    /// The one at this position.
    One(usize),
    /// One of those at these positions: which, the names do not say.
    Several(Vec<usize>),
}

/// Finds the match of the workflow at a position of `own`.
///
/// All names are equal but for case and normal form. One that both sides have once, to the letter, is a match; so are the only
/// two that are left then.
pub fn match_of(at: usize, own: &[&str], others: &[&str]) -> Match {
    let is_once = |name: &str, names: &[&str]| names.iter().filter(|other| **other == name).count() == 1;
    let is_exact = |name: &str| is_once(name, own) && is_once(name, others);
    if is_exact(own[at]) {
        return others.iter().position(|name| *name == own[at]).map_or(Match::None, Match::One);
    }
    let others: Vec<usize> = (0..others.len()).filter(|other| !is_exact(others[*other])).collect();
    let twins = own.iter().filter(|name| !is_exact(name)).count();
    match others.as_slice() {
        [] => Match::None,
        [one] if twins == 1 => Match::One(*one),
        _ => Match::Several(others),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_exact_name_comes_first_and_what_is_left_is_paired_only_if_it_is_alone() {
        assert_eq!(match_of(0, &["A"], &["A"]), Match::One(0));
        assert_eq!(match_of(0, &["A"], &["a"]), Match::One(0), "another case");
        assert_eq!(match_of(0, &["A"], &["a", "A"]), Match::One(1));
        assert_eq!(match_of(1, &["A", "a"], &["A", "á"]), Match::One(1), "the two that are left");
        assert_eq!(match_of(0, &["A", "A"], &["A"]), Match::Several(vec![0]));
        assert_eq!(match_of(0, &["A"], &["A", "A"]), Match::Several(vec![0, 1]));
        assert_eq!(match_of(2, &["A", "x", "x"], &["A", "y", "z"]), Match::Several(vec![1, 2]));
        assert_eq!(match_of(1, &["A", "a"], &["A"]), Match::None);
    }

    proptest! {
        #[test]
        fn both_sides_say_the_same(own in prop::collection::vec("[aA]", 1..5), others in prop::collection::vec("[aA]", 1..5)) {
            let (own, others): (Vec<&str>, Vec<&str>) = (own.iter().map(String::as_str).collect(), others.iter().map(String::as_str).collect());
            for at in 0..own.len() {
                match match_of(at, &own, &others) {
                    Match::None => prop_assert!((0..others.len()).all(|other| match_of(other, &others, &own) != Match::One(at))),
                    Match::One(other) => prop_assert_eq!(match_of(other, &others, &own), Match::One(at)),
                    Match::Several(found) => {
                        for other in found {
                            prop_assert!(matches!(match_of(other, &others, &own), Match::Several(back) if back.contains(&at)));
                        }
                    }
                }
            }
        }
    }
}
