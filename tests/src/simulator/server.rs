//! The HTTP server: a thread with its own runtime, and the way of a request from the wire to its answer.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Context as _, ensure};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::oneshot};

use super::{
    Asked, Credentials, Effect, Tenant, api, control,
    fault::Faults,
    lock,
    record::Log,
    reply::{Body, BrokenOff},
};

/// The state of the server.
#[derive(Default)]
pub(super) struct World {
    tenants: Mutex<Vec<Tenant>>,
    pub(super) faults: Faults,
    pub(super) strangers: Log,
    pub(super) latency: Mutex<Duration>,
}

impl World {
    pub(super) fn tenants(&self) -> Vec<Tenant> {
        lock(&self.tenants).clone()
    }

    pub(super) fn find(&self, name: &str) -> Option<Tenant> {
        lock(&self.tenants).iter().find(|tenant| tenant.name() == name).cloned()
    }

    pub(super) fn tenant(&self, name: &str) -> Tenant {
        let mut tenants = lock(&self.tenants);
        if let Some(known) = tenants.iter().find(|tenant| tenant.name() == name) {
            return known.clone();
        }
        let tenant = Tenant::new(name, Credentials::random());
        tenants.push(tenant.clone());
        tenant
    }

    pub(super) fn tenant_with(&self, name: &str, credentials: Credentials) -> anyhow::Result<Tenant> {
        let mut tenants = lock(&self.tenants);
        for known in tenants.iter() {
            ensure!(known.name() != name, "there is a tenant {name} already");
            ensure!(known.client_id() != credentials.client_id, "the client id is {}'s", known.name());
        }
        let tenant = Tenant::new(name, credentials);
        tenants.push(tenant.clone());
        Ok(tenant)
    }

    /// Serves one request, from arrival to answer.
    async fn serve(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, BrokenOff> {
        let asked = Asked::read(request).await.map_err(|_| BrokenOff)?;
        if let Some(path) = asked.path.strip_prefix("/_simulator/") {
            return control::answer(&self, path, &asked).into_response(&asked).ok_or(BrokenOff);
        }
        let tenant = self.tenants().into_iter().find(|tenant| tenant.owns(&asked));
        let line = tenant.as_ref().map_or(&self.strangers, |tenant| &tenant.log).arrive(&asked);
        let luck = tenant.as_ref().map(|tenant| tenant.weather.next()).unwrap_or_default();
        let latency = *lock(&self.latency) + luck.latency;
        tokio::time::sleep(latency).await;
        if let Some(tenant) = &tenant {
            tenant.gates.pass(&asked).await;
        }
        let own = tenant.as_ref().and_then(|tenant| tenant.faults.strike(&asked));
        let fault = own.or_else(|| self.faults.strike(&asked)).or(luck.fault);
        let effect = fault.as_ref().map_or(&Effect::Truth, |fault| fault.effect_of());
        if let Some(fault) = &fault {
            tokio::time::sleep(fault.delayed_by()).await;
        }
        let truth = api::answer(tenant.as_ref(), &asked, effect);
        let reply = match &fault {
            Some(fault) => fault.bend(&asked, truth),
            None => truth,
        };
        let response = reply.into_response(&asked).ok_or(BrokenOff)?;
        line.answered(response.status().as_u16());
        // The request is in flight until its body is sent or abandoned.
        Ok(response.map(|body| {
            BodyExt::boxed_unsync(body.map_frame(move |frame| {
                let _in_flight = &line;
                frame
            }))
        }))
    }
}

/// The listening thread; when dropped, it closes the port and every connection.
pub(super) struct Server {
    address: SocketAddr,
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Server {
    pub(super) fn start(address: SocketAddr, world: Arc<World>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("zuora-simulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, world) => {}
                }
            }); // the runtime is dropped here, and with it every connection
        })?;
        Ok(Self { address, running: Mutex::new(Some((stop, thread))) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn stop(&self) {
        if let Some((stop, thread)) = lock(&self.running).take() {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn accept(listener: TcpListener, world: Arc<World>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                tokio::spawn(converse(stream, Arc::clone(&world)));
            }
            // Most likely out of file descriptors: connections have to end before others can begin.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Serves one connection to its end, which is a reset if the answer is none or breaks off.
async fn converse(stream: TcpStream, world: Arc<World>) {
    let service = service_fn(move |request| Box::pin(Arc::clone(&world).serve(request)));
    let mut connection =
        http1::Builder::new().header_read_timeout(None).serve_connection(TokioIo::new(stream), service);
    if (&mut connection).await.is_err() {
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}
