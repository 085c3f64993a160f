//! Two messages, and a warrant for one of them.

use anyhow::{Context, Result};
use serde_json::json;

use super::super::stage::{Stage, Told, check};
use super::Joined;

const FIRST: &str = "See you at noon, at the mill.";
const SECOND: &str = "Bring the keys of the cellar.";

pub(super) fn warrant(stage: &mut Stage<'_>, joined: &Joined) -> Result<()> {
    stage.scene(
        "warrant",
        "Two messages, and a warrant for one",
        "What is written in a message is not the company's to pass on. An order of a court opens exactly the message that it \
         names, and only after somebody else than the one who took it in has found it valid.",
    );
    let ann = &joined.ann.id;
    stage.types(&[("", FIRST), ("", SECOND)]);
    for (item, text, act) in
        [("m-1", FIRST, "takes in a message for Ann, m-1"), ("m-2", SECOND, "takes in another one, m-2")]
    {
        stage.act(
            "mail_server",
            act,
            "/v1/collect",
            json!({ "point": "mail_in", "person": ann, "item": item, "values": { "email_message": text } }),
            Told::Done,
        )?;
    }
    let message = |item: &str| json!({ "person": ann, "data": ["email_message"], "item": item });
    let with = |item: &str, more: serde_json::Value| {
        let mut body = message(item);
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        body
    };
    stage.act(
        "mail_server",
        "reads m-1, to deliver it",
        "/v1/use",
        with("m-1", json!({ "for": "message_delivery" })),
        Told::Done,
    )?;
    stage.act(
        "partner_desk",
        "would like to show m-1 to Acme",
        "/v1/share",
        with("m-1", json!({ "for": "acme_rewards", "with": "acme" })),
        Told::RefusedBy("never", "contents.1"),
    )?;
    stage.act(
        "support",
        "would like to have a look at m-1",
        "/v1/use",
        with("m-1", json!({ "for": "service_provision" })),
        Told::RefusedBy("never", "no-watch.1"),
    )?;

    let opened = stage.act(
        "legal_clerk",
        "opens a case: a warrant of the district court that names m-1",
        "/v1/cases",
        json!({ "ground": "legal_process", "people": [ann], "items": ["m-1"], "recipient": "court", "fields": {
            "issuer": "District Court", "reference": "09-117", "date": "2026-11-20", "kind": "warrant" } }),
        Told::Done,
    )?;
    let case = opened.result["case"].as_str().context("an opened case has an id")?.to_owned();
    let disclose = |item: &str| with(item, json!({ "with": "court", "on": case }));
    stage.act(
        "legal_clerk",
        "would like to send m-1 to the court at once",
        "/v1/share",
        disclose("m-1"),
        Told::Refused("no_finding"),
    )?;
    let findings = format!("/v1/cases/{case}/findings");
    let finding = json!({ "finding": "valid and enforceable", "holds": true });
    stage.act(
        "legal_clerk",
        "finds the warrant valid on their own",
        &findings,
        finding.clone(),
        Told::Refused("not_their_finding"),
    )?;
    stage.act("counsel", "finds it valid and enforceable", &findings, finding, Told::Done)?;
    let sent = stage.act("legal_clerk", "sends m-1 to the court", "/v1/share", disclose("m-1"), Told::Done)?;
    check(sent.value("email_message") == Some(FIRST) && sent.result.as_array().map(Vec::len) == Some(1), || {
        "exactly the message that the warrant names should be disclosed".to_owned()
    })?;
    stage.act(
        "legal_clerk",
        "would like to send m-2 along",
        "/v1/share",
        disclose("m-2"),
        Told::Refused("out_of_reach"),
    )?;

    for (item, act) in [("m-1", "notes that m-1 has arrived"), ("m-2", "notes that m-2 has arrived")] {
        let arrived = json!({ "point": "delivered", "person": ann, "item": item });
        stage.act("mail_server", act, "/v1/collect", arrived, Told::Done)?;
    }
    stage.act(
        "mail_server",
        "would like to read m-1 once more",
        "/v1/use",
        with("m-1", json!({ "for": "message_delivery" })),
        Told::Refused("closed"),
    )?;
    Ok(())
}
