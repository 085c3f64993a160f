//! What the policy in force asks for and offers, as `GET /v1/policy` tells it: all that a form needs to draw itself.

use serde::Serialize;
use upheld_decide::{
    Action, Choice, Cited, Compiled, Cookie, Element, Giver, Header, Kind, Period, Point, PointKind, Purpose, Right,
    Taken, Unit,
};
use utoipa::ToSchema;

/// The policy in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyDescription {
    /// What its front matter says.
    pub header: Heading,
    /// Where data may be taken in.
    pub points: Vec<PointDescription>,
    /// What people may choose.
    pub choices: Vec<ChoiceDescription>,
    /// What people may ask for.
    pub rights: Vec<RightDescription>,
    /// What is kept on people's devices; setting one is asked for with `POST /v1/records` at the point of its name.
    pub cookies: Vec<CookieDescription>,
}

/// The front matter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Heading {
    /// Title of the document.
    pub title: String,
    /// The controller.
    pub controller: String,
    /// Where people can write to.
    pub contact: String,
    /// The policy's own version, as written.
    pub version: String,
    /// First day of its force, as an ISO date.
    pub effective: String,
    /// IANA time zone in which its days are counted.
    pub zone: String,
    /// Hosts that it covers.
    pub covers: Vec<String>,
    /// BCP 47 language of its prose.
    pub locale: String,
}

/// A collection point or event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointDescription {
    /// Its name.
    pub name: String,
    /// Its label, for people; its name where it has none.
    pub label: String,
    /// `form`, `visit`, `mail` or `event`.
    #[schema(example = "form")]
    pub kind: &'static str,
    /// Hosts with an optional path; empty: any covered host.
    pub places: Vec<String>,
    /// What may be taken here.
    pub takes: Vec<TakenDescription>,
}

/// One element at one point.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakenDescription {
    /// The element or group.
    pub element: String,
    /// Its label, for people; its name where it has none.
    pub label: String,
    /// Whether the point insists on it.
    pub required: bool,
    /// Whether names stand below it, one of which is given instead.
    pub group: bool,
    /// Whether each value belongs to an item that must be named.
    pub itemised: bool,
    /// Whether it is shown as its last digits at most once it is held.
    pub token: bool,
    /// Whether it is held as a hash: compared, and never shown.
    pub hash: bool,
    /// What is taken out of it wherever it appears.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// The element of which it is made, when it is not given as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_from: Option<String>,
    /// The kind of person whose data it is.
    pub of: String,
    /// Who gives it: `themselves`, `us`, or a kind of person.
    pub from: String,
    /// What it is taken for.
    pub purposes: Vec<Labelled>,
    /// The sentence that declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<Cited>,
}

/// A name with its label.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Labelled {
    /// The name.
    pub name: String,
    /// The label, for people; the name where there is none.
    pub label: String,
}

/// A choice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChoiceDescription {
    /// Its name, as `POST /v1/choices` takes it.
    pub name: String,
    /// Its label, for people; its name where it has none.
    pub label: String,
    /// `true`: off until agreed. `false`: on until refused.
    pub agree: bool,
    /// The kind of person who has it; left out: everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The acts that it is about.
    pub actions: Vec<Action>,
    /// The purposes that it is about; empty: all.
    pub purposes: Vec<Labelled>,
    /// The data that it is about; empty: all.
    pub data: Vec<Labelled>,
    /// The ways in which a person may act; empty: any.
    pub via: Vec<String>,
    /// What must be given and match what is held.
    pub giving: Vec<Labelled>,
    /// The sentence that grants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<Cited>,
}

/// A right.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RightDescription {
    /// `see`, `erase`, `correct`, `take`, `restrict`, `disclosures`, `answer` or `review`, as `POST /v1/requests` takes it.
    #[schema(example = "see")]
    pub right: &'static str,
    /// The kind of person who has it; left out: everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The data that it reaches.
    pub data: Vec<Labelled>,
    /// How soon it must be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<PeriodDescription>,
    /// The ways in which a person may act; empty: any.
    pub via: Vec<String>,
    /// What must be given and match what is held.
    pub giving: Vec<Labelled>,
    /// It is answered once in each `year` or `month` of the calendar; left out: whenever it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "year")]
    pub once: Option<&'static str>,
    /// The sentence that grants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<Cited>,
}

/// Something that is kept on a person's device.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CookieDescription {
    /// Its name.
    #[schema(example = "prefs")]
    pub name: String,
    /// Its label, for people; its name where it has none.
    pub label: String,
    /// In the browser's own storage rather than a cookie.
    pub local: bool,
    /// The recipient that sets and reads it by itself. Left out: the service does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it may hold.
    pub holds: Vec<Labelled>,
    /// What for.
    pub purposes: Vec<Labelled>,
    /// Hosts and paths where it may be set; empty: every covered one.
    pub places: Vec<String>,
    /// How long it lasts. Left out: until the session ends, or until it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lasts: Option<PeriodDescription>,
    /// Whether it ends with the session.
    pub session: bool,
    /// The sentence that declares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<Cited>,
}

/// A length of calendar time.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PeriodDescription {
    /// How many.
    pub count: u32,
    /// `day`, `week`, `month` or `year`.
    #[schema(example = "day")]
    pub unit: &'static str,
}

impl PolicyDescription {
    /// Describes a compiled policy.
    #[must_use]
    pub fn new(policy: &Compiled) -> Self {
        let words = Words(policy);
        Self {
            header: heading(&policy.header),
            points: policy.points.iter().map(|point| words.point(point)).collect(),
            choices: policy.choices.iter().map(|choice| words.choice(choice)).collect(),
            rights: policy.rights.iter().map(|right| words.right(right)).collect(),
            cookies: policy.cookies.iter().filter_map(|cookie| words.cookie(cookie)).collect(),
        }
    }
}

fn heading(header: &Header) -> Heading {
    Heading {
        title: header.title.clone(),
        controller: header.controller.clone(),
        contact: header.contact.clone(),
        version: header.version.clone(),
        effective: header.effective.clone(),
        zone: header.zone.clone(),
        covers: header.covers.clone(),
        locale: header.locale.clone(),
    }
}

/// Turns the ids of a policy into words.
struct Words<'p>(&'p Compiled);

impl Words<'_> {
    fn point(&self, point: &Point) -> PointDescription {
        let name = self.0.names.points.name(point.id.0).to_owned();
        PointDescription {
            label: point.label.clone().unwrap_or_else(|| name.clone()),
            name,
            kind: match point.kind {
                PointKind::Form => "form",
                PointKind::Visit => "visit",
                PointKind::Mail => "mail",
                PointKind::Event => "event",
                PointKind::Browser => "browser",
            },
            places: point.places.clone(),
            // An open name is refused as it stands: only its members can be given.
            takes: point
                .takes
                .iter()
                .filter(|taken| !self.0.names.open_data.contains(&taken.element))
                .map(|taken| self.taken(taken))
                .collect(),
        }
    }

    fn taken(&self, taken: &Taken) -> TakenDescription {
        let form = self.0.form(taken.element);
        let Labelled { name, label } = self.element(taken.element);
        let origin = self.0.names.origins.get(taken.origin.index());
        TakenDescription {
            element: name,
            label,
            required: taken.required,
            group: form.group,
            itemised: form.itemised,
            token: form.token,
            hash: form.hash,
            without: form.without.iter().map(|element| self.0.names.data.name(element.0).to_owned()).collect(),
            made_from: form.made_from.map(|from| self.element(from).name),
            of: origin.map_or_else(String::new, |origin| self.kind(origin.capacity)),
            from: match origin.map(|origin| origin.giver) {
                Some(Giver::Other(kind)) => self.kind(kind),
                Some(Giver::Service) => "us".to_owned(),
                Some(Giver::Themselves) | None => "themselves".to_owned(),
            },
            purposes: self.purposes(&taken.purposes),
            sentence: self.sentence(taken.sentence),
        }
    }

    fn choice(&self, choice: &Choice) -> ChoiceDescription {
        ChoiceDescription {
            name: choice.name.clone(),
            label: choice.label.clone().unwrap_or_else(|| choice.name.clone()),
            agree: choice.agree,
            of: choice.kind.map(|kind| self.kind(kind)),
            actions: choice.actions.clone(),
            purposes: self.purposes(&choice.purposes),
            data: self.elements(&choice.data),
            via: choice.via.clone(),
            giving: self.elements(&choice.giving),
            sentence: self.sentence(choice.sentence),
        }
    }

    fn cookie(&self, cookie: &Cookie) -> Option<CookieDescription> {
        let point = self.0.points.iter().find(|point| point.id == cookie.point)?;
        let name = self.0.names.points.name(point.id.0).to_owned();
        Some(CookieDescription {
            label: point.label.clone().unwrap_or_else(|| name.clone()),
            name,
            local: cookie.local,
            by: cookie.by.map(|by| self.0.names.recipients.name(by.0).to_owned()),
            holds: point.takes.iter().map(|taken| self.element(taken.element)).collect(),
            purposes: self.purposes(&cookie.purposes),
            places: point.places.clone(),
            lasts: cookie.lasts.map(period),
            session: cookie.session,
            sentence: self.sentence(cookie.sentence),
        })
    }

    fn right(&self, right: &Right) -> RightDescription {
        RightDescription {
            right: right.kind.word(),
            of: right.of.map(|kind| self.kind(kind)),
            data: self.elements(&right.elements),
            within: right.within.map(period),
            via: right.via.clone(),
            giving: self.elements(&right.giving),
            once: right.once.map(unit),
            sentence: self.sentence(right.sentence),
        }
    }

    fn kind(&self, kind: Kind) -> String {
        self.0.names.kinds.name(kind.0).to_owned()
    }

    fn elements(&self, elements: &[Element]) -> Vec<Labelled> {
        elements.iter().map(|element| self.element(*element)).collect()
    }

    fn element(&self, element: Element) -> Labelled {
        let name = self.0.names.data.name(element.0).to_owned();
        Labelled { label: self.0.form(element).label.unwrap_or_else(|| name.clone()), name }
    }

    fn purposes(&self, purposes: &[Purpose]) -> Vec<Labelled> {
        let labelled = |purpose: &Purpose| {
            let name = self.0.names.purposes.name(purpose.0).to_owned();
            Labelled { label: self.0.purpose_labels.get(&name).cloned().unwrap_or_else(|| name.clone()), name }
        };
        purposes.iter().map(labelled).collect()
    }

    fn sentence(&self, index: u16) -> Option<Cited> {
        self.0.cite(index)
    }
}

fn period(period: Period) -> PeriodDescription {
    PeriodDescription { count: period.count, unit: unit(period.unit) }
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    }
}
