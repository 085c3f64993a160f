use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use upheld_server::ServerConfig;
use upheld_service::{AccessKind, Clock as _, Keys, NewAccess, Place, Service, Verb};

use super::{POLICY, Reply, TestClock};

/// When the tests begin: after the policy takes effect.
pub const BEGINS: &str = "2026-03-02T12:00:00Z";

/// A server with its clock and its keys.
pub struct World {
    pub service: Service,
    pub clock: Arc<TestClock>,
    pub router: Router,
    /// Tokens, by whose they are.
    tokens: BTreeMap<&'static str, String>,
    /// The id of the key `web`, which vouches for sessions.
    pub web: String,
    pair: Arc<Ed25519KeyPair>,
}

pub fn key_pair() -> Ed25519KeyPair {
    Ed25519KeyPair::generate().expect("a key")
}

impl World {
    /// A server with the policy in force, its keys, and `ann`, who has joined.
    pub async fn new() -> Self {
        let world = Self::without_people();
        world.join("ann").await;
        world
    }

    /// A server with the policy in force and its keys.
    pub fn without_people() -> Self {
        Self::with(&ServerConfig::default(), Some(POLICY))
    }

    /// Another version, which may be weaker: told to people today, in force from a later day on.
    pub fn put_into_force_after_notice(&self, policy: &str, from: &str) {
        let today = self.clock.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let (proposal, _) = self.service.propose(policy, None, "Ines").expect("it compiles");
        let from = from.parse().expect("a day");
        self.service.approve(&proposal.version, Some(from), Some(today), "Bo").expect("approved");
    }

    /// A server with its keys, and with a policy or none.
    pub fn with(config: &ServerConfig, policy: Option<&str>) -> Self {
        let clock = Arc::new(TestClock::new(BEGINS.parse().expect("a time")));
        let service = Service::open(Place::Memory, Keys::ephemeral().expect("keys"), clock.clone()).expect("a service");
        if let Some(policy) = policy {
            service.activate(policy, None, "test").expect("the policy compiles");
        }
        let pair = key_pair();
        let public = STANDARD.encode(pair.public_key().as_ref());
        let mut world = Self {
            router: upheld_server::router(service.clone(), config),
            service,
            clock,
            tokens: BTreeMap::new(),
            web: String::new(),
            pair: Arc::new(pair),
        };
        use AccessKind::{Human, Program};
        use Verb::{Ask, Attest, Block, Change, Choose, Collect, Compare, Erase, Log, Share, Use};
        let web = NewAccess { signs_sessions: Some(public), ..new(Program, "web_server", &[Collect, Verb::Request]) };
        world.web = world.add("web", NewAccess { points: vec!["sign_up".to_owned()], ..web });
        world.add("support", new(Human, "support", &[Use, Change, Erase, Block, Ask, Share, Choose]));
        world.add("mailer", new(Program, "mailer", &[Use, Ask]));
        world.add("gate", new(Program, "gate", &[Compare]));
        world.add("counsel", new(Human, "counsel", &[Attest, Share, Ask]));
        world.add("second", new(Human, "second_counsel", &[Attest]));
        world.add("auditor", NewAccess { acts_as: None, ..new(Human, "", &[Log]) });
        world.add("asker", NewAccess { may_act: false, ..new(Program, "web_server", &Verb::ALL) });
        let bare = world.add("revoked", new(Human, "support", &[Use, Ask]));
        world.service.access_revoke(&bare).expect("the key is revoked");
        world
    }

    /// Makes a key; gives its id.
    pub fn add(&mut self, who: &'static str, new: NewAccess) -> String {
        let new = NewAccess { name: who.to_owned(), ..new };
        let (key, token) = self.service.access_add(new).expect("a key");
        self.tokens.insert(who, token);
        key.id
    }

    pub fn token(&self, who: &str) -> &str {
        self.tokens.get(who).unwrap_or_else(|| panic!("no key of {who}"))
    }

    /// A new customer.
    pub async fn join(&self, person: &str) -> Reply {
        let reply = self.post("web", "/v1/collect", &joining(person)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply
    }

    /// A session of a person, for as long as one may last.
    pub fn session(&self, person: &str) -> String {
        let now = self.clock.now().as_second();
        session_of(&self.web, &json!({ "sub": person, "aud": "upheld", "iat": now, "exp": now + 900 }), &self.pair)
    }

    pub async fn get(&self, who: &str, path: &str) -> Reply {
        self.call(Method::GET, path, &[("authorization", &self.bearer(who))], None).await
    }

    pub async fn post(&self, who: &str, path: &str, body: &Value) -> Reply {
        self.call(Method::POST, path, &[("authorization", &self.bearer(who))], Some(body)).await
    }

    /// As a person, by way of the key `web`.
    pub async fn as_person(&self, person: &str, path: &str, body: &Value) -> Reply {
        self.as_person_with("web", person, path, body).await
    }

    /// As a person, by way of this key.
    pub async fn as_person_with(&self, who: &str, person: &str, path: &str, body: &Value) -> Reply {
        let headers = [("authorization", &*self.bearer(who)), ("upheld-session", &*self.session(person))];
        self.call(Method::POST, path, &headers, Some(body)).await
    }

    /// What sessions are signed with.
    pub fn pair(&self) -> Arc<Ed25519KeyPair> {
        Arc::clone(&self.pair)
    }

    pub fn bearer(&self, who: &str) -> String {
        format!("Bearer {}", self.token(who))
    }

    /// Any request with a JSON body or none.
    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    /// Any request; its answer is held against the document.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let (parts, body) = request.into_parts();
        let sent = axum::body::to_bytes(body, usize::MAX).await;
        let sent = sent.expect("the body of a test");
        let reply = self.pass_on(Request::from_parts(parts, Body::from(sent.clone()))).await;
        super::assert_documented(&method, &path, &sent, &reply);
        reply
    }

    /// Any request, its body as it comes.
    pub async fn pass_on(&self, request: Request<Body>) -> Reply {
        let path = request.uri().path().to_owned();
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let reply = Reply::read(response).await;
        reply.assert_frame(&path);
        reply
    }
}

/// The sign-up of a person.
pub fn joining(person: &str) -> Value {
    json!({
        "point": "sign_up",
        "person": person,
        "in": "www.larchfield.example/join",
        "values": { "name": "Ann Example", "email": format!("{person}@mail.example") },
    })
}

/// A key that may act, for no purpose in particular.
pub fn new(kind: AccessKind, acts_as: &str, verbs: &[Verb]) -> NewAccess {
    NewAccess {
        name: String::new(),
        kind,
        acts_as: Some(acts_as.to_owned()),
        verbs: verbs.to_vec(),
        points: Vec::new(),
        purposes: Vec::new(),
        may_act: true,
        signs_sessions: None,
    }
}

/// A signed session.
pub fn session_of(kid: &str, claims: &Value, pair: &Ed25519KeyPair) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid });
    let signed = format!("{}.{}", part(&header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}
