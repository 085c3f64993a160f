//! The sign-up form and the order form. Both are drawn from the policy and sent to Upheld as they are: Upheld, not the
//! site, decides what may be taken.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::{Fail, Sent, Site};
use crate::client::{Nothing, Reply};
use crate::form::{Form, Typed};
use crate::keys::Pass;
use crate::pages::{Join, Order, Ordered, Welcome, page, product};
use crate::policy::Policy;
use crate::products::PRODUCTS;

const SIGN_UP: &str = "sign_up";
const ORDER: &str = "order_page";
/// The element that the plan is stored under.
const PLAN: &str = "service_choice";

pub(super) async fn join(State(site): State<Arc<Site>>) -> Response {
    let page = site.form(SIGN_UP, &Typed::new()).await;
    site.shown(page.map(|form| site.join_page(StatusCode::OK, form)))
}

pub(super) async fn join_sent(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = site.join(&sent).await;
    site.shown(page)
}

/// Which plan a link to the order form means.
#[derive(Deserialize)]
pub(super) struct Plan {
    #[serde(default)]
    plan: String,
}

pub(super) async fn order(State(site): State<Arc<Site>>, Query(plan): Query<Plan>) -> Response {
    let page = site.form(ORDER, &Typed::from([(PLAN.to_owned(), plan.plan)])).await;
    site.shown(page.map(|form| site.order_page(StatusCode::OK, None, form)))
}

/// The order form for somebody who is signed in.
pub(super) async fn order_signed_in(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = async {
        let pass = sent.own_pass(&site)?;
        let form = site.form(ORDER, &Typed::new()).await?;
        Ok(site.order_page(StatusCode::OK, Some(&pass), form))
    };
    let page = page.await;
    site.shown(page)
}

pub(super) async fn order_sent(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = site.order(&sent).await;
    site.shown(page)
}

/// What came of a form.
enum Taken {
    /// Upheld took it.
    Done,
    /// The form again, with what was typed and what is wrong.
    Again(StatusCode, Form),
}

impl Site {
    async fn join(&self, sent: &Sent) -> Result<Response, Fail> {
        // The form's own token leads to the customer, so a page that is loaded again does not make a second one.
        let customer = self.config.session_key.newcomer(&sent.nonce(self)?);
        match self.take(SIGN_UP, &self.config.places.sign_up, &customer, &sent.typed).await? {
            Taken::Done => {
                let pass = self.config.session_key.new_pass(&customer, self.now());
                let key = self.config.session_key.customer_key(&customer);
                Ok(page(StatusCode::CREATED, &Welcome { shell: self.shell(Some(&pass)), key }))
            }
            Taken::Again(status, form) => Ok(self.join_page(status, form)),
        }
    }

    async fn order(&self, sent: &Sent) -> Result<Response, Fail> {
        let nonce = sent.nonce(self)?;
        let pass = match sent.pass(self) {
            Ok(pass) => pass,
            Err(_) => {
                // What was typed is not lost, and nothing is ordered under another name than the one that was meant.
                let mut form = self.form(ORDER, &sent.typed).await?;
                form.errors.push(AWAY.to_owned());
                return Ok(self.order_page(StatusCode::FORBIDDEN, None, form));
            }
        };
        let person =
            pass.as_ref().map_or_else(|| self.config.session_key.newcomer(&nonce), |pass| pass.customer.clone());
        match self.take(ORDER, &self.config.places.order, &person, &sent.typed).await? {
            Taken::Done => {
                let plan = sent.typed.get(PLAN).and_then(|id| product(id));
                let number = pass.is_none().then_some(person);
                Ok(page(StatusCode::CREATED, &Ordered { shell: self.shell(pass.as_ref()), plan, number }))
            }
            Taken::Again(status, form) => Ok(self.order_page(status, pass.as_ref(), form)),
        }
    }

    fn join_page(&self, status: StatusCode, form: Form) -> Response {
        page(status, &Join { shell: self.shell(None), form })
    }

    fn order_page(&self, status: StatusCode, pass: Option<&Pass>, form: Form) -> Response {
        page(status, &Order { shell: self.shell(pass), form, products: &PRODUCTS })
    }

    /// The form of a point, as the policy in force declares it.
    async fn form(&self, point: &str, typed: &Typed) -> Result<Form, Fail> {
        form_of(&self.policy().await?, point, typed)
    }

    /// Sends a form to Upheld.
    async fn take(&self, point: &str, place: &str, person: &str, typed: &Typed) -> Result<Taken, Fail> {
        let record = json!({ "point": point, "in": place, "person": person, "values": typed });
        match self.act::<Nothing>("/v1/collect", None, record).await {
            Ok(Reply::Done(_)) => Ok(Taken::Done),
            Ok(Reply::Refused(refusal)) => {
                let mut form = self.form(point, typed).await?;
                form.refuse(&refusal);
                Ok(Taken::Again(StatusCode::UNPROCESSABLE_ENTITY, form))
            }
            Err(_) => {
                // What was typed is not lost: the form comes back as it was sent.
                let mut form = form_of(&self.last_policy().ok_or(Fail::Unanswered)?, point, typed)?;
                form.errors.push(NOT_REACHED.to_owned());
                Ok(Taken::Again(StatusCode::SERVICE_UNAVAILABLE, form))
            }
        }
    }
}

const NOT_REACHED: &str =
    "We could not reach our records. What you typed is still here: please send it again in a minute.";
const AWAY: &str = "You have been away for half an hour or more, so we do not know any more that it is you. Sign in first, or \
                    send this again to order without your account. Nothing has been ordered yet.";

fn form_of(policy: &Policy, point: &str, typed: &Typed) -> Result<Form, Fail> {
    let point = policy.point(point).ok_or_else(|| {
        tracing::warn!(point, "the policy in force declares no such point");
        Fail::Unanswered
    })?;
    Ok(Form::of(point.asks(), typed))
}
