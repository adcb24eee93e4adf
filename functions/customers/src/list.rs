//! `GET /v1/customers` and `GET /v1/customers/{customer_id}`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::{
    app::error::AppError,
    aws::keys,
    domain::{
        customer::{Environment, Status, Summary},
        ids::CustomerId,
        name::begins,
        policy::Verb,
    },
    http::{
        caller::CurrentUser,
        cursor::CursorScope,
        list::List,
        path::Ids,
        problem::Problem,
        query::{Limit, ValidQuery},
    },
};
use utoipa::IntoParams;

use crate::{
    json::{CustomerJson, Tagged, tagged},
    setup::App,
};

/// The filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// How many items at most.
    #[serde(default)]
    #[param(nullable = false, value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    #[param(nullable = false)]
    name: Option<String>,
    #[param(nullable = false)]
    zuora_base_url: Option<String>,
    #[param(nullable = false)]
    status: Option<Status>,
    #[param(nullable = false)]
    environment: Option<Environment>,
}

impl Filter {
    fn matches(&self, customer: &Summary) -> bool {
        self.name.as_ref().is_none_or(|beginning| begins(&customer.name, beginning))
            && self.zuora_base_url.as_ref().is_none_or(|url| url.trim_end_matches('/') == customer.zuora_base_url)
            && self.status.is_none_or(|status| status == customer.status)
            && self.environment.is_none_or(|environment| environment == customer.environment)
    }

    /// The filter without the page, for the cursor's scope.
    fn text(&self) -> String {
        format!("{:?}", (&self.name, &self.zuora_base_url, self.status, self.environment))
    }
}

/// Lists the customers that the caller may see, by name, with the number of all that match.
///
/// The summaries of all that the caller may see are read, since the total needs them; whole customers only as far as they are shown.
#[utoipa::path(
    get,
    path = "/v1/customers",
    tag = "customers",
    params(Filter),
    responses((status = 200, description = "Done.", body = List<CustomerJson>)),
)]
pub async fn list_customers(
    State(app): State<App>,
    known: CurrentUser,
    filter: ValidQuery<Filter>,
) -> Result<Json<List<CustomerJson>>, Problem> {
    let filter = filter.0?;
    let text = filter.text();
    let scope = CursorScope { caller: &known.0.sub, route: "/v1/customers", filter: &text };
    let after = app.edge.cursors.open(&scope, filter.cursor.as_deref(), |text| Some(text.to_owned()))?;
    let only = known.0.only(Verb::ViewAny);
    let mut customers = app.service.dispatcher.customers.summaries(only.as_ref()).await?;
    customers.retain(|customer| filter.matches(customer));
    let total = customers.len() as u64;
    let place = |customer: &Summary| keys::customer_by_name(&customer.name, &customer.id).sk;
    // The index may hold keys from before names were folded.
    customers.sort_by_cached_key(place);
    if let Some(after) = after {
        customers.retain(|customer| place(customer) > after);
    }
    let more = customers.len() > filter.limit.0;
    customers.truncate(filter.limit.0);
    let last = customers.last().filter(|_| more).map(place);
    let next_cursor = last.map(|position| app.edge.cursors.seal(&scope, &position));
    let ids: Vec<_> = customers.into_iter().map(|customer| customer.id).collect();
    let shown = app.service.dispatcher.customers.get_all(&ids).await?;
    let items = shown.into_iter().map(CustomerJson::from).collect();
    Ok(Json(List { items, next_cursor, total: Some(total) }))
}

/// Reads one customer.
#[utoipa::path(
    get,
    path = "/v1/customers/{customer_id}",
    tag = "customers",
    params(("customer_id" = CustomerId, Path)),
    responses(
        (
            status = 200,
            description = "Done.",
            body = CustomerJson,
            headers(("ETag" = String, description = "Names what people edit; send it back as If-Match.")),
        ),
    ),
)]
pub async fn get_customer(State(app): State<App>, known: CurrentUser, ids: Ids) -> Result<Tagged, Problem> {
    let id: CustomerId = ids.get("customer_id", "customer")?;
    known.may(Verb::View, &id)?;
    let found = app.service.dispatcher.customers.get(&id).await?;
    Ok(tagged(found.ok_or(AppError::NotFound("customer"))?.value))
}
