//! Who works at Larchfield: one key for each program and each colleague, listing no more than the work needs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use upheld_service::{AccessKind, NewAccess, Service, Verb};
use upheld_site::SiteKey;

/// A key to be made.
struct Part {
    /// What the story calls it.
    who: &'static str,
    /// Whose it is.
    name: &'static str,
    kind: AccessKind,
    acts_as: Option<&'static str>,
    verbs: &'static [Verb],
    points: &'static [&'static str],
}

use AccessKind::{Human, Program};

const PARTS: [Part; 13] = [
    part(VISITS, "web server, log of visits", Program, Some("web_server"), &[Verb::Collect], &["web_visit"]),
    part(
        FORMS,
        "web server, forms",
        Program,
        Some("web_server"),
        &[Verb::Collect, Verb::Request],
        &["sign_up", "order_page", "leaving"],
    ),
    part("mailer", "mailer", Program, Some("mailer"), &[Verb::Use], &[]),
    part(CHOICES, "account page", Program, Some("mailer"), &[Verb::Ask], &[]),
    part(
        "mail_server",
        "mail server",
        Program,
        Some("mail_server"),
        &[Verb::Collect, Verb::Use],
        &["mail_in", "delivered"],
    ),
    part("support", "support desk", Program, Some("support"), &[Verb::Collect, Verb::Use], &["service_event"]),
    part("billing", "billing desk", Program, Some("billing"), &[Verb::Collect, Verb::Use], &["order"]),
    part("sales", "Tilde Okafor", Human, Some("sales"), &[Verb::Use, Verb::Share], &[]),
    part("partner_desk", "Marek Lund", Human, Some("partner_desk"), &[Verb::Share], &[]),
    part("analyst", "Rosa Quist", Human, Some("analyst"), &[Verb::Use, Verb::Share], &[]),
    part("legal_clerk", "Priya Nair", Human, Some("legal_clerk"), &[Verb::Attest, Verb::Share], &[]),
    part("counsel", "Ines Ruiz", Human, Some("counsel"), &[Verb::Attest], &[]),
    part("auditor", "Jo Haber", Human, None, &[Verb::Log], &[]),
];

const VISITS: &str = "web_server (visits)";
const FORMS: &str = "web_server (forms)";
const CHOICES: &str = "account page";

const fn part(
    who: &'static str,
    name: &'static str,
    kind: AccessKind,
    acts_as: Option<&'static str>,
    verbs: &'static [Verb],
    points: &'static [&'static str],
) -> Part {
    Part { who, name, kind, acts_as, verbs, points }
}

/// The tokens of all keys, by what the story calls them, and the key that the site signs sessions with.
pub(super) struct Cast {
    tokens: BTreeMap<&'static str, String>,
    /// The id of the key behind the site's forms.
    pub(super) forms_key: String,
    /// The site's own secret.
    pub(super) site: SiteKey,
}

impl Cast {
    /// Makes all keys.
    pub(super) fn hire(service: &Service) -> Result<Self> {
        let site = SiteKey::generate()?;
        let mut cast = Self { tokens: BTreeMap::new(), forms_key: String::new(), site };
        for part in PARTS {
            let signs = part.who == FORMS;
            let (key, token) = service
                .access_add(NewAccess {
                    name: part.name.to_owned(),
                    kind: part.kind,
                    acts_as: part.acts_as.map(str::to_owned),
                    verbs: part.verbs.to_vec(),
                    points: part.points.iter().map(|&point| point.to_owned()).collect(),
                    purposes: Vec::new(),
                    // The account page may only look how a choice stands.
                    may_act: part.who != CHOICES,
                    signs_sessions: signs.then(|| cast.site.public_base64()),
                })
                .with_context(|| format!("cannot make the key of {}", part.name))?;
            if signs {
                cast.forms_key = key.id;
            }
            cast.tokens.insert(part.who, token);
        }
        Ok(cast)
    }

    /// The token of somebody's key.
    pub(super) fn token(&self, who: &str) -> &str {
        self.tokens.get(who).map_or("", String::as_str)
    }

    /// The token of the key that takes visits.
    pub(super) fn visits(&self) -> &str {
        self.token(VISITS)
    }

    /// The token of the key behind the forms.
    pub(super) fn forms(&self) -> &str {
        self.token(FORMS)
    }

    /// The token of the key that asks how choices stand.
    pub(super) fn choices(&self) -> &str {
        self.token(CHOICES)
    }
}
