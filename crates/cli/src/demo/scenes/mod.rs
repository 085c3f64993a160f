//! The day, scene by scene.

mod leaving;
mod mail;
mod people;
mod work;

use anyhow::{Result, bail};
use serde_json::Value;
use upheld_service::Service;

use super::browser::Browser;
use super::stage::{Differs, Stage, check};

/// Somebody with an account.
pub(super) struct Customer {
    /// The id under which the company knows them.
    pub(super) id: String,
    /// What they sign in with.
    key: String,
}

/// Plays the day. Gives the one customer who is as they were in the evening.
pub(super) fn play(stage: &mut Stage<'_>, service: &Service) -> Result<Customer> {
    people::visits(stage)?;
    let joined = people::joining(stage)?;
    work::setting_up(stage, &joined)?;
    work::ordering(stage, &joined)?;
    work::partners(stage, &joined)?;
    people::newsletter(stage, &joined)?;
    mail::warrant(stage, &joined)?;
    leaving::asking(stage, &joined)?;
    leaving::erasing(stage, &joined)?;
    leaving::closing(stage, &joined, service)?;
    Ok(joined.bob)
}

/// Everybody who joined today.
struct Joined {
    ann: Customer,
    bob: Customer,
    dov: Customer,
}

/// The evening: the log is recomputed, and searched for what people typed.
pub(super) fn verify(stage: &mut Stage<'_>, service: &Service) -> Result<()> {
    stage.scene(
        "evidence",
        "The evidence",
        "Every act of the day, refused ones too, is an entry of one log. Each entry is hashed into a tree, so that none can be \
         changed, left out or put in unnoticed. No entry holds anything that a person typed.",
    );
    let entries = stage.whole_log()?;
    let text = Value::Array(entries.clone()).to_string();
    let found = stage.typed().iter().filter(|typed| text.contains(typed.as_str())).count();
    check(found == 0, || format!("the log holds {found} of the values that people typed"))?;
    let typed = stage.typed().len();
    let read = format!("{} entries; none holds any of the {typed} values that people typed today", entries.len());
    stage.finding("auditor", "reads the whole log", read);

    let report = service.verify_log()?;
    if let Some(fault) = report.first_fault {
        bail!(Differs(format!("the log does not verify: {fault}")));
    }
    check(report.size >= entries.len() as u64, || "the log is shorter than what was read of it".to_owned())?;
    let root = format!("{} entries, root {}", report.size, report.root);
    stage.finding("auditor", "computes the tree of all entries anew: the log verifies", root);
    Ok(())
}

/// Opens the sign-in page and the account behind it.
fn sign_in(browser: &mut Browser, customer: &Customer) -> Result<()> {
    browser.open("/sign-in")?;
    browser.send("/account", &[("customer_key", &customer.key)])?;
    expect_page(browser, 200, "Your account")
}

/// Fails the story unless the browser is on this page.
fn expect_page(browser: &Browser, status: u16, title: &str) -> Result<()> {
    check(browser.status() == status && browser.title() == title, || {
        format!(
            "the site should show \"{title}\" ({status}), but it shows \"{}\" ({})",
            browser.title(),
            browser.status()
        )
    })
}
