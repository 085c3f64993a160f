//! Access keys in the store: made, listed, revoked, recognised.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use upheld_decide::Compiled;
use upheld_store::{Row, Tx};
use upheld_vault::Vault;
use zeroize::Zeroizing;

use crate::access::{AccessKey, AccessKind, NewAccess, Verb};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::moment::{Moment, granted, hex, random};
use crate::schema::sql;
use crate::service::{Result, Service};

/// What a token begins with, so that people and scanners know one when they see it.
const TOKEN: &str = "upheld_";

/// The name of the key that the first start prints.
const FIRST: &str = "first administrator";

/// The longest name of a key.
const LONGEST_NAME: usize = 100;

/// What a key's row says of it.
#[derive(Serialize, Deserialize)]
struct Body {
    name: String,
    kind: AccessKind,
    acts_as: Option<String>,
    verbs: Vec<Verb>,
    points: Vec<String>,
    purposes: Vec<String>,
    may_act: bool,
}

/// A key as its row has it, verified.
struct Stored {
    id: String,
    text: String,
    token: Vec<u8>,
    signs: Option<Vec<u8>>,
    revoked: bool,
    entry: u64,
}

impl Stored {
    fn mac(&self, vault: &Vault<'_>) -> [u8; 32] {
        let (revoked, entry) = ([u8::from(self.revoked)], self.entry.to_be_bytes());
        let signs = self.signs.as_deref().unwrap_or_default();
        vault.row_mac("access_key", &[self.id.as_bytes(), self.text.as_bytes(), &self.token, signs, &revoked, &entry])
    }

    fn read(row: &Row, vault: &Vault<'_>) -> Result<Self> {
        let stored = Self {
            id: row.text(0)?.to_owned(),
            text: row.text(1)?.to_owned(),
            token: row.blob(2)?.to_vec(),
            signs: row.optional_blob(3)?.map(<[u8]>::to_vec),
            revoked: row.int(4)? != 0,
            entry: u64::try_from(row.int(5)?).unwrap_or_default(),
        };
        let expected = stored.mac(vault);
        aws_lc_rs::constant_time::verify_slices_are_equal(&expected, row.blob(6)?)
            .map_err(|_| upheld_vault::VaultError::NotVerified)?;
        Ok(stored)
    }

    fn body(&self) -> Result<Body> {
        serde_json::from_str(&self.text).map_err(|_| ServiceError::damaged("an access key"))
    }

    fn listed(&self) -> Result<AccessKey> {
        let body = self.body()?;
        Ok(AccessKey {
            id: self.id.clone(),
            name: body.name,
            kind: body.kind,
            acts_as: body.acts_as,
            verbs: body.verbs,
            points: body.points,
            purposes: body.purposes,
            may_act: body.may_act,
            signs_sessions: self.signs.is_some(),
            revoked: self.revoked,
        })
    }
}

impl Service {
    /// Makes a key; the token is shown this once.
    ///
    /// # Errors
    ///
    /// When it names what the policy in force does not declare, or its public key is none.
    pub fn access_add(&self, new: NewAccess) -> Result<(AccessKey, String)> {
        let signs = new.signs_sessions.as_deref().map(public_key).transpose()?;
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(ServiceError::invalid(format!("give the key a name of at most {LONGEST_NAME} characters")));
        }
        if signs.is_some() && new.kind != AccessKind::Program {
            return Err(ServiceError::invalid(
                "sessions are signed by a program; the key of a person cannot vouch for others",
            ));
        }
        let body = Body {
            name,
            kind: new.kind,
            acts_as: new.acts_as,
            verbs: new.verbs,
            points: new.points,
            purposes: new.purposes,
            may_act: new.may_act,
        };
        let secret = Zeroizing::new(random()?);
        let id = format!("k-{}", hex(&random()?[..5]));
        let token = format!("{TOKEN}{}", URL_SAFE_NO_PAD.encode(*secret));
        let hash = self.0.keys.token_hash(token.as_bytes());
        let text = serde_json::to_string(&body).map_err(|_| ServiceError::invalid("this key cannot be stored"))?;
        let key = self.moment(move |moment, none| {
            if none.is_none() {
                check_names(
                    moment.policy(),
                    &serde_json::from_str(&text).map_err(|_| ServiceError::damaged("a key"))?,
                )?;
            }
            let entry = moment.next_entry()?;
            let stored = Stored {
                id: id.clone(),
                text: text.clone(),
                token: hash.to_vec(),
                signs: signs.clone(),
                revoked: false,
                entry,
            };
            let mac = stored.mac(&moment.vault);
            moment.tx.execute(
                sql::ADD_KEY,
                &[
                    id.as_str().into(),
                    text.as_str().into(),
                    hash.into(),
                    signs.clone().into(),
                    false.into(),
                    entry.into(),
                    mac.into(),
                ],
            )?;
            log_key(moment, "add", &id)?;
            stored.listed()
        })?;
        Ok((key, token))
    }

    /// All keys, oldest first: never their tokens.
    ///
    /// # Errors
    ///
    /// When the store fails, or a row was changed.
    pub fn access_list(&self) -> Result<Vec<AccessKey>> {
        self.0.store.read(|tx| {
            let vault = Vault::new(tx, &self.0.keys);
            tx.query(sql::KEYS, &[])?.iter().map(|row| Stored::read(row, &vault)?.listed()).collect()
        })
    }

    /// Revokes a key at once and for good. Again changes nothing.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] when there is none of that id.
    pub fn access_revoke(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.moment(move |moment, _| {
            let mut stored =
                stored_key(moment.tx, &moment.vault, &id)?.ok_or(ServiceError::NotFound { what: "key" })?;
            if stored.revoked {
                return Ok(());
            }
            stored.revoked = true;
            stored.entry = moment.next_entry()?;
            let mac = stored.mac(&moment.vault);
            let values = [true.into(), stored.entry.into(), mac.into(), id.as_str().into()];
            moment.tx.execute(sql::REVOKE_KEY, &values)?;
            log_key(moment, "revoke", &id)
        })?;
        self.0.recent.forget();
        Ok(())
    }

    /// The token of a first administrator key; none when the store has a key already.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn first_key(&self) -> Result<Option<String>> {
        if !self.access_list()?.is_empty() {
            return Ok(None);
        }
        let (_, token) = self.access_add(NewAccess {
            name: FIRST.to_owned(),
            kind: AccessKind::Administrator,
            acts_as: None,
            verbs: vec![Verb::Ask, Verb::Log],
            points: Vec::new(),
            purposes: Vec::new(),
            may_act: false,
            signs_sessions: None,
        })?;
        Ok(Some(token))
    }

    /// The caller with this token.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotAuthenticated`] when there is none, whatever the reason.
    pub fn authenticate(&self, token: &str) -> Result<Caller> {
        // What is looked for is a keyed hash: how long that takes tells nothing about tokens.
        let hash = self.0.keys.token_hash(token.as_bytes());
        self.0.store.read(|tx| {
            let vault = Vault::new(tx, &self.0.keys);
            let row = tx.one(sql::KEY_OF_TOKEN, &[hash.into()])?.ok_or(ServiceError::NotAuthenticated)?;
            let stored = Stored::read(&row, &vault)?;
            if stored.revoked {
                return Err(ServiceError::NotAuthenticated);
            }
            let body = stored.body()?;
            Ok(Caller {
                key: stored.id,
                kind: body.kind,
                acts_as: body.acts_as,
                verbs: body.verbs,
                points: body.points,
                purposes: body.purposes,
                may_act: body.may_act,
            })
        })
    }

    /// The public key of the sessions that a key vouches for.
    pub(crate) fn session_key(&self, id: &str) -> Result<Option<Vec<u8>>> {
        self.0.store.read(|tx| {
            let stored = stored_key(tx, &Vault::new(tx, &self.0.keys), id)?;
            Ok(stored.filter(|stored| !stored.revoked).and_then(|stored| stored.signs))
        })
    }
}

fn stored_key(tx: &Tx<'_>, vault: &Vault<'_>, id: &str) -> Result<Option<Stored>> {
    tx.one(sql::KEY, &[id.into()])?.map(|row| Stored::read(&row, vault)).transpose()
}

/// What people call a key; none when it is not of this store.
pub(crate) fn name_of(moment: &Moment<'_>, id: &str) -> Result<Option<String>> {
    stored_key(moment.tx, &moment.vault, id)?.map(|stored| stored.body().map(|body| body.name)).transpose()
}

fn log_key(moment: &mut Moment<'_>, what: &str, id: &str) -> Result<()> {
    let mut entry = moment.entry("access", "administrator");
    entry.details.insert("step".to_owned(), what.to_owned());
    entry.details.insert("key".to_owned(), id.to_owned());
    moment.log(entry, &granted())?;
    Ok(())
}

/// A key that names what the policy does not declare could never be used: better said now.
fn check_names(policy: &Compiled, body: &Body) -> Result<()> {
    let names = &policy.names;
    let unknown = |what: &str, name: &str, near: Option<&str>| {
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(ServiceError::invalid(format!("the policy in force declares no {what} `{name}`{near}")))
    };
    if let Some(role) = &body.acts_as
        && names.actors.id(role).is_none()
    {
        return unknown("role or program", role, upheld_document::nearest(role, names.actors.names()));
    }
    for point in &body.points {
        if names.points.id(point).is_none() {
            return unknown("point", point, upheld_document::nearest(point, names.points.names()));
        }
    }
    for purpose in &body.purposes {
        if names.purposes.id(purpose).is_none() {
            return unknown("purpose", purpose, upheld_document::nearest(purpose, names.purposes.names()));
        }
    }
    Ok(())
}

/// The 32 bytes of an Ed25519 public key: of PEM (RFC 8410), or base64 of the bytes themselves.
fn public_key(text: &str) -> Result<Vec<u8>> {
    /// DER before the key itself: SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING }.
    const DER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let body: String =
        text.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().concat();
    let bytes = STANDARD.decode(body.as_bytes()).unwrap_or_default();
    let key = bytes.strip_prefix(&DER).unwrap_or(&bytes);
    if key.len() == 32 {
        return Ok(key.to_vec());
    }
    Err(ServiceError::invalid(
        "this is no Ed25519 public key; give it as PEM (`openssl pkey -in key.pem -pubout`) or as 32 bytes in base64",
    ))
}
