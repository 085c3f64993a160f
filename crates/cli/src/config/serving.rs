//! What `upheld.toml` says of how much the server takes on, and of what it only observes for now.

use toml::de::DeValue;
use upheld_server::{Observe, ServerConfig};

/// What it may say.
pub(super) const NAMES: [&str; 6] =
    ["key_rate", "key_burst", "address_rate", "address_burst", "client_header", "observe"];

/// What it says. What is left out stays as it is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Serving {
    key_rate: Option<u32>,
    key_burst: Option<u32>,
    address_rate: Option<u32>,
    address_burst: Option<u32>,
    client_header: Option<String>,
    observe: Vec<Observe>,
}

impl Serving {
    /// Takes a value over, or says what it should be and how that looks.
    pub(super) fn set(&mut self, name: &str, value: &DeValue<'_>) -> Result<(), (&'static str, &'static str)> {
        let number = || value.as_integer().and_then(|number| number.to_string().parse().ok());
        let rate = ("a number of requests a second; 0 takes as many as come", "2000");
        let burst = ("a number of requests", "4000");
        match name {
            "key_rate" => self.key_rate = Some(number().ok_or(rate)?),
            "key_burst" => self.key_burst = Some(number().ok_or(burst)?),
            "address_rate" => self.address_rate = Some(number().ok_or(rate)?),
            "address_burst" => self.address_burst = Some(number().ok_or(burst)?),
            "client_header" => {
                let header = value.as_str().filter(|text| !text.trim().is_empty());
                self.client_header = Some(header.ok_or(("the name of a header", "\"x-forwarded-for\""))?.to_owned());
            }
            _ => {
                let wanted = (
                    "a list of purposes, each with its last day",
                    "[{ purpose = \"newsletter\", until = \"2026-12-31\" }]",
                );
                let items = value.as_array().ok_or(wanted)?;
                self.observe =
                    items.iter().map(|item| observed(item.get_ref())).collect::<Option<_>>().ok_or(wanted)?;
            }
        }
        Ok(())
    }

    /// Puts what is said in the place of what is usual.
    pub(crate) fn apply(&self, server: &mut ServerConfig) {
        let rates = [
            (&mut server.key_rate.per_second, self.key_rate),
            (&mut server.key_rate.burst, self.key_burst),
            (&mut server.address_rate.per_second, self.address_rate),
            (&mut server.address_rate.burst, self.address_burst),
        ];
        for (usual, said) in rates {
            *usual = said.unwrap_or(*usual);
        }
        server.client_header.clone_from(&self.client_header);
        server.observe.clone_from(&self.observe);
    }
}

fn observed(item: &DeValue<'_>) -> Option<Observe> {
    let item = item.as_table().filter(|item| item.len() == 2)?;
    let until = item.get("until")?.get_ref();
    let until = match until.as_datetime() {
        Some(day) => day.to_string().parse(),
        None => until.as_str()?.parse(),
    };
    let purpose = item.get("purpose")?.get_ref().as_str().filter(|purpose| !purpose.is_empty())?;
    Some(Observe { purpose: purpose.to_owned(), until: until.ok()? })
}
