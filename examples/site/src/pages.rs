//! The pages: one type for each template.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::form::{Field, Form};
use crate::policy::Policy;
use crate::products::{PRODUCTS, Product};

/// What every page shows around its content.
#[derive(Clone, Default)]
pub(crate) struct Shell {
    /// Where the privacy policy is.
    pub(crate) policy: String,
    /// The pass of whoever is signed in; forms send it back.
    pub(crate) pass: Option<String>,
    /// The token for the form on the page.
    pub(crate) token: String,
}

/// The landing page.
#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct Home {
    pub(crate) shell: Shell,
    pub(crate) products: &'static [Product],
}

/// Sign-up.
#[derive(Template)]
#[template(path = "join.html")]
pub(crate) struct Join {
    pub(crate) shell: Shell,
    pub(crate) form: Form,
}

/// After sign-up: the customer key.
#[derive(Template)]
#[template(path = "welcome.html")]
pub(crate) struct Welcome {
    pub(crate) shell: Shell,
    pub(crate) key: String,
}

/// The order form.
#[derive(Template)]
#[template(path = "order.html")]
pub(crate) struct Order {
    pub(crate) shell: Shell,
    pub(crate) form: Form,
    pub(crate) products: &'static [Product],
}

/// After an order.
#[derive(Template)]
#[template(path = "ordered.html")]
pub(crate) struct Ordered {
    pub(crate) shell: Shell,
    pub(crate) plan: Option<&'static Product>,
    /// What an order without an account is called when one asks about it.
    pub(crate) number: Option<String>,
}

/// Sign-in.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn {
    pub(crate) shell: Shell,
    /// Why the page is shown, when nobody asked for it.
    pub(crate) notice: Option<&'static str>,
    pub(crate) error: Option<&'static str>,
}

/// The account.
#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct Account {
    pub(crate) shell: Shell,
    pub(crate) standing: Standing,
    pub(crate) choices: Vec<ChoiceRow>,
    pub(crate) said: Option<Said>,
    pub(crate) data: Option<Access>,
}

/// How an account stands, as far as Upheld's answers tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is open.
    #[default]
    Open,
    /// It was closed; what is held of it may still be looked at.
    Closed,
    /// Nothing is held with which a message could reach the customer: the account was closed some time ago, or its data
    /// was erased at their wish.
    OutOfReach,
    /// Nothing is held of anybody under its key.
    Gone,
}

/// What came of the last thing that the customer did on the account page.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// Whether it was done.
    pub(crate) done: bool,
    /// In a sentence.
    pub(crate) text: String,
    /// The id of what has to be mended.
    pub(crate) mend: Option<String>,
    /// What stays after an erasure, and why.
    pub(crate) stays: Vec<Stays>,
}

impl Said {
    /// It was done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { done: true, text: text.into(), mend: None, stays: Vec::new() }
    }

    /// It was not.
    pub(crate) fn not_done(text: impl Into<String>) -> Self {
        Self { done: false, ..Self::done(text) }
    }
}

/// One choice.
#[derive(Clone, Debug)]
pub(crate) struct ChoiceRow {
    /// Its name.
    pub(crate) name: String,
    /// Its label.
    pub(crate) label: String,
    /// How it stands, if Upheld says so.
    pub(crate) on: Option<bool>,
    /// What must be given to be recognised.
    pub(crate) giving: Vec<Field>,
    /// What is wrong with what was given, taken together.
    pub(crate) error: Option<&'static str>,
    /// The clause of the policy that grants it, with its printed number.
    pub(crate) granted: Option<(String, String)>,
}

/// Upheld's answer to a request to see one's data.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Access {
    /// The values.
    #[serde(default)]
    pub(crate) values: Vec<AccessValue>,
}

impl Access {
    /// Puts the values in the order in which the forms ask for them, under the policy's own words.
    pub(crate) fn arrange(&mut self, policy: &Policy) {
        for value in &mut self.values {
            value.label = policy.label(&value.element).map(sentence_case).unwrap_or_default();
        }
        self.values.sort_by_key(|value| crate::form::place(&value.element));
    }
}

/// One value. It has no `Debug`: it would end up in a log line one day.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct AccessValue {
    element: String,
    #[serde(skip)]
    label: String,
    value: String,
    at: String,
    #[serde(default)]
    purposes: Vec<String>,
    #[serde(default)]
    clause: String,
    #[serde(default)]
    kept_until: Option<String>,
    #[serde(default)]
    held_as: Option<String>,
}

impl AccessValue {
    pub(crate) fn label(&self) -> String {
        if self.label.is_empty() { sentence_case(&self.element) } else { self.label.clone() }
    }

    pub(crate) fn shown(&self) -> String {
        match (&self.held_as, self.value.is_empty()) {
            (Some(_), true) => "held, not shown".to_owned(),
            _ => self.value.clone(),
        }
    }

    /// How it is held, when it is not shown whole.
    pub(crate) fn held_as(&self) -> Option<&str> {
        self.held_as.as_deref()
    }

    pub(crate) fn day(&self) -> String {
        written(self.at.get(..10).unwrap_or(&self.at))
    }

    pub(crate) fn purposes(&self) -> String {
        self.purposes.iter().map(|purpose| purpose.replace('_', " ")).collect::<Vec<_>>().join(", ")
    }

    /// The clause under which it was taken; an anchor of the policy page.
    pub(crate) fn clause(&self) -> &str {
        &self.clause
    }

    /// The last day, when it is known.
    pub(crate) fn last_day(&self) -> Option<String> {
        self.kept_until.as_deref().and_then(day)
    }

    /// The sentence that says how long, when the day is not known yet.
    pub(crate) fn kept_as(&self) -> Option<&str> {
        self.kept_until.as_deref().filter(|until| day(until).is_none())
    }
}

/// Something that an erasure left.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Stays {
    element: String,
    #[serde(default)]
    sentence: String,
    #[serde(default)]
    until: Option<String>,
}

impl Stays {
    pub(crate) fn label(&self) -> String {
        sentence_case(&self.element)
    }

    pub(crate) fn sentence(&self) -> &str {
        &self.sentence
    }

    pub(crate) fn until(&self) -> Option<String> {
        self.until.as_deref().map(written)
    }
}

/// The account is closed.
#[derive(Template)]
#[template(path = "goodbye.html")]
pub(crate) struct Goodbye {
    pub(crate) shell: Shell,
}

/// Something went wrong.
#[derive(Template)]
#[template(path = "trouble.html")]
pub(crate) struct Trouble {
    pub(crate) shell: Shell,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

/// Writes a page out.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be written. Please try again later.")
                .into_response()
        }
    }
}

/// `phone_number` as `Phone number`.
pub(crate) fn sentence_case(name: &str) -> String {
    let plain = name.replace('_', " ");
    let mut letters = plain.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// An ISO date as people write it; anything else stays as it is.
fn written(date: &str) -> String {
    day(date).unwrap_or_else(|| date.to_owned())
}

fn day(date: &str) -> Option<String> {
    date.parse::<jiff::civil::Date>().ok().map(|date| date.strftime("%-d %B %Y").to_string())
}

/// The plan of this name.
pub(crate) fn product(id: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}
