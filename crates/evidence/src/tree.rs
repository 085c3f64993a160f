//! Merkle tree hashing of RFC 9162, section 2.1: leaves SHA-256(0x00 || entry), nodes SHA-256(0x01 || left || right).

use aws_lc_rs::digest::{Context, SHA256};

/// A hash of the tree.
pub type Hash = [u8; 32];

pub(crate) fn leaf(body: &[u8]) -> Hash {
    hash(&[&[0], body])
}

pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    hash(&[&[1], left, right])
}

fn hash(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// The roots of the perfect subtrees of a tree, largest first: all that appending needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    pub(crate) size: u64,
    pub(crate) peaks: Vec<Hash>,
}

impl Frontier {
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one of the size is a perfect subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root; of an empty tree the hash of nothing.
    pub(crate) fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return hash(&[]) };
        peaks.fold(*last, |right, left| node(left, &right))
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    pub(crate) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && peaks.len() == size.count_ones() as usize).then(|| Self { size, peaks: peaks.to_vec() })
    }
}

/// Shows that an entry stands in a log of a given root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Index of the entry.
    pub index: u64,
    /// Size of the tree.
    pub size: u64,
    /// Hashes from the leaf's neighbour upwards.
    pub path: Vec<Hash>,
}

/// The path of RFC 9162, section 2.1.3.1, over all leaves.
pub(crate) fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut out, other) = if index < split { (path(index, left), right) } else { (path(index - split, right), left) };
    let mut whole = Frontier::default();
    other.iter().for_each(|leaf| whole.push(*leaf));
    out.push(whole.root());
    out
}

/// Verifies a proof (RFC 9162, section 2.1.3.2): the entry with this body stands at `proof.index` in the tree with this root.
/// Size and root must come from the same head: a path says nothing about how many entries follow.
#[must_use]
pub fn verify_inclusion(body: &[u8], proof: &Proof, root: &Hash) -> bool {
    verify_leaf(leaf(body), proof, root)
}

pub(crate) fn verify_leaf(leaf: Hash, proof: &Proof, root: &Hash) -> bool {
    if proof.index >= proof.size {
        return false;
    }
    let (mut first, mut last) = (proof.index, proof.size - 1);
    let mut hash = leaf;
    for sibling in &proof.path {
        if last == 0 {
            return false;
        }
        if first & 1 == 1 || first == last {
            hash = node(sibling, &hash);
            if first & 1 == 0 {
                while first & 1 == 0 && first != 0 {
                    first >>= 1;
                    last >>= 1;
                }
            }
        } else {
            hash = node(&hash, sibling);
        }
        first >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}
