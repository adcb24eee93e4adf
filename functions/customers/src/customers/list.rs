//! `GET /v1/customers` and `GET /v1/customers/{customer_id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    app::error::AppError,
    aws::keys,
    domain::{
        customer::{Environment, HealthState, Status, Summary},
        failure::ErrorClass,
        ids::CustomerId,
        name::SearchText,
        time::Timestamp,
    },
    http::{
        body::present,
        paging::{List, Paged, Paging},
        permit::{Among, On, Operation as _},
        problem::Problem,
        query::{flag, listed, repeated},
    },
    operation,
};
use utoipa::{IntoParams, ToSchema};

use super::json::{CustomerJson, Tagged, tagged};
use crate::setup::App;

/// The filters.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[schema(as = CustomerFilter)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// A text anywhere in the name, in any case.
    #[param(nullable = false, value_type = Option<String>)]
    #[schema(nullable = false, value_type = Option<String>)]
    #[serde(default, deserialize_with = "present")]
    name: Option<SearchText>,
    #[param(nullable = false)]
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    zuora_base_url: Option<String>,
    #[param(nullable = false)]
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    status: Option<Status>,
    #[param(nullable = false)]
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    environment: Option<Environment>,
    /// A tag, in any case. Repeated: only customers with all of them.
    #[serde(default, deserialize_with = "repeated")]
    #[param(nullable = false, value_type = Option<Vec<String>>, style = Form, explode = true)]
    #[schema(nullable = false, value_type = Option<Vec<String>>)]
    tag: Vec<SearchText>,
    /// One health or several, with commas between them.
    #[serde(default, deserialize_with = "listed")]
    #[param(nullable = false, value_type = Option<Vec<HealthState>>, style = Form, explode = false, min_items = 1)]
    #[schema(nullable = false, value_type = Option<Vec<HealthState>>)]
    health: Vec<HealthState>,
    /// `true`: only those that need a person, which `GET /v1/attention` groups by cause.
    #[serde(default, deserialize_with = "flag")]
    #[param(nullable = false, value_type = Option<bool>)]
    #[schema(nullable = false, value_type = Option<bool>)]
    needs_person: bool,
    /// The class of the failure that is the reason of the health.
    #[param(nullable = false)]
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "present")]
    error_class: Option<ErrorClass>,
    #[serde(default)]
    #[param(nullable = false, value_type = Option<Sort>)]
    #[schema(nullable = false, value_type = Option<Sort>)]
    pub(super) sort: Sort,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[schema(as = CustomerSort)]
pub enum Sort {
    /// By name.
    #[default]
    #[serde(rename = "name")]
    Name,
    /// Worst health first, and the longest in it first.
    #[serde(rename = "-health")]
    Health,
}

impl Sort {
    /// The place of a customer in the list, as a text that sorts like it.
    pub(super) fn place(self, customer: &Summary) -> String {
        let by_name = keys::customer_by_name(&customer.name, &customer.id).sk;
        match self {
            Self::Name => by_name,
            Self::Health => {
                let since = customer.since.unwrap_or(Timestamp::EPOCH);
                format!("{}#{since}#{by_name}", customer.health as u8)
            }
        }
    }
}

impl Filter {
    pub(super) fn matches(&self, customer: &Summary) -> bool {
        self.name.as_ref().is_none_or(|text| text.is_in(&customer.name))
            && self.zuora_base_url.as_ref().is_none_or(|url| url.trim_end_matches('/') == customer.zuora_base_url)
            && self.status.is_none_or(|status| status == customer.status)
            && self.environment.is_none_or(|environment| environment == customer.environment)
            && (self.health.is_empty() || self.health.contains(&customer.health))
            && (!self.needs_person || customer.health.needs_person())
            && self.error_class.is_none_or(|class| customer.class == Some(class))
            && self.tag.iter().all(|tag| customer.tags.iter().any(|other| tag.is(other)))
    }
}

operation!(ListCustomers: ViewAny, Read, Safe);

/// Lists the customers that the caller may see, with the number of all that match.
///
/// The summaries of all that the caller may see are read, since the total needs them; whole customers only as far as they
/// are shown.
#[utoipa::path(
    get,
    path = "/v1/customers",
    tag = "customers",
    params(Paging, Filter),
    responses((status = 200, description = "A page of customers.", body = List<CustomerJson>)),
    extensions(("x-operation" = json!(ListCustomers::described()))),
)]
pub async fn list_customers(
    State(app): State<App>,
    among: Among<ListCustomers>,
    paged: Paged<Filter>,
) -> Result<Json<List<CustomerJson>>, Problem> {
    let after = paged.begin(|text| Some(text.to_owned()))?;
    let mut customers = app.service.dispatcher.customers.summaries(among.only().as_ref()).await?;
    customers.retain(|customer| paged.filter.matches(customer));
    let total = customers.len();
    let place = |customer: &Summary| paged.filter.sort.place(customer);
    // The index may hold keys from before names were folded.
    customers.sort_by_cached_key(place);
    if let Some(after) = after {
        customers.retain(|customer| place(customer) > after);
    }
    let more = customers.len() > paged.limit();
    customers.truncate(paged.limit());
    let last = customers.last().filter(|_| more).map(place);
    let ids: Vec<_> = customers.into_iter().map(|customer| customer.id).collect();
    let page = app.service.dispatcher.customers.get_all(&ids).await?;
    let items = page.into_iter().map(|customer| CustomerJson::new(customer, &among.user)).collect();
    Ok(Json(paged.page(items, last.as_deref()).of_total(total)))
}

operation!(GetCustomer: View, Read, Safe);

/// Reads one customer.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses(
        (
            status = 200,
            description = "The customer.",
            body = CustomerJson,
            headers(("ETag" = String, description = "Names what people edit; send it back as If-Match.")),
        ),
    ),
    extensions(("x-operation" = json!(GetCustomer::described()))),
)]
pub async fn get_customer(State(app): State<App>, on: On<GetCustomer>) -> Result<Tagged, Problem> {
    let found = app.service.dispatcher.customers.get(&on.customer).await?;
    Ok(tagged(found.ok_or(AppError::NotFound("customer"))?.value, &on.user))
}
