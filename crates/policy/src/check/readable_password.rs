//! UP0423: a password that is taken and can be read.

use upheld_decide::Element;
use upheld_document::Diagnostic;

use super::Checked;

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let model = checked.model;
    let Some(password) = model.names.data.id("password").map(Element) else { return };
    let readable = |element: &Element| {
        model.names.data.is_within(element.0, password.0)
            && model.forms.get(element.index()).is_some_and(|form| !form.hash)
    };
    for collect in &model.collects {
        let data: Vec<Element> = collect.data.iter().copied().filter(readable).collect();
        if let Some(first) = data.first() {
            let name = model.names.data.name(first.0);
            let help =
                format!("declare it so that it is compared and never read: `data {name} is account, held as hash`");
            let found = checked.about_data("UP0423", collect.sentence, &data, "is taken and can be read");
            diagnostics.push(found.help(help));
        }
    }
}
