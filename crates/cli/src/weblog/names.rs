//! Host names of addresses, by the system's resolver: off unless switched on, and each address asked for once.

use std::collections::BTreeMap;
use std::net::IpAddr;

/// The most addresses that are remembered at once.
const MOST: usize = 50_000;

/// Looks host names up, or does not.
pub(crate) struct Names {
    on: bool,
    known: BTreeMap<IpAddr, Option<String>>,
}

impl Names {
    pub(crate) const fn new(on: bool) -> Self {
        Self { on, known: BTreeMap::new() }
    }

    /// The host name in place of an address, where one is known; else what was there.
    pub(crate) fn name(&mut self, host: &str) -> Option<String> {
        let address: IpAddr = host.parse().ok().filter(|_| self.on)?;
        if let Some(known) = self.known.get(&address) {
            return known.clone();
        }
        if self.known.len() >= MOST {
            self.known.clear();
        }
        // A resolver that knows no name gives the address back.
        let name = dns_lookup::lookup_addr(&address).ok().filter(|name| name.parse::<IpAddr>().is_err());
        self.known.insert(address, name.clone());
        name
    }
}
