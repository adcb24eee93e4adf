//! The two queues in which jobs wait for a worker, and the queue of each kind of job. See D-37.
//!
//! A person who asks a question waits for the answer. In one queue with the syncs it would come after all of them: hundreds on
//! a morning on which many customers are created. So questions have a queue, and workers, of their own.

use aws_sdk_sqs::Client;

use super::queue::{Queue, QueueError, Sending};
use crate::{config::EnvSettings, domain::job::Kind};

/// The two queues, or a value for each of them.
#[derive(Clone, Debug)]
pub struct Queues<Q = Queue> {
    /// For syncs and purges.
    pub jobs: Q,
    /// For questions: dry runs and connection tests.
    pub questions: Q,
}

impl<Q> Queues<Q> {
    /// Returns the value for the queue in which jobs of a kind wait.
    pub const fn of(&self, kind: Kind) -> &Q {
        if kind.is_question() { &self.questions } else { &self.jobs }
    }
}

impl Queues<String> {
    /// Reads the URLs from a function's environment.
    pub fn read(settings: &mut EnvSettings<'_>) -> Self {
        Self { jobs: settings.required("JOB_QUEUE_URL"), questions: settings.required("QUESTION_QUEUE_URL") }
    }
}

impl Queues {
    /// The queues at these URLs.
    pub fn new(client: &Client, urls: Queues<String>) -> Self {
        let queue = |url| Queue::new(client.clone(), url);
        Self { jobs: queue(urls.jobs), questions: queue(urls.questions) }
    }

    /// Sends one message to the queue of its kind.
    ///
    /// # Errors
    /// As [`Queue::send`].
    pub async fn send(&self, sending: &Sending) -> Result<(), QueueError> {
        self.of(sending.kind).send(sending).await
    }

    /// Sends many messages; see [`Queue::send_all`].
    ///
    /// # Errors
    /// As [`Queue::send_all`].
    pub async fn send_all(&self, sendings: Vec<Sending>) -> Result<(), QueueError> {
        let (questions, jobs): (Vec<_>, Vec<_>) = sendings.into_iter().partition(|sending| sending.kind.is_question());
        let (jobs, questions) = tokio::join!(self.jobs.send_all(&jobs), self.questions.send_all(&questions));
        jobs.and(questions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_wait_in_a_queue_of_their_own() {
        let queues = Queues { jobs: "jobs", questions: "questions" };

        assert_eq!([Kind::Sync, Kind::Purge].map(|kind| *queues.of(kind)), ["jobs"; 2]);
        assert_eq!([Kind::Plan, Kind::Test].map(|kind| *queues.of(kind)), ["questions"; 2]);
    }
}
