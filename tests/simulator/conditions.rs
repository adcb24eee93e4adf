//! The conditions under which a tenant answers.

use std::time::{Duration, Instant};

use tests::simulator::{Conditions, Fault, Simulator};

use crate::client::Zuora;

#[tokio::test]
async fn answers_take_as_long_as_the_conditions_say() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let zuora = Zuora::login(&simulator, &tenant).await;
    tenant.set_conditions(Conditions { median_ms: 40.0, ..Conditions::default() });

    let began = Instant::now();
    assert_eq!(zuora.status("/workflows").await, 200);

    assert!(began.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn errors_strike_the_share_that_was_set_and_no_other_tenant() {
    let simulator = Simulator::start();
    let (acme, globex) = (simulator.tenant("acme"), simulator.tenant("globex"));
    let (here, there) = (Zuora::login(&simulator, &acme).await, Zuora::login(&simulator, &globex).await);
    let mut statuses = Vec::new();
    for error_rate in [1.0, 0.5, 0.0] {
        acme.set_conditions(Conditions { error_rate, seed: 1, ..Conditions::default() });
        for _ in 0..40 {
            statuses.push(here.status("/workflows").await);
        }
    }

    let failed = |range: std::ops::Range<usize>| statuses[range].iter().filter(|status| **status == 503).count();
    assert_eq!((failed(0..40), failed(80..120)), (40, 0));
    assert!((5..35).contains(&failed(40..80)));
    assert_eq!(there.status("/workflows").await, 200);
}

#[tokio::test]
async fn a_scripted_fault_comes_before_bad_luck() {
    let simulator = Simulator::start();
    let tenant = simulator.tenant("acme");
    let zuora = Zuora::login(&simulator, &tenant).await;
    tenant.set_conditions(Conditions { error_rate: 1.0, ..Conditions::default() });
    tenant.fault(Fault::list().status(418));

    assert_eq!((zuora.status("/workflows").await, zuora.status("/workflows").await), (418, 503));
}
