//! The account: choices, a look at one's own data, erasure, closing. Each is an act at Upheld under the customer's session.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Fail, Sent, Site, see_other};
use crate::client::{Nothing, Refusal, Reply};
use crate::form::{Form, Typed, plain};
use crate::keys::Pass;
use crate::pages::{self, Access, Account, ChoiceRow, Goodbye, Said, Standing, Stays};
use crate::policy::{Asked, Choice};

/// What messages are sent with: whether it may be used says how a choice stands.
const MESSAGES_USE: &str = "contact";
/// The messages that every customer gets: whether they may be sent says how an account stands.
const SERVICE_MESSAGES: &str = "system_information";
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

/// What is shown on the account page besides the account.
#[derive(Default)]
struct Shown {
    said: Option<Said>,
    data: Option<Access>,
    not_chosen: Option<NotChosen>,
}

/// A choice that was not taken, as it was sent, and why.
struct NotChosen {
    choice: String,
    agree: bool,
    typed: Typed,
    refusal: Refusal,
}

pub(super) async fn account(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = match site.let_in(&sent) {
        Ok(pass) => site.account_page(&pass, Shown::default()).await,
        Err(fail) => Err(fail),
    };
    site.shown(page)
}

pub(super) async fn choose(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = site.choose(sent).await;
    site.shown(page)
}

pub(super) async fn see(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = site.see(&sent).await;
    site.shown(page)
}

pub(super) async fn erase(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = site.erase(&sent).await;
    site.shown(page)
}

pub(super) async fn close(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    let page = site.close(&sent).await;
    site.shown(page)
}

pub(super) async fn goodbye(State(site): State<Arc<Site>>) -> Response {
    pages::page(StatusCode::OK, &Goodbye { shell: site.shell(None) })
}

impl Site {
    async fn choose(&self, sent: Sent) -> Result<Response, Fail> {
        let pass = sent.own_pass(self)?;
        let mut typed = sent.typed;
        let choice = typed.remove("choice").unwrap_or_default();
        let Some(agree) = typed.remove("agree").map(|agree| agree == "yes") else {
            let mend = Some(choice.clone());
            return self.account_said(&pass, Said { mend, ..Said::not_done("Choose yes or no first.") }).await;
        };
        let offered = self.policy().await?.choices.into_iter().find(|offered| offered.name == choice);
        let via = offered.and_then(|offered| offered.via.into_iter().next());
        let body = json!({
            "person": pass.customer, "choice": choice, "agree": agree, "via": via, "giving": named(&typed)
        });
        let signed = self.signed(&pass.customer)?;
        match self.act::<Nothing>("/v1/choices", Some(signed), body).await? {
            Reply::Done(_) if agree => self.account_said(&pass, Said::done("Saved: we may send you this.")).await,
            Reply::Done(_) => self.account_said(&pass, Said::done("Saved: we will not send you this any more.")).await,
            Reply::Refused(refusal) => {
                let mend = Some(choice.clone());
                let said = Some(Said { mend, ..Said::not_done(plain(&refusal)) });
                let not_chosen = Some(NotChosen { choice, agree, typed, refusal });
                self.account_page(&pass, Shown { said, not_chosen, ..Shown::default() }).await
            }
        }
    }

    async fn see(&self, sent: &Sent) -> Result<Response, Fail> {
        let pass = sent.own_pass(self)?;
        match self.request::<Access>(&pass, "see").await? {
            Reply::Done(data) => {
                let mut data = data.unwrap_or_default();
                data.arrange(&self.policy().await?);
                let said = Some(Said::done("Below is all that we hold about you as a customer."));
                self.account_page(&pass, Shown { said, data: Some(data), ..Shown::default() }).await
            }
            Reply::Refused(refusal) => self.account_said(&pass, Said::not_done(plain(&refusal))).await,
        }
    }

    async fn erase(&self, sent: &Sent) -> Result<Response, Fail> {
        let pass = sent.own_pass(self)?;
        let said = match self.request::<Erased>(&pass, "erase").await? {
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
        self.account_said(&pass, said).await
    }

    async fn close(&self, sent: &Sent) -> Result<Response, Fail> {
        let pass = sent.own_pass(self)?;
        if !sent.typed.contains_key("sure") {
            let text = "Tick the box if you are sure. Your account is still open.";
            return self.account_said(&pass, Said { mend: Some("sure".to_owned()), ..Said::not_done(text) }).await;
        }
        let leaving = json!({ "point": LEAVING, "person": pass.customer });
        match self.act::<Nothing>("/v1/collect", None, leaving).await? {
            Reply::Done(_) => {
                self.passes.end(&self.config.session_key, &pass, self.now());
                Ok(see_other("/goodbye"))
            }
            Reply::Refused(refusal) => self.account_said(&pass, Said::not_done(plain(&refusal))).await,
        }
    }

    /// A request of the customer's, under their signed session.
    async fn request<T: DeserializeOwned>(&self, pass: &Pass, right: &str) -> Result<Reply<Option<T>>, Fail> {
        let signed = self.signed(&pass.customer)?;
        Ok(self.act("/v1/requests", Some(signed), json!({ "right": right })).await?)
    }

    async fn account_said(&self, pass: &Pass, said: Said) -> Result<Response, Fail> {
        self.account_page(pass, Shown { said: Some(said), ..Shown::default() }).await
    }

    async fn account_page(&self, pass: &Pass, shown: Shown) -> Result<Response, Fail> {
        let mut page = Account {
            shell: self.shell(Some(pass)),
            standing: self.ask_about(pass, SERVICE_MESSAGES).await.as_ref().map(standing).unwrap_or_default(),
            choices: Vec::new(),
            said: shown.said,
            data: shown.data,
        };
        for choice in self.policy().await?.choices {
            let answer = self.ask_about(pass, &choice.name).await;
            let mut row = row(choice, answer.as_ref().and_then(stands));
            if let Some(sent) = shown.not_chosen.as_ref().filter(|sent| sent.choice == row.name) {
                not_taken(&mut row, sent);
            }
            page.choices.push(row);
        }
        let done = page.said.as_ref().is_none_or(|said| said.done);
        Ok(pages::page(if done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page))
    }

    /// Whether a message of this kind may be sent to the customer now: a question, which changes nothing.
    async fn ask_about(&self, pass: &Pass, choice: &str) -> Option<Answer> {
        let question = json!({ "action": "use", "person": pass.customer, "data": [MESSAGES_USE], "for": choice });
        let answer = self.client.ask(&self.config.messages_token, question).await;
        answer.inspect_err(|trouble| tracing::warn!(%trouble)).ok()
    }
}

/// How a choice stands; none: the answer does not say.
fn stands(answer: &Answer) -> Option<bool> {
    match answer.reason.as_str() {
        "refused" | "not_agreed" => Some(false),
        _ if answer.allowed => Some(true),
        _ => None,
    }
}

/// How an answer says that the account stands.
fn standing(answer: &Answer) -> Standing {
    match answer.reason.as_str() {
        "nobody_known" => Standing::Gone,
        "closed" | "not_that_kind" => Standing::Closed,
        // A policy without such messages tells nothing about accounts.
        "not_declared" => Standing::Open,
        _ if answer.allowed => Standing::Open,
        _ => Standing::OutOfReach,
    }
}

/// What was typed, under the names that Upheld knows: the form asks for "an e-mail address or a telephone number" in one
/// field.
fn named(typed: &Typed) -> Typed {
    let mut named = typed.clone();
    if let Some(way) = named.remove("contact") {
        let element = if way.contains('@') { "email" } else { "phone_number" };
        named.insert(element.to_owned(), way);
    }
    named
}

fn row(choice: Choice, on: Option<bool>) -> ChoiceRow {
    let asked = choice.giving.into_iter().map(|given| Asked { name: given.name, label: given.label, required: true });
    let mut giving = Form::of(asked.collect(), &Typed::new()).fields;
    // Hints are about giving something for the first time; here it is compared with what is there.
    giving.iter_mut().for_each(|field| field.hint = "");
    let granted = choice.sentence.map(|sentence| (sentence.clause, sentence.section));
    ChoiceRow { name: choice.name, label: pages::sentence_case(&choice.label), on, giving, error: None, granted }
}

/// Shows a choice that was not taken as it was sent.
fn not_taken(row: &mut ChoiceRow, sent: &NotChosen) {
    row.on = Some(sent.agree);
    for field in &mut row.giving {
        field.value = sent.typed.get(&field.name).cloned().unwrap_or_default();
    }
    if sent.refusal.reason != "not_given" {
        return;
    }
    row.giving.iter_mut().filter(|field| field.value.is_empty()).for_each(|field| field.complain("missing"));
    if row.giving.iter().all(|field| field.error.is_none()) {
        row.error = Some("At least one of these is not what we have of you.");
    }
}
