//! What stands of people under names that are called otherwise since (`renamed NEW from OLD`).

use upheld_decide::Compiled;
use upheld_vault::Standing;

use crate::facts::{BLOCK, CHOICE, EVENT, KIND, ONCE, READ, RELATION};

/// A row that is stored under what an earlier version called its subject: topic, stored subject, subject.
pub(crate) type Earlier = (String, String, String);

/// Deciding rows in the names of the policy in force. Of two that stand for the same the newer counts, except events, which add up.
pub(crate) fn in_names_of(policy: &Compiled, stored: Vec<Standing>) -> (Vec<Standing>, Vec<Earlier>) {
    if policy.versions.renamed.is_empty() {
        return (stored, Vec::new());
    }
    let (mut rows, mut earlier): (Vec<Standing>, Vec<_>) = (Vec::new(), Vec::new());
    for mut row in stored {
        let subject = subject_now(policy, &row.topic, &row.subject);
        if subject != row.subject {
            earlier.push((row.topic.clone(), std::mem::replace(&mut row.subject, subject.clone()), subject));
        }
        // For what an item was first read is told by the name of a purpose.
        if row.topic == READ {
            row.state = policy.versions.now(&row.state).to_owned();
        }
        let same =
            |other: &&mut Standing| row.topic != EVENT && other.topic == row.topic && other.subject == row.subject;
        match rows.iter_mut().find(same) {
            Some(other) if (other.since, other.entry) < (row.since, row.entry) => *other = row,
            Some(_) => {}
            None => rows.push(row),
        }
    }
    (rows, earlier)
}

/// What the subject of a row is called now.
fn subject_now(policy: &Compiled, topic: &str, subject: &str) -> String {
    let now = |name: &str| policy.versions.now(name).to_owned();
    let parts = |first: bool| {
        let parts = subject.split('/').enumerate();
        let names = parts.map(|(at, part)| if first == (at == 0) { now(part) } else { part.to_owned() });
        names.collect::<Vec<_>>().join("/")
    };
    match topic {
        KIND => now(subject),
        // A second choice about a purpose is called `purpose-2`.
        CHOICE => match subject.rsplit_once('-') {
            Some((name, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{}-{number}", now(name))
            }
            _ => now(subject),
        },
        EVENT => match subject.split_once('#') {
            Some((point, item)) => format!("{}#{item}", now(point)),
            None => now(subject),
        },
        // A relation and whose; a record and its element, and of what is done once the act and the purpose.
        RELATION => parts(true),
        BLOCK | ONCE => parts(false),
        _ => subject.to_owned(),
    }
}
