//! The account: choices, a look at one's own data, erasure, closing. Each is an act at Upheld under the customer's session.

use std::sync::Arc;

use axum::Form as Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Fail, Sent, Site, Visitor, see_other};
use crate::client::{Nothing, Reply};
use crate::form::{Form, Typed, plain};
use crate::pages::{self, Access, Account, ChoiceRow, Goodbye, Said, Stays};
use crate::policy::{Asked, Choice};
use crate::sessions::Session;

/// What messages are sent with: whether it may be used says how a choice stands.
const MESSAGES_USE: &str = "contact";
const LEAVING: &str = "leaving";

/// What an erasure did.
#[derive(Deserialize)]
struct Erased {
    #[serde(default)]
    values: u64,
    #[serde(default)]
    stays: Vec<Stays>,
}

/// The answer to a question.
#[derive(Deserialize)]
struct Answer {
    allowed: bool,
    reason: String,
}

pub(super) async fn account(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    let page = match visitor.signed_in() {
        Ok(session) => site.account_page(&visitor, session, StatusCode::OK, None, None).await,
        Err(fail) => Err(fail),
    };
    site.shown(&visitor, page)
}

/// The addresses that forms are sent to show the account when they are only opened.
pub(super) async fn to_account() -> Response {
    see_other("/account")
}

pub(super) async fn choose(State(site): State<Arc<Site>>, visitor: Visitor, Body(sent): Body<Sent>) -> Response {
    let page = site.choose(&visitor, sent).await;
    site.shown(&visitor, page)
}

pub(super) async fn see(State(site): State<Arc<Site>>, visitor: Visitor, Body(sent): Body<Sent>) -> Response {
    let page = site.see(&visitor, sent).await;
    site.shown(&visitor, page)
}

pub(super) async fn erase(State(site): State<Arc<Site>>, visitor: Visitor, Body(sent): Body<Sent>) -> Response {
    let page = site.erase(&visitor, sent).await;
    site.shown(&visitor, page)
}

pub(super) async fn close(State(site): State<Arc<Site>>, visitor: Visitor, Body(sent): Body<Sent>) -> Response {
    let page = site.close(&visitor, sent).await;
    site.shown(&visitor, page)
}

pub(super) async fn goodbye(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    pages::page(StatusCode::OK, &Goodbye { shell: site.shell(&visitor) })
}

impl Site {
    async fn choose(&self, visitor: &Visitor, sent: Sent) -> Result<Response, Fail> {
        let (session, mut typed) = self.account_form(visitor, sent)?;
        let choice = typed.remove("choice").unwrap_or_default();
        let Some(agree) = typed.remove("agree").map(|agree| agree == "yes") else {
            let text = "Choose yes or no first. Nothing was changed.".to_owned();
            return self.account_said(visitor, session, Said::not_done(text)).await;
        };
        let offered = self.policy().await?.choices.into_iter().find(|offered| offered.name == choice);
        let via = offered.and_then(|offered| offered.via.into_iter().next());
        name_the_way(&mut typed);
        let body = json!({
            "person": session.customer, "choice": choice, "agree": agree, "via": via, "giving": typed
        });
        let signed = self.signed(&session.customer)?;
        let said = match self.act::<Nothing>("/v1/choices", Some(signed), body).await? {
            Reply::Done(_) if agree => Said::done("Saved: we may send you this."),
            Reply::Done(_) => Said::done("Saved: we will not send you this any more."),
            Reply::Refused(refusal) => Said::not_done(plain(&refusal)),
        };
        self.account_said(visitor, session, said).await
    }

    async fn see(&self, visitor: &Visitor, sent: Sent) -> Result<Response, Fail> {
        let (session, _) = self.account_form(visitor, sent)?;
        match self.request::<Access>(session, "see").await? {
            Reply::Done(data) => {
                self.account_page(visitor, session, StatusCode::OK, None, Some(data.unwrap_or_default())).await
            }
            Reply::Refused(refusal) => self.account_said(visitor, session, Said::not_done(plain(&refusal))).await,
        }
    }

    async fn erase(&self, visitor: &Visitor, sent: Sent) -> Result<Response, Fail> {
        let (session, _) = self.account_form(visitor, sent)?;
        let said = match self.request::<Erased>(session, "erase").await? {
            Reply::Done(erased) => {
                let (values, stays) = erased.map_or((0, Vec::new()), |erased| (erased.values, erased.stays));
                let text = match values {
                    0 => "There was nothing that could be erased.".to_owned(),
                    1 => "One value has been erased. Nobody can read it any more, we included.".to_owned(),
                    _ => format!("{values} values have been erased. Nobody can read them any more, we included."),
                };
                Said { stays, ..Said::done(text) }
            }
            Reply::Refused(refusal) => Said::not_done(plain(&refusal)),
        };
        self.account_said(visitor, session, said).await
    }

    async fn close(&self, visitor: &Visitor, sent: Sent) -> Result<Response, Fail> {
        let (session, _) = self.account_form(visitor, sent)?;
        let leaving = json!({ "point": LEAVING, "person": session.customer });
        match self.act::<Nothing>("/v1/collect", None, leaving).await? {
            Reply::Done(_) => {
                self.sessions.end_all(&session.customer);
                Ok((self.signed_out(), see_other("/goodbye")).into_response())
            }
            Reply::Refused(refusal) => self.account_said(visitor, session, Said::not_done(plain(&refusal))).await,
        }
    }

    fn account_form<'a>(&self, visitor: &'a Visitor, sent: Sent) -> Result<(&'a Session, Typed), Fail> {
        let session = visitor.signed_in()?;
        Ok((session, self.read_form(visitor, sent)?))
    }

    /// A request of the customer's, under their signed session.
    async fn request<T: DeserializeOwned>(&self, session: &Session, right: &str) -> Result<Reply<Option<T>>, Fail> {
        let signed = self.signed(&session.customer)?;
        Ok(self.act("/v1/requests", Some(signed), json!({ "right": right })).await?)
    }

    async fn account_said(&self, visitor: &Visitor, session: &Session, said: Said) -> Result<Response, Fail> {
        let status = if said.done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        self.account_page(visitor, session, status, Some(said), None).await
    }

    async fn account_page(
        &self,
        visitor: &Visitor,
        session: &Session,
        status: StatusCode,
        said: Option<Said>,
        data: Option<Access>,
    ) -> Result<Response, Fail> {
        let mut choices = Vec::new();
        for choice in self.policy().await?.choices {
            let on = self.stands(session, &choice.name).await;
            choices.push(row(choice, on));
        }
        Ok(pages::page(status, &Account { shell: self.shell(visitor), choices, said, data }))
    }

    /// Whether a message of this kind may be sent to the customer now: a question, which changes nothing.
    async fn stands(&self, session: &Session, choice: &str) -> Option<bool> {
        let question = json!({ "action": "use", "person": session.customer, "data": [MESSAGES_USE], "for": choice });
        let answer: Answer = self.client.ask(&self.config.forms_token, question).await.ok()?;
        match answer.reason.as_str() {
            "refused" | "not_agreed" => Some(false),
            _ if answer.allowed => Some(true),
            _ => None,
        }
    }
}

/// The form asks for "an e-mail address or a telephone number" in one field; Upheld wants it under its own name.
fn name_the_way(typed: &mut Typed) {
    if let Some(way) = typed.remove("contact") {
        let element = if way.contains('@') { "email" } else { "phone_number" };
        typed.insert(element.to_owned(), way);
    }
}

fn row(choice: Choice, on: Option<bool>) -> ChoiceRow {
    let asked = choice.giving.into_iter().map(|given| Asked { name: given.name, label: given.label, required: true });
    let giving = Form::of(asked.collect(), &Typed::new()).fields;
    ChoiceRow { name: choice.name, label: pages::sentence_case(&choice.label), on, giving }
}
