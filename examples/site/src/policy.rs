//! What `GET /v1/policy` tells a form.

use serde::Deserialize;

use crate::client::Cited;

/// The policy in force, as far as the site reads it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Policy {
    points: Vec<Point>,
    /// The choices that people have.
    pub(crate) choices: Vec<Choice>,
}

/// A collection point.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Point {
    name: String,
    takes: Vec<Taken>,
}

/// One element at one point; it stands there once for each kind of person.
#[derive(Clone, Debug, Default, Deserialize)]
struct Taken {
    element: String,
    label: String,
    required: bool,
    #[serde(default)]
    group: bool,
    #[serde(default)]
    made_from: Option<String>,
    #[serde(default)]
    from: String,
}

/// Something that a form may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The element's name.
    pub(crate) name: String,
    /// Its label in the policy.
    pub(crate) label: String,
    /// Whether the form has to insist on it.
    pub(crate) required: bool,
}

/// A choice that the policy offers.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Choice {
    /// Its name.
    pub(crate) name: String,
    /// Its label in the policy.
    pub(crate) label: String,
    /// The ways in which a person may act; empty: any.
    #[serde(default)]
    pub(crate) via: Vec<String>,
    /// What a person gives to be recognised: elements, or groups of which one element does.
    #[serde(default)]
    pub(crate) giving: Vec<Labelled>,
    /// The sentence that grants it.
    #[serde(default)]
    pub(crate) sentence: Option<Cited>,
}

/// A name with its label.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Labelled {
    /// The name.
    pub(crate) name: String,
    /// The label.
    pub(crate) label: String,
}

impl Policy {
    /// The point of this name.
    pub(crate) fn point(&self, name: &str) -> Option<&Point> {
        self.points.iter().find(|point| point.name == name)
    }

    /// What an element is called where it is asked for.
    pub(crate) fn label(&self, element: &str) -> Option<&str> {
        let mut taken = self.points.iter().flat_map(|point| &point.takes);
        taken.find(|taken| taken.element == element).map(|taken| taken.label.as_str())
    }
}

impl Point {
    /// What a form there asks people for: not groups, not what Upheld makes by itself, not what the service adds.
    pub(crate) fn asks(&self) -> Vec<Asked> {
        let mut asked: Vec<Asked> = Vec::new();
        for taken in
            self.takes.iter().filter(|taken| !taken.group && taken.made_from.is_none() && taken.from == "themselves")
        {
            match asked.iter_mut().find(|known| known.name == taken.element) {
                Some(known) => known.required |= taken.required,
                None => asked.push(Asked {
                    name: taken.element.clone(),
                    label: taken.label.clone(),
                    required: taken.required,
                }),
            }
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_asks_for_single_elements_that_people_give_themselves() {
        let policy: Policy = serde_json::from_value(serde_json::json!({
            "header": {"title": "Privacy"},
            "points": [{"name": "sign_up", "label": "sign_up", "kind": "form", "places": ["www.larchfield.example/join"], "takes": [
                {"element": "name", "label": "Name", "required": false, "group": false, "from": "themselves", "of": "visitor"},
                {"element": "name", "label": "Name", "required": true, "group": false, "from": "themselves", "of": "customer"},
                {"element": "contact", "label": "Contact", "required": false, "group": true, "from": "themselves"},
                {"element": "isp_domain", "label": "Provider", "required": false, "made_from": "ip_address", "from": "us"},
                {"element": "customer_number", "label": "Number", "required": false, "from": "us"},
            ]}],
            "choices": [{"name": "newsletter", "label": "Newsletter", "agree": false, "via": ["request"],
                         "giving": [{"name": "domain_name", "label": "Domain name"}]}],
            "rights": []
        }))
        .unwrap();
        let asked = policy.point("sign_up").unwrap().asks();
        assert_eq!(asked, [Asked { name: "name".into(), label: "Name".into(), required: true }]);
        assert!(policy.point("nowhere").is_none());
        assert_eq!(policy.choices[0].giving[0].name, "domain_name");
    }
}
