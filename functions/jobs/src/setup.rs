//! Builds what the handlers share, once.

use axum::extract::FromRef;
use lambda_http::Error;
use shared::{
    app::{dispatch::Dispatcher, offers::Offer},
    aws::{
        clients,
        jobs::Jobs,
        keys::token_slot,
        limits::{REQUESTS_PER_MINUTE, RequestLimits},
        queue::Queue,
        queues::Queues,
        table::Table,
        workflows::Workflows,
    },
    clock,
    config::EnvSettings,
    domain::job::Job,
    http::{Edge, EdgeSettings, caller::CurrentUser, problem::Problem},
};

use crate::json::JobJson;

/// The state that every handler shares.
#[derive(Clone, Debug)]
pub struct App {
    /// Jobs and their queues.
    pub dispatcher: Dispatcher,
    /// The dead-letter queue.
    pub dead_letters: Queue,
    /// Workflows, for the names of what is held back.
    pub workflows: Workflows,
    /// Places for what people ask for.
    pub limits: RequestLimits,
    /// Authentication and cursors.
    pub edge: Edge,
}

impl App {
    /// A job as its own answer.
    ///
    /// # Errors
    /// Store failures.
    pub async fn answer(&self, job: Job, user: &CurrentUser) -> Result<JobJson, Problem> {
        let offers = self.dispatcher.offers(std::slice::from_ref(&job), user.caller()).await?;
        Ok(JobJson::new(job, offers.into_iter().next().unwrap_or_default()))
    }

    /// Jobs, each with what the user can do with it.
    ///
    /// # Errors
    /// Store failures.
    pub async fn offered(&self, jobs: Vec<Job>, user: &CurrentUser) -> Result<Vec<(Job, Offer)>, Problem> {
        let offers = self.dispatcher.offers(&jobs, user.caller()).await?;
        Ok(jobs.into_iter().zip(offers).collect())
    }
}

impl FromRef<App> for Edge {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

impl FromRef<App> for Jobs {
    fn from_ref(app: &App) -> Self {
        app.dispatcher.jobs.clone()
    }
}

/// Reads the configuration and connects.
///
/// # Errors
/// A setting that is missing or wrong; an AWS that does not give the keys.
pub async fn state() -> Result<App, Error> {
    let mut settings = EnvSettings::from_env();
    let data = settings.required("DATA_TABLE");
    let queues = Queues::read(&mut settings);
    let dead_letters = settings.required("DEAD_LETTER_QUEUE_URL");
    let edge = EdgeSettings::read(&mut settings);
    let per_caller = settings.number("REQUESTS_PER_MINUTE", REQUESTS_PER_MINUTE);
    settings.finish()?;

    let sdk = clients::load().await;
    let data = Table::new(aws_sdk_dynamodb::Client::new(&sdk), data);
    let key = token_slot(clock::now());
    // The read only opens the connection; what it finds does not matter.
    let (edge, _) = tokio::join!(Edge::load(&sdk, &edge, &data), data.get_item(&key));
    let sqs = aws_sdk_sqs::Client::new(&sdk);
    Ok(App {
        dispatcher: Dispatcher::new(data.clone(), Queues::new(&sqs, queues)),
        dead_letters: Queue::new(sqs, dead_letters),
        workflows: Workflows::new(data.clone()),
        limits: RequestLimits::new(data, per_caller),
        edge: edge?,
    })
}
