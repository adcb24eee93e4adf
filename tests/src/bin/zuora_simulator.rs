//! The Zuora simulator as a program, for the local stack: one tenant `demo`, and a control API under `/_simulator/`.
//!
//! ```text
//! zuora-simulator --addr 127.0.0.1:9700 --client-id ID --client-secret SECRET --workflows 500
//! ```
//!
//! Each flag can be given as an environment variable instead (`ZUORA_SIMULATOR_ADDR`, `..._CLIENT_ID`, `..._CLIENT_SECRET`,
//! `..._WORKFLOWS`); the flag wins. Missing credentials are generated; `GET /_simulator/tenants` shows them. The control
//! requests are described in `simulator::control`. One line on standard output reports that the program is ready; SIGTERM and
//! Ctrl-C end it.

use std::{collections::HashMap, io::Write as _, net::SocketAddr};

use anyhow::{Context as _, bail};
use tests::simulator::{Credentials, Simulator};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "zuora-simulator [--addr HOST:PORT] [--client-id ID] [--client-secret SECRET] [--workflows N]";
const FLAGS: [&str; 4] = ["addr", "client-id", "client-secret", "workflows"];

struct Settings {
    addr: SocketAddr,
    credentials: Credentials,
    workflows: u64,
}

impl Settings {
    fn read(arguments: impl Iterator<Item = String>, env: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut given = flags(arguments)?;
        let mut value = |flag: &str| {
            let variable = format!("ZUORA_SIMULATOR_{}", flag.replace('-', "_").to_uppercase());
            given.remove(flag).or_else(|| env(&variable))
        };
        let made_up = Credentials::random();
        Ok(Self {
            addr: value("addr").as_deref().unwrap_or("127.0.0.1:9700").parse().context("--addr is no HOST:PORT")?,
            credentials: Credentials {
                client_id: value("client-id").unwrap_or(made_up.client_id),
                client_secret: value("client-secret").unwrap_or(made_up.client_secret),
            },
            workflows: value("workflows").as_deref().unwrap_or("120").parse().context("--workflows is no number")?,
        })
    }
}

/// Parses `--flag value` and `--flag=value`.
fn flags(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<HashMap<String, String>> {
    let mut given = HashMap::new();
    while let Some(argument) = arguments.next() {
        let Some(flag) = argument.strip_prefix("--") else { bail!("unexpected {argument}\n{USAGE}") };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        if !FLAGS.contains(&name) {
            bail!("unknown --{name}\n{USAGE}");
        }
        let value = value.or_else(|| arguments.next()).with_context(|| format!("--{name} needs a value\n{USAGE}"))?;
        given.insert(name.to_owned(), value);
    }
    Ok(given)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "this program's configuration is not the functions'")]
    let settings = Settings::read(std::env::args().skip(1), |name| std::env::var(name).ok())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let simulator = Simulator::start_on(settings.addr)?;
    let demo = simulator.tenant_with("demo", settings.credentials)?;
    demo.seed(settings.workflows);
    let (url, id, count) = (simulator.base_url(), demo.client_id(), settings.workflows);
    writeln!(std::io::stdout(), "zuora-simulator ready on {url}: tenant demo, client id {id}, {count} workflows")?;
    tokio::select! {
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    simulator.stop();
    Ok(())
}
