//! Looks for a text in a definition, in any case and normal form. Secrets are neither matched nor shown.

use super::{
    definition::{Definition, Text, texts},
    json::Json,
    name::folded,
    references::{TaskName, snippet},
};

/// A text to look for, folded once for all definitions.
#[derive(Clone, Debug)]
pub struct Needle {
    folded: String,
    /// The longest part of it that JSON writes as it is.
    plain: String,
}

/// A place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The task; none for the workflow itself.
    pub task: Option<TaskName>,
    /// The path in the task, or in the export.
    pub path: String,
    /// The text around it.
    pub snippet: String,
}

impl Needle {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        let folded = folded(text);
        let parts = folded.split(|letter: char| matches!(letter, '"' | '\\' | '/') || letter.is_control());
        let plain = parts.max_by_key(|part| part.len()).unwrap_or_default().to_owned();
        Self { folded, plain }
    }

    /// False if it is certainly not in an export: most hold none of what is looked for, and need not be read.
    pub fn may_be_in(&self, export: &[u8]) -> bool {
        match std::str::from_utf8(export) {
            Ok(text) if !text.contains("\\u") => folded(text).contains(&self.plain),
            _ => true,
        }
    }

    /// The places where it stands in a definition, the first `most`, one for each text.
    pub fn places(&self, definition: &Definition<'_>, most: usize) -> Vec<Place> {
        let mut places = Vec::new();
        for task in definition.tasks.iter() {
            let name = || {
                let of = |name| task.get(name).and_then(Json::text);
                Some(TaskName(of("id").unwrap_or_default(), of("name")))
            };
            self.add("", task, most, &name, &mut places);
        }
        for (name, part) in definition.rest() {
            self.add(&name, part, most, &|| None, &mut places);
        }
        places
    }

    fn add(
        &self,
        prefix: &str,
        value: Json<'_>,
        most: usize,
        task: &dyn Fn() -> Option<TaskName>,
        places: &mut Vec<Place>,
    ) {
        if places.len() == most {
            return;
        }
        texts(prefix, value, &mut |Text { path, text, is_secret }| {
            if is_secret || places.len() == most {
                return;
            }
            if let Some(at) = self.position(text) {
                places.push(Place { task: task(), path: path.to_owned(), snippet: snippet(text, at) });
            }
        });
    }

    /// Where it begins in a text, at least nearly: folding may change the number of bytes.
    fn position(&self, text: &str) -> Option<usize> {
        let at = folded(text).find(&self.folded)?;
        if text.is_ascii() {
            return Some(at);
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, letter)| at + letter.len_utf8()).collect();
        let behind = ends.partition_point(|end| folded(&text[..*end]).len() <= at);
        Some(behind.checked_sub(1).map_or(0, |last| ends[last]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(export: &str, text: &str) -> Vec<Place> {
        let needle = Needle::new(text);
        let places = needle.places(&Definition::parse(export.as_bytes()).unwrap(), 5);
        assert!(places.is_empty() || needle.may_be_in(export.as_bytes()), "{text} is passed over in {export}");
        places
    }

    fn export(parameters: &serde_json::Value) -> String {
        serde_json::json!({
            "workflow": {"id": 1, "name": "Großkunden", "parameters": {"note": "needle of the workflow"}},
            "tasks": [{"id": 7, "name": "Mail", "action_type": "Email", "parameters": parameters}],
        })
        .to_string()
    }

    #[test]
    fn a_text_is_found_wherever_it_stands_in_any_case_and_normal_form() {
        let found =
            export(&serde_json::json!({"email": {"to": ["A needle here"], "template": "Chambe\u{301}ry\nund mehr"}}));

        let all = places(&found, "NEEDLE");
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].task, Some(TaskName("7".to_owned(), Some("Mail".to_owned()))));
        assert_eq!((all[0].path.as_str(), all[0].snippet.as_str()), ("parameters.email.to[0]", "A needle here"));
        assert_eq!((&all[1].task, all[1].path.as_str()), (&None, "workflow.parameters.note"));
        assert_eq!(places(&found, "chambéry\nUND")[0].path, "parameters.email.template");
        assert_eq!(places(&found, "GROSSKUNDEN")[0].path, "workflow.name");
        assert!(places(&found, "absent").is_empty());
    }

    #[test]
    fn what_is_secret_is_neither_found_nor_shown() {
        let found = export(&serde_json::json!({
            "oauth2": {"client_secret": "hunter2", "client_id": "visible hunter"},
            "headers": [{"key": "Authorization", "value": "Bearer hunter2"}],
            "url": "https://user:hunter2@erp.example.com/x",
            "raw_body": "{\"password\":\"hunter2\",\"name\":\"n\"}",
        }));

        assert!(places(&found, "hunter2").is_empty());
        assert_eq!(places(&found, "visible").len(), 1);
        let url = &places(&found, "erp.example.com")[0];
        assert_eq!(url.snippet, "https://***@erp.example.com/x");
    }

    #[test]
    fn a_snippet_is_cut_around_the_place_also_behind_letters_that_fold_to_more() {
        let long = format!("{}needle{}", "ß ".repeat(300), " x".repeat(300));
        let snippet = &places(&export(&serde_json::json!({ "code": long })), "needle")[0].snippet;

        assert!(snippet.contains("needle") && snippet.chars().count() < 100, "{snippet}");
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_text_is_found_and_what_is_not_is_not(
            before in "[a-cß é\"\\\\/\n]{0,12}", needle in "[a-cßÉ \"/\n]{1,5}", escaped: bool,
        ) {
            let text = format!("{before}{needle}!");
            let mut export = export(&serde_json::json!({ "code": text }));
            if escaped {
                export = export.replace('é', "\\u00e9").replace('/', "\\/");
            }
            let found = places(&export, &needle);
            prop_assert!(found.iter().any(|place| place.path == "parameters.code"), "{export}: {found:?}");
            let absent = format!("{needle}?!");
            prop_assert!(places(&export, &absent).is_empty());
        }
    }
}
