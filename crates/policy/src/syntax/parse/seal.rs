//! What is sealed until somebody else has agreed.

use super::rule;
use crate::syntax::ast::{Kind, Seal};
use crate::syntax::cursor::{Cursor, Parsed};

const SEAL: &str = "we seal login_name of child at child_door until their guardian has agreed to young_account, at most 14 days, then collect at account_opening";

/// `we seal DATA of K at POINT until their R has agreed to CHOICE, at most PERIOD, then collect at POINT`
pub(super) fn seal(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.expect(&["we", "seal"], SEAL)?;
    let data = cursor.names("the data that is sealed", SEAL)?;
    cursor.expect(&["of"], SEAL)?;
    let of = cursor.name("the kind of person who types it", SEAL)?;
    cursor.expect(&["at"], SEAL)?;
    let at = cursor.name("the point at which it is typed", SEAL)?;
    cursor.take_comma();
    if !cursor.take(&["until"]) {
        return cursor.expected("`until` and the choice that opens it", SEAL);
    }
    let until_at = cursor.here();
    let until = rule::about(cursor)?;
    cursor.take_comma();
    if !cursor.take(&["at", "most"]) {
        return cursor.expected("`at most` and how long it waits, since what nobody answers must end", SEAL);
    }
    let at_most = cursor.period(SEAL)?;
    cursor.take_comma();
    if !cursor.take(&["then", "collect", "at"]) {
        return cursor.expected("`then collect at` and the point at which it is taken in once it is opened", SEAL);
    }
    let then = cursor.name("the point at which it is taken in", SEAL)?;
    Ok(Kind::Seal(Seal { data, of, at, until, until_at, at_most, then }))
}
