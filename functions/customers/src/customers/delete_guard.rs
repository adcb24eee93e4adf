//! The field `delete_guard` of requests: how much may vanish from a customer's list at once.

use serde::Deserialize;
use shared::{
    domain::{
        guard::{Limits, LimitsChange},
        invalid::Invalid,
    },
    http::body::whole,
};
use utoipa::ToSchema;

/// Limits to set; what is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteGuardRequest {
    #[schema(nullable = false, minimum = 1, maximum = 50)]
    #[serde(default, deserialize_with = "whole")]
    count: Option<u64>,
    #[schema(nullable = false, minimum = 1, maximum = 50)]
    #[serde(default, deserialize_with = "whole")]
    percent: Option<u64>,
}

impl DeleteGuardRequest {
    /// Notes what is out of bounds: the guard can be narrowed and widened, not turned off.
    pub fn validate(self, invalid: &mut Invalid) -> LimitsChange {
        let mut check = |name: &str, value: Option<u64>, most: u64| {
            if value.is_some_and(|value| !(1..=most).contains(&value)) {
                let fault = format!("Use a whole number from 1 to {most}.");
                invalid.check::<()>(&format!("/delete_guard/{name}"), Err(fault));
            }
        };
        check("count", self.count, Limits::MAX_COUNT);
        check("percent", self.percent, Limits::MAX_PERCENT);
        LimitsChange { count: self.count, percent: self.percent }
    }
}
