//! What people do on the site: they look, they join, they say no.

use anyhow::Result;
use serde_json::json;

use super::super::browser::Browser;
use super::super::stage::{Stage, Told, check};
use super::{Customer, Joined, expect_page, sign_in};

const VISITOR: &str = "v-204";

pub(super) fn visits(stage: &mut Stage<'_>) -> Result<()> {
    stage.scene(
        "visits",
        "Somebody looks around",
        "A visit may leave three facts and nothing else, whatever a browser offers besides.",
    );
    let mut browser = stage.browser();
    browser.open_from("/", Some("https://search.example/?q=cheap+hosting"))?;
    check(browser.status() == 200 && !browser.has_cookies(), || {
        "the front page should open without a cookie".to_owned()
    })?;
    let entry = stage.visit("opens the front page of the site, coming from a search engine")?;
    let few = entry.elements.iter().all(|name| ["isp_domain", "access_time", "page_visited"].contains(&name.as_str()));
    check(few, || format!("a visit left more than three facts: {}", entry.elements.join(", ")))?;

    let values = json!({
        "access_time": "2009-10-01T09:31:00Z", "page_visited": "/plans", "ip_address": "dsl-7-12.isp.example",
        "referrer": "https://elsewhere.example/", "email": "zoe@elsewhere.example"
    });
    let done = stage.hand_over(
        "hands over a visit with all that a browser tells, and a stray e-mail address",
        json!({ "point": "web_visit", "in": "www.larchfield.example/plans", "person": VISITOR, "values": values }),
        Told::Done,
    )?;
    check(done.result["dropped"] == json!(["email", "ip_address", "referrer"]), || {
        format!("referrer, email and the raw address should be dropped, but the answer says {}", done.result["dropped"])
    })?;
    let of_visit = |purpose: &str| json!({ "person": VISITOR, "data": ["page_visited"], "for": purpose });
    stage.act(
        "analyst",
        "reads the page visited, to see how the site is used",
        "/v1/use",
        of_visit("traffic_analysis"),
        Told::Done,
    )?;
    stage.act(
        "mailer",
        "would like to know it for the newsletter",
        "/v1/use",
        of_visit("newsletter"),
        Told::Refused("no_rule"),
    )?;
    stage.act(
        "analyst",
        "would like to pass the single visit on to the advertiser",
        "/v1/share",
        json!({ "person": VISITOR, "data": ["page_visited"], "for": "own_advertising", "with": "advertiser" }),
        Told::RefusedBy("never", "totals.1"),
    )?;
    Ok(())
}

pub(super) fn joining(stage: &mut Stage<'_>) -> Result<Joined> {
    stage.scene(
        "sign-up",
        "Three people join",
        "The sign-up form is drawn from the policy. What the policy does not declare cannot be asked there; if somebody sends \
         it all the same, the whole form is refused and nothing of it is stored.",
    );
    let ann = join(
        stage,
        "Ann",
        "signs up on the site, with domain, e-mail address, billing details and card",
        &[
            ("name", "Ann Example"),
            ("address", "1 Elm Row, Larchfield"),
            ("phone_number", "0117 555 0100"),
            ("email", "ann@annsbakery.example"),
            ("domain_name", "annsbakery.example"),
            ("billing_details", "Ann's Bakery, 1 Elm Row, Larchfield"),
            ("card_number", "4111 1111 1111 1111"),
        ],
    )?;

    let bob = [("name", "Bob Example"), ("address", "2 Mill Lane, Larchfield"), ("phone_number", "0117 555 0101")];
    stage.types(&bob);
    let mut browser = stage.browser();
    browser.open("/join")?;
    browser.send("/join", &bob[..2])?;
    expect_page(&browser, 422, "Join Larchfield")?;
    check(browser.shows("id=\"phone_number-error\""), || "the form should say what is missing".to_owned())?;
    let seen = browser.between("<li><a href=\"#phone_number\">", "</a>").map(|text| format!("the page says: {text}"));
    stage.on_site("Bob", "forgets his telephone number", "collect", seen, Told::Refused("missing"))?;
    let bob = finish_joining(stage, browser, "Bob", "adds it and signs up", &bob)?;

    let dov = [
        ("name", "Dov Example"),
        ("address", "3 Orchard Close, Larchfield"),
        ("phone_number", "0117 555 0103"),
        ("domain_name", "dovplays.example"),
        ("email", "dov@dovplays.example"),
        ("birth_date", "1970-01-01"),
    ];
    stage.types(&dov);
    let mut browser = stage.browser();
    browser.open("/join")?;
    check(!browser.shows("birth_date"), || "the form should not ask for a date of birth".to_owned())?;
    browser.send("/join", &dov)?;
    expect_page(&browser, 422, "Join Larchfield")?;
    let seen = browser.between("<ul>\n    <li>", "</li>").map(|text| format!("the page says: {text}"));
    let entry = stage.on_site(
        "Dov",
        "sends the form with a field that somebody has added to it, birth_date",
        "collect",
        seen,
        Told::Refused("not_declared_there"),
    )?;
    check(entry.commitments.is_empty() && entry.classes.is_empty(), || "a refused form left a record".to_owned())?;
    let dov = finish_joining(stage, browser, "Dov", "sends it as it is drawn", &dov[..5])?;
    Ok(Joined { ann, bob, dov })
}

pub(super) fn newsletter(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "newsletter",
        "A newsletter, and a no",
        "The newsletter comes to customers who have not refused it. A refusal counts from the next use on.",
    );
    let email = |purpose: &str| json!({ "person": joined.ann.id, "data": ["email"], "for": purpose });
    stage.act("mailer", "takes Ann's e-mail address for the newsletter", "/v1/use", email("newsletter"), Told::Done)?;

    let mut browser = stage.browser();
    sign_in(&mut browser, &joined.ann)?;
    let no = |domain| [("agree", "no"), ("domain_name", domain), ("contact", "ann@annsbakery.example")];
    let form = ("choice", "newsletter");
    browser.send_the_one_with("/account/choices", form, &no("somebodyelse.example"))?;
    check(browser.status() == 422, || format!("the account page should complain, but answers {}", browser.status()))?;
    stage.on_site(
        "Ann",
        "refuses the newsletter on her account page, and misspells her domain",
        "choose",
        None,
        Told::Refused("not_given"),
    )?;
    browser.send_the_one_with("/account/choices", form, &no("annsbakery.example"))?;
    check(browser.status() == 200, || {
        format!("the choice should be saved, but the page answers {}", browser.status())
    })?;
    stage.on_site("Ann", "refuses it with the right one", "choose", None, Told::Done)?;

    stage.act(
        "mailer",
        "takes her address for the next newsletter",
        "/v1/use",
        email("newsletter"),
        Told::Refused("refused"),
    )?;
    stage.act(
        "mailer",
        "takes it for a message about the night of maintenance",
        "/v1/use",
        email("system_information"),
        Told::Done,
    )?;
    Ok(())
}

fn join(stage: &mut Stage<'_>, who: &str, act: &str, fields: &[(&str, &str)]) -> Result<Customer> {
    stage.types(fields);
    let mut browser = stage.browser();
    browser.open("/join")?;
    finish_joining(stage, browser, who, act, fields)
}

/// Sends the form on the page; it has to be taken.
fn finish_joining(
    stage: &mut Stage<'_>,
    mut browser: Browser,
    who: &str,
    act: &str,
    fields: &[(&str, &str)],
) -> Result<Customer> {
    browser.send("/join", fields)?;
    expect_page(&browser, 201, "Your account is open")?;
    check(!browser.has_cookies(), || "the policy declares no cookie, and the site has set one".to_owned())?;
    let key = browser.between("<code>", "</code>").unwrap_or("").to_owned();
    stage.on_site(who, act, "collect", None, Told::Done)?;
    Ok(Customer { id: stage.customer_of(&key)?, key })
}
