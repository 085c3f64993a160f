//! The site's own secret: with it the site signs sessions for Upheld, customer keys, passes, and the tokens in its forms.

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

/// How long a signed session is good for. Each is made for one call, so a minute or two would do; clocks differ.
const SESSION_SECONDS: u64 = 300;
/// How long a form may stay open before it is sent: between one and two of these.
const FORM_SECONDS: u64 = 6 * 3600;
/// How long a pass is good for after the page that holds it was made.
const PASS_SECONDS: u64 = 30 * 60;
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const CUSTOMER_LETTERS: usize = 12;
const TAG_LETTERS: usize = 16;
const NONCE_LETTERS: usize = 20;

/// A key could not be made or read.
#[derive(Debug, thiserror::Error)]
#[error("the session signing key is not an Ed25519 private key in PKCS#8 form")]
pub struct KeyError;

/// The private key with which the site signs people's sessions.
///
/// The keys for customer keys, passes and form tokens are derived from it, so one secret is all that the site has to keep.
#[derive(Clone)]
pub struct SiteKey {
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    aud: &'static str,
    iat: u64,
    exp: u64,
    jti: String,
}

impl SiteKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> Result<Self, KeyError> {
        let document = Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new()).map_err(|_| KeyError)?;
        Self::from_pkcs8(document.as_ref())
    }

    /// Reads a key from PKCS#8 (DER).
    ///
    /// # Errors
    /// When it is not an Ed25519 private key.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| KeyError)?;
        Ok(Self { pkcs8: der.to_vec(), public: pair.public_key().as_ref().to_vec() })
    }

    /// The private key in PKCS#8 (DER), to be kept secret.
    #[must_use]
    pub fn to_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half: 32 bytes in standard base64, as `upheld access add --signs-sessions` reads it.
    #[must_use]
    pub fn public_base64(&self) -> String {
        STANDARD.encode(&self.public)
    }

    /// Signs a session for `person` (a JWT, EdDSA). `kid` is the id of the access key that vouches for it.
    pub(crate) fn session(&self, person: &str, kid: &str, now: u64) -> Result<String, KeyError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(kid.to_owned());
        let claims = Claims { sub: person, aud: "upheld", iat: now, exp: now + SESSION_SECONDS, jti: random_name() };
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&self.pkcs8)).map_err(|_| KeyError)
    }

    /// The key that a customer signs in with: their id and a tag that only this site can make. Nothing is stored for it.
    pub(crate) fn customer_key(&self, customer: &str) -> String {
        let id = customer.trim_start_matches("c-");
        let all: Vec<char> = id.chars().chain(self.tag(customer).chars()).collect();
        all.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
    }

    /// The customer to whom a typed key belongs, if it is one of this site's. Blanks, hyphens and case do not matter.
    #[must_use]
    pub fn customer_of(&self, typed: &str) -> Option<String> {
        let plain: String =
            typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
        let (id, _) = plain.split_at_checked(CUSTOMER_LETTERS)?;
        let customer = format!("c-{id}");
        let expected = self.customer_key(&customer).replace('-', "");
        same(&expected, &plain).then_some(customer)
    }

    /// The token in a form: shows that this site drew it, in the last hours. Each is another one.
    pub(crate) fn form_token(&self, now: u64) -> String {
        let nonce = random_letters(NONCE_LETTERS);
        format!("{nonce}.{}", self.form_mac(&nonce, now / FORM_SECONDS))
    }

    /// What tells a posted token from all others, if it is one of ours and not too old.
    pub(crate) fn form_nonce<'t>(&self, token: &'t str, now: u64) -> Option<&'t str> {
        let (nonce, mac) = token.split_once('.')?;
        let period = now / FORM_SECONDS;
        let is_of = |period| same(&self.form_mac(nonce, period), mac);
        (is_of(period) || is_of(period.saturating_sub(1))).then_some(nonce)
    }

    /// The customer id for whoever sends the form with this nonce: a form that is sent twice does not make two people.
    /// It tells nothing about the person.
    pub(crate) fn newcomer(&self, nonce: &str) -> String {
        format!("c-{}", letters(&self.mac(&format!("newcomer {nonce}")), CUSTOMER_LETTERS))
    }

    /// A pass for a customer who has just shown their key, or has just joined.
    pub(crate) fn new_pass(&self, customer: &str, now: u64) -> Pass {
        Pass { customer: customer.to_owned(), id: random_letters(NONCE_LETTERS), until: now + PASS_SECONDS }
    }

    /// A pass as it stands in a page, good from now on for as long as passes are.
    pub(crate) fn write_pass(&self, pass: &Pass, now: u64) -> String {
        let until = now + PASS_SECONDS;
        format!("{}.{}.{until}.{}", pass.customer, pass.id, self.pass_mac(&pass.customer, &pass.id, until))
    }

    /// Reads a pass that a page sent back, if it is one of ours and still good.
    pub(crate) fn read_pass(&self, text: &str, now: u64) -> Option<Pass> {
        let mut parts = text.split('.');
        let (customer, id, until, mac) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let until: u64 = until.parse().ok()?;
        let good = parts.next().is_none() && until > now && same(&self.pass_mac(customer, id, until), mac);
        good.then(|| Pass { customer: customer.to_owned(), id: id.to_owned(), until })
    }

    fn form_mac(&self, nonce: &str, period: u64) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(&format!("form {period} {nonce}")))
    }

    fn pass_mac(&self, customer: &str, id: &str, until: u64) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(&format!("pass {until} {id} {customer}")))
    }

    fn tag(&self, customer: &str) -> String {
        letters(&self.mac(&format!("customer {customer}")), TAG_LETTERS)
    }

    fn mac(&self, message: &str) -> Vec<u8> {
        let derived = digest::digest(&digest::SHA256, &self.pkcs8);
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()), message.as_bytes()).as_ref().to_vec()
    }
}

/// What a page of a signed-in customer holds instead of a cookie: who it is, for half an hour. Every page that answers
/// carries the same pass with the time written anew.
#[derive(Clone)]
pub(crate) struct Pass {
    /// The customer.
    pub(crate) customer: String,
    /// Random; the same from signing in to signing out.
    pub(crate) id: String,
    /// Until when this writing of it is good.
    pub(crate) until: u64,
}

fn same(expected: &str, given: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), given.as_bytes()).is_ok()
}

fn random_letters(count: usize) -> String {
    letters(&random(), count)
}

/// 256 random bits as text.
fn random_name() -> String {
    URL_SAFE_NO_PAD.encode(random())
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    #[expect(
        clippy::expect_used,
        reason = "without randomness no session is safe, and there is nothing to go on with"
    )]
    rand::fill(&mut bytes).expect("the system gives randomness");
    bytes
}

/// Five bits of each byte, as letters that are hard to mistake for each other.
fn letters(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_key_leads_back_to_its_customer_and_nobody_elses_does() {
        let key = SiteKey::generate().unwrap();
        let customer = key.newcomer("n");
        let written = key.customer_key(&customer);
        assert_eq!(written.len(), 28 + 6, "{written}");
        assert_eq!(key.customer_of(&written), Some(customer.clone()));
        assert_eq!(key.customer_of(&written.to_uppercase().replace('-', " ")), Some(customer.clone()));
        assert_eq!(key.customer_of(&written[..written.len() - 1]), None);
        assert_eq!(key.customer_of(""), None);
        assert_eq!(SiteKey::generate().unwrap().customer_of(&written), None);
    }

    #[test]
    fn a_form_token_is_good_for_a_while_and_leads_to_one_newcomer() {
        let key = SiteKey::generate().unwrap();
        let token = key.form_token(100 * FORM_SECONDS);
        let nonce = key.form_nonce(&token, 100 * FORM_SECONDS).unwrap();
        assert!(key.form_nonce(&token, 101 * FORM_SECONDS).is_some());
        assert!(key.form_nonce(&token, 102 * FORM_SECONDS).is_none());
        assert!(key.form_nonce(&format!("{nonce}.x"), 100 * FORM_SECONDS).is_none());
        assert!(key.form_nonce("", 100 * FORM_SECONDS).is_none());
        assert_ne!(token, key.form_token(100 * FORM_SECONDS), "each form has its own");
        assert_eq!(key.newcomer(nonce), key.newcomer(nonce), "sent twice, it is still one person");
        assert_ne!(key.newcomer(nonce), key.newcomer("another"));
    }

    #[test]
    fn a_pass_lasts_half_an_hour_from_the_last_page() {
        let key = SiteKey::generate().unwrap();
        let pass = key.new_pass("c-abc", 0);
        let written = key.write_pass(&pass, 0);
        let read = key.read_pass(&written, PASS_SECONDS - 1).unwrap();
        assert_eq!((read.customer.as_str(), &read.id), ("c-abc", &pass.id));
        assert!(key.read_pass(&written, PASS_SECONDS).is_none(), "too late");
        let renewed = key.write_pass(&read, PASS_SECONDS - 1);
        assert!(key.read_pass(&renewed, PASS_SECONDS).is_some());
        assert!(key.read_pass(&written.replace("c-abc", "c-xyz"), 0).is_none(), "nobody else's");
        assert!(SiteKey::generate().unwrap().read_pass(&written, 0).is_none());
        assert!(key.read_pass("", 0).is_none());
    }

    #[test]
    fn a_signed_session_verifies_with_the_public_key() {
        let key = SiteKey::generate().unwrap();
        let jwt = key.session("c-17", "a1", 1_000).unwrap();
        let decoding = jsonwebtoken::DecodingKey::from_ed_der(&key.public);
        let mut validation = jsonwebtoken::Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["upheld"]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<serde_json::Value>(&jwt, &decoding, &validation).unwrap();
        assert_eq!(claims.header.kid.as_deref(), Some("a1"));
        assert_eq!(claims.claims["sub"], "c-17");
        assert_eq!(claims.claims["exp"], 1_300);
        assert!(SiteKey::from_pkcs8(b"no key").is_err());
        assert_eq!(SiteKey::from_pkcs8(key.to_pkcs8()).unwrap().public_base64(), key.public_base64());
    }
}
