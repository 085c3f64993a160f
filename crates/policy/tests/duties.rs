//! Every field of a compiled policy is compared by `diff`, or is one that means nothing to people.
//!
//! The fields are read off the JSON form of a policy that says everything. A field that is not in the list below fails this test: say
//! there which change of the text changes it, and have `reason/diff` tell it.

use std::collections::BTreeSet;

use serde_json::Value;
use upheld_document::Source;
use upheld_policy::Policy;
use upheld_policy::reason::diff::diff;

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy\ncontroller: House\ncontact: a@example.org\nversion: 1\n\
effective: 2026-12-01\ncovers: www.example.org\nzone: Europe/Berlin\nlocale: en\n---\n\n# Privacy\n\n## All {#all}\n\nAll of it.\n\n";

/// A policy that says everything.
const RULES: &str = "\
data mark is account, identifying \"A mark\"
data raw is device, identifying \"As it comes\"
data coined is device, made from raw, not identifying \"one of many\"
data box is payment, identifying, held as token, itemised \"In a box\"
data kept_back is account, identifying
data secret is account, held as hash
data note is communications, identifying, itemised, without card_number
person young is member
  under 13 in US
  under 16 elsewhere
  of unknown age
person older is young
  13 or over
person member \"Has joined\"
  begins at joining
  ends at parting
person patron is member
point joining is form in \"www.example.org/join\" \"Join\"
point parting, meeting is event
point letter is mail
point entry, exit is form in \"www.example.org/in\"
purpose club is message, basis legitimate_interest \"assessment 1\" \"News of the club\"
purpose count is research, compatible with club \"the same people\"
recipient printer is processor in US \"Prints\", under standard_clauses \"signed 2026-01-01\"
recipient bank, mint is processor in DE
recipient friend_firm is partner in DE
open friend_firm by office
role office \"The office\", works on club, count, case, wide_case
role robot program, works on club
relation teacher of member \"Teaches them\" by office
ground wide_case \"Something wide\"
ground case is wide_case \"Something\"
  needs issuer
  needs sort: first, second
  needs finding \"true\" by robot
  needs earlier use for club
  reaches item
  opened at letter
  ends at meeting
  ends after 30 days
  holds mark
notice moved \"We move\"
we collect mark from member at joining for club
we may collect box, coined from member at letter for club
cookie sums by bank holds mark of member for club until session ends
cookie likes holds mark of member in covers for club lasting 1 year \"Likes\"
every person may object to club \"News\" via email, link giving mark and box
every person may refuse that we use mark for another purpose via email
their teacher may agree to count of member via link
their teacher may agree to newsletter, product_notice of member via link
we may use mark of member for count once
we may share mark of member with printer for club if member
we use mark only for club, count, case, wide_case
we never use mark together with box
for kept_back we act for member
we must notify member of moved before we share mark with anyone
we must notify member of moved within 3 days after parting
we keep mark of member 1 year after joining, then erase within 30 days
  but keep 2 years after parting
we must keep box of member 3 years after letter
member may request to see mark via link giving box, within 30 days once a calendar year
their teacher may request to see mark of member within 20 days
report joined counts mark of member at joining each week as aggregate of 10 \"How many\"
we keep coined of member 1 year after letter for club
we keep kept_back of member the longer of 1 year after letter, until parting
we keep box of member as long as bookkeeping_law in DE asks, after letter
we safeguard transfers out of EEA
we seal secret, kept_back of member at entry until their teacher has agreed to newsletter, at most 14 days, then collect at letter
every person accepts this policy, its terms by use at joining
we may collect note, secret from member at letter, meeting for club
we may collect kept_back from member at letter, meeting for on_behalf
we store anything in DE with bank
we store backup in IE
new purposes apply to data collected afterwards
changes are posted at \"/privacy\" before they apply
renamed club from society
";

/// A field and what of the text changes it: a part of it, and what it becomes.
const CHANGED: &[(&str, &str, &str)] = &[
    ("header.controller", "controller: House", "controller: Home"),
    ("header.contact", "contact: a@", "contact: b@"),
    ("header.zone", "Europe/Berlin", "Europe/Amsterdam"),
    ("header.covers", "covers: www.example.org", "covers: www.example.org, shop.example.org"),
    ("names.kinds", "person patron is member", "person patron"),
    ("names.grounds", "ground case is wide_case", "ground case"),
    ("names.data", "data mark is account,", "data mark is account, payment,"),
    (
        "names.points",
        "we store backup in IE\n",
        "we store backup in IE\npoint shop is event\nwe collect mark of member at shop for club\n",
    ),
    (
        "names.purposes",
        "we store backup in IE\n",
        "we store backup in IE\noffice may use coined of member for delivery\n",
    ),
    (
        "names.recipients",
        "we store backup in IE\n",
        "we store backup in IE\noffice may share coined of member as aggregate of 10 with court for club\n",
    ),
    ("names.actors", "we store backup in IE\n", "we store backup in IE\nrole clerk, works on club\n"),
    ("names.relations", "we store backup in IE\n", "we store backup in IE\nrelation mentor of member by office\n"),
    ("names.origins", "we may collect box, coined from member", "we may collect box, coined of member"),
    ("names.open_recipients", "open friend_firm by office\n", ""),
    ("table", "with printer for club if member", "with printer for club"),
    ("facts", "with printer for club if member", "with printer for club unless patron"),
    ("forms[].made_from", "data coined is device, made from raw,", "data coined is device,"),
    ("forms[].token", "identifying, held as token,", "identifying,"),
    ("forms[].itemised", "token, itemised \"In", "token \"In"),
    ("forms[].identifying", "data mark is account, identifying", "data mark is account"),
    ("forms[].label", "\"A mark\"", "\"A stain\""),
    ("points[].kind", "point letter is mail", "point letter is visit"),
    ("points[].places", "www.example.org/join\"", "www.example.org/join\", \"www.example.org/in\""),
    ("points[].takes[].required", "we collect mark", "we may collect mark"),
    ("points[].takes[].purposes", "at joining for club", "at joining for club, count"),
    ("points[].takes[].element", "we may collect box, coined from", "we may collect box, raw, coined from"),
    ("points[].takes[].origin", "at letter for club", "at letter, joining for club"),
    ("keeps[].elements", "we must keep box of member", "we must keep box, coined of member"),
    ("keeps[].origins", "we keep mark of member 1 year", "we keep mark of member at joining 1 year"),
    ("keeps[].end", "1 year after joining", "2 years after joining"),
    ("keeps[].end", "1 year after joining", "1 year after meeting"),
    ("keeps[].erase_within", "then erase within 30 days", "then erase within 31 days"),
    ("keeps[].longer", "\n  but keep 2 years", "\nwe keep mark of member 2 years"),
    ("keeps[].must", "we must keep box", "we keep box"),
    ("choices[].name", "agree to count", "agree to club"),
    ("choices[].agree", "refuse that we", "agree to that we"),
    ("choices[].kind", "agree to count of member", "agree to count"),
    ("choices[].by", "their teacher may agree to count of member", "member may agree to count"),
    ("choices[].purposes", "object to club", "refuse count"),
    ("choices[].another", "we use mark for another purpose", "we use mark for club"),
    ("choices[].data", "that we use mark for", "that we use box for"),
    ("choices[].actions", "refuse that we use mark", "refuse that we use, share mark"),
    ("choices[].via", "via email, link", "via email"),
    ("choices[].giving", "giving mark and box", "giving mark"),
    ("rights[].kind", "member may request to see", "member may request to erase"),
    ("rights[].of", "\nmember may request to see", "\nevery person may request to see"),
    ("rights[].by", "their teacher may request to see mark of member", "member may request to see mark"),
    ("rights[].elements", "request to see mark via", "request to see mark, coined via"),
    ("rights[].within", "within 30 days once", "within 31 days once"),
    ("rights[].via", "see mark via link", "see mark via email"),
    ("rights[].giving", "via link giving box, within", "via link, within"),
    ("rights[].once", "once a calendar year", "once a calendar month"),
    ("relations[].id", "relation teacher of member", "relation teacher, mentor of member"),
    ("relations[].of", "relation teacher of member", "relation teacher of patron"),
    ("relations[].by", "\"Teaches them\" by office", "\"Teaches them\" by robot"),
    ("relations[].label", "\"Teaches them\"", "\"Knows them\""),
    ("reports[].name", "report joined", "report entered"),
    ("reports[].counts", "counts mark", "counts mark, coined"),
    ("reports[].origins", "of member at joining each", "of member at letter each"),
    ("reports[].each", "each week", "each month"),
    ("reports[].least", "aggregate of 10", "aggregate of 9"),
    ("cookies[].local", "cookie likes", "local likes"),
    ("cookies[].purposes", "in covers for club lasting", "in covers for club, count lasting"),
    ("cookies[].lasts", "lasting 1 year", "lasting 2 years"),
    ("cookies[].session", "lasting 1 year", "until session ends"),
    (
        "bases[].purpose",
        "purpose count is research, compatible with club \"the same people\"",
        "purpose count is research",
    ),
    ("bases[].basis", ", compatible with club \"the same people\"", ", basis contract"),
    ("bases[].record", "assessment 1", "assessment 2"),
    ("bases[].compatible_with", "compatible with club", "compatible with delivery"),
    ("apart[].actions", "we never use mark together", "we never share mark together"),
    ("apart[].one", "use mark together with box", "use coined together with box"),
    ("apart[].other", "together with box", "together with coined"),
    ("acts_for[].elements", "for kept_back we act", "for kept_back, raw we act"),
    ("acts_for[].whose", "we act for member", "we act for patron"),
    ("stores[].backup", "we store backup in IE", "we store anything in IE"),
    ("stores[].country", "in DE with bank", "in FR with bank"),
    ("stores[].with", "in DE with bank", "in DE with printer"),
    ("grounds[].needs", "sort: first, second", "sort: first, second, third"),
    ("grounds[].findings[].wording", "finding \"true\"", "finding \"false\""),
    ("grounds[].findings[].by", "\"true\" by robot", "\"true\" by office"),
    ("grounds[].earlier_use", "earlier use for club", "earlier use for count"),
    ("grounds[].reaches", "reaches item", "reaches person"),
    ("grounds[].opened_at", "opened at letter", "opened at letter, parting"),
    ("grounds[].ends_at", "  ends at meeting\n  ends after", "  ends after"),
    ("grounds[].ends_after", "ends after 30 days", "ends after 31 days"),
    ("grounds[].label", "\"Something\"", "\"Anything\""),
    ("kinds[].begins_at", "begins at joining", "begins at letter"),
    ("kinds[].ends_at", "ends at parting", "ends at meeting"),
    ("kinds[].label", "\"Has joined\"", "\"Has come by\""),
    ("works_on", "role robot program, works on club", "role robot program, works on club, count"),
    ("programs", "role robot program, works", "role robot, works"),
    ("versions.afterwards", "new purposes apply", "changes apply"),
    ("versions.renamed", "renamed club from society\n", ""),
    ("versions.posted_at", "posted at \"/privacy\"", "posted at \"/news\""),
    ("once", "for count once", "for count"),
    ("notices[].name", "notice moved", "notice gone_away"),
    ("notices[].label", "\"We move\"", "\"We stay\""),
    ("tellings[].notice", "notify member of moved within", "notify member of other within"),
    ("tellings[].of", "notify member of moved within", "notify patron of moved within"),
    ("tellings[].within", "within 3 days", "within 4 days"),
    ("tellings[].after", "days after parting", "days after meeting"),
    ("acceptances[].at", "by use at joining", "by use at joining, letter"),
    ("acceptances[].of", "every person accepts", "member accepts"),
    ("acceptances[].what", "accepts this policy, its terms", "accepts this policy, its cookies"),
    ("cookies[].by", "cookie sums by bank", "cookie sums by mint"),
    ("forms[].hash", "data secret is account, held as hash", "data secret is account"),
    ("forms[].without", "itemised, without card_number", "itemised"),
    ("grounds[].holds[].elements", "  holds mark\n", "  holds mark, coined\n"),
    ("keeps[].purposes", "after letter for club", "after letter for count"),
    (
        "keeps[].end",
        "the longer of 1 year after letter, until parting",
        "the longer of 2 years after letter, until parting",
    ),
    ("keeps[].end", "bookkeeping_law in DE asks", "bookkeeping_law in FR asks"),
    ("names.brackets", "under 13 in US", "under 14 in US"),
    ("names.brackets", "  of unknown age\n", ""),
    ("transfers.whereabouts[].country", "is processor in US", "is processor in IN"),
    (
        "transfers.whereabouts[].safeguard",
        "mint is processor in DE",
        "mint is processor in DE, under binding_rules \"2\"",
    ),
    ("transfers.whereabouts[].safeguard.protection", "under standard_clauses", "under binding_rules"),
    ("transfers.whereabouts[].safeguard.record", "signed 2026-01-01", "signed 2026-01-02"),
    ("seals[].elements", "we seal secret, kept_back of", "we seal kept_back of"),
    ("seals[].of", "secret, kept_back of member at entry", "secret, kept_back of patron at entry"),
    ("seals[].at", "of member at entry until", "of member at exit until"),
    ("seals[].at_most.count", "at most 14 days", "at most 15 days"),
    ("seals[].at_most.unit", "at most 14 days", "at most 14 weeks"),
    ("seals[].until", "their teacher has agreed to newsletter", "their teacher has agreed to product_notice"),
    ("seals[].then", "then collect at letter", "then collect at meeting"),
    ("purpose_labels", "\"News of the club\"", "\"Advertisements\""),
    ("recipient_labels", "\"Prints\"", "\"Sells\""),
];

/// What means nothing to people by itself, and why.
const NOTES: &[(&str, &str)] = &[
    ("header.edition", "a policy of another edition is not read"),
    ("header.title", "the name of the text"),
    ("header.version", "how versions are told apart"),
    ("header.effective", "when it begins: said as it is put into force"),
    ("header.locale", "the language of the prose"),
    ("sentences", "words of rules: what they mean is compared"),
    ("names.open_data", "as open recipients"),
    ("names.open_purposes", "as open recipients"),
    ("forms[].group", "whether names stand below: these are compared"),
    ("forms[].dpv", "a concept of another vocabulary, which follows from the name"),
    ("points[].id", "the place of a name"),
    ("points[].label", "how a page is called"),
    ("points[].takes[].sentence", "the place of a sentence"),
    ("keeps[].sentence", "the place of a sentence"),
    ("choices[].sentence", "the place of a sentence"),
    ("choices[].label", "how a choice is called beside what it is about"),
    ("rights[].sentence", "the place of a sentence"),
    ("relations[].sentence", "the place of a sentence"),
    ("reports[].sentence", "the place of a sentence"),
    ("reports[].label", "how a report is called"),
    ("seals[].sentence", "the place of a sentence"),
    ("cookies[].point", "the place of a name"),
    ("acceptances[].sentence", "the place of a sentence"),
    ("grounds[].holds[].sentence", "the place of a sentence"),
    ("transfers.sentence", "the place of a sentence"),
    ("transfers.whereabouts[].recipient", "the place of a name"),
    ("transfers.whereabouts[].sentence", "the place of a sentence"),
    ("grounds[].id", "the place of a name"),
    ("grounds[].purpose", "the place of a name"),
    ("cookies[].sentence", "the place of a sentence"),
    ("bases[].sentence", "the place of a sentence"),
    ("apart[].sentence", "the place of a sentence"),
    ("acts_for[].sentence", "the place of a sentence"),
    ("stores[].sentence", "the place of a sentence"),
    ("grounds[].sentence", "the place of a sentence"),
    ("kinds[].kind", "the place of a name"),
    ("tellings[].sentence", "the place of a sentence"),
    ("origins_by_element", "follows from what is taken where"),
];

fn text(front: &str, rules: &str) -> String {
    format!("{front}```upheld\n{rules}```\n")
}

fn load(text: &str) -> Policy {
    let loaded = upheld_policy::load(&Source::new("privacy.md", text), None);
    let plain =
        upheld_document::print(&loaded.diagnostics, &Source::new("privacy.md", text), upheld_document::Format::Plain);
    loaded.policy.unwrap_or_else(|| panic!("{plain}\n{text}"))
}

/// Names of fields: `keeps[].end`. What only the compiler's own parts tell apart is one.
fn fields(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    let whole = [
        "table",
        "facts",
        "sentences",
        "works_on",
        "programs",
        "once",
        "origins_by_element",
        "versions.",
        "grounds[].needs",
    ];
    let axis = path.starts_with("names.");
    let ends = ["keeps[].end", "purpose_labels", "recipient_labels", "grounds[].reaches", "grounds[].ends_after"];
    let period = path.ends_with("within") || path.ends_with("lasts");
    if axis || period || whole.iter().any(|one| path.starts_with(one)) || ends.contains(&path) {
        out.insert(path.to_owned());
        return;
    }
    match value {
        Value::Object(parts) => parts.iter().for_each(|(name, part)| {
            fields(part, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, out);
        }),
        Value::Array(parts) if parts.iter().any(Value::is_object) => {
            parts.iter().for_each(|part| fields(part, &format!("{path}[]"), out));
        }
        _ => drop(out.insert(path.to_owned())),
    }
}

fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    path.split('.').fold(vec![value], |values, part| {
        let (name, list) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        let found = values.into_iter().filter_map(|value| value.get(name));
        if list { found.filter_map(Value::as_array).flatten().collect() } else { found.collect() }
    })
}

// R104
#[test]
fn every_field_is_compared_or_means_nothing() {
    let whole = load(&text(FRONT, RULES));
    let json = serde_json::to_value(&whole.compiled).unwrap();
    let mut found = BTreeSet::new();
    fields(&json, "", &mut found);
    // A list that is empty somewhere and full elsewhere.
    let all = found.clone();
    found.retain(|field| !all.iter().any(|other| other.starts_with(&format!("{field}[]"))));
    let known: BTreeSet<String> = CHANGED
        .iter()
        .map(|(field, ..)| field)
        .chain(NOTES.iter().map(|(field, _)| field))
        .map(|field| (*field).to_owned())
        .collect();
    let new: Vec<&String> = found.difference(&known).collect();
    assert!(
        new.is_empty(),
        "`diff` knows nothing of {new:?}: say what changes it, in `CHANGED`, and tell it in `reason/diff/duties`"
    );
    let gone: Vec<&String> = known.difference(&found).collect();
    assert!(gone.is_empty(), "nothing is called {gone:?}");
    let mut wrong = Vec::new();
    for (field, from, to) in CHANGED {
        let before = text(FRONT, RULES);
        assert!(before.contains(from), "{field}: `{from}`");
        let mut after = before.replacen(from, to, 1);
        if *field == "tellings[].notice" {
            after = after.replace("notice moved \"We move\"", "notice moved \"We move\"\nnotice other");
        }
        if *field == "notices[].name" {
            after = after.replace("of moved", "of gone_away");
        }
        let loaded = upheld_policy::load(&Source::new("privacy.md", after.as_str()), None);
        let Some(other) = loaded.policy else {
            let said = loaded.diagnostics.into_iter().find(|one| one.severity == upheld_document::Severity::Error);
            wrong.push(format!("{field}: `{to}` does not compile: {}", said.unwrap().title));
            continue;
        };
        let changed = serde_json::to_value(&other.compiled).unwrap();
        if at(&json, field) == at(&changed, field) {
            wrong.push(format!("{field}: `{to}` changes something else"));
        }
        if diff(&whole, &other).lines.is_empty() || diff(&other, &whole).lines.is_empty() {
            wrong.push(format!("{field}: `{from}` → `{to}` is no difference"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_is_the_same() {
    let whole = load(&text(FRONT, RULES));
    assert_eq!(diff(&whole, &whole).lines, []);
    let again = load(&text(&FRONT.replace("title: Privacy", "title: Other"), RULES));
    assert_eq!(diff(&whole, &again).lines, []);
}
