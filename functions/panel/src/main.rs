//! HTTP: the web panel's files. Its role allows nothing in AWS but writing its log.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::telemetry::init();
    let settings = panel::settings::PanelSettings::read()?;
    shared::http::serve::run(panel::routes(&settings)).await
}
