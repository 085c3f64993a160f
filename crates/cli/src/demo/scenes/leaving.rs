//! What people may ask for: to see, to have erased, to leave.

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use upheld_service::Service;

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

pub(super) fn closing(stage: &mut Stage<'_>, joined: &Joined, service: &Service) -> Result<()> {
    stage.scene(
        "leaving",
        "Ann leaves",
        "From the moment at which an account is closed nothing of it is opened any more, and then it is erased. The invoice \
         stays, because the law wants it, and serves the books alone.",
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

    // The server does this once a minute by itself; the story does not wait for the minute.
    let erased = service.sweep()?;
    let seen = format!("{} values, {} keys destroyed", erased.values, erased.keys);
    stage.duty("erases what lay closed", "when-you-leave.1", seen)?;
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let term = today.checked_add(30.days()).context("a date")?.strftime("%-d %B %Y").to_string();
    stage.remark(&format!(
        "The policy says within thirty days, which would be {term}; the first sweep after the end is soon enough."
    ));

    let mut browser = stage.browser();
    sign_in(&mut browser, &joined.ann)?;
    check(browser.shows("We hold no way to reach you"), || "the account page should say that all is gone".to_owned())?;
    browser.send("/account/data", &[])?;
    let values = browser.count("class=\"held-what\"");
    check(values == 1 && browser.shows("2026-117"), || {
        format!("of Ann the invoice should be left and nothing else, but the page shows {values} values")
    })?;
    let kept = browser.between("<p class=\"held-why\">", ".</p>").unwrap_or("");
    let until = kept.rsplit_once("Kept until ").map_or("", |(_, until)| until);
    let seen = Some(format!("the page shows her invoice and nothing else; it is kept until {until}"));
    stage.on_site("Ann", "asks what is still held about her", "request", seen, Told::Done)?;
    Ok(())
}
