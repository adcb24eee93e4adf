//! Generates realistic workflows: the same key and index give the same workflow on every run.

use fastrand::Rng;
use time::{Duration, OffsetDateTime, macros::datetime};

use super::{Restless, Shape, Spelling, TimeStyle, Version, Workflow};

/// The distance between the ids of two workflows, with room for the ids of their versions.
const ID_STEP: u64 = 16;
const FIRST_ID: u64 = 100;

const DEEDS: [&str; 12] = [
    "Nightly dunning",
    "Invoice e-mail",
    "Payment retry",
    "Usage import",
    "Renewal reminder",
    "Credit balance sweep",
    "Revenue report",
    "Zahlungserinnerung – überfällig",
    "Relance \"client\" <VIP>",
    "請求書の送信",
    "Tax sync & audit",
    "Amendment: price uplift 🚀",
];
const REGIONS: [&str; 8] = ["EMEA", "APAC", "US East", "US West", "LATAM", "DACH", "Nordics", "(test)"];
const DESCRIPTIONS: [&str; 5] = [
    "Runs after the bill run and before the ledger closes.",
    "Owner: billing operations.\nAsk before changing the where clause.",
    "{% comment %} see the runbook {% endcomment %}",
    "Legacy; replaced by the new one, kept for audits.",
    "Überträgt Salden nach SAP — täglich.",
];
const INTERVALS: [&str; 6] =
    ["0 0 8 * * *", "0 /5 * * * *", "0 30 2 * * MON#2", "15 3 * * *", "0 0 0 1 * *", "0 */30 6-20 * * 1-5"];
const TIMEZONES: [&str; 6] =
    ["Sydney", "Eastern Time (US & Canada)", "Berlin", "UTC", "Pacific Time (US & Canada)", "Tokyo"];
const STYLES: [TimeStyle; 4] = [TimeStyle::Zulu, TimeStyle::Offset, TimeStyle::Utc, TimeStyle::NoZone];
const EPOCH: OffsetDateTime = datetime!(2023-01-01 00:00 UTC);

/// The id of the workflow at this index; later ones are always greater.
pub(super) fn id(index: u64) -> u64 {
    FIRST_ID + index * ID_STEP
}

/// The workflow at this index of the tenant with this key.
pub(super) fn workflow(key: u64, index: u64) -> Workflow {
    let seed = key ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let rng = &mut Rng::with_seed(seed);
    let id = id(index);
    let created_at = EPOCH + Duration::milliseconds(rng.i64(0..86_400_000 * 900));
    let (active_version, inactive_versions) = versions(rng, id, created_at);
    let updated_at = active_version.iter().chain(&inactive_versions).map(|v| v.updated_at).max().unwrap_or(created_at);
    let scheduled_trigger = rng.u8(0..10) < 6;
    // An unscheduled workflow may still have an interval.
    let unscheduled = [None, Some(String::new()), Some(INTERVALS[0].to_owned())];
    let nowhere = [None, Some(String::new())];
    Workflow {
        id,
        name: name(rng, index),
        description: match rng.u8(0..4) {
            0 => None,
            1 => Some(String::new()),
            _ => Some(pick(rng, &DESCRIPTIONS).to_owned()),
        },
        status: if active_version.is_some() && rng.u8(0..10) > 0 { "Active" } else { "Inactive" }.to_owned(),
        callout_trigger: rng.bool(),
        ondemand_trigger: rng.u8(0..4) > 0,
        scheduled_trigger,
        interval: if scheduled_trigger { Some(pick(rng, &INTERVALS).to_owned()) } else { pick(rng, &unscheduled) },
        timezone: if scheduled_trigger { Some(pick(rng, &TIMEZONES).to_owned()) } else { pick(rng, &nowhere) },
        priority: pick(rng, &["High", "Medium", "Medium", "Medium", "Low"]).to_owned(),
        created_at,
        updated_at,
        active_version,
        inactive_versions,
        time_style: pick(rng, &STYLES),
        spelling: pick(rng, &[Spelling::Published, Spelling::Corrected]),
        tasks: rng.usize(1..=40),
        seed,
        shapes: shapes(seed),
        export: None,
        raw_item: None,
        raw_export: None,
        restless: Restless::default(),
        exports: 0,
    }
}

/// A mostly unique name; each twentieth is a copy's name, because names need not be unique.
fn name(rng: &mut Rng, index: u64) -> String {
    let (deed, region) = (pick(rng, &DEEDS), pick(rng, &REGIONS));
    if rng.u8(0..20) == 0 { format!("Copy of {deed}") } else { format!("{deed} {region} {}", index + 1) }
}

/// One to four versions; one in twelve workflows has none that is active.
fn versions(rng: &mut Rng, id: u64, created_at: OffsetDateTime) -> (Option<Version>, Vec<Version>) {
    let mut at = created_at;
    let mut newest_first: Vec<Version> = (1..=rng.u64(1..=4))
        .map(|number| {
            let version = Version {
                id: id + number,
                version: format!("0.0.{number}"),
                description: pick(rng, &["", "", "hotfix", "as agreed with finance"]).to_owned(),
                ..Version::first(at)
            };
            at += Duration::milliseconds(rng.i64(60_000..86_400_000 * 60));
            version
        })
        .collect();
    newest_first.reverse();
    let draft_only = rng.u8(0..12) == 0;
    let active = (!draft_only).then(|| newest_first.remove(rng.usize(0..newest_first.len())));
    (active, newest_first)
}

/// One workflow in four has exports of a rarer shape.
fn shapes(seed: u64) -> Vec<Shape> {
    let rng = &mut Rng::with_seed(!seed);
    let count = if rng.u8(0..4) == 0 { rng.usize(1..=4) } else { 0 };
    rng.choose_multiple(Shape::ALL, count)
}

pub(super) fn pick<T: Clone>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(0..from.len())].clone()
}
