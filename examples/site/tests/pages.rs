//! The site's pages with a real Upheld behind them, over HTTP: what a browser gets, in every state that a person can see.

mod support;

use std::sync::atomic::Ordering;

use support::{Page, Up, page};

const ANN: [(&str, &str); 5] = [
    ("name", "Ann <Example>"),
    ("address", "1 Elm Row"),
    ("phone_number", "0117 555 0100"),
    ("email", "ann@annsbakery.example"),
    ("domain_name", "annsbakery.example"),
];

/// Ann joins; the page with her customer key.
fn join(up: &Up) -> Page {
    let token = up.get("/join").hidden("/join", "form_token");
    up.post("/join", &[("form_token", &token), ANN[0], ANN[1], ANN[2], ANN[3], ANN[4]])
}

#[test]
fn every_answer_is_private_to_who_got_it_and_sets_no_cookie() {
    let up = Up::start();
    let welcome = join(&up);
    let pass = welcome.hidden("/account", "pass");
    let account = up.post("/account", &[("pass", &pass)]);
    let pages = [
        up.get("/"),
        up.get("/join"),
        up.get("/order"),
        up.get("/sign-in"),
        up.get("/goodbye"),
        up.get("/nowhere"),
        up.get("/account"),
        up.post("/join", &[]),
        welcome,
        account,
    ];
    for page in &pages {
        let csp = page.header("content-security-policy");
        assert!(csp.starts_with("default-src 'none'") && !csp.contains("unsafe"), "{csp}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("set-cookie"), "", "the policy declares no cookie");
        assert!(!page.html.contains("<script") && !page.html.contains(" style="), "{}", page.html);
        assert!(!page.html.contains("src="), "nothing is fetched from elsewhere");
    }
}

#[test]
fn a_site_that_is_linked_to_learns_our_name_and_no_more() {
    let up = Up::start();
    for path in ["/", "/join", "/order?name=ann", "/sign-in", "/nowhere"] {
        let page = up.get(path);
        assert_eq!(page.header("referrer-policy"), "origin", "the browser names the site, without path or query");
        for (at, _) in page.html.match_indices("href=\"http") {
            let link: String = page.html[at..].chars().take_while(|c| *c != '>').collect();
            let address = link.split('"').nth(1).unwrap_or_default();
            let own = address.contains("larchfield.example") || address.contains("127.0.0.1");
            assert!(own || (link.contains("rel=\"external\"") && !address.contains('?')), "{link}");
        }
    }
    let home = up.get("/").html;
    assert!(home.contains("rel=\"external\"") && home.contains("another company"), "links that lead away say so");
}

#[test]
fn the_sign_up_form_asks_what_the_policy_declares_and_says_what_is_wrong() {
    let up = Up::start();
    let form = up.get("/join");
    form.is(200).says("id=\"name\"").says("id=\"email\"").says("id=\"card_number\"");
    assert!(!form.html.contains("birth_date") && !form.html.contains("isp_domain"));
    let token = form.hidden("/join", "form_token");

    let empty = up.post("/join", &[("form_token", &token)]);
    empty.is(422).says("3 things need mending").says("<a href=\"#name\">").says("aria-invalid=\"true\"");
    empty.says("<title>Error: Join").says("role=\"alert\"");
    let wrong = up.post("/join", &[("form_token", &token), ANN[0], ANN[1], ANN[2], ("email", "nobody")]);
    wrong.is(422).says("One thing needs mending").says("href=\"#email\"").says("value=\"Ann &#60;Example&#62;\"");
    let foreign = up.post("/join", &[("form_token", &token), ANN[0], ANN[1], ANN[2], ("birth_date", "1970-01-01")]);
    foreign.is(422).says("birth date").says("Nothing was stored");
    assert!(!foreign.html.contains("1970-01-01"), "what is not asked for is not given back");

    let fields = [("form_token", token.as_str()), ANN[0], ANN[1], ANN[2]];
    let first = up.post("/join", &fields);
    first.is(201).says("Your account is open");
    assert_eq!(first.key(), up.post("/join", &fields).key(), "loaded again, it is the same customer");
    up.post("/join", &[("form_token", "made.up"), ANN[0], ANN[1], ANN[2]]).is(400).says("for too long");
    let long = "x".repeat(100_000);
    up.post("/join", &[("form_token", &token), ("name", &long)]).is(413).says("more than our forms can take");
}

#[test]
fn a_form_of_another_site_is_sent_away() {
    let up = Up::start();
    let token = up.get("/join").hidden("/join", "form_token");
    let url = format!("{}/join", up.site);
    let fields = [("form_token", token.as_str()), ANN[0], ANN[1], ANN[2]];
    let elsewhere = up.agent.post(&url).header("Origin", "https://elsewhere.example").send_form(fields);
    page(elsewhere.expect("an answer")).is(400);
    page(up.agent.post(&url).send_form(fields).expect("an answer")).is(400);
}

#[test]
fn an_account_is_chosen_in_seen_closed_and_erased() {
    let up = Up::start();
    let welcome = join(&up);
    let pass = welcome.hidden("/account", "pass");
    let account = up.post("/account", &[("pass", &pass)]);
    account.is(200).says("id=\"newsletter\"").says("value=\"yes\" checked");

    let choose = |more: &[(&str, &str)]| {
        let mut fields = vec![("pass", pass.as_str()), ("choice", "newsletter")];
        fields.extend(more);
        up.post("/account/choices", &fields)
    };
    choose(&[]).is(422).says("Choose yes or no first").says("href=\"#newsletter\"");
    choose(&[("agree", "no")]).is(422).says("newsletter-domain_name-error").says("value=\"no\" checked");
    let way = ("contact", "0117 555 0100");
    choose(&[("agree", "no"), ("domain_name", "other.example"), way]).is(422).says("At least one of these");
    choose(&[("agree", "no"), ("domain_name", "annsbakery.example"), way]).is(200).says("not send you this any more");
    up.post("/account", &[("pass", &pass)]).says("value=\"no\" checked");

    let seen = up.post("/account/data", &[("pass", &pass)]);
    seen.is(200).says("Ann &#60;Example&#62;").says("Postal address").says("Kept as the policy says");
    up.post("/account/close", &[("pass", &pass)]).is(422).says("href=\"#sure\"").says("still open");
    let closed = up.post("/account/close", &[("pass", &pass), ("sure", "yes")]);
    assert_eq!((closed.status, closed.header("location")), (303, "/goodbye"));
    up.post("/account", &[("pass", &pass)]).is(403).says("Sign in to go on");

    let token = up.get("/sign-in").hidden("/account", "form_token");
    let back = up.post("/account", &[("form_token", &token), ("customer_key", welcome.key())]);
    back.is(200).says("This account is closed");
    let erased = up.post("/account/erase", &[("pass", &back.hidden("/account", "pass"))]);
    erased.is(200).says("values have been erased").says("There is nothing here any more");
}

#[test]
fn only_a_key_or_a_living_pass_opens_an_account() {
    let up = Up::start();
    let pass = join(&up).hidden("/account", "pass");
    let sign_in = up.get("/sign-in");
    sign_in.says("A demonstration.");
    let token = sign_in.hidden("/account", "form_token");
    up.post("/account", &[("form_token", &token)]).is(422).says("Enter your customer key.");
    up.post("/account", &[("form_token", &token), ("customer_key", "abcd")]).is(422).says("no customer key of ours");
    up.post("/account/data", &[]).is(403);
    assert_eq!(up.get("/account/data").header("location"), "/sign-in");

    up.ahead.store(29 * 60, Ordering::Relaxed);
    let order = up.post("/account/order", &[("pass", &pass)]);
    order.is(200).says("Order a plan");
    let (renewed, token) = (order.hidden("/order", "pass"), order.hidden("/order", "form_token"));
    up.ahead.store(31 * 60, Ordering::Relaxed);
    up.post("/account", &[("pass", &pass)]).is(403);
    up.post("/account", &[("pass", &renewed)]).is(200);
    let plan = ("service_choice", "garden");
    let fields = |pass| [("pass", pass), ("form_token", token.as_str()), ANN[0], ANN[1], ANN[2], plan];
    up.post("/order", &fields(pass.as_str())).is(403).says("Nothing has been ordered yet").says("value=\"1 Elm Row\"");

    up.ahead.store(0, Ordering::Relaxed);
    up.post("/order", &fields(renewed.as_str())).is(201).says("Garden: 5 GB");
    let out = up.post("/sign-out", &[("pass", &renewed)]);
    assert_eq!((out.status, out.header("location")), (303, "/"));
    up.post("/account", &[("pass", &renewed)]).is(403);
    up.post("/account", &[("pass", &pass)]).is(403);
}

#[test]
fn an_order_without_an_account_gets_a_number() {
    let up = Up::start();
    let form = up.get("/order?plan=orchard");
    form.is(200).says("value=\"orchard\" checked");
    let token = form.hidden("/order", "form_token");
    let missing = up.post("/order", &[("form_token", &token), ANN[0], ANN[1], ANN[2]]);
    missing.is(422).says("<a href=\"#service_choice\">Plan: Choose a plan.</a>");
    let plan = ("service_choice", "orchard");
    let done = up.post("/order", &[("form_token", &token), ANN[0], ANN[1], ANN[2], plan]);
    done.is(201).says("Thank you, your order is in").says("order-number");
}

#[test]
fn while_upheld_does_not_answer_nothing_typed_is_lost() {
    let mut up = Up::start();
    let token = up.get("/join").hidden("/join", "form_token");
    let pass = join(&up).hidden("/account", "pass");
    up.stop_upheld();
    up.get("/").is(200).says("A privacy policy that can say no to us");
    up.get("/join").is(503).says("We cannot reach our records");
    up.post("/account", &[("pass", &pass)]).is(503);
    let again = up.post("/join", &[("form_token", &token), ANN[0], ANN[1], ANN[2]]);
    again.is(503).says("What you typed is still here").says("value=\"1 Elm Row\"");
}
