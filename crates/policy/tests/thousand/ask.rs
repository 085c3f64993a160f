//! Random questions, aimed at what a policy says, and what may be known.

use upheld_decide::{Action, Actor, Axis, Element, Fact, Form, GroundId, Ids, Kind, OriginId, Purpose, Recipient};
use upheld_policy::model::{Model, Recipients, Rule, Scope, Who};

use crate::draw::next;
use crate::reading::Facts;

/// All facts that a rule of this model could ask for.
pub fn facts(model: &Model) -> Vec<Fact> {
    let mut out: Vec<Fact> = model.names.kinds.ids().map(|id| Fact::Is(Kind(id))).collect();
    for (_, index) in model.choices.iter().zip(0..) {
        out.extend([Fact::Agreed(index), Fact::Refused(index)]);
    }
    out.extend(model.names.grounds.ids().map(|id| Fact::On(GroundId(id))));
    out.extend((0..).zip(&model.notices).map(|(index, _)| Fact::Notified(index)));
    out
}

/// Group sizes on both sides of every border that a draft can have.
pub const FORMS: [Form; 9] = [
    Form::Identified,
    Form::Identified,
    Form::Pseudonymous,
    Form::Aggregate(1),
    Form::Aggregate(2),
    Form::Aggregate(3),
    Form::Aggregate(5),
    Form::Aggregate(10),
    Form::Aggregate(11),
];

/// What the lines of a model say, one scope for each line and collect sentence: what questions are aimed at.
pub fn targets(model: &Model) -> Vec<Scope> {
    fn add(rule: &Rule, above: &Scope, out: &mut Vec<Scope>) {
        let own = rule.scope.clone();
        let whole = Scope {
            actions: if own.actions.is_empty() { above.actions.clone() } else { own.actions },
            who: own.who.or_else(|| above.who.clone()),
            data: own.data.or_else(|| above.data.clone()),
            purposes: own.purposes.or_else(|| above.purposes.clone()),
            recipients: own.recipients.or_else(|| above.recipients.clone()),
            ..Scope::default()
        };
        for child in &rule.children {
            add(child, &whole, out);
        }
        out.push(whole);
    }
    let mut out = Vec::new();
    for rule in &model.rules {
        add(rule, &Scope::default(), &mut out);
    }
    for collect in &model.collects {
        out.push(Scope {
            actions: vec![Action::Use, Action::Collect, Action::Require],
            data: Some(collect.data.clone()),
            purposes: Some(collect.purposes.clone()),
            ..Scope::default()
        });
    }
    out
}

/// A question, two in three times aimed at what a line says.
pub fn question(model: &Model, targets: &[Scope], seed: &mut u64) -> Ids {
    let mut pick = |count: usize| u16::try_from(next(seed) % count as u64).unwrap();
    let names = &model.names;
    let target = &targets[usize::from(pick(targets.len()))];
    let aimed = pick(3) > 0;
    let mut choose = |said: Option<&[u16]>, count: usize| match said {
        Some(said) if aimed && pick(8) > 0 && !said.is_empty() => said[usize::from(pick(said.len()))],
        _ => pick(count),
    };
    let ids = |list: &[u16], axis: &Axis| -> Vec<u16> {
        let below = |id: &u16| list.iter().any(|group| axis.is_within(*id, *group));
        axis.ids().filter(below).collect()
    };
    let actions: Vec<u16> = target.actions.iter().map(|action| u16::try_from(action.index()).unwrap()).collect();
    let action = Action::ALL[usize::from(choose(Some(&actions), Action::ALL.len()))];
    let data = target.data.as_ref().map(|data| ids(&data.iter().map(|one| one.0).collect::<Vec<_>>(), &names.data));
    let purposes = target.purposes.as_ref();
    let purposes = purposes.map(|list| ids(&list.iter().map(|one| one.0).collect::<Vec<_>>(), &names.purposes));
    let actors = match &target.who {
        Some(Who::Named(actors)) => Some(ids(&actors.iter().map(|one| one.0).collect::<Vec<_>>(), &names.actors)),
        _ => None,
    };
    let recipients = match &target.recipients {
        Some(Recipients::Named(named)) => {
            Some(ids(&named.iter().map(|one| one.0).collect::<Vec<_>>(), &names.recipients))
        }
        _ => None,
    };
    let element = choose(data.as_deref(), names.data.len());
    let purpose = choose(purposes.as_deref(), names.purposes.len());
    let actor = choose(actors.as_deref(), names.actors.len());
    let recipient = choose(recipients.as_deref(), names.recipients.len());
    let form = FORMS[usize::from(choose(None, FORMS.len()))];
    let origin = choose(None, names.origins.len());
    // Now and then a question that makes no sense: a use with somebody, a disclosure to nobody.
    let sense = choose(None, 16) > 0;
    let recipient = match (action.discloses(), sense) {
        (true, true) => recipient.max(1),
        (false, true) => 0,
        _ => recipient,
    };
    Ids {
        action,
        form,
        recipient: Recipient(recipient),
        actor: Actor(actor),
        purpose: Purpose(purpose),
        element: Element(element),
        origin: OriginId(origin),
    }
}

/// What is known, from a random number: each fact holds, does not, or is unknown.
pub fn state(facts: &[Fact], mut seed: u64) -> Facts {
    let mut out = Facts::new();
    for fact in facts {
        match seed % 5 {
            0 | 1 => drop(out.insert(*fact, true)),
            2 | 3 => drop(out.insert(*fact, false)),
            _ => {}
        }
        seed /= 5;
    }
    out
}
