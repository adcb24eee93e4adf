//! HTTP: the web panel's files, built from `web/` and compiled in. May do nothing in AWS but write its log. See D-49.
//!
//! What must stay true: the page is fetched anew each time and names its files by their content, so that these may be kept
//! for ever; nothing is loaded from anywhere else, and the page says so to the browser (its content security policy).

mod files;
mod page;
pub mod settings;

use axum::{Router, routing::get};
use shared::http::serve;

/// Who answers what.
pub fn routes(settings: &settings::PanelSettings) -> Router {
    let page = page::Page::new(settings);
    serve::surround_open(
        Router::new()
            .route("/", get(move || async move { page.answer() }))
            .route("/panel/{*file}", get(files::get_file)),
    )
}
