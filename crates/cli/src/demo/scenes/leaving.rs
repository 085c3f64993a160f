//! What people may ask for: to see, to have erased, to leave.

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

use super::super::stage::{Stage, Told, check};
use super::{Joined, expect_page, sign_in};

pub(super) fn asking(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "access",
        "What do you know about me?",
        "Dov signs in and asks. The site vouches for him with a session that it signs; without one nobody is answered.",
    );
    let mut browser = stage.browser();
    sign_in(&mut browser, &joined.dov)?;
    browser.send("/account/data", &[])?;
    expect_page(&browser, 200, "Your account")?;
    for value in ["Dov Example", "3 Orchard Close, Larchfield", "0117 555 0103", "dov@dovplays.example", "2026-118"] {
        check(browser.shows(value), || format!("the account page should show Dov \"{value}\""))?;
    }
    check(!browser.shows("Ann Example"), || "the account page shows Dov what is Ann's".to_owned())?;
    let seen = Some(
        "the page shows name, address, telephone, e-mail, domain, invoice; why each is held, and until when".to_owned(),
    );
    stage.on_site("Dov", "asks on his account page what is held about him", "request", seen, Told::Done)?;
    Ok(())
}

pub(super) fn erasing(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "erasure",
        "Then erase it",
        "At a person's own wish what may be erased is erased at once: its keys are destroyed, and nobody can read it again. \
         The page says what stays, by which sentence, and until when.",
    );
    let mut browser = stage.browser();
    sign_in(&mut browser, &joined.dov)?;
    browser.send("/account/erase", &[])?;
    expect_page(&browser, 200, "Your account")?;
    let done = browser.between("✓</span> ", "</p>").unwrap_or("").to_owned();
    let stays = browser.between("<ul><li><strong>", "</li>").unwrap_or("").replace("</strong>", "");
    check(done.contains("erased") && stays.starts_with("Invoice"), || {
        format!("the invoice and nothing else should stay, but the page says: {done} {stays}")
    })?;
    let seen = Some(format!("{done} Stays: {}", stays));
    stage.on_site("Dov", "asks for his data to be erased", "request", seen, Told::Done)?;

    let dov = &joined.dov.id;
    stage.act(
        "support",
        "looks for the name of his domain",
        "/v1/use",
        json!({ "person": dov, "data": ["domain_name"], "for": "service_setup" }),
        Told::Refused("not_held"),
    )?;
    let invoice = stage.act(
        "billing",
        "reads his invoice, for the books",
        "/v1/use",
        json!({ "person": dov, "data": ["invoice"], "for": "bookkeeping" }),
        Told::Done,
    )?;
    check(invoice.value("invoice") == Some("2026-118"), || "the invoice should still be readable".to_owned())
}

pub(super) fn closing(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "leaving",
        "Ann leaves",
        "From the moment at which an account is closed nothing of it is opened any more, for nobody and nothing.",
    );
    let mut browser = stage.browser();
    sign_in(&mut browser, &joined.ann)?;
    browser.send("/account/close", &[("sure", "yes")])?;
    expect_page(&browser, 200, "Your account is closed")?;
    stage.on_site("Ann", "closes her account", "collect", None, Told::Done)?;

    let ann = &joined.ann.id;
    let of = |data: &str, purpose: &str| json!({ "person": ann, "data": [data], "for": purpose });
    stage.act(
        "support",
        "opens the log of her service",
        "/v1/use",
        of("customer_log", "service_provision"),
        Told::Refused("closed"),
    )?;
    stage.act(
        "mailer",
        "writes to her about the night of maintenance",
        "/v1/use",
        of("email", "system_information"),
        Told::Refused("closed"),
    )?;
    stage.act(
        "support",
        "adds an afterthought to the log of her service",
        "/v1/collect",
        json!({ "point": "service_event", "person": ann, "values": { "customer_log": "an afterthought" } }),
        Told::Refused("not_that_kind"),
    )?;
    let invoice = stage.act(
        "billing",
        "reads her invoice, for the books",
        "/v1/use",
        of("invoice", "bookkeeping"),
        Told::Done,
    )?;
    check(invoice.value("invoice") == Some("2026-117"), || "the invoice should still be readable".to_owned())?;

    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let gone = today.checked_add(30.days()).context("a date")?;
    let kept = today.checked_add(10.years()).context("a date")?;
    stage.remark(&format!(
        "The clock of this demo is the real one: what lies closed now is erased within thirty days, by {}. Of Ann the \
         invoice stays, and nothing else, until {}.",
        gone.strftime("%-d %B %Y"),
        kept.strftime("%-d %B %Y"),
    ));
    Ok(())
}
