//! Each setting, its value and where it came from.

use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use super::findings::Findings;
use super::{Check, InEffect};
use crate::config::{Config, FILE, printable};

const PREFIX: &str = "UPHELD_";

/// Every variable that the command reads.
const VARIABLES: [&str; 10] = [
    "UPHELD_CONFIG",
    "UPHELD_STORE",
    "UPHELD_KEYS",
    "UPHELD_LISTEN",
    "UPHELD_PUBLIC_URL",
    "UPHELD_PROXY",
    "UPHELD_STORE_COUNTRY",
    "UPHELD_STORE_OPERATOR",
    "UPHELD_EPHEMERAL_OK",
    "UPHELD_LOG",
];

/// A setting in effect.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Setting {
    /// Its name, as `upheld.toml` has it.
    pub(super) name: &'static str,
    /// Its value; none: it is not set and nothing is usual.
    value: Option<String>,
    /// `flag`, `environment`, `file` or `default`.
    from: &'static str,
    /// The flag, the variable or the place in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

impl Setting {
    /// Its value as people read it.
    pub(super) fn shown(&self) -> &str {
        self.value.as_deref().unwrap_or("not set")
    }

    /// Where it came from, as people read it.
    pub(super) fn origin(&self) -> String {
        match &self.at {
            Some(at) => format!("{} {at}", self.from),
            None => self.from.to_owned(),
        }
    }
}

/// All settings.
pub(super) fn all(
    check: &Check,
    config: &Config,
    in_effect: &InEffect,
    file: Option<&Path>,
    matches: Option<&ArgMatches>,
) -> Vec<Setting> {
    let server = &in_effect.server;
    let place = |path: &Path| Some(path.display().to_string());
    let values = [
        ("config", file.and_then(place)),
        ("store", place(&in_effect.store)),
        ("keys", place(&in_effect.keys)),
        ("listen", Some(server.listen.to_string())),
        ("public_url", server.public_url.as_deref().map(without_user)),
        ("proxy", server.trusted_proxy.clone()),
        ("store_country", check.listen.store_country.clone().or_else(|| config.store_country.clone())),
        ("store_operator", check.listen.store_operator.clone().or_else(|| config.store_operator.clone())),
        ("ephemeral_ok", Some(check.listen.ephemeral_ok.to_string())),
    ];
    let mut all: Vec<Setting> = values
        .into_iter()
        .map(|(name, value)| {
            let flag = format!("--{}", name.replace('_', "-"));
            let (from, at) = match matches.and_then(|matches| matches.value_source(name)) {
                Some(ValueSource::CommandLine) => ("flag", Some(flag)),
                Some(ValueSource::EnvVariable) => {
                    ("environment", Some(format!("UPHELD_{}", name.to_ascii_uppercase())))
                }
                _ => match (config.lines.get(name), file) {
                    (Some(line), Some(path)) => ("file", Some(format!("{}:{line}", path.display()))),
                    _ => ("default", None),
                },
            };
            Setting { name, value, from, at }
        })
        .collect();
    let log = std::env::var("UPHELD_LOG").ok();
    all.push(Setting {
        name: "log",
        from: if log.is_some() { "environment" } else { "default" },
        at: log.is_some().then(|| "UPHELD_LOG".to_owned()),
        value: Some(log.unwrap_or_else(|| "info".to_owned())),
    });
    all
}

/// An address without the name and password that somebody may have written into it.
fn without_user(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) if rest.contains('@') => {
            format!("{scheme}://…@{}", rest.rsplit_once('@').map_or("", |(_, host)| host))
        }
        None if url.contains('@') => "…".to_owned(),
        _ => url.to_owned(),
    }
}

/// Variables that look like settings and are none, and one that cannot be read.
pub(super) fn unknown_variables(findings: &mut Findings) {
    let mut names: Vec<String> = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names.iter().filter(|name| name.starts_with(PREFIX) && !VARIABLES.contains(&name.as_str())) {
        let what = format!("`{}` is in the environment and is no setting of this program", printable(name));
        // The beginning that all share says nothing about how near two are.
        let bare = |name: &'static str| name.trim_start_matches(PREFIX);
        match upheld_document::nearest(name.trim_start_matches(PREFIX), VARIABLES.into_iter().map(bare)) {
            Some(near) => findings.warning("unknown_variable", what, format!("did you mean `{PREFIX}{near}`?")),
            None => findings.note("unknown_variable", what, format!("the settings are {}", VARIABLES.join(", "))),
        }
    }
    if let Some(filter) = std::env::var_os("UPHELD_LOG")
        && filter.to_str().is_none_or(|filter| filter.parse::<EnvFilter>().is_err())
    {
        findings.warning(
            "log_filter",
            "`UPHELD_LOG` is no filter that can be read; the server logs as if it were not set",
            format!("write a level (`warn`, `info`, `debug`), it need not stand in `{FILE}`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::without_user;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(without_user("https://privacy.example.org"), "https://privacy.example.org");
        assert_eq!(without_user("https://ines:hunter2@privacy.example.org/a"), "https://…@privacy.example.org/a");
        assert_eq!(without_user("ines:hunter2@privacy.example.org"), "…");
    }
}
