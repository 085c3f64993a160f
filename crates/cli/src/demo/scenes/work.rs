//! What programs and staff do with the data, or would like to.

use anyhow::Result;
use serde_json::{Value, json};

use super::super::stage::{Stage, Told, check};
use super::{Joined, expect_page};

pub(super) fn setting_up(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "service",
        "An account is set up",
        "Whoever works on setting services up sees what that needs. Others do not, however useful it might be to them.",
    );
    let ann = &joined.ann.id;
    let read = stage.act(
        "support",
        "reads Ann's name, address and telephone number, to set her service up",
        "/v1/use",
        json!({ "person": ann, "data": ["name", "address", "phone_number"], "for": "service_setup" }),
        Told::Done,
    )?;
    check(read.value("name") == Some("Ann Example"), || "support should read the name that Ann typed".to_owned())?;
    stage.act(
        "support",
        "notes that her plan runs",
        "/v1/collect",
        json!({ "point": "service_event", "person": ann, "values": {
            "account_status": "open", "service_choice": "garden", "customer_log": "plan Garden set up" } }),
        Told::Done,
    )?;
    stage.act(
        "analyst",
        "would like her name for the statistics of the site",
        "/v1/use",
        json!({ "person": ann, "data": ["name"], "for": "traffic_analysis" }),
        Told::RefusedBy("never", "serves-you.1"),
    )?;
    Ok(())
}

pub(super) fn ordering(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "order",
        "Orders, invoices, payment",
        "What people pay with serves to take the payment. No other sentence can widen that: a policy in which one tried would \
         not compile.",
    );
    let order = [
        ("name", "Cem Example"),
        ("address", "4 Mill Lane, Larchfield"),
        ("phone_number", "0117 555 0140"),
        ("service_choice", "orchard"),
    ];
    stage.types(&order);
    let mut browser = stage.browser();
    browser.open("/order?plan=orchard")?;
    browser.send("/order", &order)?;
    expect_page(&browser, 201, "Thank you, your order is in")?;
    let cem = browser.between("class=\"order-number\">", "</strong>").unwrap_or("").to_owned();
    stage.on_site("Cem", "orders the plan Orchard on the site, without an account", "collect", None, Told::Done)?;
    stage.act(
        "sales",
        "follows up Cem's order",
        "/v1/use",
        json!({ "person": cem, "data": ["name", "phone_number", "service_choice"], "for": "sales_tracking" }),
        Told::Done,
    )?;
    stage.act(
        "sales",
        "would like to tell Acme of it",
        "/v1/share",
        json!({ "person": cem, "data": ["name"], "for": "sales_tracking", "with": "acme" }),
        Told::RefusedBy("never", "orders.2"),
    )?;

    for (who, id, number) in [("Ann", &joined.ann.id, "2026-117"), ("Dov", &joined.dov.id, "2026-118")] {
        stage.act(
            "billing",
            &format!("writes {who}'s invoice, {number}"),
            "/v1/collect",
            json!({ "point": "order", "person": id, "values": { "invoice": number } }),
            Told::Done,
        )?;
    }
    let card = |purpose: &str| json!({ "person": joined.ann.id, "data": ["card_number"], "for": purpose });
    stage.act("billing", "takes the payment with Ann's card", "/v1/use", card("payment_processing"), Told::Done)?;
    stage.act(
        "mailer",
        "would like to sort the newsletter by kinds of card",
        "/v1/use",
        card("newsletter"),
        Told::RefusedBy("never", "payment.1"),
    )?;
    Ok(())
}

pub(super) fn partners(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "partners",
        "A partner calls",
        "The policy names each partner and each purpose. Whoever is not on the list is nobody.",
    );
    let share = |data: Value, purpose: &str, with: &str| json!({ "person": joined.ann.id, "data": data, "for": purpose, "with": with });
    stage.act(
        "partner_desk",
        "sends Acme Ann's name and address, for an offer that may suit her",
        "/v1/share",
        share(json!(["name", "address"]), "partner_offers", "acme"),
        Told::Done,
    )?;
    stage.act(
        "partner_desk",
        "would like to send the same to Bright Deals Ltd, which nobody has named",
        "/v1/share",
        share(json!(["name", "address"]), "partner_offers", "bright_deals"),
        Told::Refused("not_declared"),
    )?;
    stage.act(
        "partner_desk",
        "would like to send Acme Ann's billing details",
        "/v1/share",
        share(json!(["billing_details"]), "acme_rewards", "acme"),
        Told::RefusedBy("never", "payment.1"),
    )?;
    Ok(())
}
