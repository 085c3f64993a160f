//! The sign-up form and the order form. Both are drawn from the policy and sent to Upheld as they are: Upheld, not the
//! site, decides what may be taken.

use std::sync::Arc;

use axum::Form as Body;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Fail, Sent, Site, Visitor, new_customer, see_other};
use crate::client::{Nothing, Reply};
use crate::form::{Form, Typed};
use crate::pages::{Join, Order, Ordered, Welcome, page, product};
use crate::policy::Policy;
use crate::products::PRODUCTS;

const SIGN_UP: &str = "sign_up";
const ORDER: &str = "order_page";

pub(super) async fn join(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    match site.form(SIGN_UP, &Typed::new()).await {
        Ok(form) => page(StatusCode::OK, &Join { shell: site.shell(&visitor), form }),
        Err(fail) => site.fail(&visitor, &fail),
    }
}

pub(super) async fn join_sent(State(site): State<Arc<Site>>, visitor: Visitor, Body(sent): Body<Sent>) -> Response {
    let customer = new_customer();
    match site.take(&visitor, SIGN_UP, &site.config.places.sign_up, &customer, sent).await {
        Ok(Taken::Done(_)) => (site.signed_in(&customer), see_other("/welcome")).into_response(),
        Ok(Taken::Again(status, form)) => page(status, &Join { shell: site.shell(&visitor), form }),
        Err(fail) => site.fail(&visitor, &fail),
    }
}

pub(super) async fn welcome(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    match &visitor.session {
        Some(session) => {
            let key = site.config.session_key.customer_key(&session.customer);
            page(StatusCode::OK, &Welcome { shell: site.shell(&visitor), key })
        }
        None => see_other("/sign-in"),
    }
}

/// Which plan a link to the order form means.
#[derive(Deserialize)]
pub(super) struct Plan {
    #[serde(default)]
    plan: String,
}

pub(super) async fn order(State(site): State<Arc<Site>>, visitor: Visitor, Query(plan): Query<Plan>) -> Response {
    let typed = Typed::from([("order_details".to_owned(), plan.plan)]);
    match site.form(ORDER, &typed).await {
        Ok(form) => page(StatusCode::OK, &Order { shell: site.shell(&visitor), form, products: &PRODUCTS }),
        Err(fail) => site.fail(&visitor, &fail),
    }
}

pub(super) async fn order_sent(State(site): State<Arc<Site>>, visitor: Visitor, Body(sent): Body<Sent>) -> Response {
    let person = visitor.session.as_ref().map_or_else(new_customer, |session| session.customer.clone());
    match site.take(&visitor, ORDER, &site.config.places.order, &person, sent).await {
        Ok(Taken::Done(typed)) => {
            let plan = typed.get("order_details").and_then(|id| product(id)).map_or("", |plan| plan.id);
            see_other(format!("/ordered?plan={plan}"))
        }
        Ok(Taken::Again(status, form)) => {
            page(status, &Order { shell: site.shell(&visitor), form, products: &PRODUCTS })
        }
        Err(fail) => site.fail(&visitor, &fail),
    }
}

pub(super) async fn ordered(State(site): State<Arc<Site>>, visitor: Visitor, Query(plan): Query<Plan>) -> Response {
    page(StatusCode::OK, &Ordered { shell: site.shell(&visitor), plan: product(&plan.plan) })
}

/// What came of a form.
enum Taken {
    /// Upheld took it.
    Done(Typed),
    /// The form again, with what was typed and what is wrong.
    Again(StatusCode, Form),
}

impl Site {
    /// The form of a point, as the policy in force declares it.
    async fn form(&self, point: &str, typed: &Typed) -> Result<Form, Fail> {
        form_of(&self.policy().await?, point, typed)
    }

    /// Sends a form to Upheld.
    async fn take(&self, visitor: &Visitor, point: &str, place: &str, person: &str, sent: Sent) -> Result<Taken, Fail> {
        let typed = self.read_form(visitor, sent)?;
        let record = json!({ "point": point, "in": place, "person": person, "values": typed });
        match self.act::<Nothing>("/v1/collect", None, record).await {
            Ok(Reply::Done(_)) => Ok(Taken::Done(typed)),
            Ok(Reply::Refused(refusal)) => {
                let mut form = self.form(point, &typed).await?;
                form.refuse(&refusal);
                Ok(Taken::Again(StatusCode::UNPROCESSABLE_ENTITY, form))
            }
            Err(_) => {
                // What was typed is not lost: the form comes back as it was sent.
                let mut form = form_of(&self.last_policy().ok_or(Fail::Unanswered)?, point, &typed)?;
                form.errors.push(NOT_REACHED.to_owned());
                Ok(Taken::Again(StatusCode::SERVICE_UNAVAILABLE, form))
            }
        }
    }
}

const NOT_REACHED: &str = "We could not reach our records, so nothing was stored. What you typed is still here: please send \
                           it again in a minute.";

fn form_of(policy: &Policy, point: &str, typed: &Typed) -> Result<Form, Fail> {
    let point = policy.point(point).ok_or_else(|| {
        tracing::warn!(point, "the policy in force declares no such point");
        Fail::Unanswered
    })?;
    Ok(Form::of(point.asks(), typed))
}
