//! Random policies: what they say, by places of names. `text` writes them.

mod edit;
mod text;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A name by its place, taken modulo how many there are.
type Pick = u8;

/// How many names there are of each sort, and how many sentences at most.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub data: usize,
    pub kinds: usize,
    pub points: usize,
    pub purposes: usize,
    pub recipients: usize,
    pub grounds: usize,
    pub roles: usize,
    pub collects: usize,
    pub rules: usize,
    pub choices: usize,
    pub gates: usize,
    pub cookies: usize,
}

impl Sizes {
    /// As a small policy of a small house.
    pub const MIDDLING: Self = Self {
        data: 5,
        kinds: 3,
        points: 3,
        purposes: 4,
        recipients: 3,
        grounds: 2,
        roles: 3,
        collects: 5,
        rules: 7,
        choices: 3,
        gates: 2,
        cookies: 2,
    };

    /// So small that every question and every state of the facts can be gone through.
    pub const TINY: Self = Self {
        data: 3,
        kinds: 2,
        points: 2,
        purposes: 2,
        recipients: 2,
        grounds: 1,
        roles: 2,
        collects: 3,
        rules: 5,
        choices: 1,
        gates: 1,
        cookies: 1,
    };
}

#[derive(Clone)]
pub struct Draft {
    sizes: Sizes,
    /// For each name of data, kinds, purposes, recipients, grounds: what stands above it, by masks over the names before it.
    above: [Vec<u8>; 5],
    /// Roles stand below each other too, though no sentence says so.
    pub roles_above: Vec<Option<Pick>>,
    begins: Vec<bool>,
    works_on: Vec<Vec<Pick>>,
    collects: Vec<DraftCollect>,
    choices: Vec<DraftChoice>,
    rules: Vec<DraftRule>,
    gates: Vec<DraftGate>,
    cookies: Vec<DraftCookie>,
    more: DraftMore,
}

/// What a policy says at most once.
#[derive(Clone, Debug)]
struct DraftMore {
    /// Of whom the relation is; none: of anyone.
    relation_of: Option<Pick>,
    /// What is open: recipients, purposes or data.
    open: Option<Pick>,
    /// The first purpose rests on a legitimate interest; the last one may be compatible with it.
    interest: bool,
    compatible: bool,
    apart: Option<(u8, Pick, Pick)>,
    acts_for: Option<(Pick, Pick)>,
}

#[derive(Clone, Debug)]
struct DraftCollect {
    may: bool,
    data: Vec<Pick>,
    of: Option<Pick>,
    from: Option<Pick>,
    at: Vec<Pick>,
    purposes: Vec<Pick>,
}

#[derive(Clone, Debug)]
struct DraftCookie {
    local: bool,
    data: Pick,
    of: Pick,
    purpose: Pick,
}

#[derive(Clone, Debug)]
struct DraftChoice {
    who: Option<Pick>,
    /// Whether somebody else chooses for them.
    by: bool,
    agree: bool,
    objects: bool,
    purposes: Vec<Pick>,
    that: Option<(u8, Vec<Pick>)>,
    another: bool,
}

/// What waits for the notice.
#[derive(Clone, Debug)]
struct DraftGate {
    of: Option<Pick>,
    phrases: DraftPhrases,
}

#[derive(Clone, Debug)]
struct DraftRule {
    opens: bool,
    /// Of an indented line: whether it grants, below a `never`.
    grants: bool,
    who: Option<Vec<Pick>>,
    /// Which of its phrases it locks.
    lock: Option<Pick>,
    /// Their own data, of this kind or of every person.
    own: Option<Option<Pick>>,
    once: bool,
    phrases: DraftPhrases,
    below: Vec<DraftRule>,
}

/// `if` or `unless`, `or` or `and`, and the parts: what each asks about.
type DraftCondition = (bool, bool, Vec<(u8, Pick)>);

#[derive(Clone, Debug)]
struct DraftPhrases {
    verbs: Option<(bool, u8)>,
    data: Option<Vec<Pick>>,
    of: Option<Vec<Pick>>,
    from: Option<Vec<Pick>>,
    at: Option<Vec<Pick>>,
    purposes: Option<Vec<Pick>>,
    another: bool,
    recipients: Option<Option<Vec<Pick>>>,
    shape: Option<u8>,
    on: Option<Pick>,
    condition: Option<DraftCondition>,
}

fn picks(most: usize) -> impl Strategy<Value = Vec<Pick>> {
    prop::collection::vec(any::<u8>(), 1..=most)
}

/// Said with this probability.
fn said<T: std::fmt::Debug>(probability: f64, what: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(probability, what)
}

fn phrases(much: f64) -> impl Strategy<Value = DraftPhrases> {
    let condition = (any::<bool>(), any::<bool>(), prop::collection::vec((any::<u8>(), any::<u8>()), 1..=3));
    (
        said(much, (any::<bool>(), any::<u8>())),
        said(much, picks(2)),
        said(much * 0.4, picks(2)),
        said(much * 0.2, picks(2)),
        said(much * 0.35, picks(2)),
        (said(much * 0.8, picks(2)), prop::bool::weighted(0.3)),
        said(much * 0.6, said(0.7, picks(2))),
        said(much * 0.4, any::<u8>()),
        said(much * 0.2, any::<u8>()),
        said(0.3, condition),
    )
        .prop_map(|(verbs, data, of, from, at, (purposes, another), recipients, shape, on, condition)| {
            DraftPhrases { verbs, data, of, from, at, purposes, another, recipients, shape, on, condition }
        })
}

fn rule() -> impl Strategy<Value = DraftRule> {
    let line = |much| {
        let opens = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.2));
        let own = said(0.25, said(0.6, any::<u8>()));
        (opens, said(0.25, picks(2)), said(0.4, any::<u8>()), own, phrases(much)).prop_map(
            |((opens, grants, once), who, lock, own, phrases)| DraftRule {
                opens,
                grants,
                who,
                lock,
                own,
                once,
                phrases,
                below: Vec::new(),
            },
        )
    };
    let below = line(0.5).prop_recursive(2, 6, 2, move |inner| {
        (line(0.5), prop::collection::vec(inner, 0..=2)).prop_map(|(rule, below)| DraftRule { below, ..rule })
    });
    (line(0.8), prop::collection::vec(below, 0..=2)).prop_map(|(rule, below)| DraftRule { below, ..rule })
}

pub fn draft(sizes: Sizes) -> impl Strategy<Value = Draft> {
    let graph = |len: usize| prop::collection::vec(prop_oneof![2 => Just(0), 3 => any::<u8>()], len);
    let collect = (any::<bool>(), picks(2), said(0.5, any::<u8>()), said(0.6, any::<u8>()), picks(2), picks(2))
        .prop_map(|(may, data, of, from, at, purposes)| DraftCollect { may, data, of, from, at, purposes });
    let sort = (any::<bool>(), prop::bool::weighted(0.3), prop::bool::weighted(0.5), prop::bool::weighted(0.4));
    let that = said(0.35, (any::<u8>(), picks(2)));
    let choice = (said(0.5, any::<u8>()), sort, picks(2), that).prop_map(
        |(who, (agree, by, objects, another), purposes, that)| DraftChoice {
            who,
            by,
            agree,
            objects,
            purposes,
            that,
            another,
        },
    );
    let gate = (said(0.6, any::<u8>()), phrases(0.5)).prop_map(|(of, phrases)| DraftGate { of, phrases });
    let cookie = (any::<bool>(), any::<u8>(), any::<u8>(), any::<u8>())
        .prop_map(|(local, data, of, purpose)| DraftCookie { local, data, of, purpose });
    let more = (
        said(0.7, any::<u8>()),
        said(0.25, any::<u8>()),
        (prop::bool::weighted(0.4), any::<bool>()),
        said(0.2, (any::<u8>(), any::<u8>(), any::<u8>())),
        said(0.15, (any::<u8>(), any::<u8>())),
    )
        .prop_map(|(relation_of, open, (interest, compatible), apart, acts_for)| DraftMore {
            relation_of,
            open,
            interest,
            compatible,
            apart,
            acts_for,
        });
    (
        (graph(sizes.data), graph(sizes.kinds), graph(sizes.purposes), graph(sizes.recipients), graph(sizes.grounds)),
        prop::collection::vec(said(0.3, any::<u8>()), sizes.roles),
        prop::collection::vec(any::<bool>(), sizes.kinds),
        prop::collection::vec(prop::collection::vec(any::<u8>(), 1..=4), sizes.roles),
        prop::collection::vec(collect, 1..=sizes.collects),
        prop::collection::vec(choice, 0..=sizes.choices),
        prop::collection::vec(rule(), 1..=sizes.rules),
        (prop::collection::vec(gate, 0..=sizes.gates), prop::collection::vec(cookie, 0..=sizes.cookies), more),
    )
        .prop_map(
            move |(
                (data, kinds, purposes, recipients, grounds),
                roles_above,
                begins,
                works_on,
                collects,
                choices,
                rules,
                (gates, cookies, more),
            )| {
                let above = [data, kinds, purposes, recipients, grounds];
                Draft { sizes, above, roles_above, begins, works_on, collects, choices, rules, gates, cookies, more }
            },
        )
}

/// The drafts of a seed, the same wherever they are drawn.
pub fn drafts<const N: usize>(sizes: Sizes, seed: u64) -> [Draft; N] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    let drawn = draft(sizes);
    std::array::from_fn(|_| drawn.new_tree(&mut runner).unwrap().current())
}

/// The next number of a random sequence.
pub fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
