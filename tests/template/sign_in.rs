//! How people sign in: the user pool and its client.

use serde_yaml_ng::Value;

use crate::template::{Template, find, list, texts, untagged};

#[test]
fn nobody_signs_up_alone_and_a_bare_password_signs_in_on_the_local_stack_only() {
    let template = Template::read();
    let pool = template.resource("UserPool");
    let client = template.resource("UserPoolClient");

    assert_eq!(pool.at("Properties.AdminCreateUserConfig.AllowAdminCreateUserOnly"), &Value::Bool(true));
    assert_eq!(client.text("Properties.PreventUserExistenceErrors"), "ENABLED");
    let flows = list(client.at("Properties.ExplicitAuthFlows"));
    assert!(!flows.iter().any(|flow| flow.as_str() == Some("ALLOW_USER_PASSWORD_AUTH")));
    let guarded = flows.into_iter().find(|flow| texts(flow).contains(&"ALLOW_USER_PASSWORD_AUTH")).unwrap();
    assert_eq!(texts(guarded), ["IsLocal", "ALLOW_USER_PASSWORD_AUTH", "AWS::NoValue"]);
    assert_eq!(template.at("Parameters.LocalStack.Default").as_str(), Some("false"));
}

#[test]
fn only_the_stages_named_local_and_test_can_be_local_stacks() {
    let template = Template::read();
    let rule = template.at("Rules.OnlyLocalStagesAreLocal");

    // Fn::Not of Fn::Contains: every other stage, `production` as much as `prod`.
    let [contains] = &list(untagged(&rule["RuleCondition"]))[..] else { panic!("{rule:?}") };
    let [stages, stage] = &list(&contains["Fn::Contains"])[..] else { panic!("{contains:?}") };
    assert_eq!((texts(stages), untagged(stage).as_str()), (vec!["local", "test"], Some("Stage")));
    let asserted: Vec<_> = list(&rule["Assertions"]).into_iter().map(|one| texts(&one["Assert"])).collect();
    assert_eq!(asserted, [["LocalStack", "false"], ["EnforceKmsContext", "true"], ["ListedZuoraHosts", ""]]);
    assert_eq!(template.at("Parameters.ListedZuoraHosts.Default").as_str(), Some(""));
}

#[test]
fn tokens_live_for_a_quarter_of_an_hour() {
    let template = Template::read();
    let client = template.resource("UserPoolClient");

    for token in ["IdToken", "AccessToken"] {
        let validity = list(untagged(client.at(&format!("Properties.{token}Validity"))));
        assert_eq!(
            (validity[0].as_str(), validity[1].as_u64(), validity[2].as_u64()),
            (Some("IsLocal"), Some(60), Some(15))
        );
        assert_eq!(find(client.body, &format!("Properties.TokenValidityUnits.{token}")).as_str(), Some("minutes"));
    }
    assert_eq!(client.at("Properties.EnableTokenRevocation"), &Value::Bool(true));
}

#[test]
fn prod_asks_for_a_second_factor_and_the_sign_in_pages_can_set_one_up() {
    let template = Template::read();
    let pool = template.resource("UserPool");

    let mfa = list(untagged(pool.at("Properties.MfaConfiguration")));
    assert_eq!(
        (mfa[0].as_str(), mfa[1].as_str(), untagged(mfa[2]).as_str()),
        (Some("IsProd"), Some("ON"), Some("Mfa"))
    );
    assert_eq!(template.at("Parameters.Mfa.Default").as_str(), Some("OPTIONAL"));
    assert_eq!(texts(pool.at("Properties.EnabledMfas")), ["SOFTWARE_TOKEN_MFA"]);
    let version = list(untagged(template.resource("UserPoolDomain").at("Properties.ManagedLoginVersion")));
    assert_eq!((version[0].as_str(), version[2].as_u64()), (Some("IsLocal"), Some(2)));
    assert_eq!(pool.text("Properties.UserPoolTier"), "ESSENTIALS");
    let style = template.resource("SignInStyle");
    assert_eq!((style.text("Type"), style.text("Condition")), ("AWS::Cognito::ManagedLoginBranding", "IsNotLocal"));
    assert_eq!(untagged(style.at("Properties.ClientId")).as_str(), Some("UserPoolClient"));
}

#[test]
fn nobody_changes_the_address_that_recovers_their_password() {
    let template = Template::read();

    let client = template.resource("UserPoolClient");
    assert_eq!(texts(client.at("Properties.ReadAttributes")), ["email", "email_verified"]);
    // Without a list, or with an empty one, Cognito lets users write every attribute.
    assert_eq!(texts(client.at("Properties.WriteAttributes")), ["locale"]);
    let recovery = template.resource("UserPool");
    assert!(texts(recovery.at("Properties.AccountRecoverySetting")).contains(&"verified_email"));
}
