//! The warning that a name, as it was entered, is or looks like that of another customer. Two customers may have one name, so
//! nothing is refused.

use shared::{
    domain::{
        customer::{Customer, Summary},
        name::Looks,
        policy::Verb,
    },
    http::caller::CurrentUser,
};

use crate::setup::App;

/// The number of other customers to name.
const MOST: usize = 3;

/// The warnings about a customer's name, as far as the user may see the others. The customer is stored already, so a failure to
/// find out is only logged.
pub async fn warn_of_look_alikes(app: &App, user: &CurrentUser, customer: &Customer) -> Vec<String> {
    match app.service.dispatcher.customers.summaries(user.caller().only(Verb::ViewAny).as_ref()).await {
        Ok(others) => warnings(customer, &others),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(customer_id = %customer.id, error, "names that look alike were not looked for");
            Vec::new()
        }
    }
}

fn warnings(customer: &Customer, others: &[Summary]) -> Vec<String> {
    let looks = Looks::of(&customer.settings.name);
    let is_alike = |other: &&Summary| other.id != customer.id && looks.resemble(&Looks::of(&other.name));
    let warning = |other: &Summary| {
        format!("Another customer has this name, or one that looks like it: {} ({}).", other.name, other.id)
    };
    others.iter().filter(is_alike).take(MOST).map(warning).collect()
}
