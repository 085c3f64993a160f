//! Upheld and the site, both up, and a browser that has no scripts.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use upheld_server::ServerConfig;
use upheld_service::{AccessKind, Keys, NewAccess, Place, Service, SystemClock, Verb};
use upheld_site::{Places, SiteConfig, SiteKey};

const POLICY: &str = include_str!("../../../../policies/hosting-2009/privacy.md");

/// Upheld and the site, up until the test ends.
pub struct Up {
    pub site: String,
    /// Seconds that the site's clock is ahead of the machine's.
    pub ahead: Arc<AtomicU64>,
    pub agent: ureq::Agent,
    upheld: Option<Runtime>,
    _runtime: Runtime,
    _folder: tempfile::TempDir,
}

/// What a browser got.
pub struct Page {
    pub status: u16,
    pub html: String,
    headers: ureq::http::HeaderMap,
}

impl Page {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The value of a hidden control in the form that is sent to `action`.
    pub fn hidden(&self, action: &str, name: &str) -> String {
        let form = self.html.split_once(&format!("action=\"{action}\"")).expect("the form is there").1;
        let form = form.split("</form>").next().expect("its end");
        let control = form.split_once(&format!("name=\"{name}\" value=\"")).map_or("", |(_, rest)| rest);
        control.split('"').next().unwrap_or("").to_owned()
    }

    /// The customer key that the page shows.
    pub fn key(&self) -> &str {
        self.html.split_once("<code>").and_then(|(_, rest)| rest.split_once('<')).expect("a key").0
    }

    /// Demands that the page says something.
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.html.contains(text), "{} does not say {text:?}:\n{}", self.status, self.html);
        self
    }

    /// Demands a status.
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.html);
        self
    }
}

impl Up {
    /// Starts both on free ports, with the hosting policy in force.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(&folder.path().join("keys")).expect("keys");
        let service = Service::open(Place::Memory, keys, Arc::new(SystemClock)).expect("a store");
        service.activate(POLICY, None, "a test").expect("the policy is good");
        let session_key = SiteKey::generate().expect("a key");
        let key = |name: &str, acts_as: &str, verb: Verb, points: &[&str], signs_sessions: Option<String>| {
            service
                .access_add(NewAccess {
                    name: name.to_owned(),
                    kind: AccessKind::Program,
                    acts_as: Some(acts_as.to_owned()),
                    verbs: vec![verb, Verb::Request],
                    points: points.iter().map(|&point| point.to_owned()).collect(),
                    purposes: Vec::new(),
                    may_act: true,
                    signs_sessions,
                })
                .expect("a key")
        };
        let (_, visits_token) = key("visits", "web_server", Verb::Collect, &["web_visit"], None);
        let points = ["sign_up", "order_page", "leaving"];
        let (forms, forms_token) =
            key("forms", "web_server", Verb::Collect, &points, Some(session_key.public_base64()));
        let (_, messages_token) = key("messages", "mailer", Verb::Ask, &[], None);

        let free = || TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its address");
        let (upheld_address, listen) = (free(), free());
        let ahead = Arc::new(AtomicU64::new(0));
        let (clock, machine) = (Arc::clone(&ahead), upheld_site::system_clock());
        let config = SiteConfig {
            listen,
            upheld_url: format!("http://{upheld_address}"),
            upheld_public_url: "https://privacy.larchfield.example/".to_owned(),
            visits_token,
            forms_token,
            forms_key: forms.id,
            messages_token,
            session_key,
            places: Places::default(),
            clock: Arc::new(move || machine() + clock.load(Ordering::Relaxed)),
        };
        let (upheld, runtime) = (Runtime::new().expect("a runtime"), Runtime::new().expect("a runtime"));
        upheld.spawn(upheld_server::serve(service, ServerConfig::new(upheld_address), std::future::pending()));
        runtime.spawn(upheld_site::serve(config, std::future::pending()));
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent();
        let up = Self {
            site: format!("http://{listen}"),
            ahead,
            agent,
            upheld: Some(upheld),
            _runtime: runtime,
            _folder: folder,
        };
        let until = Instant::now() + Duration::from_secs(10);
        let waits = |url: &str| up.agent.get(url).call().is_err();
        while waits(&format!("{}/style.css", up.site)) || waits(&format!("http://{upheld_address}/healthz")) {
            assert!(Instant::now() < until, "both answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        up
    }

    /// Takes Upheld away from the site.
    pub fn stop_upheld(&mut self) {
        if let Some(upheld) = self.upheld.take() {
            upheld.shutdown_timeout(Duration::from_secs(1));
        }
    }

    /// Opens a page.
    pub fn get(&self, path: &str) -> Page {
        page(self.agent.get(format!("{}{path}", self.site)).call().expect("an answer"))
    }

    /// Sends a form of the site.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.agent.post(format!("{}{path}", self.site)).header("Origin", &self.site);
        page(request.send_form(fields.iter().copied()).expect("an answer"))
    }
}

/// Reads an answer.
pub fn page(mut response: ureq::http::Response<ureq::Body>) -> Page {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { status, headers, html: response.body_mut().read_to_string().expect("a page") }
}
