//! Every address of the server, by who calls it. Each is described in the OpenAPI document where it is handled.

use std::any::Any;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use upheld_service::Service;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::config::ServerConfig;
use crate::limits;
use crate::middleware::{headers, request_id, trace};
use crate::openapi;
use crate::pages;
use crate::problem::{Problem, ProblemType};
use crate::routes;
use crate::state::App;

/// The whole server as a service for one request at a time, without listener and background duty.
pub fn router(service: Service, config: &ServerConfig) -> Router {
    let app = App::new(service, config);
    let (described, document) = api().merge(published()).split_for_parts();
    let document = openapi::finish(document, config.public_url.as_deref());
    let router = described
        .route("/openapi.json", get(move || openapi::serve(document.clone())))
        .fallback(missing)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(config.body_limit))
        .layer(from_fn_with_state(app.clone(), limits::open_to_all))
        .with_state(app);
    around(router)
}

/// What programs call.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        // Acts with data.
        .routes(routes!(routes::collect::collect))
        .routes(routes!(routes::collect::batch))
        .routes(routes!(routes::use_::use_))
        .routes(routes!(routes::share::share))
        .routes(routes!(routes::change::change))
        .routes(routes!(routes::comparisons::compare))
        .routes(routes!(routes::erase::erase))
        .routes(routes!(routes::block::block))
        // What people do themselves.
        .routes(routes!(routes::choices::choose))
        .routes(routes!(routes::relations::relate))
        .routes(routes!(routes::requests::request))
        .routes(routes!(routes::inquiries::list))
        .routes(routes!(routes::inquiries::answer))
        .routes(routes!(routes::notices::list))
        .routes(routes!(routes::notices::notify))
        // Cases.
        .routes(routes!(routes::cases::open))
        .routes(routes!(routes::cases::find))
        .routes(routes!(routes::cases::end))
        // Questions; the policy and the log to read.
        .routes(routes!(routes::questions::ask))
        .routes(routes!(routes::authzen::evaluation))
        .routes(routes!(routes::authzen::evaluations))
        .routes(routes!(routes::observed::read))
        .routes(routes!(routes::policy::read))
        .routes(routes!(routes::log::read))
        // The server itself.
        .routes(routes!(routes::health::alive))
        .routes(routes!(routes::health::ready))
}

/// What people read.
fn published() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::published::root))
        .routes(routes!(routes::published::policy))
        .routes(routes!(routes::published::versions))
        .routes(routes!(routes::published::version))
        .routes(routes!(routes::published::stylesheet))
        .routes(routes!(routes::published::mark))
        .routes(routes!(routes::problems::explain))
        .routes(routes!(routes::authzen::configuration))
}

/// What happens around every request, the outermost last.
fn around(router: Router) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(headers::add))
        .layer(from_fn(trace::log))
        .layer(from_fn(request_id::set))
}

/// What the panic says may hold a value, so it is not looked at.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::of(ProblemType::Internal).into_response()
}

/// Nothing at this address: a page for those who read pages, a problem for programs.
async fn missing(request: Request) -> Response {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    if accept.contains("text/html") && !request.uri().path().starts_with("/v1/") {
        pages::missing()
    } else {
        Problem::of(ProblemType::NotFound).into_response()
    }
}

async fn wrong_method() -> Problem {
    Problem::of(ProblemType::MethodNotAllowed)
}
