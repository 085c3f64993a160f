//! The HTTP API, the published policy and the pages. Only this crate knows HTTP.
//!
//! [`serve`] listens ([`serve_on`]: on a listener that is there already); [`router`] is the same without one, for tests. `router.rs` lists every address, `routes/` has
//! the handlers, one resource a file, `middleware/` what happens around each request, `problem.rs` what can go wrong,
//! `pages/` what people read.
//!
//! A request is one blocking closure around the synchronous service: it authenticates, calls one verb, and answers.
//! Only a question that names nobody is answered on the spot. There is no SQL here, no key and no decision.

mod auth;
mod config;
mod describe;
mod json;
mod limits;
mod middleware;
mod observe;
mod openapi;
mod pages;
mod params;
mod problem;
mod reply;
mod router;
mod routes;
mod serve;
mod state;

pub use config::{ServeError, ServerConfig};
pub use limits::{Rate, Ticks};
pub use observe::Observe;
pub use problem::ProblemType;
pub use router::router;
pub use serve::{serve, serve_on};

use upheld_decide::Header;
use upheld_document::{Document, Source};
use upheld_service::publish::Page;

/// The public page of a policy as one file of HTML that needs nothing else: for a host of your own. None: it could not be written.
#[must_use]
pub fn policy_file(source: &Source, document: &Document, header: &Header, page: &Page) -> Option<String> {
    let shown =
        pages::PolicyPage::new(source, document, header, page, &header.effective, &pages::Standing::InForce, None);
    askama::Template::render(&shown.alone()).ok()
}
