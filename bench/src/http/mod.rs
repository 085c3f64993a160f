//! The server over loopback: each caller one connection that is kept open, the next request after the answer.

mod client;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, ensure};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use upheld_decide::Action;
use upheld_server::{Rate, ServerConfig};
use upheld_service::{Caller as Key, Keys, Place, Question, Service, SystemClock};

use self::client::Client;
use crate::acts::governed::{POLICY, record, support, web};
use crate::acts::{SIGN_UP, person};
use crate::load::{Contender, measure};
use crate::report::{Table, micros, thousands, times};

const CALLERS: [usize; 2] = [1, 8];
const PEOPLE: usize = 1_000;

/// An address that is measured: another one is another line here.
struct Endpoint {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    /// The body about the person of a number.
    body: Option<fn(usize) -> String>,
}

const ENDPOINTS: [Endpoint; 4] = [
    Endpoint { name: "`GET /healthz`", method: "GET", path: "/healthz", body: None },
    Endpoint { name: "`POST /v1/questions`", method: "POST", path: "/v1/questions", body: Some(question) },
    Endpoint {
        name: "AuthZEN, facts with the question",
        method: "POST",
        path: "/access/v1/evaluation",
        body: Some(evaluation_by_rules),
    },
    Endpoint {
        name: "AuthZEN, facts from the store",
        method: "POST",
        path: "/access/v1/evaluation",
        body: Some(evaluation_of_a_person),
    },
];

fn evaluation_by_rules(_: usize) -> String {
    evaluation(r#"{"of":"customer","at":"sign_up"}"#)
}

fn evaluation_of_a_person(n: usize) -> String {
    evaluation(&format!(r#"{{"person":"{}"}}"#, person(n)))
}

fn evaluation(properties: &str) -> String {
    format!(
        r#"{{"subject":{{"type":"role","id":"support"}},"action":{{"name":"use","properties":{{"for":"service_setup"}}}},"resource":{{"type":"data","id":"name","properties":{properties}}}}}"#
    )
}

fn question(n: usize) -> String {
    format!(r#"{{"action":"use","person":"{}","data":["name"],"for":"service_setup"}}"#, person(n))
}

pub fn run() -> Result<()> {
    let folder = tempfile::Builder::new().prefix("upheld-bench-").tempdir()?;
    let keys = Keys::open(&folder.path().join("keys"))?;
    let service = Service::open(Place::File(folder.path().join("upheld.db")), keys, Arc::new(SystemClock))?;
    service.activate(POLICY, None, "bench")?;
    let token = support(&service)?;
    let key = service.authenticate(&token)?;
    let web = service.authenticate(&web(&service)?)?;
    let people = (0..PEOPLE).map(|n| record(n, SIGN_UP)).collect();
    let taken = service.collect_batch(&web, people)?;
    ensure!(taken.iter().all(|act| act.answer.allowed), "a record was refused");

    let server = Server::start(&service)?;
    let outcome = compare(&service, &key, &token, server.address);
    let stopped = server.stop();
    outcome.and(stopped)
}

fn compare(service: &Service, key: &Key, token: &str, address: SocketAddr) -> Result<()> {
    let mut contenders: Vec<Contender<'_>> = ENDPOINTS
        .iter()
        .map(|endpoint| {
            Contender::new(endpoint.name, move || {
                let mut client = Client::connect(address)?;
                Ok(Box::new(move |n| {
                    let body = endpoint.body.map(|body| body(n)).unwrap_or_default();
                    let status = client.request(endpoint.method, endpoint.path, token, &body)?;
                    ensure!(status == 200, "{}: {status}", endpoint.path);
                    Ok(())
                }))
            })
        })
        .collect();
    contenders.push(Contender::new("the same question in process, `Service::ask`", move || {
        Ok(Box::new(move |n| {
            let question = Question {
                action: Action::Use,
                person: person(n),
                data: vec!["name".to_owned()],
                purpose: Some("service_setup".to_owned()),
                ..Question::default()
            };
            ensure!(service.ask(key, question)?.allowed, "a question was refused");
            Ok(())
        }))
    }));
    contenders.push(Contender::new("the key alone in process, `Service::authenticate`", move || {
        Ok(Box::new(move |_| Ok(service.authenticate(token).map(drop)?)))
    }));
    let contenders: Vec<_> = contenders.into_iter().map(|contender| contender.below(PEOPLE)).collect();

    let mut table =
        Table::new(&["", "callers", "a second: most", "median", "/ `/healthz` (medians)", "time, median", "99 %"]);
    for callers in CALLERS {
        let all = measure(&contenders, callers)?;
        let floor = all.first().map_or(f64::NAN, |figures| figures.rate.median);
        for (contender, figures) in contenders.iter().zip(all) {
            table.row(vec![
                contender.name.to_owned(),
                callers.to_string(),
                thousands(figures.rate.most),
                thousands(figures.rate.median),
                times(figures.rate.median / floor),
                micros(figures.median),
                micros(figures.most),
            ]);
        }
    }
    table.print();
    Ok(())
}

/// The server, in this process and on threads of its own.
struct Server {
    address: SocketAddr,
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    running: tokio::task::JoinHandle<Result<(), upheld_server::ServeError>>,
}

impl Server {
    fn start(service: &Service) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        // What is measured is how fast it can be, not how fast it lets one key be.
        let config =
            ServerConfig { key_rate: Rate::UNLIMITED, address_rate: Rate::UNLIMITED, ..ServerConfig::new(address) };
        let serving = upheld_server::serve_on(listener, service.clone(), config, async {
            drop(stopped.await);
        });
        let running = runtime.spawn(serving);
        Ok(Self { address, runtime, stop, running })
    }

    fn stop(self) -> Result<()> {
        drop(self.stop);
        Ok(self.runtime.block_on(self.running)??)
    }
}
