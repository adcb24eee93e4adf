//! The metrics of the product. Alarms and the dashboard in the template are compared with this list by a test.

use crate::domain::failure::ErrorClass;

/// The namespace of all metrics.
pub const NAMESPACE: &str = "ZuoraWorkflowManager";
/// The only dimension: the stack. One series a metric, whatever the number of customers; two stacks do not mix.
pub const DIMENSION: &str = "Stack";

/// What the values of a metric are, and so how several of one invocation become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// So many things that happened: added up.
    Count,
    /// A number of things at a moment: the largest.
    Level,
    /// A time in seconds: the longest.
    Seconds,
}

/// Declares each metric once: what it tells, its name, its unit.
macro_rules! metrics {
    ($($(#[$doc:meta])+ $name:ident: $unit:ident,)+) => {
        /// A metric.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $($(#[$doc])+ $name,)+
        }

        impl Metric {
            /// Every metric.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name for alarms and dashboards.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What its values are.
            pub const fn unit(self) -> Unit {
                match self { $(Self::$name => Unit::$unit,)+ }
            }
        }
    };
}

metrics! {
    /// A sync ended complete and without errors.
    SyncSucceeded: Count,
    /// A sync ended in a permanent error, or its last attempt did.
    SyncFailed: Count,
    /// A sync ended with errors, or without having seen everything.
    SyncIncomplete: Count,
    /// A sync ended with deletions that wait for an approval.
    SyncHeld: Count,
    /// The time for which a scheduled sync waited until a worker first took it.
    SyncDelaySeconds: Seconds,
    /// A scheduled sync was due. Sent by every tick of the schedule, with zero if there was none.
    CustomersDue: Count,
    /// The token requests per minute that the due customers would need beyond the available ones. Sent by every tick.
    TokensShort: Level,
    /// The time for which the oldest queued job has waited. Sent by every sweep.
    OldestQueuedSeconds: Seconds,
    /// A token was asked for at Zuora.
    TokenRequests: Count,
    /// The most requests that a run had in flight at one tenant.
    ZuoraInFlight: Level,
    /// Zuora asked for a pause, was overloaded or let time run out: a run halved its requests in flight.
    ZuoraThrottles: Count,
    /// A job failed for good, or a message could not be read: of whatever class.
    DeadLetters: Count,
    /// Of these: the customer's settings are wrong.
    DeadLettersConfig: Count,
    /// Of these: the user's role may not read workflows.
    DeadLettersPermission: Count,
    /// Of these: Zuora asked to wait, for a day.
    DeadLettersRateLimit: Count,
    /// Of these: Zuora or the network failed, again and again.
    DeadLettersTransient: Count,
    /// Of these: a limit was exceeded.
    DeadLettersTooLarge: Count,
    /// Of these: the message or its worker was lost, more than once.
    DeadLettersLost: Count,
    /// Of these: a defect of this product, or an end that no dead letter should have.
    DeadLettersBug: Count,
    /// Of these: a message that nobody can read.
    DeadLettersUnreadable: Count,
    /// The policy refused somebody's request.
    RefusedAttempts: Count,
    /// An audit record was written.
    AuditWritten: Count,
    /// A record of the audit table's stream arrived where it is relayed, whatever becomes of it.
    AuditReceived: Count,
    /// A record of the data table's stream arrived there.
    DataReceived: Count,
    /// A stored secret did not open: it was moved or altered, or its key is another one.
    DecryptFailed: Count,
    /// A stored definition is damaged: chunks of it are missing or altered.
    DefinitionDamaged: Count,
    /// A stored record is unreadable and left out where many are read: in a list, a count, the schedule, a sweep.
    UnreadableRecord: Count,
    /// DynamoDB throttled, failed or could not be reached, after all repetitions.
    StoreUnavailable: Count,
}

impl Metric {
    /// The metric of dead letters of one class.
    pub const fn dead_letters_of(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Config => Self::DeadLettersConfig,
            ErrorClass::Permission => Self::DeadLettersPermission,
            ErrorClass::RateLimit => Self::DeadLettersRateLimit,
            ErrorClass::Transient => Self::DeadLettersTransient,
            ErrorClass::TooLarge => Self::DeadLettersTooLarge,
            ErrorClass::Lost => Self::DeadLettersLost,
            ErrorClass::Bug | ErrorClass::Guard | ErrorClass::Cancelled => Self::DeadLettersBug,
        }
    }
}
