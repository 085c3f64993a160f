//! What changed between two texts, word by word.

/// A run of words, and in which of two texts it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// In both.
    Same(String),
    /// In the old one only.
    Gone(String),
    /// In the new one only.
    New(String),
}

/// Beyond so many pairs of words the middle of the texts is not compared, but said to be replaced.
const MOST_PAIRS: usize = 4_000_000;

/// Compares two texts word by word: the least words go and come. White space is folded; where one run replaces another, what
/// goes stands first.
#[must_use]
pub fn word_diff(old: &str, new: &str) -> Vec<Words> {
    let old: Vec<&str> = old.split_whitespace().collect();
    let new: Vec<&str> = new.split_whitespace().collect();
    let above = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(above..).unwrap_or_default(), new.get(above..).unwrap_or_default());
    let below = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let old_middle = old_rest.get(..old_rest.len() - below).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - below).unwrap_or_default();

    let mut out = Runs::default();
    for word in old.iter().take(above) {
        out.push(Side::Same, word);
    }
    middle(old_middle, new_middle, &mut out);
    for word in old.iter().skip(old.len() - below) {
        out.push(Side::Same, word);
    }
    out.finish()
}

fn middle(old: &[&str], new: &[&str], out: &mut Runs) {
    let width = new.len() + 1;
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        old.iter().for_each(|word| out.push(Side::Gone, word));
        new.iter().for_each(|word| out.push(Side::New, word));
        return;
    }
    // How many words the rests have in common from a pair of places on.
    let mut common = vec![0_u32; width * (old.len() + 1)];
    let at = |common: &[u32], row: usize, column: usize| common.get(row * width + column).copied().unwrap_or(0);
    for (row, a) in old.iter().enumerate().rev() {
        for (column, b) in new.iter().enumerate().rev() {
            let best = if a == b {
                at(&common, row + 1, column + 1) + 1
            } else {
                at(&common, row + 1, column).max(at(&common, row, column + 1))
            };
            if let Some(cell) = common.get_mut(row * width + column) {
                *cell = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    loop {
        match (old.get(row), new.get(column)) {
            (Some(a), Some(b)) if a == b => {
                out.push(Side::Same, a);
                row += 1;
                column += 1;
            }
            (Some(a), b) if b.is_none() || at(&common, row + 1, column) >= at(&common, row, column + 1) => {
                out.push(Side::Gone, a);
                row += 1;
            }
            (_, Some(b)) => {
                out.push(Side::New, b);
                column += 1;
            }
            (_, None) => return,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Same,
    Gone,
    New,
}

/// Runs that are being made: between two runs of the same, what goes is gathered before what comes.
#[derive(Default)]
struct Runs {
    out: Vec<Words>,
    same: Vec<String>,
    gone: Vec<String>,
    new: Vec<String>,
}

impl Runs {
    fn push(&mut self, side: Side, word: &str) {
        if side == Side::Same {
            self.end_change();
        } else {
            self.end_same();
        }
        match side {
            Side::Same => &mut self.same,
            Side::Gone => &mut self.gone,
            Side::New => &mut self.new,
        }
        .push(word.to_owned());
    }

    fn end_same(&mut self) {
        if !self.same.is_empty() {
            self.out.push(Words::Same(std::mem::take(&mut self.same).join(" ")));
        }
    }

    fn end_change(&mut self) {
        if !self.gone.is_empty() {
            self.out.push(Words::Gone(std::mem::take(&mut self.gone).join(" ")));
        }
        if !self.new.is_empty() {
            self.out.push(Words::New(std::mem::take(&mut self.new).join(" ")));
        }
    }

    fn finish(mut self) -> Vec<Words> {
        self.end_same();
        self.end_change();
        self.out
    }
}
