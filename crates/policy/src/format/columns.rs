//! Lines below each other: labels, and what they keep.

/// How far from the longest line of its run `keeps …` stands.
const BEFORE_KEEPS: usize = 4;

/// A role that is a program.
const PROGRAM: &str = " program";

/// One line.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// How deep it stands.
    pub(super) depth: usize,
    /// It is an empty line.
    pub(super) blank: bool,
    /// It could not be read, and stays as it is.
    pub(super) raw: bool,
    /// Which lines its label stands below; none without a label.
    pub(super) family: Option<String>,
    /// Its words, up to the label.
    pub(super) head: String,
    /// Whether `program` stands before the label.
    pub(super) program: bool,
    /// The label, with its comma.
    pub(super) label: Option<String>,
    /// The words behind the label.
    pub(super) rest: String,
    /// `keeps …`
    pub(super) keeps: Option<String>,
    /// `# …`
    pub(super) comment: Option<String>,
}

impl Item {
    pub(super) fn blank() -> Self {
        Self { blank: true, ..Self::default() }
    }

    /// Whether nothing but a comment stands on the line.
    pub(super) fn is_comment(&self) -> bool {
        self.comment.is_some() && self.head.is_empty() && self.label.is_none() && self.keeps.is_none()
    }

    /// The line without its prefix.
    pub(super) fn text(&self) -> String {
        if self.blank {
            return String::new();
        }
        let mut out = self.sentence();
        out.extend(self.keeps.iter().map(String::as_str));
        if let Some(comment) = &self.comment {
            out.push_str(if self.is_comment() { "" } else { "  " });
            out.push_str(comment);
        }
        out
    }

    /// Indentation and words, without `keeps` and comment.
    fn sentence(&self) -> String {
        "  ".repeat(self.depth) + &self.head
    }
}

/// A comment on a line of its own stands as deep as the line below it.
pub(super) fn comments(items: &mut [Item]) {
    let mut depth = items.iter().rev().find(|item| !item.blank && !item.is_comment()).map_or(0, |item| item.depth);
    for item in items.iter_mut().rev().filter(|item| !item.blank) {
        if item.is_comment() {
            item.depth = depth;
        } else {
            depth = item.depth;
        }
    }
}

/// Puts the labels of neighbouring declarations of one sort below each other.
pub(super) fn labels(items: &mut [Item]) {
    let alike =
        |one: &Item, other: &Item| one.family.is_some() && one.family == other.family && one.depth == other.depth;
    for run in items.chunk_by_mut(alike) {
        let widest = |cell: fn(&Item) -> usize| run.iter().map(cell).max().unwrap_or_default();
        // `program` has a column of its own among programs only.
        let programs = widest(|item| if item.program { width(&item.head) } else { 0 });
        let names = widest(|item| if item.program { 0 } else { width(&item.head) });
        let heads = if programs == 0 { names } else { names.max(programs + PROGRAM.len()) };
        let labels = widest(|item| item.label.as_deref().map_or(0, width));
        for item in run {
            let Some(label) = item.label.take() else { continue };
            let name = if item.program { pad(&item.head, programs) + PROGRAM } else { item.head.clone() };
            let head = pad(&name, heads) + " " + &label;
            let gap = if item.rest.is_empty() { 0 } else { labels.saturating_sub(width(&label)) + 1 };
            item.head = head + &" ".repeat(gap) + &item.rest;
        }
    }
}

/// Puts `keeps …` in one column in each run of lines.
pub(super) fn keeps(items: &mut [Item]) {
    for run in items.chunk_by_mut(|one, other| !one.blank && !other.blank && !one.raw && !other.raw) {
        let column = run.iter().filter(|item| item.keeps.is_some()).map(|item| width(&item.sentence())).max();
        let Some(column) = column else { continue };
        for item in run.iter_mut().filter(|item| item.keeps.is_some()) {
            let gap = column + BEFORE_KEEPS - width(&item.sentence());
            item.head.push_str(&" ".repeat(gap));
        }
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn pad(text: &str, to: usize) -> String {
    text.to_owned() + &" ".repeat(to.saturating_sub(width(text)))
}
