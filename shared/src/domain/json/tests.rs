//! The JSON reader beside `serde_json`, and with what `serde_json` cannot keep.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn read(text: &str) -> Json<'_> {
    Json::read(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn digest(text: &str) -> Digest {
    read(text).digest()
}

/// The parts of a list, or the first fault.
fn parts(list: &str) -> Result<Vec<String>, NotJson> {
    items(list.as_bytes()).map(|item| item.map(|item| String::from_utf8_lossy(item).into_owned())).collect()
}

#[test]
fn all_that_is_legal_is_read_and_keeps_its_text() {
    for text in [
        "1e400",
        "-0",
        "-0.0e-99999",
        "18446744073709551617",
        "122.416294033786585",
        r#""Dunning \ud83d""#,
        r#"{"name":"a","name":"b"}"#,
        r#"{"\ud800":1}"#,
        "null",
        " [ ] ",
    ] {
        assert_eq!(read(text).raw(), text.trim());
        assert_eq!(read(&format!("\u{feff}{text}")).raw(), text.trim(), "behind a byte order mark");
    }
}

#[test]
fn what_is_no_json_says_why_and_whether_it_only_broke_off() {
    for text in ["", " ", "{", r#"{"a":"#, r#"["a"#, "tru", "\u{feff}"] {
        assert_eq!(Json::read(text.as_bytes()), Err(NotJson::EndsEarly), "{text}");
    }
    for text in ["<html>", "[1] 2", "01", "[1,]", "NaN", r#"{"a":1,}"#, "{'a':1}", "\"a\nb\"", r#""\x""#] {
        let error = Json::read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("line"), "{text}: {error}");
    }
    assert!(matches!(Json::read(b"\"\xff\""), Err(NotJson::Broken(_))));
}

#[test]
fn scalars_are_text_and_half_a_character_is_shown_as_what_it_is_not() {
    for (text, shown) in [
        (r#""a\u0062\n\"\\\/""#, Some("ab\n\"\\/")),
        (r#""\ud83d\ude00""#, Some("\u{1f600}")),
        (r#""Dunning \ud83d""#, Some("Dunning \u{fffd}")),
        (r#""\ude00\ud83d\u0041""#, Some("\u{fffd}\u{fffd}A")),
        (r#""\ud83d\ud83d\ude00""#, Some("\u{fffd}\u{1f600}")),
        ("100.00", Some("100.00")),
        ("1E400", Some("1E400")),
        ("true", Some("true")),
        ("null", None),
        ("[]", None),
        ("{}", None),
    ] {
        assert_eq!(read(text).text().as_deref(), shown, "{text}");
    }
}

#[test]
fn an_object_is_taken_apart_in_order_and_the_last_of_a_repeated_key_counts() {
    let object = read(r#"{ "name" : "a" , "n\u0061me":[ 1 , {"x":"]"} ], "" : 1e400 }"#);

    let members: Vec<_> = object.members().map(|(key, value)| (key.into_owned(), value.raw())).collect();
    assert_eq!(members, [("name".into(), r#""a""#), ("name".into(), r#"[ 1 , {"x":"]"} ]"#), (String::new(), "1e400")]);
    assert_eq!(object.get("name").unwrap().items().map(Json::raw).collect::<Vec<_>>(), ["1", r#"{"x":"]"}"#]);
    assert_eq!(object.get("other"), None);
    assert_eq!(read("7").members().count() + read("7").items().count(), 0);
}

#[test]
fn a_list_is_cut_apart_though_one_of_its_items_is_no_json() {
    assert_eq!(
        parts(r#" [ 1, {"id":2,"x":01}, nonsense , "a,b" ] "#).unwrap(),
        ["1", r#"{"id":2,"x":01}"#, "nonsense", r#""a,b""#]
    );
    assert_eq!(parts("[]").unwrap(), Vec::<String>::new());
    for (list, early) in [
        ("[", true),
        ("[1", true),
        ("[1,", true),
        (r#"["a]"#, true),
        ("[1,]", false),
        ("[,1]", false),
        ("[1 2]", false),
        ("[1] 2", false),
        ("{}", false),
        ("7", false),
    ] {
        assert_eq!(parts(list).unwrap_err() == NotJson::EndsEarly, early, "{list}");
    }
    for object in [r#"{"a" 1}"#, "{a:1}", r#"{"a":}"#, r#"{"a":1,}"#, r#"{"\x":1}"#, "[]"] {
        assert!(members(object.as_bytes()).any(|member| member.is_err()), "{object}");
    }
}

#[test]
fn the_digest_ignores_order_space_and_escapes_and_nothing_else() {
    let base = digest(r#"{"a":[1,{"b":"x\u0079","c":null}],"d":-0}"#);

    assert_eq!(digest(r#" { "d" : -0 , "\u0061" : [ 1, { "c":null, "b":"xy" } ] } "#), base);
    for other in [
        r#"{"a":[1,{"b":"xy","c":null}],"d":0}"#,
        r#"{"a":[1,{"b":"xy","c":null}],"d":-0.0}"#,
        r#"{"a":[{"b":"xy","c":null},1],"d":-0}"#,
        r#"{"a":[1,{"b":"xy"}],"d":-0}"#,
        r#"{"a":["1",{"b":"xy","c":null}],"d":-0}"#,
        r#"{"a":[1,{"b":"xy","c":"null"}],"d":-0}"#,
    ] {
        assert_ne!(digest(other), base, "{other}");
    }
    assert_ne!(digest("123456789012345678901"), digest("123456789012345678902"));
    assert_ne!(digest(r#""\ud83d""#), digest(r#""\ud83c""#));
    assert_ne!(digest(r#""\ud83d""#), digest("\"\u{fffd}\""));
    assert_ne!(digest("[[],[]]"), digest("[[[]]]"));
    assert_eq!(digest(r#"{"a":1,"b":2,"a":3}"#), digest(r#"{"b":2,"a":3}"#), "the last counts");
}

#[test]
fn a_million_brackets_are_read_and_named_without_a_stack() {
    let deep = |depth: usize, inside: &str| format!("{}{inside}{}", "[".repeat(depth), "]".repeat(depth));
    let text = deep(1_000_000, "7");
    assert_eq!(read(&text).raw().len(), text.len());
    assert_ne!(digest(&text), digest(&deep(1_000_000, "8")));
    assert_eq!(digest(&deep(MAX_DEPTH - 1, "[ 1 ]")), digest(&deep(MAX_DEPTH - 1, "[1]")));
    assert_ne!(digest(&deep(MAX_DEPTH, "[ 1 ]")), digest(&deep(MAX_DEPTH, "[1]")), "what lies deeper is its text");
    assert_eq!(items(deep(1_000_000, "").as_bytes()).count(), 1);
}

#[test]
fn an_object_of_very_many_members_counts_as_its_text() {
    let wide = |from: usize| {
        let members: Vec<_> = (0..60_000).map(|n| format!("\"{}\":1", from ^ n)).collect();
        format!("{{\"a\":[{{{}}}],\"b\":2}}", members.join(","))
    };

    assert_eq!(
        digest(&wide(0)),
        digest(&wide(0).replace("\"b\":2", " \"b\" : 2 ")),
        "what is around it is looked into"
    );
    assert_ne!(digest(&wide(0)), digest(&wide(1)));
    assert_ne!(digest(&wide(0)), digest(&wide(0).replace("\"59999\":1", "\"59999\":2")));
}

#[test]
fn a_key_that_other_readers_give_a_meaning_is_a_key_like_any_other() {
    let text = r#"{"$serde_json::private::RawValue":"[1","$serde_json::private::Number":"x"}"#;

    assert_eq!(read(text).members().count(), 2);
    assert_eq!(serde_json::to_string(&read(text)).unwrap(), text);
}

/// JSON of every kind, including kinds that common parsers refuse.
pub(crate) fn any_json() -> impl Strategy<Value = String> {
    let string = prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "é",
            "\u{1f600}",
            "\\n",
            "\\\"",
            "\\\\",
            "\\ud83d",
            "\\ude00",
            "\\u0000",
            "[",
            "}",
            ",",
        ]),
        0..6,
    )
    .prop_map(|parts| format!("\"{}\"", parts.concat()));
    let number = prop::sample::select(vec![
        "0",
        "-0",
        "1e400",
        "18446744073709551617",
        "100.00",
        "-1.5E+3",
        "122.416294033786585",
    ]);
    let scalar = prop_oneof![
        number.prop_map(str::to_owned),
        string.clone(),
        prop::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned)
    ];
    scalar.prop_recursive(6, 48, 5, move |inner| {
        let member = (string.clone(), inner.clone()).prop_map(|(key, value)| format!("{key} : {value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[ {} ]", items.join(" ,\n"))),
            prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

/// Puts the parts of a value together again.
fn rebuild(json: Json<'_>, reverse: bool) -> String {
    let join = |mut parts: Vec<String>| {
        parts.iter_mut().for_each(|part| part.insert(0, ' '));
        parts.join(",")
    };
    if json.is_list() {
        return format!("[{}]", join(json.items().map(|item| rebuild(item, reverse)).collect()));
    }
    if !json.is_object() {
        return json.raw().to_owned();
    }
    let keys: Vec<_> = members(json.raw().as_bytes()).map(|member| member.unwrap().0.into_owned()).collect();
    // A key with a lone surrogate cannot be written as it is shown, and reordered repetitions have another meaning.
    let mut unique = keys.clone();
    unique.sort_unstable();
    unique.dedup();
    let exact = keys.iter().any(|key| key.contains('\u{fffd}')) || unique.len() < keys.len();
    if exact {
        return json.raw().to_owned();
    }
    let mut members: Vec<_> =
        json.members().map(|(key, value)| format!("{}:{}", Value::from(key), rebuild(value, reverse))).collect();
    if reverse {
        members.reverse();
    }
    format!("{{{}}}", join(members))
}

/// The scalars of a value with the keys and positions that lead to them, each level read by itself.
fn by_levels(json: Json<'_>, path: &str, found: &mut Vec<String>) {
    if json.is_object() {
        json.members().for_each(|(key, value)| by_levels(value, &format!("{path}.{key}"), found));
    } else if json.is_list() {
        json.items().enumerate().for_each(|(at, item)| by_levels(item, &format!("{path}[{at}]"), found));
    } else {
        found.push(format!("{path}={}", json.raw()));
    }
}

/// The same, by a walk.
fn by_walk(parts: &mut Parts<'_>, path: &str, found: &mut Vec<String>) {
    let mut at = 0;
    while let Some(name) = parts.advance() {
        let path = name.map_or_else(|| format!("{path}[{at}]"), |name| format!("{path}.{name}"));
        at += 1;
        if parts.is_object() || parts.is_list() {
            let mut entered = parts.enter();
            by_walk(&mut entered, &path, found);
            assert_eq!(entered.container(), parts.clone().whole());
            parts.leave(&entered);
        } else {
            found.push(format!("{path}={}", parts.whole().raw()));
        }
    }
}

proptest! {
    #[test]
    fn a_walk_through_the_parts_meets_what_reading_each_level_meets(text in any_json()) {
        let json = read(&text);
        let (mut levels, mut walk) = (Vec::new(), Vec::new());
        by_levels(json, "", &mut levels);
        by_walk(&mut Parts::of(json), "", &mut walk);
        if json.is_object() || json.is_list() {
            prop_assert_eq!(walk, levels);
        } else {
            prop_assert!(walk.is_empty(), "a scalar has no parts");
        }
    }

    #[test]
    fn several_keys_are_read_as_each_by_itself(text in any_json()) {
        let json = read(&text);
        prop_assert_eq!(json.pick(["a", "", "b"]), ["a", "", "b"].map(|key| json.get(key)));
    }

    #[test]
    fn any_json_is_taken_apart_and_put_together_to_the_same_whatever_the_order_of_its_keys(text in any_json()) {
        let json = read(&text);
        for reverse in [false, true] {
            let again = rebuild(json, reverse);
            prop_assert_eq!(digest(&again), json.digest(), "{}", again);
        }
        prop_assert_eq!(serde_json::to_string(&json).unwrap(), json.raw());
    }

    #[test]
    fn what_common_readers_take_is_read_to_the_same_values(text in any_json()) {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            prop_assert_eq!(read(&text).text(), match &value {
                Value::String(text) => Some(text.clone()),
                Value::Number(_) | Value::Bool(_) => Some(text.trim().to_owned()),
                _ => None,
            });
            if let Value::Object(fields) = &value {
                for key in fields.keys() {
                    let found: Option<Value> = read(&text).get(key).and_then(|json| serde_json::from_str(json.raw()).ok());
                    prop_assert_eq!(found.as_ref(), fields.get(key));
                }
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), json in "[\\[\\]{}:,\"a\\\\u0-9 ]{0,40}") {
        for text in [&bytes[..], json.as_bytes()] {
            let _ = Json::read(text).map(|json| (json.text(), json.digest(), json.members().count(), json.items().count()));
            let _ = (items(text).count(), members(text).count());
        }
    }
}
