//! HTTP: the web panel's files, built from `web/` and compiled in. Its role allows nothing in AWS but writing its log. See
//! D-49.
//!
//! What must stay true: the page is fetched again each time and names its files by their content, so that these may be cached
//! for ever; nothing is loaded from any other origin, and the page says so to the browser (its content security policy).

mod files;
mod page;
pub mod settings;

use axum::{Router, routing::get};
use shared::http::serve;

/// The router.
pub fn routes(settings: &settings::PanelSettings) -> Router {
    let page = page::Page::new(settings);
    serve::surround_open(
        Router::new()
            .route("/", get(move || async move { page.answer() }))
            .route("/panel/{*file}", get(files::get_file)),
    )
}
