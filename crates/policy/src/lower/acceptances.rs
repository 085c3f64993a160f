//! What use of something counts for.

use upheld_decide::Acceptance;

use super::{Lowering, Numbered};
use crate::syntax::ast::Kind;

pub(super) fn acceptances(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Accepts { of, what, at } = &numbered.sentence.kind else { continue };
        let (of, at) = (lowering.resolver.kinds(of), lowering.resolver.points(at));
        lowering.model.acceptances.push(Acceptance { sentence: numbered.index, of, what: what.clone(), at });
    }
}
