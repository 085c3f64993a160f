//! Names in a step, looked up when compiling.

use upheld_decide::{Axis, Choice, Names, Reason};
use upheld_document::{Diagnostic, Document, nearest};

use super::ast::{Because, Expectation, Step, StepKind};

pub(super) fn check(step: &Step, document: &Document, names: &Names, choices: &[Choice], diagnostics: &mut Vec<Diagnostic>) {
    let mut check = Check { step, document, diagnostics, undeclared: false };
    match &step.kind {
        StepKind::ItIs(_) | StepKind::After(..) | StepKind::Ends { .. } => {}
        StepKind::At { point, values, expects, .. } => {
            check.expects(expects);
            check.name(&names.points, "point", point);
            check.all(&names.data, "data", values.keys());
        }
        StepKind::Chooses { choice, giving, expects, .. } => {
            check.expects(expects);
            check.all(&names.data, "data", giving.keys());
            if !choices.iter().any(|offered| offered.name == *choice) {
                check.unknown("choice", choice, nearest(choice, choices.iter().map(|offered| offered.name.as_str())));
            }
        }
        StepKind::Opens { role, ground, recipient, expects, .. } => {
            check.expects(expects);
            check.name(&names.actors, "role or program", role);
            check.name(&names.grounds, "ground", ground);
            if let Some(recipient) = recipient {
                check.name(&names.recipients, "recipient", recipient);
            }
        }
        StepKind::Finds { role, expects, .. } => {
            check.expects(expects);
            check.name(&names.actors, "role or program", role);
        }
        StepKind::May { actor, data, purpose, recipient, expects, .. } => {
            check.expects(expects);
            check.name(&names.actors, "role or program", actor);
            check.all(&names.data, "data", data.iter());
            if let Some(purpose) = purpose {
                check.name(&names.purposes, "purpose", purpose);
            }
            if let Some(recipient) = recipient {
                check.name(&names.recipients, "recipient", recipient);
            }
        }
        StepKind::Requests { data, expects, .. } => {
            check.expects(expects);
            check.all(&names.data, "data", data.iter());
        }
        StepKind::NothingHeld { except, .. } => check.all(&names.data, "data", except.iter()),
        // What is not held may well be something that the policy does not know.
        StepKind::Held { element, held, .. } => {
            if *held {
                check.name(&names.data, "data", element);
            }
        }
    }
}

struct Check<'a> {
    step: &'a Step,
    document: &'a Document,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// The step expects a refusal over a name that is not declared.
    undeclared: bool,
}

impl Check<'_> {
    fn expects(&mut self, expects: &Expectation) {
        match &expects.because {
            Some(Because::Reason(Reason::NotDeclared | Reason::NotDeclaredThere | Reason::NotOffered)) => self.undeclared = true,
            Some(Because::Clause(id)) if self.document.clause(id).is_none() => {
                let ids = self.document.sections.iter().flat_map(|section| section.clauses.iter().map(|clause| clause.id.as_str()));
                let near = nearest(id, ids).map(str::to_owned);
                self.unknown_place("clause", id, near);
            }
            Some(Because::Section(name)) => {
                let found = self.document.sections.iter().any(|section| section.slug == *name || section.number == *name);
                if !found {
                    let near = nearest(name, self.document.sections.iter().map(|section| section.slug.as_str())).map(str::to_owned);
                    self.unknown_place("section", name, near);
                }
            }
            _ => {}
        }
    }

    fn unknown_place(&mut self, what: &str, name: &str, near: Option<String>) {
        let diagnostic = Diagnostic::error("UP0502", format!("the policy has no {what} `{name}`")).at(self.step.span, "");
        self.diagnostics.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("clauses are called by their section's name and a number, `partners.1`; sections also by number, `§3.4`"),
        });
    }

    fn all<'n>(&mut self, axis: &Axis, what: &str, names: impl Iterator<Item = &'n String>) {
        for name in names {
            self.name(axis, what, name);
        }
    }

    fn name(&mut self, axis: &Axis, what: &str, name: &str) {
        if axis.id(name).is_none() {
            self.unknown(what, name, nearest(name, axis.names()));
        }
    }

    fn unknown(&mut self, what: &str, name: &str, near: Option<&str>) {
        if self.undeclared {
            return;
        }
        let diagnostic =
            Diagnostic::error("UP0501", format!("the policy declares no {what} `{name}`")).at(self.step.span, "in this step");
        self.diagnostics.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("a step that expects this refusal says so: `… because it is not declared`"),
        });
    }
}
