//! The end of a list, recognized by facts, whatever the server's paging.

use serde_json::{Value, json};
use tests::simulator::{Effect, Fault, Odd, PageLength, Paging, PastTheEnd, Route, Simulator, Tenant};

use crate::{
    upstream::{create_unverified, stats},
    world::World,
};

/// The first sync of a tenant with this paging: the job, and the number of requested pages.
async fn first_sync(world: &World, workflows: u64, paging: &Paging, fault: Option<Fault>) -> (Value, usize) {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("manners");
    tenant.seed(workflows);
    tenant.set_paging(paging.clone());
    fault.into_iter().for_each(|fault| tenant.fault(fault));
    let (id, job) = create_unverified(world, &tenant, &simulator).await;
    let job = world.wait_for_job(&job).await;
    world.remove(&id).await;
    (job, pages(&tenant))
}

fn pages(tenant: &Tenant) -> usize {
    tenant.count(Route::List)
}

#[tokio::test]
async fn after_a_full_page_zuora_may_refuse_the_next_one() {
    let world = World::connect().await;
    for status in [404, 400, 422] {
        let paging = Paging { past_the_end: PastTheEnd::Status(status), ..Paging::default() };

        let (job, pages) = first_sync(&world, 50, &paging, None).await;

        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [50, 0, 0, 0, 50, 0]), "{status}: {job}");
        assert_eq!(pages, 2, "{status}");
    }
}

#[tokio::test]
async fn a_proxy_cannot_end_a_list() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("cut-off");
    tenant.seed(120);
    let (id, _) = world.create_and_sync(&tenant, &simulator.base_url()).await;
    tenant.set_paging(Paging { without_next_page: true, ..Paging::default() });
    tenant.fault(Fault::list().page(2).always().odd(Odd::Proxy404));

    let asked = world.ask_for_sync(&id).await;
    let job = world.wait_for_job_state(&asked, &["waiting", "succeeded", "incomplete", "failed", "held"]).await;

    assert_eq!((&job["state"], &job["error"]["class"]), (&json!("waiting"), &json!("transient")), "{job}");
    assert_eq!(world.workflows(&id).await.len(), 120);
    world.remove(&id).await;
}

#[tokio::test]
async fn whatever_is_nothing_is_no_next_page() {
    let world = World::connect().await;
    for nothing in [json!(false), json!(0), json!({}), json!(""), json!([]), Value::Null] {
        let fault = Fault::list().always().effect(Effect::NextPage(nothing.clone()));

        let (job, pages) = first_sync(&world, 3, &Paging::default(), Some(fault)).await;

        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [3, 0, 0, 0, 3, 0]), "{nothing}: {job}");
        assert_eq!(pages, 1, "{nothing}");
    }
}

#[tokio::test]
async fn a_server_that_shows_twenty_a_page_whatever_it_is_asked_for_is_read_to_its_end() {
    let world = World::connect().await;
    let paging = Paging { length: PageLength::Always(20), without_next_page: true, ..Paging::default() };

    for (workflows, expected) in [(45, 3), (40, 3), (20, 2), (19, 1)] {
        let (job, pages) = first_sync(&world, workflows, &paging, None).await;

        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [workflows, 0, 0, 0, workflows, 0]), "{job}");
        assert_eq!(pages, expected, "{workflows}");
    }
}

#[tokio::test]
async fn a_server_that_shows_its_last_page_again_is_done_and_one_that_turns_no_pages_proves_nothing() {
    let world = World::connect().await;
    let clamps = Paging { past_the_end: PastTheEnd::LastPage, without_next_page: true, ..Paging::default() };
    let (job, pages) = first_sync(&world, 100, &clamps, None).await;
    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [100, 0, 0, 0, 100, 0]), "{job}");
    assert_eq!(pages, 3);

    for without_next_page in [false, true] {
        let ignores = Paging { ignores_page: true, without_next_page, ..Paging::default() };
        let (job, pages) = first_sync(&world, 120, &ignores, None).await;
        assert_eq!((&job["state"], stats(&job)), (&json!("incomplete"), [50, 0, 0, 0, 50, 0]), "{job}");
        assert_eq!(pages, 2, "at once, and not after a thousand requests");
    }
}

#[tokio::test]
async fn a_page_that_is_too_large_is_asked_for_in_smaller_ones() {
    let world = World::connect().await;
    let simulator = Simulator::start();
    let tenant = simulator.tenant("heavy");
    tenant.seed(70);
    // Eleven megabytes on page 1, more than is taken at once: three hundred kilobytes each, of white space in the list.
    for id in tenant.ids().into_iter().take(38) {
        let item = format!(r#"{{"id":{id},"name":"Heavy","space":{}1}}"#, " ".repeat(300_000));
        tenant.alter(id, |workflow| workflow.raw_item = Some(item.into()));
    }

    let (id, job) = create_unverified(&world, &tenant, &simulator).await;
    let job = world.wait_for_job(&job).await;

    assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [70, 0, 0, 0, 70, 0]), "{job}");
    let lengths: Vec<_> = tenant.requests().iter().filter_map(|seen| seen.page_length).collect();
    assert_eq!(lengths, [50, 10, 10, 10, 10, 10, 50]);
    world.remove(&id).await;
}

#[tokio::test]
async fn answers_are_unpacked_as_the_standards_have_it() {
    let world = World::connect().await;
    for odd in [Odd::GzipUpperCase, Odd::XGzip, Odd::GzipOfTwoMembers, Odd::ByteOrderMark, Odd::HeaderFlood] {
        let fault = || Fault::any().always().odd(odd);

        let (job, _) = first_sync(&world, 3, &Paging::default(), Some(fault())).await;

        assert_eq!((&job["state"], stats(&job)), (&json!("succeeded"), [3, 0, 0, 0, 3, 0]), "{odd:?}: {job}");
    }
}
