//! Data that must survive: tables, keys, users.

use serde_yaml_ng::Value;

use crate::template::{Template, texts};

#[test]
fn tables_keys_and_users_outlive_the_stack() {
    let template = Template::read();

    for kind in ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Cognito::UserPool"] {
        let resources = template.resources(kind);
        assert!(!resources.is_empty(), "no {kind}");
        for resource in resources {
            // Except when its stack could not be made: nobody would own what that left behind.
            assert_eq!(resource.text("DeletionPolicy"), "RetainExceptOnCreate", "{}", resource.id);
            assert_eq!(resource.text("UpdateReplacePolicy"), "Retain", "{}", resource.id);
        }
    }
}

#[test]
fn tables_are_encrypted_restorable_on_demand_and_protected_in_prod() {
    let template = Template::read();
    // A first deployment, which has no PanelUrl yet, can take back what it made.
    let protected = texts(template.at("Conditions.IsProtected"));
    assert_eq!(protected, ["IsProd", "HasPanelUrl"]);

    for table in template.resources("AWS::DynamoDB::Table") {
        let yes = &Value::Bool(true);
        assert_eq!(table.at("Properties.SSESpecification.SSEEnabled"), yes, "{}", table.id);
        let restorable = table.at("Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled");
        assert_eq!(restorable, yes, "{}", table.id);
        assert_eq!(table.text("Properties.BillingMode"), "PAY_PER_REQUEST", "{}", table.id);
        assert_eq!(table.text("Properties.TimeToLiveSpecification.AttributeName"), "ttl", "{}", table.id);
        assert_eq!(texts(table.at("Properties.DeletionProtectionEnabled")), ["IsProtected"], "{}", table.id);
    }
}
