//! Elements that can be told in free text, and taken out of it: `data message is communications, without card_number`.
//!
//! Each recogniser goes over the text once and looks a bounded number of characters ahead and back, so the whole is linear. A
//! text is looked at as characters; digits, blanks and dashes of other widths count as what they look like.

/// The elements that can be told, by their name in the vocabulary.
pub const NAMES: [&str; 5] = ["bank_account", "card_number", "email", "ip_address", "phone_number"];

/// A character as it looks, and where it begins.
type Seen = (usize, char);

/// A recogniser gives places in a list of characters: the first, and the one after the last.
type Recogniser = fn(&[Seen]) -> Vec<(usize, usize)>;

fn recogniser(name: &str) -> Option<Recogniser> {
    Some(match name {
        "bank_account" => ibans,
        "card_number" => cards,
        "email" => emails,
        "ip_address" => addresses,
        "phone_number" => phones,
        _ => return None,
    })
}

/// The text with what is told of these elements taken out, each replaced by the element's name in brackets; and how often.
#[must_use]
pub fn take_out<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> (String, u64) {
    let seen: Vec<Seen> = text.char_indices().map(|(at, c)| (at, looks(c))).collect();
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for name in names {
        if let Some(recognise) = recogniser(name) {
            found.extend(recognise(&seen).into_iter().map(|(from, to)| (from, to, name)));
        }
    }
    found.sort_unstable();
    let (mut out, mut count) = (String::with_capacity(text.len()), 0);
    let byte = |at: usize| seen.get(at).map_or(text.len(), |(byte, _)| *byte);
    let mut done = 0;
    let mut found = found.into_iter().peekable();
    while let Some((from, mut to, mut name)) = found.next() {
        // What overlaps goes together, under the name of the longest: nothing that was told is left.
        let mut longest = to - from;
        while let Some((next, end, other)) = found.next_if(|(next, ..)| *next < to) {
            to = to.max(end);
            if end - next > longest {
                (longest, name) = (end - next, other);
            }
        }
        out.push_str(text.get(byte(done)..byte(from)).unwrap_or_default());
        out.push_str(&format!("[{name}]"));
        done = to;
        count += 1;
    }
    out.push_str(text.get(byte(done)..).unwrap_or_default());
    (out, count)
}

/// A character of another width as the plain one that it looks like.
fn looks(c: char) -> char {
    match c {
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\t' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        // What has no width parts nothing.
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => '\u{200b}',
        c => c,
    }
}

fn at(text: &[Seen], index: usize) -> Option<char> {
    text.get(index).map(|(_, c)| *c)
}

/// Whether a word or number goes on before this place.
fn inside(text: &[Seen], index: usize) -> bool {
    index.checked_sub(1).and_then(|before| at(text, before)).is_some_and(char::is_alphanumeric)
}

fn goes_on(text: &[Seen], index: usize) -> bool {
    at(text, index).is_some_and(char::is_alphanumeric)
}

/// The most characters that may part the groups of one number.
const APART: usize = 3;

/// The end of the characters at a place that part groups, when a character of the number follows them.
fn over(text: &[Seen], from: usize, parts: fn(char) -> bool, number: fn(char) -> bool) -> Option<usize> {
    let apart = (from..=from + APART).find(|index| !at(text, *index).is_some_and(parts))?;
    at(text, apart).is_some_and(number).then_some(apart)
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn blank(c: char) -> bool {
    matches!(c, ' ' | '-' | '\u{200b}')
}

/// Groups of digits, each with its first place and the one after its last: runs in which groups are little apart.
fn runs(text: &[Seen], parts: fn(char) -> bool) -> Vec<Vec<(usize, usize)>> {
    let mut out = Vec::new();
    let mut index = 0;
    while index < text.len() {
        if !at(text, index).is_some_and(digit) {
            index += 1;
            continue;
        }
        let mut run = Vec::new();
        loop {
            let from = index;
            while at(text, index).is_some_and(digit) {
                index += 1;
            }
            run.push((from, index));
            match over(text, index, parts, digit) {
                Some(next) if next > index => index = next,
                _ => break,
            }
        }
        out.push(run);
    }
    out
}

/// Numbers of payment cards: 13 to 19 digits, alone or in groups, with a right check digit (ISO/IEC 7812).
fn cards(text: &[Seen]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for run in runs(text, blank) {
        for (first, (from, _)) in run.iter().enumerate() {
            if inside(text, *from) || at(text, *from) == Some('0') {
                continue;
            }
            let mut digits: Vec<u32> = Vec::new();
            for (start, end) in run.iter().skip(first) {
                if digits.len() + (end - start) > 19 {
                    break;
                }
                digits.extend((*start..*end).filter_map(|index| at(text, index)?.to_digit(10)));
                if digits.len() >= 13 && !goes_on(text, *end) && luhn(&digits) {
                    out.push((*from, *end));
                }
            }
        }
    }
    out
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 1 { doubled(*digit) } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

/// How long an account number of a country is (IBAN registry of SWIFT, release 99, 2024-12).
const IBAN_LENGTHS: [(&str, usize); 89] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// Accounts as an IBAN of a country's length whose check digits are right (ISO 13616).
fn ibans(text: &[Seen]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for from in 0..text.len() {
        if !at(text, from).is_some_and(|c| c.is_ascii_alphabetic()) || inside(text, from) {
            continue;
        }
        let country: String =
            (from..from + 2).filter_map(|index| at(text, index)).map(|c| c.to_ascii_uppercase()).collect();
        let Some((_, length)) = IBAN_LENGTHS.iter().find(|(known, _)| *known == country) else { continue };
        let mut letters: Vec<char> = Vec::new();
        let mut index = from;
        while letters.len() < *length {
            match at(text, index) {
                Some(c) if c.is_ascii_alphanumeric() => {
                    letters.push(c.to_ascii_uppercase());
                    index += 1;
                }
                _ => match over(text, index, blank, |c| c.is_ascii_alphanumeric()) {
                    Some(next) if !letters.is_empty() => index = next,
                    _ => break,
                },
            }
        }
        if letters.len() == *length && !goes_on(text, index) && is_iban(&letters) {
            out.push((from, index));
        }
    }
    out
}

/// Country and check digits come last, letters count from ten, and the number leaves one when divided by 97.
fn is_iban(letters: &[char]) -> bool {
    let (head, tail) = letters.split_at(letters.len().min(4));
    let checked = head.iter().skip(2).all(|c| c.is_ascii_digit());
    let rest = tail
        .iter()
        .chain(head)
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest: u32, digit| (if digit < 10 { rest * 10 } else { rest * 100 } + digit) % 97);
    checked && rest == 1
}

/// What may stand before the `@` of an address, but for quoted forms (RFC 5322).
fn of_name(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

/// Addresses of e-mail: a name, `@`, and a host of two labels or more whose last is of letters.
fn emails(text: &[Seen]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for sign in (0..text.len()).filter(|index| at(text, *index) == Some('@')) {
        let mut from = sign;
        while from > 0 && sign - from <= 64 && at(text, from - 1).is_some_and(of_name) {
            from -= 1;
        }
        while from < sign && at(text, from).is_some_and(|c| matches!(c, '.' | '\'' | '`' | '/' | '=')) {
            from += 1;
        }
        let mut to = sign + 1;
        while to - sign <= 254 && at(text, to).is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '.')) {
            to += 1;
        }
        while to > sign && at(text, to - 1).is_some_and(|c| matches!(c, '-' | '.')) {
            to -= 1;
        }
        let host: String = text.get(sign + 1..to).unwrap_or_default().iter().map(|(_, c)| *c).collect();
        let named = (1..=64).contains(&(sign - from)) && at(text, sign - 1) != Some('.');
        let last = host.rsplit('.').next().unwrap_or_default();
        let good = host.split('.').count() >= 2 && host.split('.').all(|label| (1..=63).contains(&label.len()));
        let top = last.chars().count() >= 2 && last.chars().any(char::is_alphabetic);
        if named && good && top {
            out.push((from, to));
        }
    }
    out
}

/// Addresses of the internet protocol, of version 4 and 6.
fn addresses(text: &[Seen]) -> Vec<(usize, usize)> {
    let part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    let mut out = Vec::new();
    let mut index = 0;
    while index < text.len() {
        if !at(text, index).is_some_and(part) {
            index += 1;
            continue;
        }
        let from = index;
        while at(text, index).is_some_and(part) {
            index += 1;
        }
        let to = index;
        // The longest address is of 45 characters; more is something else, and so is part of a word.
        if to - from > 48 || inside(text, from) || goes_on(text, to) {
            continue;
        }
        let word: String = text.get(from..to).unwrap_or_default().iter().map(|(_, c)| *c).collect();
        let end = word.trim_end_matches(['.', ':']).len();
        // Also `192.0.2.7:80`, where a port follows.
        let port = word.rfind(':').filter(|_| word.matches(':').count() == 1);
        let ends = [word.len(), end, port.unwrap_or(end)];
        let is_address = |end: &usize| {
            let word = word.get(..*end).unwrap_or_default();
            let digits = word.chars().any(|c| c.is_ascii_hexdigit());
            digits && word.parse::<std::net::IpAddr>().is_ok()
        };
        if let Some(end) = ends.into_iter().find(is_address) {
            out.push((from, from + end));
        }
    }
    out
}

/// Telephone numbers in international form: `+`, and 7 to 15 digits of which the first is no nought (ITU-T E.164).
fn phones(text: &[Seen]) -> Vec<(usize, usize)> {
    let parts = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{200b}');
    let mut out = Vec::new();
    for run in runs(text, parts) {
        let Some((first, _)) = run.first().copied() else { continue };
        let plus = first.checked_sub(1).filter(|index| at(text, *index) == Some('+') && !inside(text, *index));
        let Some(from) = plus.filter(|_| at(text, first) != Some('0')) else { continue };
        let (mut count, mut to) = (0, from);
        for (start, end) in run {
            if count + (end - start) > 15 {
                break;
            }
            count += end - start;
            to = end;
        }
        if count >= 7 && !goes_on(text, to) {
            out.push((from, to));
        }
    }
    out
}
