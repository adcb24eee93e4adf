//! The rights to seal and to open a client secret, tried with the roles' own credentials on a real ciphertext.

use std::collections::HashMap;

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use aws_sdk_kms::primitives::Blob;
use tests::simulator::Simulator;

use crate::world::World;

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    [("PK", pk), ("SK", sk)].map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned()))).into()
}

fn context(customer: &str, purpose: &str) -> HashMap<String, String> {
    let pairs = [("app", "zuora-workflow-manager"), ("customer_id", customer), ("purpose", purpose)];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// The sealed secret of a customer, as root reads it from the vault.
async fn sealed(world: &World, id: &str) -> Blob {
    let items = world.partition(&world.stack.vault_table_name, &format!("CREDENTIALS#{id}")).await;
    Blob::new(items[0]["ciphertext"].as_b().unwrap().as_ref())
}

fn refused<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(what: &str, result: Result<T, E>) {
    let error = result.expect_err(what);
    let code = error.code().unwrap_or_default();
    assert!(code.contains("AccessDenied"), "{what} was not refused: {error:?}");
}

#[tokio::test]
async fn customers_can_seal_secrets_and_neither_open_nor_read_them() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("sealed");
    let id = world.create_customer(&tenant, &simulator.base_url()).await;
    let ciphertext = sealed(&world, &id).await;
    let sdk = world.assume("customers").await;
    let (kms, dynamodb) = (aws_sdk_kms::Client::new(&sdk), aws_sdk_dynamodb::Client::new(&sdk));

    let encrypt = kms.encrypt().key_id(&world.stack.secrets_key_id).plaintext(Blob::new("x"));
    assert!(encrypt.set_encryption_context(Some(context(&id, "client_secret"))).send().await.is_ok());
    let decrypt = kms.decrypt().key_id(&world.stack.secrets_key_id).ciphertext_blob(ciphertext);
    refused("decrypting", decrypt.set_encryption_context(Some(context(&id, "client_secret"))).send().await);
    let read = dynamodb.get_item().table_name(&world.stack.vault_table_name);
    refused("reading the vault", read.set_key(Some(key(&format!("CREDENTIALS#{id}"), "CREDENTIALS"))).send().await);
    refused("scanning", dynamodb.scan().table_name(&world.stack.table_name).send().await);
    world.remove(&id).await;
}

#[tokio::test]
async fn sync_opens_a_secret_for_its_own_customer_only_and_cannot_seal_one() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("opened");
    let id = world.create_customer(&tenant, &simulator.base_url()).await;
    let ciphertext = sealed(&world, &id).await;
    let kms = aws_sdk_kms::Client::new(&world.assume("sync").await);
    let decrypt = |customer: &str, purpose: &str| {
        let call = kms.decrypt().key_id(&world.stack.secrets_key_id).ciphertext_blob(ciphertext.clone());
        call.set_encryption_context(Some(context(customer, purpose))).send()
    };

    let plaintext = decrypt(&id, "client_secret").await.unwrap().plaintext.unwrap();
    assert!(String::from_utf8_lossy(plaintext.as_ref()).contains("\"v\":2"));
    assert!(decrypt("cus_somebody_else", "client_secret").await.is_err(), "moved to another customer");
    assert!(decrypt(&id, "access_token").await.is_err(), "used for something else");
    let encrypt = kms.encrypt().key_id(&world.stack.secrets_key_id).plaintext(Blob::new("x"));
    refused("sealing", encrypt.set_encryption_context(Some(context(&id, "client_secret"))).send().await);
    world.remove(&id).await;
}
