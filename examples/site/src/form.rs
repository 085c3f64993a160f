//! A form drawn from the policy: its fields, what was typed, and what is wrong with it.

use std::collections::BTreeMap;

use crate::client::Refusal;
use crate::pages::sentence_case;
use crate::policy::Asked;

/// How a known element is asked for. An element without an entry becomes a plain text field under the policy's label.
struct Habit {
    element: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    hint: &'static str,
    /// What to say when it is missing or malformed.
    mend: &'static str,
}

const HABITS: [Habit; 10] = [
    habit("name", "Your name", "text", "name", "", "Enter your name."),
    habit(
        "address",
        "Postal address",
        "text",
        "street-address",
        "Street and number, postcode, town",
        "Enter your postal address.",
    ),
    habit(
        "phone_number",
        "Telephone",
        "tel",
        "tel",
        "So that we can reach you about your service",
        "Enter a telephone number, such as 0117 496 0123.",
    ),
    habit("email", "E-mail", "email", "email", "", "Enter an e-mail address, such as ann@example.org."),
    habit("company", "Company", "text", "organization", "", "Enter the name of your company."),
    habit(
        "domain_name",
        "Domain name",
        "text",
        "off",
        "Such as annsbakery.example; leave it empty if you have none yet",
        "Enter a domain name, such as annsbakery.example.",
    ),
    habit(
        "card_number",
        "Card number",
        "text",
        "cc-number",
        "Used to take the payment, and for nothing else",
        "Enter the long number on your card.",
    ),
    habit(
        "billing_details",
        "Billing details",
        "text",
        "billing street-address",
        "If the invoice goes to somebody else",
        "Enter who the invoice goes to.",
    ),
    habit("service_choice", "Plan", "plan", "off", "", "Choose a plan."),
    habit(
        "contact",
        "E-mail or telephone",
        "text",
        "off",
        "",
        "Enter an e-mail address or a telephone number that you have given us.",
    ),
];

const fn habit(
    element: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    hint: &'static str,
    mend: &'static str,
) -> Habit {
    Habit { element, label, kind, autocomplete, hint, mend }
}

/// One field as the template draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// The element's name, and the field's.
    pub(crate) name: String,
    /// Its label.
    pub(crate) label: String,
    /// `plan`, or a type of the `input` element.
    pub(crate) kind: &'static str,
    /// What the browser may fill in.
    pub(crate) autocomplete: &'static str,
    /// A line under the label, or nothing.
    pub(crate) hint: &'static str,
    /// Whether it must be filled in.
    pub(crate) required: bool,
    /// What was typed.
    pub(crate) value: String,
    /// What is wrong with it.
    pub(crate) error: Option<String>,
}

impl Field {
    /// Says what is wrong with it.
    pub(crate) fn complain(&mut self, reason: &str) {
        self.error = Some(complaint(&self.name, reason));
    }

    /// The ids that describe the field to a screen reader; `prefix` tells apart fields of the same name on one page.
    pub(crate) fn described_by(&self, prefix: &str) -> String {
        let mut ids = Vec::new();
        if self.error.is_some() {
            ids.push(format!("{prefix}{}-error", self.name));
        }
        if !self.hint.is_empty() {
            ids.push(format!("{prefix}{}-hint", self.name));
        }
        ids.join(" ")
    }
}

/// A form and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    /// The fields: what has to be given first, otherwise as the policy lists them.
    pub(crate) fields: Vec<Field>,
    /// What is wrong with something that is no field of the form.
    pub(crate) errors: Vec<String>,
}

/// What was typed, by field.
pub(crate) type Typed = BTreeMap<String, String>;

impl Form {
    /// The form that asks for these, with what was typed.
    pub(crate) fn of(asked: Vec<Asked>, typed: &Typed) -> Self {
        let mut asked = asked;
        asked.sort_by_key(|asked| (!asked.required, place(&asked.name)));
        let field = |asked: Asked| {
            let habit = HABITS.get(place(&asked.name));
            Field {
                label: habit.map_or_else(|| sentence_case(&asked.label), |habit| habit.label.to_owned()),
                kind: habit.map_or("text", |habit| habit.kind),
                autocomplete: habit.map_or("off", |habit| habit.autocomplete),
                hint: habit.map_or("", |habit| habit.hint),
                required: asked.required,
                value: typed.get(&asked.name).cloned().unwrap_or_default(),
                error: None,
                name: asked.name,
            }
        };
        Self { fields: asked.into_iter().map(field).collect(), errors: Vec::new() }
    }

    /// Puts what Upheld refused beside the fields that it is about.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        for (name, reason) in &refusal.fields {
            match self.fields.iter_mut().find(|field| field.name == *name) {
                Some(field) => field.complain(reason),
                None => self.errors.push(foreign(name, reason)),
            }
        }
        if refusal.fields.is_empty() {
            self.errors.push(plain(refusal));
        }
    }

    /// Whether anything is wrong.
    pub(crate) fn is_wrong(&self) -> bool {
        !self.errors.is_empty() || self.fields.iter().any(|field| field.error.is_some())
    }

    /// How many things are wrong.
    pub(crate) fn wrong(&self) -> usize {
        self.errors.len() + self.fields.iter().filter(|field| field.error.is_some()).count()
    }
}

/// Where forms and lists put an element: the known ones first.
pub(crate) fn place(element: &str) -> usize {
    HABITS.iter().position(|habit| habit.element == element).unwrap_or(HABITS.len())
}

/// What is wrong with a field, in words for the person who fills it in.
fn complaint(name: &str, reason: &str) -> String {
    let habit = HABITS.iter().find(|habit| habit.element == name);
    match reason {
        "missing" | "malformed" => habit.map_or_else(
            || {
                if reason == "missing" {
                    "Fill this in.".to_owned()
                } else {
                    "This does not look right. Check it once more.".to_owned()
                }
            },
            |habit| habit.mend.to_owned(),
        ),
        "never" => "Our privacy policy forbids us to take this. Leave it empty.".to_owned(),
        "not_declared_there" | "not_declared" | "no_rule" => {
            "Our privacy policy does not let us ask for this here. Leave it empty.".to_owned()
        }
        "refused" => "You have told us not to use this. Change your choices first.".to_owned(),
        _ => "This cannot be taken as it is. Change it or leave it empty.".to_owned(),
    }
}

fn foreign(name: &str, reason: &str) -> String {
    match reason {
        "missing" => format!(
            "We need “{}”, but the form did not ask for it. Reload the page and try again.",
            name.replace('_', " ")
        ),
        _ => format!(
            "“{}” is nothing that our privacy policy lets us ask for here. Nothing was stored.",
            name.replace('_', " ")
        ),
    }
}

/// A refusal of the whole, in a sentence.
pub(crate) fn plain(refusal: &Refusal) -> String {
    let why = match refusal.reason.as_str() {
        "not_that_kind" => "that is for people with an account".to_owned(),
        "nobody_known" => "we know nobody under this account any more".to_owned(),
        "not_held" => "we hold nothing of that kind".to_owned(),
        "not_offered" => "our privacy policy does not offer that".to_owned(),
        "not_given" => "what you gave is not what we have of you".to_owned(),
        "no_policy" => "we have no privacy policy in force just now".to_owned(),
        _ if refusal.detail.is_empty() => "our privacy policy does not allow it".to_owned(),
        _ => refusal.detail.clone(),
    };
    let section = refusal.because.first().map(|cited| format!(" (section {})", cited.section)).unwrap_or_default();
    format!("We could not do that: {}{section}.", why.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Vec<Asked> {
        let asked = |name: &str, required| Asked { name: name.into(), label: "a label".into(), required };
        vec![asked("shoe_size", false), asked("address", true), asked("name", true)]
    }

    #[test]
    fn fields_come_from_the_policy_required_ones_first() {
        let form = Form::of(asked(), &Typed::from([("name".into(), "Ann".into()), ("other".into(), "x".into())]));
        let names: Vec<_> = form.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["name", "address", "shoe_size"], "nothing that the policy does not declare is asked");
        assert_eq!(form.fields[0].value, "Ann");
        assert_eq!(form.fields[2].label, "A label");
        assert_eq!(form.fields[1].described_by(""), "address-hint");
    }

    #[test]
    fn a_refusal_stands_beside_its_field() {
        let mut form = Form::of(asked(), &Typed::new());
        let fields = [("name", "missing"), ("shoe_size", "never"), ("birthday", "not_declared_there")];
        let fields = fields.into_iter().map(|(name, reason)| (name.to_owned(), reason.to_owned())).collect();
        form.refuse(&Refusal { reason: "missing".into(), fields, ..Refusal::default() });
        assert_eq!(form.fields[0].error.as_deref(), Some("Enter your name."));
        assert_eq!(form.fields[0].described_by(""), "name-error");
        assert!(form.fields[2].error.as_deref().unwrap().contains("forbids"));
        assert!(form.errors[0].contains("birthday"));
        assert_eq!(form.wrong(), 3);
    }

    #[test]
    fn a_refusal_without_fields_is_said_in_plain_words() {
        let mut form = Form::of(asked(), &Typed::new());
        form.refuse(&Refusal { reason: "not_that_kind".into(), ..Refusal::default() });
        assert_eq!(form.errors, ["We could not do that: that is for people with an account."]);
    }
}
