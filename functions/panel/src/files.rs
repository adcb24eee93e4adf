//! The built files, by name.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderName, header};
use include_dir::{Dir, include_dir};
use shared::http::problem::{Problem, ProblemKind};

static BUILT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/dist");

/// The cache policy of built files: their names hold a digest of their content, so the content of a name never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The text of a built file: `index.html`, `panel/index-1a2b3c4d.js`.
pub fn text(name: &str) -> Option<&'static str> {
    BUILT.get_file(name)?.contents_utf8()
}

/// `GET /panel/{file+}`: a script, a style sheet or an image.
pub async fn get_file(Path(name): Path<String>) -> Response {
    let found = kind(&name).zip(text(&format!("panel/{name}")));
    let Some((kind, text)) = found else {
        return Problem::new(
            ProblemKind::NotFound,
            "The panel has no such file. Load the page again: there may be a newer one.",
        )
        .into_response();
    };
    let headers: [(HeaderName, &str); 2] = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER)];
    (headers, text).into_response()
}

/// The media type; none for a file that is no part of the panel. All are text: API Gateway compresses them, and needs no list of
/// binary types. See D-78.
fn kind(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    async fn get(name: &str) -> Response {
        get_file(Path(name.to_owned())).await
    }

    #[tokio::test]
    async fn every_file_that_the_page_names_is_served_with_its_type_and_may_be_kept_for_ever() {
        let html = text("index.html").expect("the web files are built: `make web`");
        let names: Vec<&str> = html.split('"').filter_map(|part| part.strip_prefix("./panel/")).collect();
        assert!(names.len() >= 3, "{names:?}");
        for name in names {
            let response = get(name).await;
            assert_eq!(response.status(), StatusCode::OK, "{name}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], FOR_EVER, "{name}");
            assert!(
                !response.headers().contains_key(header::CONTENT_ENCODING),
                "{name}: API Gateway would not compress it"
            );
        }
    }

    #[tokio::test]
    async fn what_is_no_built_file_is_not_there() {
        for name in ["none.js", "../index.html", "index.html", "", ".", "panel", "panel/"] {
            assert_eq!(get(name).await.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[test]
    fn every_built_file_is_text_of_a_known_type() {
        let built = BUILT.get_dir("panel").expect("the web files are built: `make web`");
        for file in built.files() {
            let name = file.path().to_str().unwrap();
            assert!(kind(name).is_some() && text(name).is_some(), "{name}: API Gateway would spoil it");
        }
    }
}
