//! Zuora's API for one run: with a token that is cached, refreshed before it expires, and replaced if Zuora keeps refusing it.
//! See D-25.
//!
//! What must stay true: a token is used only with the credential version and the origin it was issued for; every new one takes
//! a permit of the minute's budget first; and a run requests few of them, whatever its Zuora answers: all customers share the
//! budget.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Mutex, time::Instant};

use super::syncer::Syncer;
use crate::{
    app::interruption::Interruption,
    aws::{
        limits::{Permit, Share},
        vault::CachedToken,
    },
    clock,
    domain::{
        base_url::{BaseUrl, BaseUrlPolicy},
        customer::Customer,
        failure::{ErrorClass, Failure},
        ids::{JobId, WorkflowId},
        time::Timestamp,
    },
    zuora::{
        Access, Export, IssuedToken, Limiter, Meter, Operation, Page, Session, Version, Zuora, ZuoraError,
        ZuoraErrorKind, class::NEXT_STEP_AFTER_REFUSED_TOKENS, session::REQUEST_TIMEOUT,
    },
};

/// The margin before a token's expiry in which it is not used: a run must not outlive it.
const EXPIRY_MARGIN: Duration = Duration::from_secs(300);
/// The largest number of tokens that one run requests.
const MAX_TOKENS: u32 = 3;
/// The number of times that one thing is requested while Zuora refuses the token for it and accepts it for others.
const MAX_TRIES: u32 = 5;
/// The milliseconds over which jobs without a permit for a token request come back, each at its own moment.
const SPREAD_MS: u64 = 60_000;

/// A session, and the moment until which its token is used.
#[derive(Clone)]
struct Open {
    session: Session,
    expires_at: Timestamp,
    /// The number of tokens that this run has requested.
    issued: u32,
}

/// Zuora for one run of one customer.
pub struct Upstream<'a> {
    syncer: &'a Syncer,
    customer: &'a Customer,
    base: BaseUrl,
    open: Mutex<Open>,
    /// The number of good answers to this run, with any token.
    answers: AtomicU64,
    limiter: Arc<Limiter>,
    /// The moment by which all requests end.
    until: Instant,
    track_id: String,
    meter: Arc<Meter>,
}

impl<'a> Upstream<'a> {
    /// Opens with the cached token, or with a new one. All requests except that for a token end by `until`.
    ///
    /// # Errors
    /// [`Interruption`] if the base URL is refused, or if a new token is needed and cannot be had.
    pub async fn open(
        syncer: &'a Syncer,
        customer: &'a Customer,
        job: &JobId,
        meter: &Arc<Meter>,
        until: Timestamp,
    ) -> Result<Self, Interruption> {
        let base = base_url(&syncer.policy, customer)?;
        let track_id = job.to_string();
        let ((access, expires_at), issued) = match cached(syncer, customer).await {
            Some(cached) => (cached, 0),
            None => (issue(syncer, customer, &base, &track_id, meter).await?, 1),
        };
        let meter = Arc::clone(meter);
        let limiter = Arc::new(Limiter::new(syncer.max_in_flight));
        let until = Instant::now() + clock::now().until(until);
        let session = Session::new(base.clone(), access, track_id.clone())
            .with_timeout(syncer.request_timeout)
            .until(until)
            .with_limiter(Arc::clone(&limiter))
            .with_meter(Arc::clone(&meter));
        let open = Mutex::new(Open { session, expires_at, issued });
        let answers = AtomicU64::new(0);
        Ok(Self { syncer, customer, base, open, answers, limiter, until, track_id, meter })
    }

    /// The number of requests that may be in flight now.
    pub fn limit(&self) -> usize {
        self.limiter.limit()
    }

    /// True if no time is left for a request.
    pub fn is_out_of_time(&self) -> bool {
        self.until <= Instant::now()
    }

    /// Reads one page of the listing.
    ///
    /// # Errors
    /// [`UpstreamError`] as [`Zuora::workflows_page`], or an interruption of the run.
    pub async fn page(&self, number: u32) -> Result<Page, UpstreamError> {
        self.ask(async |zuora: &Zuora, session: &Session| zuora.workflows_page(session, number).await).await
    }

    /// Returns true if Zuora still has the workflow, false if Zuora itself says that it does not exist.
    ///
    /// # Errors
    /// [`UpstreamError`] as [`Zuora::workflow`], or an interruption of the run.
    pub async fn has(&self, id: &WorkflowId) -> Result<bool, UpstreamError> {
        self.ask(async |zuora: &Zuora, session: &Session| zuora.workflow(session, id.as_str()).await).await
    }

    /// Reads a workflow's export, if it arrives within `patience`.
    ///
    /// # Errors
    /// [`UpstreamError`] as [`Zuora::export`], or an interruption of the run.
    pub async fn export(&self, id: &WorkflowId, version: Version, patience: Duration) -> Result<Export, UpstreamError> {
        self.ask(async |zuora: &Zuora, session: &Session| {
            zuora.export(&session.clone().with_timeout(patience), id.as_str(), version).await
        })
        .await
    }

    /// Sends a request, and again while the token is refused. A token with which other requests succeed meanwhile is good: only
    /// one with which none succeeds is replaced, once for each thing that is requested.
    async fn ask<T>(
        &self,
        request: impl AsyncFn(&Zuora, &Session) -> Result<T, ZuoraError>,
    ) -> Result<T, UpstreamError> {
        let (mut tries, mut may_replace) = (0, true);
        loop {
            tries += 1;
            let answers = self.answers.load(Ordering::Relaxed);
            let open = self.current().await.map_err(UpstreamError::Interruption)?;
            let refused = match request(&self.syncer.zuora, &open.session).await {
                Err(error) if error.kind == ZuoraErrorKind::TokenRejected => error,
                result => {
                    self.answers.fetch_add(u64::from(result.is_ok()), Ordering::Relaxed);
                    return result.map_err(UpstreamError::Zuora);
                }
            };
            let is_good = self.answers.load(Ordering::Relaxed) > answers;
            if tries == MAX_TRIES || !(is_good || may_replace) {
                return Err(UpstreamError::Zuora(refused));
            }
            if !is_good {
                self.replace(open.issued).await.map_err(UpstreamError::Interruption)?;
                may_replace = false;
            }
        }
    }

    /// The session, with a new token if the old one is about to expire.
    async fn current(&self) -> Result<Open, Interruption> {
        let mut open = self.open.lock().await;
        if open.expires_at <= clock::now() {
            self.renew(&mut open).await?;
        }
        Ok(open.clone())
    }

    /// Ensures a newer token than the rejected one; of many requests rejected together, one requests it.
    async fn replace(&self, rejected: u32) -> Result<(), Interruption> {
        let mut open = self.open.lock().await;
        if open.issued == rejected {
            self.renew(&mut open).await?;
        }
        Ok(())
    }

    /// Renews the token. Budget and counters of the session stay: they belong to the run.
    async fn renew(&self, open: &mut Open) -> Result<(), Interruption> {
        if open.issued == MAX_TOKENS {
            return Err(Interruption::Failed(no_token_lasts()));
        }
        let (access, expires_at) = issue(self.syncer, self.customer, &self.base, &self.track_id, &self.meter).await?;
        *open = Open { session: open.session.renewed(access), expires_at, issued: open.issued + 1 };
        Ok(())
    }
}

/// The failure of a run that has used up its tokens. It is no matter of configuration: the token endpoint accepted the
/// credentials each time.
fn no_token_lasts() -> Failure {
    let message = format!(
        "Zuora refuses access tokens that it issued, or lets them end at once: this run had {MAX_TOKENS}. Nothing wrong with the credentials is known."
    );
    Failure { next_step: NEXT_STEP_AFTER_REFUSED_TOKENS.to_owned(), ..Failure::new(ErrorClass::Transient, message) }
}

/// The reason why a request to Zuora got no answer.
#[derive(Debug)]
pub enum UpstreamError {
    /// Zuora's refusal, for the caller to judge.
    Zuora(ZuoraError),
    /// The run has to stop, for a reason of our own.
    Interruption(Interruption),
}

impl From<UpstreamError> for Interruption {
    fn from(refusal: UpstreamError) -> Self {
        match refusal {
            UpstreamError::Zuora(error) => error.into(),
            UpstreamError::Interruption(interruption) => interruption,
        }
    }
}

/// True if a refusal concerns the whole run and not only the requested thing.
pub(super) const fn concerns_the_run(kind: ZuoraErrorKind) -> bool {
    matches!(
        kind,
        ZuoraErrorKind::RateLimited { .. }
            | ZuoraErrorKind::TokenRejected
            | ZuoraErrorKind::InvalidCredentials
            | ZuoraErrorKind::AddressRefused
    )
}

/// The customer's base URL, checked again at use: the policy may have changed since it was stored.
pub(crate) fn base_url(policy: &BaseUrlPolicy, customer: &Customer) -> Result<BaseUrl, Interruption> {
    policy.parse(&customer.settings.zuora_base_url).map_err(|error| {
        Interruption::Failed(Failure::new(ErrorClass::Config, format!("The base URL is not allowed: {error}")))
    })
}

async fn cached(syncer: &Syncer, customer: &Customer) -> Option<(Access, Timestamp)> {
    let cached = match syncer.vault.token(&customer.id).await {
        Ok(cached) => cached?,
        Err(error) => return ignore(&error),
    };
    if cached.credential_version != customer.credential_version || cached.expires_at <= clock::now() {
        return None;
    }
    match syncer.tokens.open(&customer.id, customer.settings.destination(), cached.ciphertext).await {
        Ok(packed) => Access::unpack(&packed).map(|access| (access, cached.expires_at)),
        Err(error) => ignore(&error),
    }
}

/// Logs a failure of the cache, which the run can do without.
fn ignore<T>(error: &(dyn std::error::Error + 'static)) -> Option<T> {
    tracing::warn!(error, "the cached token could not be used");
    None
}

/// Requests a token from Zuora with the stored credentials, and caches it.
async fn issue(
    syncer: &Syncer,
    customer: &Customer,
    base: &BaseUrl,
    track_id: &str,
    meter: &Meter,
) -> Result<(Access, Timestamp), Interruption> {
    let token = fresh_token(syncer, customer, base, Share::Syncs, track_id, REQUEST_TIMEOUT, meter).await?;
    let now = clock::now();
    // A short-lived token is used for half its lifetime.
    let life = token.expires_in.checked_sub(EXPIRY_MARGIN).unwrap_or_default().max(token.expires_in / 2);
    let expires_at = now.plus(life);
    match syncer.tokens.seal(&customer.id, customer.settings.destination(), &token.access.packed()).await {
        Ok(ciphertext) => {
            let cached = CachedToken { ciphertext, credential_version: customer.credential_version, expires_at };
            if let Err(error) = syncer.vault.put_token(&customer.id, &cached).await {
                let _: Option<()> = ignore(&error);
            }
        }
        Err(error) => {
            let _: Option<()> = ignore(&error);
        }
    }
    Ok((token.access, expires_at))
}

/// A token straight from Zuora, never from the cache.
pub(crate) async fn fresh_token(
    syncer: &Syncer,
    customer: &Customer,
    base: &BaseUrl,
    share: Share,
    track_id: &str,
    timeout: Duration,
    meter: &Meter,
) -> Result<IssuedToken, Interruption> {
    let Some(stored) = syncer.vault.credentials(&customer.id).await? else {
        return Err(Interruption::without_credentials(syncer.dispatcher.customers.get(&customer.id).await?.is_some()));
    };
    if stored.secret_version > customer.credential_version {
        // Changed since this run began: the new secret may belong to another address than the one that this run uses.
        return Err(Interruption::credentials_changed());
    }
    let secret = syncer.secrets.open(&customer.id, customer.settings.destination(), stored.ciphertext).await?;
    let now = clock::now();
    if let Permit::Exhausted(wait) = syncer.token_budget.take(share, now).await? {
        let failure =
            Failure::new(ErrorClass::RateLimit, "Too many customers ask Zuora for a token; the job goes on shortly.");
        // Not all at the start of the next slot: most would find it full again.
        return Err(Interruption::Wait(wait + Duration::from_millis(fastrand::u64(..SPREAD_MS)), failure));
    }
    meter.sent(Operation::Token);
    let token = syncer.zuora.token(base, &customer.settings.zuora_client_id, &secret, track_id, timeout).await;
    token.map_err(|error| {
        meter.failed(&error);
        error.into()
    })
}
