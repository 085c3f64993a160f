//! Kinds by age and region, drawn.

/// A kind's lines, from a random number: few places and ages, so that kinds meet.
pub fn lines(seed: u32) -> Vec<String> {
    let mut left = seed;
    let mut pick = |count: u32| {
        let at = left % count;
        left = (left / count) ^ left.rotate_left(11);
        at
    };
    let mut out = Vec::new();
    // Lines without ages stand among their like.
    let aged = pick(3) > 0;
    for place in ["in US", "in US-CA", "in EEA", "in NL, US-NY", "elsewhere"] {
        if (place == "elsewhere" && !aged) || (place != "elsewhere" && pick(3) > 0) {
            continue;
        }
        let ages = ["under 13", "under 16", "13 or over", "13 or over and under 16"][pick(4) as usize];
        match place {
            _ if !aged => out.push(place.to_owned()),
            "elsewhere" if pick(6) == 0 => out.push(ages.to_owned()),
            "elsewhere" if pick(6) == 0 && !out.is_empty() => {}
            _ => out.push(format!("{ages} {place}")),
        }
    }
    if out.is_empty() {
        return vec!["in US, NL".to_owned()];
    }
    if aged && pick(3) > 0 {
        out.push("of unknown age".to_owned());
    }
    out
}
