//! Permissions and prohibitions, and the lines indented below them.

use upheld_decide::{Action, THEMSELVES};
use upheld_document::{Diagnostic, Span, nearest};

use crate::model::Force;
use crate::syntax::ast::{About, Condition, DataPhrase, Kind, Name, Only, Phrases, ShapePhrase};
use crate::syntax::cursor::{Cursor, Parsed, Stop};
use crate::syntax::lexer::TokenKind;

const LOCK: &str = "we use payment only for payment_processing";
const OWN: &str = "student may use their own grade for learning";
const RULE: &str = "we may use email of customer for newsletter";

pub(super) fn top(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    let who = if cursor.take(&["we"]) { None } else { Some(cursor.parties("`we`, a role or a relation", RULE)?) };
    let force = if cursor.take(&["may"]) {
        Force::May
    } else if cursor.take(&["never"]) {
        Force::Never
    } else {
        return cursor.expected("`may` or `never`", RULE);
    };
    if cursor.peek_word().and_then(verb).is_none() {
        return no_verb(cursor);
    }
    let phrases = phrases(cursor)?;
    if who.is_none() || phrases.by.is_some() {
        no_party(cursor, &phrases)?;
    }
    if force == Force::Never && phrases.only.is_some() {
        return cursor.expected("no `only` after `never`", "we use payment only for payment_processing");
    }
    if cursor.peek_word() == Some("together") {
        return apart(cursor, force, who.is_none(), phrases);
    }
    let phrases = Box::new(phrases);
    match who {
        Some(kinds) if phrases.own => own(cursor, force, Some(kinds), phrases),
        who => Ok(Kind::Rule { force, who, phrases }),
    }
}

/// Words that say who acts stand in an indented line only, and `their own` where a kind of person acts.
pub(super) fn no_party(cursor: &mut Cursor<'_>, phrases: &Phrases) -> Parsed<()> {
    let (what, span, example) = match &phrases.by {
        Some(by) => {
            let span = by.first().map_or(cursor.here(), |first| first.span);
            (
                "who acts stands at the beginning of a sentence, not after `by`",
                span,
                "office may use email for newsletter",
            )
        }
        None if phrases.own => ("`their own` goes with a kind of person who acts", phrases.own_at, OWN),
        None => return Ok(()),
    };
    cursor.report(Diagnostic::error("UP0005", what).at(span, "").help(format!("for example: `{example}`")));
    Err(Stop)
}

/// `every person may use their own profile for learning`
pub(super) fn everybody(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.expect(&["may"], OWN)?;
    let phrases = Box::new(phrases(cursor)?);
    own(cursor, Force::May, None, phrases)
}

/// `student may use their own grade for learning` says: themselves may use grade of student for learning.
fn own(cursor: &mut Cursor<'_>, force: Force, kinds: Option<Vec<Name>>, mut phrases: Box<Phrases>) -> Parsed<Kind> {
    if force != Force::May || phrases.of.is_some() {
        return cursor.expected("a permission without `of`, since `their own` says whose data it is", OWN);
    }
    let span = phrases.own_at;
    phrases.of = kinds;
    Ok(Kind::Rule { force, who: Some(vec![Name { text: THEMSELVES.to_owned(), span }]), phrases })
}

/// After the data of a promise: `together with DATA`.
fn apart(cursor: &mut Cursor<'_>, force: Force, we: bool, phrases: Phrases) -> Parsed<Kind> {
    const APART: &str = "we never use usage together with identifying";
    let bare = Phrases { verbs: phrases.verbs.clone(), data: phrases.data.clone(), ..Phrases::default() };
    let fits = force == Force::Never && we && phrases == bare;
    let Some(DataPhrase::Names(one)) = phrases.data.filter(|_| fits) else {
        let here = cursor.here();
        cursor.report(
            Diagnostic::error("UP0230", "`together with` stands in a bare promise of two sorts of data")
                .at(here, "")
                .help(format!("say it of all uses, with names on both sides: `{APART}`")),
        );
        return Err(Stop);
    };
    cursor.expect(&["together", "with"], APART)?;
    let other = cursor.names("the data that it never meets", APART)?;
    Ok(Kind::Apart { verbs: phrases.verbs, one, other })
}

fn no_verb<T>(cursor: &mut Cursor<'_>) -> Parsed<T> {
    let near = cursor.peek_word().and_then(|word| nearest(word, Action::ALL.into_iter().map(Action::word)));
    let Some(near) = near else {
        return cursor
            .expected("a verb: `use`, `share`, `change`, `erase`, `block`, `sell`, `rent` or `transfer`", RULE);
    };
    let (here, word) = (cursor.here(), cursor.peek_word().unwrap_or_default());
    cursor.report(Diagnostic::error("UP0005", format!("expected a verb, found `{word}`")).at(here, "").suggest(
        format!("did you mean `{near}`?"),
        here,
        near,
    ));
    Err(Stop)
}

/// `we use DATA only for PU`: a lock, which permits nothing.
pub(super) fn lock(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.expect(&["we"], LOCK)?;
    let phrases = phrases(cursor)?;
    no_party(cursor, &phrases)?;
    if phrases.only.is_none() {
        return cursor.expected("`only` and the phrase that it locks, or `may` after `we`", LOCK);
    }
    Ok(Kind::Rule { force: Force::Never, who: None, phrases: Box::new(phrases) })
}

pub(super) fn indented(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const LINE: &str = "but may share with authority on legal_process";
    let force = if cursor.take(&["except"]) {
        Force::Except
    } else if cursor.take(&["but", "may"]) {
        Force::ButMay
    } else if cursor.take(&["but", "never"]) {
        Force::ButNever
    } else {
        return cursor.expected("`except`, `but may`, `but never` or `but keep`", LINE);
    };
    let mut phrases = phrases(cursor)?;
    if phrases.only.is_some() {
        return cursor.expected("no `only` in an indented line", "we use payment only for payment_processing");
    }
    let who = phrases.by.take();
    no_party(cursor, &phrases)?;
    if phrases == Phrases::default() && who.is_none() {
        return cursor.expected("what of the line above it speaks of", LINE);
    }
    Ok(Kind::Rule { force, who, phrases: Box::new(phrases) })
}

pub(super) fn verb(word: &str) -> Option<Action> {
    Action::ALL.into_iter().find(|action| action.word() == word)
}

fn is_phrase(word: &str) -> bool {
    matches!(word, "of" | "by" | "from" | "at" | "for" | "with" | "as" | "on" | "if" | "unless" | "while" | "keeps")
}

/// Verbs and commas: `use, share`.
pub(super) fn verbs(cursor: &mut Cursor<'_>) -> Vec<Action> {
    let mut verbs = Vec::new();
    while let Some(action) = cursor.peek_word().and_then(verb) {
        verbs.push(action);
        cursor.next();
        if cursor.peek() == Some(&TokenKind::Comma) && cursor.word_at(1).and_then(verb).is_some() {
            cursor.next();
        } else {
            break;
        }
    }
    verbs
}

/// `anything`, or names.
pub(super) fn data(cursor: &mut Cursor<'_>) -> Parsed<DataPhrase> {
    if cursor.take(&["anything"]) {
        return Ok(DataPhrase::Anything);
    }
    Ok(DataPhrase::Names(cursor.names("the data, or `anything`", RULE)?))
}

pub(super) fn phrases(cursor: &mut Cursor<'_>) -> Parsed<Phrases> {
    let mut out = Phrases { verbs: verbs(cursor), ..Phrases::default() };
    let here = cursor.here();
    if cursor.take(&["their", "own"]) {
        (out.own, out.own_at) = (true, Span { start: here.start, end: cursor.read_to() });
    }
    // Anything that begins no phrase is meant as data, be it no name at all.
    if cursor.peek().is_some() && !cursor.peek_word().is_some_and(is_phrase) {
        out.data = Some(data(cursor)?);
    }
    loop {
        let mut here = cursor.here();
        if cursor.word_at(1) == Some("once") {
            cursor.take_comma();
        }
        if out.once.is_none() && cursor.take(&["once"]) {
            out.once = Some(here);
            continue;
        }
        let only = cursor.peek_word() == Some("only");
        if only {
            cursor.next();
        }
        let Some(word) = cursor.peek_word().filter(|word| is_phrase(word) && *word != "keeps") else {
            if only {
                return cursor
                    .expected("the phrase that is locked: `for`, `with`, `as`, `on`, `at`, `of` or `if`", LOCK);
            }
            return Ok(out);
        };
        if only {
            let locked = match word {
                "for" => Only::Purposes,
                "with" => Only::Recipients,
                "as" => Only::Shape,
                "on" => Only::Ground,
                "at" => Only::Points,
                "of" => Only::Kinds,
                "if" | "while" => Only::Condition,
                _ => return cursor.expected("`for`, `with`, `as`, `on`, `at`, `of` or `if` after `only`", LOCK),
            };
            if out.only.replace(locked).is_some() {
                cursor.report(
                    Diagnostic::error("UP0008", "`only` is said twice in one sentence")
                        .at(here, "again here")
                        .help("a sentence locks one phrase; say the other lock in a sentence of its own"),
                );
                return Err(Stop);
            }
            here = cursor.here();
        }
        let twice = match word {
            "of" => out.of.is_some(),
            "by" => out.by.is_some(),
            "from" => out.from.is_some(),
            "at" => out.at.is_some(),
            "for" => out.purposes.is_some() || out.another.is_some(),
            "with" => out.recipients.is_some(),
            "as" => out.shape.is_some(),
            "on" => out.on.is_some(),
            _ => out.condition.is_some(),
        };
        if twice {
            cursor.report(
                Diagnostic::error("UP0008", format!("`{word}` is said twice in one sentence"))
                    .at(here, "again here")
                    .help("a comma means each of these: `for newsletter, product_news`; alternatives are sentences of their own"),
            );
            return Err(Stop);
        }
        cursor.next();
        match word {
            "of" => out.of = Some(kinds(cursor)?),
            "by" => out.by = Some(cursor.parties("who acts", "except by their teacher, themselves")?),
            "from" => {
                out.from = Some(cursor.names("who gives it", "we collect name from customer at sign_up for set_up")?)
            }
            "at" => out.at = Some(cursor.names("a point", "we may use contact at order_page for sales_tracking")?),
            "for" if cursor.take(&["another", "purpose"]) => {
                out.another = Some(Span { start: here.start, end: cursor.read_to() });
            }
            "for" => out.purposes = Some(cursor.names("a purpose", RULE)?),
            "with" => {
                out.recipients = Some(if cursor.take(&["anyone"]) {
                    Vec::new()
                } else if cursor.peek_word() == Some("its") {
                    return super::later(cursor, "with its");
                } else {
                    cursor.parties("a recipient, or `anyone`", "we may share contact with courier for delivery")?
                });
            }
            "as" => out.shape = Some(shape(cursor)?),
            "on" => {
                out.on = Some(cursor.name("a ground", "counsel may share message with authority on legal_process")?)
            }
            _ => out.condition = Some(condition(cursor, word)?),
        }
    }
}

pub(super) fn kinds(cursor: &mut Cursor<'_>) -> Parsed<Vec<Name>> {
    if cursor.take(&["anyone"]) || cursor.take(&["every", "person"]) {
        return Ok(Vec::new());
    }
    cursor.names("a kind of person, or `anyone`", RULE)
}

fn shape(cursor: &mut Cursor<'_>) -> Parsed<ShapePhrase> {
    const SHAPE: &str = "we may share visits as aggregate of 10 with advertiser for advertising";
    let here = cursor.here();
    if cursor.take(&["pseudonym"]) {
        return Ok(ShapePhrase::Pseudonym);
    }
    cursor.expect(&["aggregate"], SHAPE)?;
    if cursor.take(&["of"]) {
        let least = cursor.number("the least number of people in a group", SHAPE)?;
        return Ok(ShapePhrase::AggregateOf(least, Span { start: here.start, end: cursor.read_to() }));
    }
    Ok(ShapePhrase::Aggregate(here))
}

fn condition(cursor: &mut Cursor<'_>, word: &str) -> Parsed<Condition> {
    let mut out = Condition { holds: word != "unless", parts: vec![about(cursor)?], or: false };
    let mut joined: Option<bool> = None;
    loop {
        let here = cursor.here();
        let or = if cursor.take(&["and"]) {
            false
        } else if cursor.take(&["or"]) {
            true
        } else {
            break;
        };
        if joined.is_some_and(|before| before != or) {
            cursor.report(
                Diagnostic::error("UP0204", "`and` and `or` never stand in one line")
                    .at(here, "")
                    .help("say the alternatives as sentences of their own"),
            );
            return Err(Stop);
        }
        joined = Some(or);
        out.or = or;
        out.parts.push(about(cursor)?);
    }
    Ok(out)
}

pub(super) fn about(cursor: &mut Cursor<'_>) -> Parsed<About> {
    const CONDITION: &str = "we never use email for newsletter unless they have agreed to newsletter";
    if cursor.peek_word() == Some("their") {
        let by = cursor.party("a relation", CONDITION)?;
        if !cursor.take(&["have"]) {
            cursor.expect(&["has"], CONDITION)?;
        }
        let agree = cursor.take(&["agreed", "to"]);
        if !agree {
            cursor.expect(&["refused"], CONDITION)?;
        }
        return Ok(About::ByAnother { by, agree, choice: cursor.choice(CONDITION)? });
    }
    let they = cursor.take(&["they"]) || cursor.take(&["the", "person"]);
    if they && !matches!(cursor.peek_word(), Some("have" | "has" | "are" | "is")) {
        return cursor
            .expected("`have agreed to` or `have refused` and a choice, or `are` and a kind of person", CONDITION);
    }
    let here = cursor.here();
    if cursor.take(&["have", "accepted"]) || cursor.take(&["has", "accepted"]) {
        let _ = ["this", "its", "the"].iter().any(|word| cursor.take(&[word]));
        let last = cursor.here();
        cursor.name("what they have accepted", CONDITION)?;
        return Ok(About::Accepted(here.to(last)));
    }
    if matches!(cursor.peek_word(), Some("have" | "has")) && !matches!(cursor.word_at(1), Some("agreed" | "refused")) {
        cursor.next();
        return cursor.expected("`agreed to` or `refused`, and a choice", CONDITION);
    }
    if cursor.take(&["have", "agreed"]) || cursor.take(&["has", "agreed"]) {
        cursor.expect(&["to"], CONDITION)?;
        return Ok(About::Agreed(cursor.choice(CONDITION)?));
    }
    if cursor.take(&["have", "refused"]) || cursor.take(&["has", "refused"]) {
        return Ok(About::Refused(cursor.choice(CONDITION)?));
    }
    if cursor.take(&["are"]) || cursor.take(&["is"]) {
        cursor.take(&["a"]);
    }
    Ok(About::Is(cursor.name("a kind of person, `has agreed to …` or `has refused …`", CONDITION)?))
}
