//! Reads `upheld.toml`. Every fault in it is found, each with its line; no fault quotes a value, since somebody may have put a
//! secret there.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::de::{DeTable, DeValue};

use super::serving::{self, Serving};

/// What the file may say.
const NAMES: [&str; 7] = ["store", "keys", "listen", "public_url", "proxy", "store_country", "store_operator"];

/// All names, those of how the server works after those of where things are.
fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().chain(serving::NAMES)
}

/// The longest file that is read, in bytes.
const LONGEST: u64 = 256 * 1024;

/// What `upheld.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// The SQLite file. A relative path is seen from the folder of `upheld.toml`.
    pub(crate) store: Option<PathBuf>,
    /// The folder of the keys; the same holds.
    pub(crate) keys: Option<PathBuf>,
    /// Address and port to listen on.
    pub(crate) listen: Option<SocketAddr>,
    /// The address under which people reach the server.
    pub(crate) public_url: Option<String>,
    /// The proxy that ends TLS in front of this server; needed to listen off loopback.
    pub(crate) proxy: Option<String>,
    /// The country in which the store lies.
    pub(crate) store_country: Option<String>,
    /// Who runs its machines, as the policy names them.
    pub(crate) store_operator: Option<String>,
    /// How much the server takes on, and what it only observes.
    pub(crate) serving: Serving,
    /// The line on which each setting that could be read stands.
    pub(crate) lines: BTreeMap<&'static str, usize>,
}

/// Something in the file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which sort: `unknown_setting`, `bad_value`, `not_toml`.
    pub(crate) code: &'static str,
    /// Where, from 1.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) what: String,
    /// What to write instead.
    pub(crate) help: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.what, self.help)
    }
}

/// Reads a file: what can be used of it, and what cannot.
pub(crate) fn read(path: &Path) -> Result<(Config, Vec<Fault>)> {
    let cannot = || format!("cannot read the configuration `{}`", path.display());
    let meta = std::fs::metadata(path).with_context(cannot)?;
    if meta.is_file() && meta.len() > LONGEST {
        anyhow::bail!("the configuration `{}` is longer than 256 KiB; it has a handful of settings", path.display());
    }
    let text = std::fs::read_to_string(path).with_context(cannot)?;
    Ok(parse(&text, path.parent().unwrap_or(Path::new(""))))
}

fn parse(text: &str, folder: &Path) -> (Config, Vec<Fault>) {
    let mut config = Config::default();
    let mut faults = Vec::new();
    let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        faults.push(Fault {
            code: "not_toml",
            line: line(error.span().map_or(0, |span| span.start)),
            what: format!("this is not TOML ({})", error.message()),
            help: "a setting is a line like `store = \"/var/lib/upheld/upheld.db\"`".to_owned(),
        });
    }
    if !faults.is_empty() {
        // What was made out around a slip need not be what was meant.
        return (config, faults);
    }
    for (key, value) in table.get_ref() {
        let line = line(key.span().start);
        let key: &str = key.get_ref();
        let Some(name) = names().find(|name| *name == key) else {
            let help = match upheld_document::nearest(key, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the settings are {}", names().collect::<Vec<_>>().join(", ")),
            };
            let what = format!("`{}` is no setting", printable(key));
            faults.push(Fault { code: "unknown_setting", line, what, help });
            continue;
        };
        match config.set(name, value.get_ref(), folder) {
            Ok(()) => drop(config.lines.insert(name, line)),
            Err((wanted, example)) => {
                let what = format!("`{name}` is not {wanted}");
                let help = match NAMES.contains(&name) {
                    true => format!("write `{name} = \"{example}\"`"),
                    false => format!("write `{name} = {example}`"),
                };
                faults.push(Fault { code: "bad_value", line, what, help });
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    (config, faults)
}

impl Config {
    /// Takes a value over, or says what it should be and how that looks.
    fn set(
        &mut self,
        name: &str,
        value: &DeValue<'_>,
        folder: &Path,
    ) -> std::result::Result<(), (&'static str, &'static str)> {
        let text = value.as_str().filter(|text| !text.trim().is_empty());
        match name {
            "store" => {
                self.store = Some(folder.join(text.ok_or(("the path of a file", "/var/lib/upheld/upheld.db"))?));
            }
            "keys" => self.keys = Some(folder.join(text.ok_or(("the path of a folder", "/var/lib/upheld-keys"))?)),
            "listen" => {
                let address = text.and_then(|text| text.parse().ok());
                self.listen = Some(address.ok_or(("an address with a port", "127.0.0.1:8080"))?);
            }
            "public_url" => {
                self.public_url = Some(text.ok_or(("an address", "https://privacy.example.org"))?.to_owned());
            }
            "proxy" => self.proxy = Some(text.ok_or(("the name of a proxy", "caddy"))?.to_owned()),
            "store_country" => self.store_country = Some(text.ok_or(("a country", "DE"))?.to_owned()),
            "store_operator" => {
                self.store_operator = Some(text.ok_or(("a recipient of the policy", "hetzner"))?.to_owned());
            }
            _ => self.serving.set(name, value)?,
        }
        Ok(())
    }
}

/// A name as it may stand in a message.
pub(crate) fn printable(name: &str) -> String {
    let plain: String = name.chars().take(40).map(|c| if c.is_control() { '?' } else { c }).collect();
    if name.chars().count() > 40 { format!("{plain}…") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        parse(text, Path::new("")).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_setting_is_read_with_its_line_and_paths_are_seen_from_the_file() {
        let text = "# where things are\nstore = \"data/upheld.db\"\nkeys = \"/srv/keys\"\nlisten = \"[::1]:9000\"\n\n\
                    public_url = \"https://privacy.example.org\"\nproxy = 'caddy'\n";
        let (config, faults) = parse(text, Path::new("/etc/upheld"));
        assert_eq!(faults, []);
        assert_eq!(config.store.as_deref(), Some(Path::new("/etc/upheld/data/upheld.db")));
        assert_eq!(config.keys.as_deref(), Some(Path::new("/srv/keys")));
        assert_eq!(config.listen, Some("[::1]:9000".parse().unwrap()));
        assert_eq!(config.public_url.as_deref(), Some("https://privacy.example.org"));
        assert_eq!(config.proxy.as_deref(), Some("caddy"));
        let lines = [("keys", 3), ("listen", 4), ("proxy", 7), ("public_url", 6), ("store", 2)];
        assert_eq!(config.lines, BTreeMap::from(lines));
    }

    #[test]
    fn every_fault_is_found_with_its_line() {
        let text = "lisen = \"127.0.0.1:1\"\nkeys = 7\nlisten = \"here\"\nserver.port = 1\nproxy = \" \"\n";
        assert_eq!(
            faults(text),
            [
                "line 1: `lisen` is no setting; did you mean `listen`?",
                "line 2: `keys` is not the path of a folder; write `keys = \"/var/lib/upheld-keys\"`",
                "line 3: `listen` is not an address with a port; write `listen = \"127.0.0.1:8080\"`",
                "line 4: `server` is no setting; the settings are store, keys, listen, public_url, proxy, \
                 store_country, store_operator, key_rate, key_burst, address_rate, address_burst, client_header, observe",
                "line 5: `proxy` is not the name of a proxy; write `proxy = \"caddy\"`",
            ]
        );
    }

    #[test]
    fn what_the_server_takes_on_and_observes_is_read() {
        let text = "key_rate = 0\nkey_burst = 10\naddress_rate = 5\naddress_burst = 20\nclient_header = \"x-real-ip\"\n\
                    observe = [{ purpose = \"newsletter\", until = \"2026-12-31\" }, { purpose = \"news\", until = 2026-11-30 }]\n";
        let (config, none) = parse(text, Path::new(""));
        assert_eq!(none, []);
        let mut server = upheld_server::ServerConfig::default();
        config.serving.apply(&mut server);
        assert_eq!((server.key_rate.per_second, server.key_rate.burst), (0, 10));
        assert_eq!((server.address_rate.per_second, server.address_rate.burst), (5, 20));
        assert_eq!(server.client_header.as_deref(), Some("x-real-ip"));
        let observed: Vec<_> = server.observe.iter().map(|one| format!("{} {}", one.purpose, one.until)).collect();
        assert_eq!(observed, ["newsletter 2026-12-31", "news 2026-11-30"]);

        let help = "write `observe = [{ purpose = \"newsletter\", until = \"2026-12-31\" }]`";
        for value in [
            "7",
            "[7]",
            "[{ purpose = \"a\" }]",
            "[{ purpose = \"a\", until = \"soon\" }]",
            "[{ purpose = \"\", until = \"2026-12-31\" }]",
        ] {
            let found = faults(&format!("observe = {value}\n"));
            assert_eq!(found, [format!("line 1: `observe` is not a list of purposes, each with its last day; {help}")]);
        }
        for value in ["-1", "\"many\"", "1.5", "99999999999"] {
            assert_eq!(faults(&format!("key_rate = {value}\n")).len(), 1, "{value}");
        }
    }

    #[test]
    fn no_fault_quotes_a_value() {
        let secret = "hunter2hunter2";
        for text in [
            format!("token = \"{secret}\"\n"),
            format!("listen = \"{secret}\"\n"),
            format!("store = \"{secret}\nkeys = \"k\"\n"),
            format!("store = {secret}\n"),
            format!("= {secret}\n"),
            format!("store = [\"{secret}\"]\n"),
            format!("store = \"a\"\nstore = \"{secret}\"\n"),
            format!("key_rate = \"{secret}\"\n"),
            format!("observe = [{{ purpose = \"a\", until = \"{secret}\" }}]\n"),
        ] {
            let faults = faults(&text);
            assert!(!faults.is_empty(), "{text}");
            assert!(faults.iter().all(|fault| !fault.contains(secret)), "{faults:?}");
        }
    }
}
