//! UP0424: a policy for people in the European Economic Area that does not say how transfers out of it are safeguarded.

use upheld_document::Diagnostic;

use super::Checked;
use crate::lower::unprotected;

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(jurisdictions) = checked.document.front.get("jurisdictions") else { return };
    let european = jurisdictions.value.split([',', ' ']).any(|word| matches!(word, "EU" | "EEA"));
    if !european || checked.model.transfers.is_some() {
        return;
    }
    if let Some(first) = unprotected(checked.model).first() {
        let name = checked.model.names.recipients.name(first.recipient.0);
        diagnostics.push(
            Diagnostic::finding("UP0424", "nothing says how data that leaves the European Economic Area is safeguarded")
                .at(checked.span(first.permitted), format!("it goes to `{name}`, and {}", first.why))
                .help("say where recipients are and what protects the data there, and promise it: `we safeguard transfers out of EEA`"),
        );
    }
}
