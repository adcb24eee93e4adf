//! Creates tables and queues with the template's definitions.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use shared::aws::keys::{self, Index};

/// Creates a table with the template's keys and indexes.
pub(super) async fn create_table(dynamodb: &aws_sdk_dynamodb::Client, name: &str) {
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let key =
        |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let index = |index: Index, projection: ProjectionType| {
        let (pk, sk) = index.attributes();
        GlobalSecondaryIndex::builder()
            .index_name(index.name())
            .key_schema(key(pk, KeyType::Hash))
            .key_schema(key(sk, KeyType::Range))
            .projection(Projection::builder().projection_type(projection).build())
            .build()
            .unwrap()
    };
    let indexed = [Index::Gsi1, Index::Gsi2].map(Index::attributes).into_iter().flat_map(|(pk, sk)| [pk, sk]);
    let attributes = [keys::PK, keys::SK].into_iter().chain(indexed).map(attribute).collect();
    dynamodb
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes))
        .key_schema(key(keys::PK, KeyType::Hash))
        .key_schema(key(keys::SK, KeyType::Range))
        .global_secondary_indexes(index(Index::Gsi1, ProjectionType::All))
        .global_secondary_indexes(index(Index::Gsi2, ProjectionType::KeysOnly))
        .send()
        .await
        .unwrap();
}

/// Creates a queue; returns its URL.
pub(super) async fn create_queue(sqs: &aws_sdk_sqs::Client, name: &str) -> String {
    sqs.create_queue().queue_name(name).send().await.unwrap().queue_url.unwrap()
}
