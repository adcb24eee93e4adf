//! The manners in which a tenant can page its list.

use serde_json::{Value, json};
use tests::simulator::{PageLength, Paging, PastTheEnd, Simulator, Tenant};

use crate::client::{Zuora, ids, json};

async fn tenant_of_45(paging: Paging) -> (Simulator, Tenant, Zuora) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.seed(45);
    tenant.set_paging(paging);
    let zuora = Zuora::login(&simulator, &tenant).await;
    (simulator, tenant, zuora)
}

async fn page(zuora: &Zuora, page: u32, length: u32) -> Value {
    zuora.json(&format!("/workflows?page={page}&page_length={length}")).await
}

#[tokio::test]
async fn past_the_end_the_last_page_can_come_again() {
    let past_the_end = PastTheEnd::LastPage;
    let (_simulator, tenant, zuora) = tenant_of_45(Paging { past_the_end, ..Paging::default() }).await;

    let (last, past) = (page(&zuora, 5, 10).await, page(&zuora, 9, 10).await);

    assert_eq!(last, past);
    assert_eq!(ids(&past), tenant.ids()[40..]);
    assert_eq!(past["pagination"], json!({ "page": 5, "page_length": 5 }));
}

#[tokio::test]
async fn past_the_end_there_can_be_an_error_of_zuoras() {
    for status in [400, 404, 422] {
        let past_the_end = PastTheEnd::Status(status);
        let (_simulator, _tenant, zuora) = tenant_of_45(Paging { past_the_end, ..Paging::default() }).await;

        let past = zuora.get("/workflows?page=2&page_length=50").await.unwrap();

        assert_eq!((past.status().as_u16(), past.headers().contains_key("zuora-request-id")), (status, true));
        assert_eq!(json(past).await["errors"][0]["title"], "Page 2 is not found.");
        assert_eq!(ids(&page(&zuora, 1, 50).await).len(), 45);
    }
}

#[tokio::test]
async fn the_first_page_of_an_empty_list_is_not_past_the_end() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    tenant.set_paging(Paging { past_the_end: PastTheEnd::Status(404), ..Paging::default() });
    let zuora = Zuora::login(&simulator, &tenant).await;

    assert_eq!(page(&zuora, 1, 50).await["data"], json!([]));
}

#[tokio::test]
async fn next_page_can_be_missing_from_every_page() {
    let (_simulator, tenant, zuora) = tenant_of_45(Paging { without_next_page: true, ..Paging::default() }).await;

    let (first, last) = (page(&zuora, 1, 30).await, page(&zuora, 2, 30).await);

    assert_eq!([&first, &last].map(|page| page["pagination"].get("next_page")), [None, None]);
    assert_eq!([ids(&first), ids(&last)].concat(), tenant.ids());
}

#[tokio::test]
async fn the_page_asked_for_can_be_ignored() {
    let (_simulator, tenant, zuora) = tenant_of_45(Paging { ignores_page: true, ..Paging::default() }).await;

    let third = page(&zuora, 3, 20).await;

    assert_eq!(ids(&third), tenant.ids()[..20]);
    assert_eq!(third["pagination"]["page"], 1);
    assert_eq!(third["pagination"]["next_page"], "https://rest.zuora.com/workflows?page=2&page_length=20");
}

#[tokio::test]
async fn pages_can_have_a_length_of_the_tenants_own() {
    let (_simulator, tenant, zuora) =
        tenant_of_45(Paging { length: PageLength::AtMost(20), ..Paging::default() }).await;
    let (capped, shorter) = (page(&zuora, 3, 50).await, page(&zuora, 2, 10).await);
    tenant.set_paging(Paging { length: PageLength::Always(20), ..Paging::default() });
    let fixed = page(&zuora, 2, 10).await;
    tenant.set_paging(Paging::default());
    let zuoras = page(&zuora, 2, 10).await;

    assert_eq!(
        (ids(&capped), &capped["pagination"]),
        (tenant.ids()[40..].to_vec(), &json!({ "page": 3, "page_length": 5 }))
    );
    assert_eq!((ids(&shorter), &shorter["pagination"]["page_length"]), (tenant.ids()[10..20].to_vec(), &json!(10)));
    assert_eq!((ids(&fixed), &fixed["pagination"]["page_length"]), (tenant.ids()[20..40].to_vec(), &json!(20)));
    assert_eq!(zuoras, shorter);
}

#[tokio::test]
async fn manners_can_be_combined() {
    let paging = Paging {
        length: PageLength::AtMost(20),
        past_the_end: PastTheEnd::LastPage,
        without_next_page: true,
        ignores_page: false,
    };
    let (_simulator, tenant, zuora) = tenant_of_45(paging).await;

    let [second, fourth] = [page(&zuora, 2, 50).await, page(&zuora, 4, 50).await];

    assert_eq!((ids(&second), ids(&fourth)), (tenant.ids()[20..40].to_vec(), tenant.ids()[40..].to_vec()));
    assert_eq!(second["pagination"], json!({ "page": 2, "page_length": 20 }));
}
