//! The tree of RFC 9162: known roots, and proofs that verify for what was proved and for nothing else.

mod support;

use proptest::prelude::*;
use support::{bodies, grow, hex, key, log, path, root, store, unhex};
use upheld_evidence::{EvidenceError, Proof, append, head, inclusion, verify_inclusion};
use upheld_store::Tx;

/// The eight entries and the roots over the first so many of them that Certificate Transparency's implementations share.
const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn known_entries_have_their_known_roots_and_their_proofs_verify() {
    let entries: Vec<Vec<u8>> = ENTRIES.iter().map(|entry| unhex(entry)).collect();
    for size in 0..=8 {
        let known = unhex(ROOTS[size]).try_into().expect("32 bytes");
        assert_eq!(root(&entries[..size]), known, "the definition, of {size}");
        for (index, body) in entries[..size].iter().enumerate() {
            let proof = Proof { index: index as u64, size: size as u64, path: path(index, &entries[..size]) };
            assert!(verify_inclusion(body, &proof, &known), "{index} of {size}");
        }
    }
}

#[test]
fn the_root_of_an_empty_log_is_the_hash_of_nothing() {
    let (size, root) = store().read(|tx| head(tx, &key())).expect("a head");
    assert_eq!((size, hex(&root)), (0, ROOTS[0].to_owned()));
}

#[test]
fn the_log_has_the_root_and_the_proofs_of_the_definition_at_every_size_up_to_70() {
    let store = store();
    for size in 1..=70_usize {
        grow(&store, 1);
        let check = |tx: &Tx<'_>| {
            let bodies = bodies(tx);
            let (counted, root) = head(tx, &key())?;
            assert_eq!(counted, size as u64);
            assert_eq!(root, support::root(&bodies), "the root of {size}");
            for (index, body) in bodies.iter().enumerate() {
                let proof = inclusion(tx, &key(), index as u64)?;
                assert_eq!(proof.path, path(index, &bodies), "the path of {index} of {size}");
                assert!(verify_inclusion(body, &proof, &root), "{index} of {size}");
                let another = bodies.iter().enumerate().find(|(other, _)| *other != index);
                assert!(!another.is_some_and(|(_, body)| verify_inclusion(body, &proof, &root)));
            }
            assert!(matches!(inclusion(tx, &key(), size as u64), Err(EvidenceError::Entry(_))));
            Ok::<_, EvidenceError>(())
        };
        store.read(check).expect("a read");
    }
}

#[test]
fn entries_get_the_indices_in_the_order_of_their_acts() {
    let store = store();
    let indices: Vec<u64> =
        (0..5).map(|n| store.write(move |tx| append(tx, &key(), &support::entry(n))).expect("an entry")).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4]);
    let failed: Result<(), EvidenceError> = store.write(|tx| {
        append(tx, &key(), &support::entry(5))?;
        Err(EvidenceError::Entry(99))
    });
    assert!(failed.is_err());
    assert_eq!(store.read(|tx| head(tx, &key())).expect("a head").0, 5, "an act that failed has no entry");
}

/// What is done to a proof.
#[derive(Clone, Debug)]
enum Change {
    Body(usize, u8),
    Root(usize, u8),
    Path(usize, usize, u8),
    Index(u64),
    Longer,
    Shorter,
}

fn change() -> impl Strategy<Value = Change> {
    let flip = 1_u8..;
    prop_oneof![
        (any::<usize>(), flip.clone()).prop_map(|(at, by)| Change::Body(at, by)),
        (0_usize..32, flip.clone()).prop_map(|(at, by)| Change::Root(at, by)),
        (any::<usize>(), 0_usize..32, flip).prop_map(|(which, at, by)| Change::Path(which, at, by)),
        any::<u64>().prop_map(Change::Index),
        Just(Change::Longer),
        Just(Change::Shorter),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_proof_of_which_anything_was_changed_does_not_verify(
        size in 1_usize..=70, at in any::<prop::sample::Index>(), change in change(),
    ) {
        let bodies: Vec<Vec<u8>> = (0..size).map(|n| format!("entry {n}").into_bytes()).collect();
        let index = at.index(size);
        let mut root = root(&bodies);
        let mut body = bodies[index].clone();
        let mut proof = Proof { index: index as u64, size: size as u64, path: path(index, &bodies) };
        prop_assert!(verify_inclusion(&body, &proof, &root));
        match change {
            Change::Body(at, by) => {
                let at = at % body.len();
                body[at] ^= by;
            }
            Change::Root(at, by) => root[at] ^= by,
            Change::Path(which, at, by) => {
                prop_assume!(!proof.path.is_empty());
                let which = which % proof.path.len();
                proof.path[which][at] ^= by;
            }
            Change::Index(other) => {
                prop_assume!(other != proof.index);
                proof.index = other;
            }
            Change::Longer => proof.path.push([0; 32]),
            Change::Shorter => {
                prop_assume!(proof.path.pop().is_some());
            }
        }
        prop_assert!(!verify_inclusion(&body, &proof, &root));
    }
}

#[test]
fn no_proof_is_handed_out_that_does_not_prove() {
    let log = log(9);
    support::tamper(&log, "UPDATE log_entry SET leaf = zeroblob(32) WHERE seq = 3", Vec::new());
    for index in 0..9 {
        assert!(matches!(log.read(|tx| inclusion(tx, &key(), index)), Err(EvidenceError::Head)), "{index}");
    }
}
