//! `GET /policy`, its versions, and what those pages are made of.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use upheld_document::Source;
use upheld_service::{Service, ServiceError, Version};

use crate::pages::{self, Line, PolicyPage, Standing, Versions};
use crate::params::Id;
use crate::problem::{Problem, ProblemType};
use crate::state::App;

/// The front door is the policy.
#[utoipa::path(get, path = "/", operation_id = "front_door", tag = "pages", responses((status = 303, description = "to `/policy`")))]
pub(crate) async fn root() -> Redirect {
    Redirect::to("/policy")
}

/// The policy in force.
#[utoipa::path(
    get,
    path = "/policy",
    operation_id = "policy_page",
    tag = "pages",
    responses(
        (status = 200, description = "the page", body = String, content_type = "text/html"),
        (status = 404, description = "no version is in force yet", body = String, content_type = "text/html"),
        (status = 503, description = "not ready, or too much is going on", body = String, content_type = "text/html"),
        (status = 500, description = "something failed", body = String, content_type = "text/html"),
    )
)]
pub(crate) async fn policy(State(app): State<App>) -> Response {
    let canonical = app.public_url.as_ref().map(|url| format!("{url}/policy"));
    let shown = app
        .run(|service| {
            let Some(in_force) = service.in_force()? else {
                return Ok(None);
            };
            let source = Source::new("privacy.md", in_force.source.clone());
            let from = in_force.version.from.to_string();
            let header = &in_force.policy.header;
            Ok(Some(PolicyPage::new(
                &source,
                &in_force.document,
                header,
                &in_force.page,
                &from,
                &Standing::InForce,
                canonical,
            )))
        })
        .await;
    match shown {
        Ok(Some(page)) => pages::page(StatusCode::OK, &page),
        Ok(None) => pages::no_policy(),
        Err(problem) => pages::unavailable(&problem),
    }
}

/// All versions.
#[utoipa::path(
    get,
    path = "/policy/versions",
    operation_id = "versions_page",
    tag = "pages",
    responses(
        (status = 200, description = "the page", body = String, content_type = "text/html"),
        (status = 404, description = "there is none yet", body = String, content_type = "text/html"),
        (status = 503, description = "not ready, or too much is going on", body = String, content_type = "text/html"),
        (status = 500, description = "something failed", body = String, content_type = "text/html"),
    )
)]
pub(crate) async fn versions(State(app): State<App>) -> Response {
    match app.run(Timeline::read).await {
        Ok(timeline) if timeline.versions.is_empty() => pages::no_policy(),
        Ok(timeline) => pages::page(StatusCode::OK, &Versions::new(timeline.lines())),
        Err(problem) => pages::unavailable(&problem),
    }
}

/// One version.
#[utoipa::path(
    get,
    path = "/policy/versions/{number}",
    operation_id = "version_page",
    tag = "pages",
    params(("number" = u64, Path, description = "its number in this store, from 1")),
    responses(
        (status = 200, description = "the page", body = String, content_type = "text/html"),
        (status = 404, description = "there is no such version", body = String, content_type = "text/html"),
        (status = 503, description = "not ready, or too much is going on", body = String, content_type = "text/html"),
        (status = 500, description = "something failed", body = String, content_type = "text/html"),
    )
)]
pub(crate) async fn version(State(app): State<App>, id: Result<Id, Problem>) -> Response {
    // One address for each version: `+1` and `01` are none.
    let number = id.ok().and_then(|Id(text)| text.parse::<u64>().ok().filter(|number| number.to_string() == text));
    let Some(number) = number else {
        return pages::missing();
    };
    let shown = app
        .run(move |service| {
            let timeline = Timeline::read(service)?;
            let Some(version) = timeline.versions.iter().find(|version| version.number == number) else {
                return Ok(None);
            };
            let text = service.source(number)?;
            let source = Source::new("privacy.md", text);
            // With the ids that its clauses have had since.
            let lock = service.lock(number).ok();
            let (document, _, _) = upheld_document::parse(&source, lock.as_ref());
            let header = pages::header(&document);
            // A version that this program cannot compile any more is shown as its prose.
            let page = service.compiled_version(number).map(|version| version.page.clone()).unwrap_or_default();
            let page = PolicyPage::new(
                &source,
                &document,
                &header,
                &page,
                &version.from.to_string(),
                &timeline.standing(version),
                None,
            );
            Ok(Some(page))
        })
        .await;
    match shown {
        Ok(Some(page)) => pages::page(StatusCode::OK, &page),
        Ok(None) => pages::missing(),
        Err(problem) if problem.kind() == ProblemType::NotFound => pages::missing(),
        Err(problem) => pages::unavailable(&problem),
    }
}

/// The stylesheet. Its address changes with its content.
#[utoipa::path(
    get,
    path = "/policy.css",
    tag = "pages",
    responses((status = 200, description = "the stylesheet", body = String, content_type = "text/css"))
)]
pub(crate) async fn stylesheet() -> Response {
    file("text/css; charset=utf-8", pages::STYLESHEET)
}

/// The mark in the browser's tab.
#[utoipa::path(
    get,
    path = "/mark.svg",
    tag = "pages",
    responses((status = 200, description = "the picture", body = String, content_type = "image/svg+xml"))
)]
pub(crate) async fn mark() -> Response {
    file("image/svg+xml", pages::MARK)
}

/// All versions, oldest first, and which of them is in force.
struct Timeline {
    versions: Vec<Version>,
    now: Option<u64>,
}

impl Timeline {
    fn read(service: &Service) -> Result<Self, ServiceError> {
        let now = service.in_force()?.map(|in_force| in_force.version.number);
        Ok(Self { versions: service.versions()?, now })
    }

    /// A version is replaced on the first day of the one after it.
    fn until(&self, version: &Version) -> String {
        let next = self.versions.iter().find(|next| next.number > version.number);
        next.map_or_else(String::new, |next| next.from.to_string())
    }

    fn standing(&self, version: &Version) -> Standing {
        match self.now {
            Some(now) if now == version.number => Standing::InForce,
            Some(now) if now > version.number => Standing::Replaced(self.until(version)),
            _ => Standing::Coming,
        }
    }

    /// As the page lists them, the newest first.
    fn lines(&self) -> Vec<Line> {
        let line = |version: &Version| {
            let (standing, from) = (self.standing(version), version.from.to_string());
            Line::new(version.number, &version.version, &standing, &from, &self.until(version))
        };
        self.versions.iter().rev().map(line).collect()
    }
}

fn file(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
    ];
    (headers, content).into_response()
}
