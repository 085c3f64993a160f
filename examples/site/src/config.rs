//! What the site is told when it starts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::keys::SiteKey;

/// Gives the time as whole seconds since the start of 1970 (UTC). Signed sessions carry it.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The clock of the machine.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// The host and path of each page that takes something in, as the policy names them.
///
/// They are settings because a site on a test machine is reached under another address than the one of its policy.
#[derive(Clone, Debug)]
pub struct Places {
    /// The host of the pages: `www.larchfield.example`.
    pub host: String,
    /// Host and path of the sign-up form.
    pub sign_up: String,
    /// Host and path of the order form.
    pub order: String,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            host: "www.larchfield.example".to_owned(),
            sign_up: "www.larchfield.example/join".to_owned(),
            order: "order.larchfield.example/order".to_owned(),
        }
    }
}

/// Settings of the site.
#[derive(Clone)]
pub struct SiteConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where the site reaches Upheld (`http://127.0.0.1:8080`).
    pub upheld_url: String,
    /// Where people reach Upheld: links to the privacy policy lead there.
    pub upheld_public_url: String,
    /// Token of the key that counts visits. It needs `collect` at `web_visit` and nothing else.
    pub visits_token: String,
    /// Token of the key behind the forms. It needs `collect` at the points of the forms and at `leaving`, `request`, and
    /// signs sessions.
    pub forms_token: String,
    /// The id of that key; it stands in the sessions that the site signs.
    pub forms_key: String,
    /// Token of the mailer's key. It needs `ask` and nothing else: the account page asks whether the mailer may write.
    pub messages_token: String,
    /// The private key that signs people's sessions; its public half is registered with the key of `forms_token`.
    pub session_key: SiteKey,
    /// Where the forms stand, in the words of the policy.
    pub places: Places,
    /// The time.
    pub clock: Clock,
}
