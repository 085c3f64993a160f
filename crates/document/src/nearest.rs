//! The name that somebody probably meant.

/// The nearest of `among` to `word` by Damerau–Levenshtein distance (optimal string alignment), if it differs by at most a
/// third of its length. The first of equally near names wins.
#[must_use]
pub fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let most = (length / 3).max(1);
    among
        .filter(|name| *name != word && name.chars().count().abs_diff(length) <= most)
        .map(|name| (distance(word, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many insertions, deletions, replacements and swaps of neighbours turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut two_above: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, from) in a.iter().enumerate() {
        let mut here = vec![row + 1];
        for (column, to) in b.iter().enumerate() {
            let at = |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&above, column + 1) + 1)
                .min(at(&here, column) + 1)
                .min(at(&above, column) + usize::from(from != to));
            let before =
                |cells: &[char], index: usize| index.checked_sub(1).and_then(|index| cells.get(index)).copied();
            if row > 0 && column > 0 && before(&a, row) == Some(*to) && before(&b, column) == Some(*from) {
                best = best.min(at(&two_above, column - 1) + 1);
            }
            here.push(best);
        }
        two_above = std::mem::replace(&mut above, here);
    }
    above.last().copied().unwrap_or(usize::MAX)
}
