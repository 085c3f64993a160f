//! Sealing and opening: AES-256-GCM-SIV, whose answers to a repeated nonce are benign (RFC 8452).

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use zeroize::Zeroizing;

use crate::error::VaultError;

/// A secret key, wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;

const NONCE: usize = 12;

/// Bytes of a key check value: AEADs do not commit to their key, so a wrapped key carries what does.
const CHECK: usize = 16;

pub(crate) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut out = [0; N];
    rand::fill(&mut out).map_err(|_| VaultError::NoRandomness)?;
    Ok(out)
}

pub(crate) fn new_key() -> Result<Key, VaultError> {
    let mut out: Key = Zeroizing::new([0; 32]);
    rand::fill(out.as_mut_slice()).map_err(|_| VaultError::NoRandomness)?;
    Ok(out)
}

/// A key from its bytes; none when they are not 32.
pub(crate) fn key(bytes: &[u8]) -> Option<Key> {
    let mut out: Key = Zeroizing::new([0; 32]);
    (bytes.len() == out.len()).then(|| {
        out.copy_from_slice(bytes);
        out
    })
}

fn cipher(key: &Key) -> Result<LessSafeKey, VaultError> {
    UnboundKey::new(&AES_256_GCM_SIV, key.as_slice()).map(LessSafeKey::new).map_err(|_| VaultError::NotAuthentic)
}

/// Nonce, ciphertext, tag. The nonce is drawn anew each time.
pub(crate) fn seal(key: &Key, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE] = random()?;
    let mut body = Zeroizing::new(plain.to_vec());
    let tag = cipher(key)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut body)
        .map_err(|_| VaultError::NotAuthentic)?;
    let mut out = Vec::with_capacity(NONCE + body.len() + tag.as_ref().len());
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&body);
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

pub(crate) fn open(key: &Key, bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (nonce, body) = sealed.split_at_checked(NONCE).ok_or(VaultError::NotAuthentic)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::NotAuthentic)?;
    let mut body = Zeroizing::new(body.to_vec());
    let length =
        cipher(key)?.open_in_place(nonce, Aad::from(bound), &mut body).map_err(|_| VaultError::NotAuthentic)?.len();
    body.truncate(length);
    Ok(body)
}

fn check_value(key: &Key) -> [u8; CHECK] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()), b"upheld key check 1");
    let mut out = [0; CHECK];
    out.copy_from_slice(&tag.as_ref()[..CHECK]);
    out
}

/// A key sealed under another, followed by its check value.
pub(crate) fn wrap(under: &Key, bound: &[u8], key: &Key) -> Result<Vec<u8>, VaultError> {
    let mut out = seal(under, bound, key.as_slice())?;
    out.extend_from_slice(&check_value(key));
    Ok(out)
}

pub(crate) fn unwrap(under: &Key, bound: &[u8], wrapped: &[u8]) -> Result<Key, VaultError> {
    let at = wrapped.len().checked_sub(CHECK).ok_or(VaultError::NotAuthentic)?;
    let (sealed, check) = wrapped.split_at(at);
    let plain = open(under, bound, sealed)?;
    let key = key(&plain).ok_or(VaultError::NotAuthentic)?;
    constant_time::verify_slices_are_equal(&check_value(&key), check).map_err(|_| VaultError::NotAuthentic)?;
    Ok(key)
}

/// HMAC-SHA-256 over parts, each with its length in front so that no two lists of parts run together.
pub(crate) fn mac(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// SHA-256 over parts, likewise.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// Bytes of a binding: a label and parts, each with its length in front.
pub(crate) fn binding(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = label.as_bytes().to_vec();
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from(b"0123456789abcdef"[usize::from(digit)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
