//! What use of something counts for.

use upheld_decide::Accepted;

use super::rule;
use crate::syntax::ast::Kind;
use crate::syntax::cursor::{Cursor, Parsed};

const ACCEPTS: &str = "visitor accepts this policy by use at web_visit";

/// `WHO accepts this policy, its terms by use at POINTS`
pub(super) fn accepts(cursor: &mut Cursor<'_>, every: bool) -> Parsed<Kind> {
    let of = if every { Vec::new() } else { rule::kinds(cursor)? };
    cursor.expect(&["accepts"], ACCEPTS)?;
    let mut what = Vec::new();
    loop {
        let one = if cursor.take(&["this", "policy"]) {
            Accepted::Policy
        } else if cursor.take(&["its", "terms"]) {
            Accepted::Terms
        } else if cursor.take(&["its", "cookies"]) {
            Accepted::Cookies
        } else {
            return cursor.expected("`this policy`, `its terms` or `its cookies`", ACCEPTS);
        };
        if !what.contains(&one) {
            what.push(one);
        }
        if !cursor.take_comma() {
            break;
        }
    }
    cursor.expect(&["by", "use", "at"], ACCEPTS)?;
    Ok(Kind::Accepts { of, what, at: cursor.names("a point", ACCEPTS)? })
}
