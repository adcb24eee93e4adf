//! The queue message: a pointer to a job, never its state, never a secret.

use serde::{Deserialize, Serialize};

use super::{
    ids::{CustomerId, JobId},
    job::Job,
};

/// `{"type":"job.v1","job_id":"job_…","customer_id":"cus_…","seq":1}`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Message {
    /// Version 1. A later format gets a name of its own, and both are accepted for as long as dead letters live (14 days).
    #[serde(rename = "job.v1")]
    JobV1 {
        /// The job.
        job_id: JobId,
        /// The customer whose job it is.
        customer_id: CustomerId,
        /// The job's `seq` at the time of sending: see [`Job::liveness`].
        seq: u64,
    },
}

/// The error for a message body that is not one of ours.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct MessageError(String);

impl Message {
    /// The message that sends a worker to `job` in its present state.
    pub fn to(job: &Job) -> Self {
        Self::JobV1 { job_id: job.id.clone(), customer_id: job.customer_id.clone(), seq: job.seq }
    }

    /// The body to send.
    pub fn body(&self) -> String {
        // Three plain fields: serializing them cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Parses a body.
    ///
    /// # Errors
    /// [`MessageError`] says what is wrong without repeating the body, which may be anything.
    pub fn parse(body: &str) -> Result<Self, MessageError> {
        let value: serde_json::Value =
            serde_json::from_str(body).map_err(|_| MessageError("the body is not JSON".to_owned()))?;
        let kind = value.get("type").and_then(serde_json::Value::as_str);
        if kind != Some("job.v1") {
            return Err(MessageError("the type is missing or unknown".to_owned()));
        }
        for field in ["job_id", "customer_id", "seq"] {
            if value.get(field).is_none() {
                return Err(MessageError(format!("{field} is missing")));
            }
        }
        serde_json::from_value(value).map_err(|_| MessageError("a field has the wrong type".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        actor::Actor,
        job::{Kind, Trigger},
        time::Timestamp,
    };

    #[test]
    fn a_message_round_trips_and_holds_a_pointer_only() {
        let now = Timestamp::EPOCH;
        let job = Job::new(Kind::Sync, CustomerId::new(), Trigger::Manual, Some(Actor::default()), now, now);
        let message = Message::to(&job);

        assert_eq!(Message::parse(&message.body()), Ok(message.clone()));
        let value: serde_json::Value = serde_json::from_str(&message.body()).unwrap();
        let fields: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["customer_id", "job_id", "seq", "type"]);
    }

    #[test]
    fn an_unreadable_body_says_what_is_wrong_with_it() {
        let cases = [
            ("", "the body is not JSON"),
            ("hello", "the body is not JSON"),
            ("[]", "the type is missing or unknown"),
            (r#"{"type":"job.v2"}"#, "the type is missing or unknown"),
            (r#"{"type":"job.v1","job_id":"x"}"#, "customer_id is missing"),
            (r#"{"type":"job.v1","job_id":"x","customer_id":"y","seq":1}"#, "a field has the wrong type"),
        ];
        for (body, reason) in cases {
            assert_eq!(Message::parse(body).unwrap_err().to_string(), reason, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_the_parser_panic(body in ".*") {
            let _ = Message::parse(&body);
        }
    }
}
