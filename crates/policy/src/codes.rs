//! What `upheld explain` says: a page for each diagnostic code.
//!
//! The pages are the Markdown files of `codes/`. Each says what the code means, with an example that gives it and the same
//! said right; a test compiles both.

use upheld_document::{Severity, nearest};

/// What is to be said of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The code (`UP0203`).
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// The page, in Markdown.
    pub text: &'static str,
}

impl Page {
    /// What the code says, in one line.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, title)| title)
    }

    /// What it means, without title and examples; each paragraph a line.
    #[must_use]
    pub fn meaning(&self) -> String {
        let body = self.text.split_once('\n').map_or("", |(_, body)| body);
        let meaning = body.split("\n## ").next().unwrap_or_default().trim();
        let lines = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        meaning.split("\n\n").map(lines).collect::<Vec<_>>().join("\n\n")
    }
}

macro_rules! pages {
    ($($severity:ident: $($code:ident)*;)*) => {
        &[$($(Page {
            code: stringify!($code),
            severity: Severity::$severity,
            text: include_str!(concat!("../codes/", stringify!($code), ".md")),
        },)*)*]
    };
}

/// The pages of all codes.
pub const PAGES: &[Page] = pages! {
    Error: UP0001 UP0002 UP0003 UP0004 UP0005 UP0006 UP0007 UP0008 UP0009 UP0010 UP0011;
    Error: UP0101 UP0102 UP0103 UP0104 UP0105 UP0106 UP0107 UP0108 UP0109;
    Error: UP0115 UP0120;
    Error: UP0201 UP0202 UP0203 UP0204 UP0205 UP0206 UP0207 UP0208 UP0209 UP0210 UP0225 UP0226 UP0227;
    Error: UP0230 UP0231 UP0232 UP0233 UP0234 UP0240 UP0241 UP0242 UP0243;
    Error: UP0301 UP0302 UP0303 UP0304 UP0305 UP0306 UP0310;
    Finding: UP0401 UP0402 UP0403 UP0404 UP0405 UP0406 UP0407 UP0408 UP0409 UP0410 UP0411;
    Finding: UP0418 UP0419 UP0420 UP0421 UP0422 UP0423 UP0424;
    Error: UP0501 UP0502 UP0503 UP0504 UP0505;
    Finding: UP0506;
    Error: UP0507;
    Error: UP0601;
    Finding: UP0602;
    Error: UP0603 UP0604 UP0605 UP0606 UP0607;
    Finding: UP0701 UP0702 UP0703 UP0704 UP0705 UP0706 UP0707 UP0708 UP0709 UP0710 UP0711;
    Error: UP0712;
};

/// The page of a code.
#[must_use]
pub fn page(code: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code == code)
}

/// The code that was probably meant: in capitals, with or without `UP`, else the nearest.
#[must_use]
pub fn nearest_code(code: &str) -> Option<&'static str> {
    among(code, PAGES.iter().map(|page| page.code))
}

/// As [`nearest_code`], of the findings: only they can be allowed.
#[must_use]
pub fn nearest_finding(code: &str) -> Option<&'static str> {
    among(code, PAGES.iter().filter(|page| page.severity == Severity::Finding).map(|page| page.code))
}

fn among(code: &str, among: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let among: Vec<&'static str> = among.collect();
    let upper = code.to_uppercase();
    let digits: String = upper.chars().filter(char::is_ascii_digit).collect();
    let whole = digits.parse::<u32>().map(|number| format!("UP{number:04}")).unwrap_or_default();
    let known = |wanted: &str| among.iter().find(|code| **code == wanted).copied();
    known(&upper).or_else(|| known(&whole)).or_else(|| nearest(&upper, among.iter().copied()))
}
