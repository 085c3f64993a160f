//! One small policy for each error and finding, printed as people and screen readers see it.

use std::collections::BTreeSet;
use std::path::Path;

use upheld_document::{Format, Source, print};

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Promises {#promises}\n\n\
We promise this.\n\n";

/// Names that the cases lean on, declared in a section of their own.
const NAMES: &str = "\n## Names {#names}\n\nWhat our words mean.\n\n```upheld\nperson customer\n  begins at sign_up\n\
point sign_up is form in \"www.example.org/join\"\nrole desk, works on newsletter, delivery, marketing\n\
recipient courier is processor\n```\n";

/// Checks a policy with these rules; the snapshot is what is printed.
fn shown(text: impl Into<String>) -> (String, Vec<&'static str>) {
    let source = Source::new("privacy.md", text);
    let loaded = upheld_policy::load(&source, None);
    assert_eq!(
        loaded.policy.is_none(),
        loaded.diagnostics.iter().any(|diagnostic| diagnostic.severity == upheld_document::Severity::Error),
        "a policy comes back exactly when there is no error"
    );
    let human = print(&loaded.diagnostics, &source, Format::Human { color: false });
    let plain = print(&loaded.diagnostics, &source, Format::Plain);
    (format!("{human}\n=== plain ===\n{plain}"), loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect())
}

fn rules(fence: &str, rules: &str) -> String {
    format!("{FRONT}```{fence}\n{rules}\n```\n{NAMES}")
}

const CHILD: &str = "person child is customer\n  under 13\n  of unknown age\n";

macro_rules! goldens {
    ($($name:ident: $code:literal, $text:expr;)*) => {$(
        #[test]
        fn $name() {
            let (shown, codes) = shown($text);
            assert_eq!(codes, [$code], "{shown}");
            insta::assert_snapshot!(shown);
        }
    )*};
}

/// A policy in which `ann` can sign up and get the newsletter, with this scenario.
fn scenario(steps: &str) -> String {
    let rules =
        "we collect name, email from customer at sign_up for newsletter\ncustomer may refuse newsletter via link";
    format!("{FRONT}```upheld\n{rules}\n```\n\n```scenario\n{steps}\n```\n{NAMES}")
}

const ANN: &str = "ann at sign_up with name \"Ann\", email \"ann@example.org\"\n";

fn many(count: usize, mut line: impl FnMut(usize) -> String) -> String {
    (0..count).map(|n| line(n) + "\n").collect()
}

/// A policy that may seal, with these rules.
fn sealing(lines: &str) -> String {
    rules(
        "upheld",
        &format!(
            "person minor\nrelation guardian of minor by desk\npoint door is form in \"www.example.org/young\"\npoint opening is event\n\
             purpose young_account is service_provision\ntheir guardian may agree to young_account of minor via letter\n\
             minor may agree to newsletter via letter\nwe may collect phone_number from minor at opening for young_account\n{lines}"
        ),
    )
}

goldens! {
    up0255_sealed_and_never_collected: "UP0255",
        sealing("we seal email of minor at door until their guardian has agreed to young_account, at most 14 days, then collect at opening");
    up0255_sealed_and_something_else_insisted_on: "UP0255",
        sealing("we collect name from minor at opening for young_account\nwe seal phone_number of minor at door until their guardian has agreed to young_account, at most 14 days, then collect at opening");
    up0256_sealed_until_they_agree_themselves: "UP0256",
        sealing("we seal phone_number of minor at door until they have agreed to newsletter, at most 14 days, then collect at opening");
    up0256_sealed_until_they_are_something: "UP0256",
        sealing("we seal phone_number of minor at door until they are a customer, at most 14 days, then collect at opening");
    up0256_sealed_for_people_of_whom_nobody_decides: "UP0256",
        sealing("we seal phone_number of customer at door until their guardian has agreed to young_account, at most 14 days, then collect at opening");
    up0257_sealed_and_taken_at_one_point: "UP0257",
        sealing("we may collect phone_number from minor at door for young_account\nwe seal phone_number of minor at door until their guardian has agreed to young_account, at most 14 days, then collect at opening");
    up0257_a_point_that_seals_twice: "UP0257",
        sealing("we may collect email from minor at opening for young_account\nwe seal phone_number of minor at door until their guardian has agreed to young_account, at most 14 days, then collect at opening\nwe seal email of minor at door until their guardian has agreed to young_account, at most 14 days, then collect at opening");
    up0205_sealed_until_a_choice_that_nobody_offers: "UP0205",
        sealing("we seal phone_number of minor at door until their guardian has agreed to delivery, at most 14 days, then collect at opening");
    up0005_sealed_for_ever: "UP0005",
        sealing("we seal phone_number of minor at door until their guardian has agreed to young_account, then collect at opening");
    up0005_sealed_and_collected_nowhere: "UP0005",
        sealing("we seal phone_number of minor at door until their guardian has agreed to young_account, at most 14 days");
    up0232_collected_as_a_child: "UP0232", rules("upheld", &format!("{CHILD}we collect email from child at sign_up for newsletter"));
    up0232_a_child_that_begins: "UP0232", rules("upheld", &format!("{CHILD}  begins at sign_up"));
    up0232_a_capacity_below: "UP0232", rules("upheld", &format!("{CHILD}person pupil is child"));
    up0232_two_sorts_in_one_line: "UP0232", rules("upheld", &format!("{CHILD}we never use email of customer, child"));
    up0233_the_code_of_the_united_kingdom: "UP0233", rules("upheld", "person child is customer\n  under 13 in UK\n  of unknown age");
    up0233_the_same_place_twice: "UP0233", rules("upheld", "person child is customer\n  under 13 in US\n  under 16 in US, NL");
    up0233_nobody: "UP0233", rules("upheld", &format!("{CHILD}person veteran is child\n  60 or over"));
    up0233_no_age: "UP0233", rules("upheld", "person child is customer\n  under 0");
    up0233_of_an_unknown_age_that_nothing_names: "UP0233", rules("upheld", "person texan is customer\n  in US-TX\n  of unknown age");
    up0234_too_many_ages: "UP0234", rules("upheld", &many(28, |n| format!("person k{n} is customer\n  under {}", n + 1)));
    up0230_permitted_together: "UP0230", rules("upheld", "we may use email together with address for newsletter");
    up0230_together_for_a_purpose: "UP0230", rules("upheld", "we never use email for newsletter together with address");
    up0231_an_objection_to_a_contract: "UP0231",
        rules("upheld", "purpose parcels is delivery, basis contract\nevery person may object to parcels via email");
    up0231_nothing_to_object_to: "UP0231", rules("upheld", "every person may object via email");
    up0101_holds_what: "UP0101", rules("upheld", "ground suit\n  holds invoise");
    up0206_holds_below_a_person: "UP0206", rules("upheld", "person buyer\n  holds invoice");
    up0006_holds_alone: "UP0006", rules("upheld", "holds invoice");
    up0237_a_permission_on_use: "UP0237",
        rules("upheld", "customer accepts this policy by use at sign_up\nwe may use email for newsletter if they have accepted this policy");
    up0237_a_promise_on_use: "UP0237", rules("upheld", "we never use email for newsletter unless they have accepted its terms");
    up0005_accepts_what: "UP0005", rules("upheld", "customer accepts newsletter by use at sign_up");
    up0005_accepts_where: "UP0005", rules("upheld", "customer accepts this policy by use");
    up0101_accepts_at_what: "UP0101", rules("upheld", "customer accepts this policy by use at signup");
    up0236_no_such_country: "UP0236", rules("upheld", "we must keep invoice as long as bookkeeping_law in US asks, after order");
    up0236_no_such_law: "UP0236", rules("upheld", "we must keep invoice as long as bookeeping_law in DE asks, after order");
    up0236_no_law_at_all: "UP0236", rules("upheld", "we must keep invoice as long as tort in DE asks, after order");
    up0005_a_law_of_no_country: "UP0005", rules("upheld", "we must keep invoice as long as bookkeeping_law asks, after order");
    up0235_erased_for_a_purpose: "UP0235",
        rules("upheld", "we keep email 12 months after sign_up for newsletter, then erase within 30 days");
    up0235_must_keep_for_a_purpose: "UP0235", rules("upheld", "we must keep email 12 months after sign_up for newsletter");
    up0235_but_keep_below_a_purpose: "UP0235",
        rules("upheld", "we keep email 12 months after sign_up for newsletter\n  but keep 2 years after sign_up");
    up0101_kept_for_what: "UP0101", rules("upheld", "we keep email 12 months after sign_up for newsleter");
    up0005_the_longer_of_one: "UP0005", rules("upheld", "we keep invoice the longer of 10 years after order");
    up0005_the_longer_without_of: "UP0005", rules("upheld", "we keep invoice the longer 10 years after order, until delivered");
    up0005_store_what: "UP0005", rules("upheld", "we store email in DE with courier");
    up0005_a_country: "UP0005", rules("upheld", "we store anything in Germany with courier");
    up0005_no_basis: "UP0005", rules("upheld", "purpose parcels is delivery, basis habit");
    up0005_compatible_without_a_reason: "UP0005", rules("upheld", "purpose parcels is compatible with delivery");
    up0005_which_right: "UP0005", rules("upheld", "customer may request to forget contact");
    up0005_once_a_what: "UP0005", rules("upheld", "customer may request disclosures once a calendar week");
    up0005_a_review_of_what: "UP0005", rules("upheld", "customer may request a review of everything");
    up0001_a_block_never_closed: "UP0001", format!("{FRONT}```upheld\nstatement\n");
    up0002_too_long: "UP0002", "# Privacy\n\n".to_owned() + &"We care.\n".repeat(500_000);
    up0003_two_headings_of_one_name: "UP0003",
        rules("upheld", "statement") + "\n## Names again {#names}\n\nMore words.\n\n```upheld\nstatement\n```\n";
    up0009_no_name_for_a_section: "UP0009",
        rules("upheld", "statement") + "\n## More {#More_Words}\n\nMore words.\n\n```upheld\nstatement\n```\n";
    up0010_nearly_a_block_of_rules: "UP0010", rules("uphold", "statement");
    up0010_nearly_a_block_of_additions: "UP0010", rules("upheld aded", "statement");
    up0011_too_many_lines: "UP0011", rules("upheld", &many(10_001, |_| "statement".to_owned()));
    up0004_characters: "UP0004", rules("upheld", "we may use email! for newsletter!");
    up0004_letters_that_look_alike: "UP0004", rules("upheld", "we may use em\u{430}il for newsletter");
    up0004_upper_case: "UP0004", rules("upheld", "we may use E-Mail for newsletter");
    up0004_a_name_too_long: "UP0004", rules("upheld", &format!("data {} is contact", "n".repeat(65)));
    up0004_a_quote_left_open: "UP0004", rules("upheld", "purpose parcels is delivery \"Bringing parcels");
    up0005_no_sentence: "UP0005", rules("upheld", "purpsoe parcels is delivery");
    up0005_no_verb: "UP0005", rules("upheld", "we may shar email with courier for delivery");
    up0005_a_phrase_cut_off: "UP0005", rules("upheld", "we collect email from customer at sign_up");
    up0005_everybody_may_what: "UP0005", rules("upheld", "every person may use email for newsletter");
    up0005_more_than_a_sentence: "UP0005", rules("upheld", "we may use email for newsletter please");
    up0006_nothing_above: "UP0006", rules("upheld", "except for delivery");
    up0007_later: "UP0007", rules("upheld", "we may share email of customer with its addressee for delivery");
    up0008_a_phrase_twice: "UP0008", rules("upheld", "we may use email for newsletter for delivery");
    up0101_a_name_misspelt: "UP0101", rules("upheld", "we may use emial for newsletter");
    up0101_a_name_never_declared: "UP0101", rules("upheld", "we may use shoe_size for newsletter");
    up0101_added_by_nobody: "UP0101", rules("upheld", "recipient parcels is processor added 2026-12-02 by dekc");
    up0101_a_ground_never_declared: "UP0101", rules("upheld", "ground court_order is legal_order");
    up0102_declared_twice: "UP0102", rules("upheld", "purpose parcels is delivery\npurpose parcels is marketing");
    up0103_another_kind: "UP0103", rules("upheld", "we may use email for analyst");
    up0104_a_circle: "UP0104", rules("upheld", "data badge is token\ndata token is badge, contact");
    up0104_below_itself: "UP0104", rules("upheld", "data badge is badge");
    up0105_not_open: "UP0105", rules("upheld added", "recipient acme is courier added 2026-12-02 by desk");
    up0106_a_permission_added: "UP0106", rules("upheld added", "we may use email for newsletter");
    up0106_permitted_below_a_never: "UP0106",
        rules("upheld added", "we never use email for marketing\n  but may use for newsletter");
    up0106_collected: "UP0106", rules("upheld added", "we may collect company from customer at sign_up for newsletter");
    up0107_too_many_names: "UP0107", rules("upheld", &format!("data {} is contact", many(4_100, |n| format!("n{n},")).replace('\n', " ") + "last"));
    up0108_identifying_and_not: "UP0108",
        rules("upheld", "data badge is contact, identifying, not identifying \"a number on a coat\"");
    up0109_made_from_itself: "UP0109", rules("upheld", "data badge is contact, made from badge");
    up0201_no_purpose: "UP0201", rules("upheld", "we may use email");
    up0201_no_data: "UP0201", rules("upheld", "we may use for newsletter");
    up0202_no_recipient: "UP0202", rules("upheld", "we may share email for delivery");
    up0203_a_use_with_somebody: "UP0203", rules("upheld", "we may use email with courier for delivery");
    up0203_half_a_disclosure: "UP0203", rules("upheld", "we never use, share health with anyone");
    up0203_collecting_by_rule: "UP0203", rules("upheld", "desk may collect email for newsletter");
    up0204_and_beside_or: "UP0204",
        rules("upheld", "we never use email for newsletter if customer and child or student");
    up0205_no_such_choice: "UP0205", rules("upheld", "we may use email for newsletter if they have agreed to newsletter");
    up0206_nothing_stands_here: "UP0206", rules("upheld", "we keep email until sign_up\n  except for newsletter");
    up0206_too_deep: "UP0206", rules("upheld", &many(9, |n| format!("{}{}", "  ".repeat(n), match n {
        0 => "we may use contact for marketing",
        n if n % 2 == 1 => "but never email",
        _ => "but may use email for newsletter",
    })));
    up0206_nothing_narrows_here: "UP0206", rules("upheld", "we never use health\n  but never use for marketing");
    up0207_no_group_size: "UP0207", rules("upheld", "we may share email as aggregate with courier for delivery");
    up0207_a_group_of_one: "UP0207", rules("upheld", "we may share email as aggregate of 1 with courier for delivery");
    up0207_no_group_size_above: "UP0207",
        rules("upheld", "we never share email as aggregate with anyone\n  but may share with courier for delivery");
    up0208_no_event: "UP0208", rules("upheld", "we keep email 10 days after customer");
    up0208_a_kind_that_never_ends: "UP0208", rules("upheld", "we keep email while customer");
    up0225_a_permission_for_another_purpose: "UP0225",
        rules("upheld", "we never use email\n  except for another purpose");
    up0226_a_promise_once: "UP0226", rules("upheld", "we never use email for newsletter once");
    up0226_totals_once: "UP0226",
        rules("upheld", "we may use email as aggregate of 10 for newsletter once");
    up0227_a_lock_that_waits: "UP0227",
        rules("upheld", "notice news \"News\"\nwe must notify customer of news before we use email only for newsletter");
    up0240_shared: "UP0240",
        rules("upheld", "data password is account, held as hash\nwe may use password for newsletter\nwe may share password with courier for delivery");
    up0240_asked_for_with_a_right: "UP0240",
        rules("upheld", "data password is account, held as hash\ncustomer may request to see contact giving email, password");
    up0240_a_token_too: "UP0240", rules("upheld", "data password is account, held as token, held as hash");
    up0242_nothing_protects_it: "UP0242",
        rules("upheld", "recipient printer is processor in IN\nwe may share email with printer for newsletter\nwe safeguard transfers out of EEA");
    up0242_no_country: "UP0242",
        rules("upheld", "recipient printer is processor\nwe may share email with printer for newsletter\nwe safeguard transfers out of EEA");
    up0242_the_framework_without_saying_so: "UP0242",
        rules("upheld", "recipient printer is processor in US\nwe may share email with printer for newsletter\nwe safeguard transfers out of EEA");
    up0243_no_decision: "UP0243", rules("upheld", "recipient printer is processor in IN, under adequacy \"they say so\"");
    up0005_under_what: "UP0005", rules("upheld", "recipient printer is processor in US, under contract \"of 2026\"");
    up0005_out_of_where: "UP0005", rules("upheld", "we safeguard transfers out of DE");
    up0241_a_name: "UP0241", rules("upheld", "data message is communications, without name, email");
    up0241_in_a_hash: "UP0241", rules("upheld", "data password is account, held as hash, without email");
    up0005_held_as_what: "UP0005", rules("upheld", "data password is account, held as sha1");
    up0101_no_such_notice: "UP0101", rules("upheld", "notice takeover \"News\"\nwe must notify customer of takover before we use email");
    up0005_posted_where: "UP0005", rules("upheld", "changes are posted at \"privacy\" before they apply");
    up0115_renamed_to_nothing: "UP0115", rules("upheld", "renamed newspaper from news");
    up0115_renamed_and_still_there: "UP0115", rules("upheld", "renamed newsletter from delivery\nwe may use email for newsletter, delivery");
    up0209_a_host_not_covered: "UP0209", rules("upheld", "point desk_form is form in \"shop.example.org/desk\"");
    up0120_no_such_term: "UP0120", rules("upheld", "we keep email \"a good while\" after sign_up");
    up0120_nearly: "UP0120", rules("upheld", "term \"a good while\" means 2 years\nwe keep email \"a god while\" after sign_up");
    up0005_only_what: "UP0005", rules("upheld", "we use email only newsletter");
    up0005_who_acts_at_the_end: "UP0005", rules("upheld", "we may use email for newsletter by desk");
    up0005_our_own: "UP0005", rules("upheld", "we may use their own email for newsletter");
    up0005_a_lock_without_only: "UP0005", rules("upheld", "we use email for newsletter");
    up0005_how_long_on_the_device: "UP0005", rules("upheld", "cookie likes holds interest of customer for personalisation");
    up0008_two_locks: "UP0008", rules("upheld", "we use email only for newsletter only if customer");
    up0301_a_promise_broken: "UP0301", rules("upheld", "we collect email, phone_number from customer at sign_up for delivery\n\
        we never use contact for message\nwe may use email of customer for newsletter");
    up0301_a_disclosure: "UP0301", rules("upheld", "we collect email from customer at sign_up for delivery\n\
        we never share contact with anyone\nwe may share email with courier for delivery if customer");
    up0301_for_what_a_group_may_be: "UP0301", rules("upheld", "we collect contact of customer at sign_up for delivery\n\
        we never use email for newsletter\nwe may use contact for newsletter");
    up0301_a_guard_that_never_opens: "UP0301", rules("upheld", "we collect email from customer at sign_up for delivery\n\
        we never use email for newsletter if customer\nwe may use email for newsletter if customer");
    up0302_nothing_in_common: "UP0302", rules("upheld", "we never use health\n  except for newsletter\n  except email");
    up0302_nobody_works_on_it: "UP0302",
        rules("upheld", "we collect email from customer at sign_up for newsletter\nwe may use email for research");
    up0302_never_taken: "UP0302",
        rules("upheld", "person visitor\nwe collect email from customer at sign_up for newsletter\nwe may use email of visitor for newsletter");
    up0303_never_holds: "UP0303", rules("upheld", "we collect email from customer at sign_up for delivery\n\
        every person may refuse newsletter\n\
        we may use email for newsletter if they have agreed to newsletter and have refused newsletter");
    up0304_too_many_facts: "UP0304",
        rules("upheld", &many(129, |n| format!("purpose aim{n} is message\nevery person may refuse aim{n}")));
    up0305_too_many_questions: "UP0305", rules("upheld", &(many(1_500, |n| format!("data d{n} is contact")) + &many(3_000, |n| {
        format!("point p{n} is form in \"www.example.org/p{n}\"")
    }) + "we collect email from customer at " + &many(3_000, |n| format!("p{n},")).replace('\n', " ") + "sign_up for delivery"));
    up0306_too_many_escapes: "UP0306", rules("upheld", &("we never use email\n".to_owned() + &many(9, |n| {
        format!("  except for delivery if aa{n} and bb{n} and cc{n}")
    }) + &many(9, |n| format!("person aa{n}, bb{n}, cc{n}"))));
    up0310_permitted_by_a_rule: "UP0310", rules("upheld", "we collect email from customer at sign_up for delivery\n\
        every person may refuse newsletter\nwe may use email for newsletter if customer\n\
        we may share email with courier for delivery if customer\n\nprove we never use email for newsletter if they have refused newsletter\n\
        prove we never share contact with processor");
    up0310_permitted_by_collecting: "UP0310", rules("upheld", "we collect email from customer at sign_up for delivery\n\
        prove we never use email\n  except for newsletter");
    up0005_a_claim_that_permits: "UP0005", rules("upheld", "prove we may use email for newsletter");
    up0005_a_claim_of_nothing: "UP0005", rules("upheld", "prove");
    up0005_no_such_list: "UP0005", rules("upheld", "publish cookie");
    up0005_publish_what: "UP0005", rules("upheld", "publish");
    up0005_named_where: "UP0005", scenario("the page names sign_up among rights");
    up0008_published_twice: "UP0008", rules("upheld", "publish cookies, cookies");
    up0101_set_by_nobody: "UP0101", rules("upheld", "cookie _seen by curier holds preference of customer for newsletter lasting 1 year");
    up0301_a_device_that_discloses: "UP0301", rules("upheld", "we never share preferences with courier\n\
        cookie _seen by courier holds preference of customer for newsletter lasting 1 year");
    up0101_a_claim_of_nobody: "UP0101", rules("upheld", "prove we never share email with curier");
    up0206_a_claim_that_grants: "UP0206", rules("upheld", "prove we never share email\n  but may share with courier for delivery");
    up0401_no_rule: "UP0401", format!("{FRONT}And this.\n\n```upheld\nstatement\n```\n");
    up0501_no_such_data: "UP0501", scenario(&format!("{ANN}desk may use ann's emial for newsletter"));
    up0501_no_such_point: "UP0501", scenario("ann at checkout");
    up0501_another_sort: "UP0501", scenario(&format!("{ANN}desk may use ann's email for courier"));
    up0501_no_such_choice: "UP0501", scenario(&format!("{ANN}ann refuses delivery"));
    up0502_no_such_clause: "UP0502", scenario(&format!("{ANN}desk may not use ann's email for delivery, because promises.9"));
    up0502_no_such_section: "UP0502", scenario(&format!("{ANN}desk may not use ann's email for delivery, because §7.1"));
    up0502_no_such_reason: "UP0502", scenario(&format!("{ANN}desk may not use ann's email for delivery, because she said so"));
    up0503_nobody_of_that_name: "UP0503", scenario(&format!("{ANN}desk may use anna's email for newsletter"));
    up0503_a_role_as_a_person: "UP0503", scenario("desk at sign_up with name \"Desk\"");
    up0503_a_case_opened_twice: "UP0503", scenario(&format!("{ANN}desk opens audit c1 on ann\ndesk opens audit c1 on ann"))
        .replace("recipient courier", "ground audit\nrecipient courier");
    up0504_time_goes_back: "UP0504", scenario("it is 2026-12-02\nit is 2026-12-01");
    up0504_no_such_day: "UP0504", scenario("it is 2026-02-30");
    up0504_beyond_the_calendar: "UP0504", scenario("it is 2026-12-02\nafter 9999 years");
    up0505_a_yes_with_a_reason_for_a_no: "UP0505", scenario(&format!("{ANN}desk may use ann's email for newsletter, because no rule"));
    up0505_a_no_with_a_reason_for_a_yes: "UP0505", scenario(&format!("{ANN}desk may not use ann's email for delivery, because permitted"));
    up0506_no_steps: "UP0506", scenario("# nothing yet");
    up0507_no_such_version: "UP0507", scenario("the policy then says \"desk may use nothing_known for delivery\"");
    up0601_no_front_matter: "UP0601", "# Privacy\n\nWe care.\n\n```upheld\nstatement\n```\n".to_owned();
    up0602_a_key_misspelt: "UP0602", FRONT.replace("covers:", "cover:") + "```upheld\nstatement\n```\n";
    up0602_no_such_key: "UP0602", FRONT.replace("covers:", "favourite_colour:") + "```upheld\nstatement\n```\n";
    up0603_a_key_twice: "UP0603", FRONT.replace("version: 1\n", "version: 1\nversion: 2\n") + "```upheld\nstatement\n```\n";
    up0604_no_contact: "UP0604", FRONT.replace("contact: privacy@example.org\n", "") + "```upheld\nstatement\n```\n";
    up0605_no_day: "UP0605", FRONT.replace("2026-12-01", "2026-02-30") + "```upheld\nstatement\n```\n";
    up0605_no_zone: "UP0605", FRONT.replace("version: 1", "version: 1\nzone: Europe Amsterdam") + "```upheld\nstatement\n```\n";
    up0607_no_key: "UP0607", FRONT.replace("version: 1\n", "version: 1\nupdated often\n") + "```upheld\nstatement\n```\n";
    up0606_edition: "UP0606", FRONT.replace("upheld: 1", "upheld: 7") + "```upheld\nstatement\n```\n";
}

/// A sentence that is not understood does not make its indented lines errors too.
#[test]
fn one_mistake_is_one_error() {
    let (shown, codes) =
        shown(rules("upheld", "we nver use health\n  except for delivery\n    but never for marketing"));
    assert_eq!(codes, ["UP0005"], "{shown}");
}

/// Rules in a file of their own that name no clause, or one of many.
#[test]
fn up0712_no_such_clause() {
    let text = Source::new("privacy.md", rules("upheld", "statement") + "\nMore.\n\n```upheld\nstatement\n```\n");
    let beside = Source::new(
        "privacy.rules.md",
        "## promises.3\n\n```upheld\nwe never sell anything\n```\n\n## Nothing\n\nProse.\n",
    );
    let (source, unbound) = upheld_document::with_rules(&text, &beside, None);
    assert_eq!(unbound.iter().map(|one| one.code).collect::<Vec<_>>(), ["UP0712"]);
    let human = print(&unbound, &source, Format::Human { color: false });
    insta::assert_snapshot!(format!("{human}\n=== plain ===\n{}", print(&unbound, &source, Format::Plain)));
}

/// Every error of a file is reported, not only the first.
#[test]
fn all_errors_come_at_once() {
    let (shown, codes) = shown(rules(
        "upheld",
        "we may use email\nwe may use emial for newsletter\npoint x is y\nwe may share email for delivery",
    ));
    assert_eq!(codes.len(), 4, "{shown}");
    insta::assert_snapshot!(shown);
}

/// Every code has a golden, and every golden a code.
#[test]
fn every_code_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut codes = BTreeSet::new();
    for folder in ["src", "../document/src", "../decide/src"] {
        read_codes(&root.join(folder), &mut codes);
    }
    let golden = |file: std::io::Result<std::fs::DirEntry>| {
        let name = file.unwrap().file_name().into_string().unwrap();
        // Findings about a policy as a whole have theirs in `checks.rs`, those about its text in `drift.rs` and `prose.rs`.
        let (_, name) = name.split_once("__")?;
        let name = name.get(..6)?.to_uppercase();
        name.starts_with("UP").then_some(name)
    };
    let shown: BTreeSet<String> = std::fs::read_dir(root.join("tests/snapshots")).unwrap().filter_map(golden).collect();
    assert!(codes.len() > 40, "{codes:?}");
    assert_eq!(codes, shown, "left: codes in the sources; right: codes with a golden");
}

/// Notes every `"UPdddd"` of a folder's sources.
fn read_codes(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_codes(&path, codes);
            continue;
        }
        for piece in std::fs::read_to_string(&path).unwrap().split("\"UP").skip(1) {
            if let Some(digits) = piece.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
                codes.insert(format!("UP{digits}"));
            }
        }
    }
}
