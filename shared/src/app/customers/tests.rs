//! Admins' side of customers, over tables in memory: what is one transaction is there as a whole or not at all.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;
use crate::{
    app::fixture::{AUDIT, DATA, Fixture, GRANTS, JOBS, Sent, VAULT, after, now},
    aws::{sealing::Purpose, table::StoreError, vault::CachedToken},
    domain::{
        customer::{SettingsChange, tests::customer},
        job::{SWEEP_GRACE, State},
        policy::{Grants, Verb},
    },
};

/// What an admin enters for a new customer.
const ENTERED: &str = "entered by an admin";

pub(super) fn service(fixture: &Fixture) -> CustomerService {
    let data = &fixture.dispatcher.data;
    let policy = BaseUrlPolicy::new("").unwrap();
    CustomerService {
        dispatcher: fixture.dispatcher.clone(),
        grants: GrantStore::new(data.beside(GRANTS)),
        vault: Vault::new(data.beside(VAULT)),
        secrets: Sealer::new(aws_sdk_kms::Client::new(&fixture.cloud.sdk), "key", Purpose::ClientSecret),
        zuora: Zuora::new(policy.clone()).unwrap(),
        policy,
        token_budget: TokenBudget::new(data.clone(), 60),
        limits: RequestLimits::new(data.clone(), 3),
    }
}

fn origin(text: &str) -> BaseUrl {
    BaseUrlPolicy::new("").unwrap().parse(text).unwrap()
}

fn creation() -> Creation {
    let settings = customer(now()).settings;
    let base = origin(&settings.zuora_base_url);
    Creation { settings, base, secret: ENTERED.to_owned().into(), verify: false, creator: None }
}

fn change(settings: SettingsChange, secret: Option<&str>) -> CustomerChange {
    let secret = secret.map(|secret| secret.to_owned().into());
    CustomerChange { expected: Precondition::Any, settings, secret, verify: false }
}

async fn create(fixture: &Fixture) -> Result<Customer, AppError> {
    Box::pin(service(fixture).create(creation(), &fixture.context())).await
}

async fn create_once(fixture: &Fixture, key: &str, fingerprint: &str) -> Result<Customer, AppError> {
    let service = service(fixture);
    let created = Box::pin(service.create_once(creation(), key, fingerprint.to_owned(), &fixture.context())).await?;
    Ok(created.customer)
}

/// A created customer whose first sync is over.
async fn created(fixture: &Fixture) -> Customer {
    let customer = create(fixture).await.unwrap();
    fixture.change(&customer.id, |customer| customer.sync_job_id = None).await;
    fixture.sent(JOBS);
    fixture.stored(&customer).await
}

/// The number of customers with a state, of items in the vault, and of records in the trail.
fn counts(fixture: &Fixture) -> (usize, usize, usize) {
    let tables = fixture.cloud.tables();
    let states = tables.items(DATA).into_iter().filter(|item| item["SK"]["S"] == "STATE").count();
    (states, tables.items(VAULT).len(), tables.items(AUDIT).len())
}

#[tokio::test]
async fn a_customer_its_sealed_secret_its_first_sync_and_the_record_are_one_transaction() {
    let fixture = Fixture::new();

    let customer = create(&fixture).await.unwrap();

    let job = fixture.find(customer.sync_job_id.as_ref().unwrap()).await;
    assert_eq!((job.state, job.trigger), (State::Queued, Trigger::Created));
    assert_eq!(fixture.stored(&customer).await, customer);
    let credentials = fixture.in_vault("CREDENTIALS").unwrap();
    let ciphertext = STANDARD.decode(credentials["ciphertext"]["B"].as_str().unwrap()).unwrap();
    let ciphertext = String::from_utf8(ciphertext).unwrap();
    assert!(ciphertext.contains(customer.id.as_str()) && ciphertext.contains("client_secret"), "{ciphertext}");
    assert!(!format!("{:?}", fixture.cloud.tables()).contains(ENTERED), "the secret is nowhere as it is");
    assert_eq!(fixture.trail(), ["customer.create"]);
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&job)]);
}

#[tokio::test]
async fn of_a_customer_whose_transaction_fails_nothing_is_anywhere() {
    let fixture = Fixture::new();
    fixture.cloud.refuse("TransactWriteItems");

    let failed = create(&fixture).await.unwrap_err();

    assert!(matches!(failed, AppError::Store(StoreError::Unavailable(_))), "{failed:?}");
    assert_eq!((counts(&fixture), fixture.jobs(), fixture.sent(JOBS)), ((0, 0, 0), 0, vec![]));
}

#[tokio::test]
async fn of_a_customer_whose_secret_cannot_be_sealed_nothing_is_stored() {
    let fixture = Fixture::new();
    fixture.cloud.refuse("Encrypt");

    assert!(matches!(create(&fixture).await, Err(AppError::Seal(_))));

    assert_eq!((counts(&fixture), fixture.sent(JOBS)), ((0, 0, 0), vec![]));
}

#[tokio::test]
async fn a_customer_is_created_though_the_queue_refuses_its_first_sync() {
    let fixture = Fixture::new();
    fixture.cloud.refuse("SendMessage");

    let customer = create(&fixture).await.unwrap();

    let job = fixture.find(customer.sync_job_id.as_ref().unwrap()).await;
    assert!(job.is_silent(now().plus(SWEEP_GRACE)), "the sweeper will find it");
}

#[tokio::test]
async fn whoever_creates_a_customer_without_being_a_super_admin_holds_every_verb_on_it() {
    let fixture = Fixture::new();
    let creator: UserId = "0199c0de-0000-7000-8000-000000000001".parse().unwrap();
    let new = Creation { creator: Some(creator.clone()), ..creation() };

    let customer = Box::pin(service(&fixture).create(new, &fixture.context())).await.unwrap();

    let grants = service(&fixture).grants;
    let grant = grants.get(&creator, Some(&customer.id)).await.unwrap().unwrap();
    assert!(grant.verbs.contains(&Verb::Delete) && !grant.verbs.contains(&Verb::Create), "{grant:?}");
}

#[tokio::test]
async fn who_asks_too_often_within_a_minute_is_told_when_to_come_back_and_nothing_is_stored() {
    let fixture = Fixture::new();
    for _ in 0..3 {
        create(&fixture).await.unwrap();
    }

    assert!(matches!(create(&fixture).await, Err(AppError::TooMany { .. })));

    assert_eq!(counts(&fixture), (3, 3, 3));
}

#[tokio::test]
async fn a_key_creates_one_customer_and_answers_with_it_as_long_as_it_is_there() {
    let fixture = Fixture::new();

    let first = create_once(&fixture, "key", "the same").await.unwrap();

    assert_eq!(create_once(&fixture, "key", "the same").await.unwrap(), first);
    assert!(matches!(create_once(&fixture, "key", "another").await, Err(AppError::KeyReused)));
    assert_eq!((counts(&fixture), fixture.sent(JOBS).len()), ((1, 1, 1), 1));
    assert_ne!(create_once(&fixture, "another key", "the same").await.unwrap().id, first.id);
    let tables = fixture.cloud.tables();
    for record in tables.items(DATA).into_iter().filter(|item| item["PK"]["S"].to_string().contains("ONCE#")) {
        assert_eq!(record["answer"]["M"].as_object().unwrap().keys().collect::<Vec<_>>(), ["id"], "{record}");
    }
    fixture.change(&first.id, |customer| customer.settings.name = "Renamed".to_owned()).await;
    assert_eq!(create_once(&fixture, "key", "the same").await.unwrap().settings.name, "Renamed");
    service(&fixture).delete(&first.id, &Precondition::Any, "Renamed", &fixture.context()).await.unwrap();
    assert!(matches!(create_once(&fixture, "key", "the same").await, Err(AppError::NotFound("customer"))));
}

#[tokio::test]
async fn a_key_whose_request_certainly_had_no_effect_may_be_used_again() {
    let fixture = Fixture::new();
    fixture.cloud.refuse("Encrypt");
    assert!(matches!(create_once(&fixture, "key", "the same").await, Err(AppError::Seal(_))));

    let restored = fixture.rival();

    create_once(&restored, "key", "another").await.unwrap();
    assert_eq!(counts(&restored), (1, 1, 1));
}

#[tokio::test]
async fn a_key_whose_request_may_have_had_an_effect_is_kept_for_a_minute() {
    let fixture = Fixture::new();
    fixture.cloud.refuse("TransactWriteItems");
    create_once(&fixture, "key", "the same").await.unwrap_err();
    let restored = fixture.rival();

    assert!(matches!(create_once(&restored, "key", "the same").await, Err(AppError::UnderWay)));

    let context = RequestContext { now: after(60), ..restored.context() };
    let later = service(&restored);
    Box::pin(later.create_once(creation(), "key", "the same".to_owned(), &context)).await.unwrap();
    assert_eq!(counts(&restored), (1, 1, 1));
}

#[tokio::test]
async fn another_base_url_without_the_secret_is_refused_and_changes_nothing() {
    let fixture = Fixture::new();
    let customer = created(&fixture).await;
    let before = fixture.cloud.tables();
    let zuora_base_url = Some(origin("https://rest.eu.zuora.com"));
    let moved = change(SettingsChange { zuora_base_url, ..SettingsChange::default() }, None);

    let refused = Box::pin(service(&fixture).change(&customer.id, moved, &fixture.context())).await.unwrap_err();

    assert!(format!("{refused:?}").contains("zuora_client_secret"), "{refused:?}");
    assert_eq!((fixture.cloud.tables() == before, fixture.sent(JOBS)), (true, vec![]));
}

#[tokio::test]
async fn another_client_id_without_the_secret_is_refused() {
    let fixture = Fixture::new();
    let customer = created(&fixture).await;
    let zuora_client_id = Some("another".to_owned());
    let other = change(SettingsChange { zuora_client_id, ..SettingsChange::default() }, None);

    let refused = Box::pin(service(&fixture).change(&customer.id, other, &fixture.context())).await.unwrap_err();

    assert!(format!("{refused:?}").contains("zuora_client_secret"), "{refused:?}");
}

#[tokio::test]
async fn a_new_secret_never_follows_somebody_elses_move_even_if_any_version_may_be_changed() {
    let fixture = Fixture::new();
    let customer = created(&fixture).await;
    let rival = fixture.rival();
    let theirs = |customer: &mut Customer| customer.settings.zuora_base_url = "https://rest.eu.zuora.com".to_owned();
    rival.change(&customer.id, theirs).await;
    fixture.cloud.is_overtaken_by(&rival.cloud);
    let before = fixture.in_vault("CREDENTIALS");
    let renewed = change(SettingsChange::default(), Some("another secret"));

    let refused = Box::pin(service(&fixture).change(&customer.id, renewed, &fixture.context())).await;

    assert!(matches!(refused, Err(AppError::Stale(_))), "{refused:?}");
    assert_eq!(fixture.in_vault("CREDENTIALS"), before);
}

#[tokio::test]
async fn a_new_secret_raises_the_version_forgets_the_token_and_is_synced_with_at_once() {
    let fixture = Fixture::new();
    let customer = created(&fixture).await;
    let vault = service(&fixture).vault;
    let token = CachedToken { ciphertext: vec![1], credential_version: 1, expires_at: now() };
    vault.put_token(&customer.id, &token).await.unwrap();
    let renewed = change(SettingsChange::default(), Some("another secret"));

    let changed = Box::pin(service(&fixture).change(&customer.id, renewed, &fixture.context())).await.unwrap();

    assert_eq!((changed.credential_version, &changed.connection), (2, &None));
    assert_eq!(vault.credentials(&customer.id).await.unwrap().unwrap().secret_version, 2);
    assert!(vault.token(&customer.id).await.unwrap().is_none());
    let job = fixture.find(changed.sync_job_id.as_ref().unwrap()).await;
    assert_eq!((job.trigger, fixture.sent(JOBS)), (Trigger::CredentialsChanged, vec![Sent::at_once(&job)]));
    assert_eq!(fixture.trail(), ["customer.create", "customer.update"]);
}

#[tokio::test]
async fn a_new_name_touches_no_credentials_and_needs_no_sync() {
    let fixture = Fixture::new();
    let customer = created(&fixture).await;
    let renamed = change(SettingsChange { name: Some("Other".to_owned()), ..SettingsChange::default() }, None);

    let changed = Box::pin(service(&fixture).change(&customer.id, renamed, &fixture.context())).await.unwrap();

    assert_eq!((changed.settings.name.as_str(), changed.credential_version), ("Other", 1));
    assert_eq!((fixture.stored(&customer).await, fixture.jobs(), fixture.sent(JOBS)), (changed, 1, vec![]));
}

#[tokio::test]
async fn a_change_that_was_meant_for_an_older_customer_is_refused_even_when_that_one_changes_at_the_last_moment() {
    let fixture = Fixture::new();
    let customer = created(&fixture).await;
    let rival = fixture.rival();
    rival.change(&customer.id, |customer| customer.settings.name = "Theirs".to_owned()).await;
    fixture.cloud.is_overtaken_by(&rival.cloud);
    let settings = SettingsChange { name: Some("Ours".to_owned()), ..SettingsChange::default() };
    let expected = Precondition::OneOf(vec![customer.entity_tag()]);
    let ours = CustomerChange { expected, ..change(settings, None) };

    let refused = Box::pin(service(&fixture).change(&customer.id, ours, &fixture.context())).await;

    let theirs = fixture.stored(&customer).await;
    assert!(matches!(refused, Err(AppError::Stale(tag)) if tag == theirs.entity_tag()));
    assert_eq!(theirs.settings.name, "Theirs");
}

#[tokio::test]
async fn a_paused_customer_leaves_the_schedule_and_a_resumed_one_is_synced_at_once() {
    let fixture = Fixture::new();
    let customer = created(&fixture).await;
    let service = service(&fixture);

    let paused = service.set_paused(&customer.id, true, &fixture.context()).await.unwrap();
    assert_eq!((paused.status, paused.next_sync_at, fixture.sent(JOBS)), (Status::Paused, None, vec![]));

    let resumed = service.set_paused(&customer.id, false, &fixture.context()).await.unwrap();
    let job = fixture.find(resumed.sync_job_id.as_ref().unwrap()).await;
    assert!(resumed.status == Status::Active && resumed.next_sync_at.is_some());
    assert_eq!(fixture.sent(JOBS), [Sent::at_once(&job)]);
    assert_eq!(fixture.trail(), ["customer.create", "customer.pause", "customer.resume"]);
}

#[tokio::test]
async fn a_deleted_customer_is_hidden_and_its_secrets_and_grants_are_gone_before_its_purge_begins() {
    let fixture = Fixture::new();
    let creator: UserId = "0199c0de-0000-7000-8000-000000000001".parse().unwrap();
    let new = Creation { creator: Some(creator.clone()), ..creation() };
    let customer = Box::pin(service(&fixture).create(new, &fixture.context())).await.unwrap();
    fixture.sent(JOBS);
    let service = service(&fixture);
    let delete = async |name: &str| service.delete(&customer.id, &Precondition::Any, name, &fixture.context()).await;
    let before = fixture.cloud.tables();
    assert!(matches!(delete("another name").await, Err(AppError::Invalid(_))));
    assert_eq!(fixture.cloud.tables(), before);

    let purge = fixture.find(&delete(&customer.settings.name).await.unwrap()).await;

    assert_eq!((purge.kind, fixture.sent(JOBS)), (Kind::Purge, vec![Sent::at_once(&purge)]));
    assert!(fixture.dispatcher.customers.get(&customer.id).await.unwrap().is_none());
    assert_eq!(fixture.in_vault("CREDENTIALS"), None);
    assert!(fixture.in_vault("DELETION").is_some());
    assert_eq!(service.grants.of_user(&creator).await.unwrap(), Grants::default());
    assert!(fixture.dispatcher.customers.all().await.unwrap().is_empty());
    assert!(matches!(delete(&customer.settings.name).await, Err(AppError::NotFound("customer"))));
}
