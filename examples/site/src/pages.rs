//! The pages: one type for each template.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::form::{Field, Form};
use crate::products::{PRODUCTS, Product};

/// What every page shows around its content.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shell {
    /// Where the privacy policy is.
    pub(crate) policy: String,
    /// Whether somebody is signed in.
    pub(crate) signed_in: bool,
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
}

/// Sign-in.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn {
    pub(crate) shell: Shell,
    pub(crate) error: Option<String>,
}

/// The account.
#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct Account {
    pub(crate) shell: Shell,
    pub(crate) choices: Vec<ChoiceRow>,
    pub(crate) said: Option<Said>,
    pub(crate) data: Option<Access>,
}

/// What came of the last thing that the customer did on the account page.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// Whether it was done.
    pub(crate) done: bool,
    /// In a sentence.
    pub(crate) text: String,
    /// What stays after an erasure, and why.
    pub(crate) stays: Vec<Stays>,
}

impl Said {
    /// It was done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { done: true, text: text.into(), stays: Vec::new() }
    }

    /// It was not.
    pub(crate) fn not_done(text: impl Into<String>) -> Self {
        Self { done: false, text: text.into(), stays: Vec::new() }
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
}

/// Upheld's answer to a request to see one's data.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Access {
    /// The values.
    #[serde(default)]
    pub(crate) values: Vec<AccessValue>,
    /// The choices, by name.
    #[serde(default)]
    pub(crate) choices: BTreeMap<String, String>,
}

/// One value. It has no `Debug`: it would end up in a log line one day.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct AccessValue {
    element: String,
    value: String,
    at: String,
    #[serde(default)]
    purposes: Vec<String>,
    #[serde(default)]
    kept_until: Option<String>,
    #[serde(default)]
    held_as: Option<String>,
}

impl AccessValue {
    pub(crate) fn label(&self) -> String {
        sentence_case(&self.element)
    }

    pub(crate) fn shown(&self) -> String {
        match (&self.held_as, self.value.is_empty()) {
            (Some(_), true) => "held, not shown".to_owned(),
            _ => self.value.clone(),
        }
    }

    pub(crate) fn day(&self) -> &str {
        self.at.get(..10).unwrap_or(&self.at)
    }

    pub(crate) fn purposes(&self) -> String {
        self.purposes.iter().map(|purpose| purpose.replace('_', " ")).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn kept_until(&self) -> &str {
        self.kept_until.as_deref().unwrap_or("as long as the policy says")
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

    pub(crate) fn until(&self) -> &str {
        self.until.as_deref().unwrap_or("an event that has not happened yet")
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

/// The plan of this name.
pub(crate) fn product(id: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}
