//! The landing page, and what belongs to every page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Fail, Site};
use crate::pages::{Home, page};
use crate::products::PRODUCTS;

const STYLE: &str = include_str!("../../assets/style.css");
const ICON: &str = include_str!("../../assets/favicon.svg");
const AN_HOUR: &str = "public, max-age=3600";

pub(super) async fn home(State(site): State<Arc<Site>>) -> Response {
    page(StatusCode::OK, &Home { shell: site.shell(None), products: &PRODUCTS })
}

pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, AN_HOUR)], STYLE)
}

pub(super) async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, AN_HOUR)], ICON)
}

pub(super) async fn not_found(State(site): State<Arc<Site>>) -> Response {
    site.fail(&Fail::NotFound)
}
