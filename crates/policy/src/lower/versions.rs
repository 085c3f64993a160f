//! What the policy says of its own versions.

use upheld_document::{Diagnostic, nearest};

use super::names::On;
use super::{Lowering, Numbered};
use crate::syntax::ast::{Kind, Name};

pub(super) fn versions(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        match &numbered.sentence.kind {
            Kind::Afterwards(what) => {
                let said = &mut lowering.model.versions.afterwards;
                if said.is_none_or(|(before, _)| before < *what) {
                    *said = Some((*what, numbered.index));
                }
            }
            Kind::PostedAt { path } => {
                lowering.model.versions.posted_at.get_or_insert((path.clone(), numbered.index));
            }
            Kind::Renamed { to, from } => renamed(lowering, to, from),
            _ => {}
        }
    }
}

fn renamed(lowering: &mut Lowering<'_>, to: &Name, from: &Name) {
    let known = |name: &Name| On::ALL.into_iter().any(|on| lowering.resolver.axis(on).id(&name.text).is_some());
    let problem = if known(from) {
        let title = format!("`{}` is still a name of this policy", from.text);
        Some(
            Diagnostic::error("UP0115", title)
                .at(from.span, "")
                .help("what is renamed has its new name only; take the old one out everywhere, or this line"),
        )
    } else if known(to) {
        None
    } else {
        let names = On::ALL.into_iter().flat_map(|on| lowering.resolver.axis(on).names());
        let near = nearest(&to.text, names);
        let error = Diagnostic::error("UP0115", format!("nothing in this policy is called `{}`", to.text));
        let error = error.at(to.span, "");
        Some(match near {
            Some(near) => error.suggest(format!("did you mean `{near}`?"), to.span, near),
            None => error.help("the new name comes first: `renamed newsletter from news_letter`"),
        })
    };
    match problem {
        Some(problem) => lowering.report(problem),
        None => lowering.model.versions.renamed.push((from.text.clone(), to.text.clone())),
    }
}
