//! Which part of a text is written in it, and which comes from a template (Liquid) when the task runs.

/// The text without its templates: without `{{ ... }}` and `{% ... %}`. A template that is a quoted text itself, as in
/// `{{ 'secret' | base64_encode }}`, counts as written.
pub(super) fn written(text: &str) -> String {
    let mut written = String::new();
    let mut left = text;
    while let Some(at) = left.find("{{").into_iter().chain(left.find("{%")).min() {
        let (before, template) = left.split_at(at);
        written.push_str(before);
        let end = if template.starts_with("{{") { "}}" } else { "%}" };
        // A template without an end takes the rest.
        let (inner, rest) = template[2..].split_once(end).unwrap_or((&template[2..], ""));
        if inner.trim_start_matches(['-', ' ', '\t']).starts_with(['"', '\'']) && end == "}}" {
            written.push_str(inner);
        }
        left = rest;
    }
    written.push_str(left);
    written
}

/// True if a part of the text comes from a template.
pub(super) fn has_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_stands_outside_of_templates() {
        for (text, rest) in [
            ("abc", "abc"),
            ("Bearer {{ Data.token }}", "Bearer "),
            ("{{a}}:{{b}}", ":"),
            ("{% assign x = Data.y %}{{ x }}", ""),
            ("{{ 'hunter2' | base64_encode }}", " 'hunter2' | base64_encode "),
            ("{{ Data.Files['x'].name }}", ""),
            ("a{{ b", "a"),
            ("{{", ""),
            ("}} {", "}} {"),
        ] {
            assert_eq!(written(text), rest, "{text}");
        }
    }
}
