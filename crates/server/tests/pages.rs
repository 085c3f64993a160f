//! What people read: the policy as a page, its versions, and messages.

use axum::http::Method;
use upheld_server::ServerConfig;

use crate::common::{POLICY, Page, Reply, World, text};

async fn read(world: &World, path: &str) -> Page {
    let reply = get(world, path).await;
    assert_eq!(reply.status, 200, "{path}");
    Page::read(&reply)
}

async fn get(world: &World, path: &str) -> Reply {
    world.call(Method::GET, path, &[], None).await
}

/// A policy with a body of its own.
fn policy(version: &str, body: &str) -> String {
    let (front, _) = POLICY.split_once("\n---\n").expect("front matter");
    format!("{}\n---\n{body}", front.replace("version: 1", &format!("version: {version}")))
}

fn with(body: &str) -> World {
    in_force(&policy("1", body))
}

fn in_force(text: &str) -> World {
    let world = World::with(&ServerConfig::default(), None);
    world.service.activate(text, None, "test").expect("the policy compiles");
    world
}

#[tokio::test]
async fn the_policy_is_shown_as_prose_without_its_rules() {
    let config =
        ServerConfig { public_url: Some("https://privacy.example.org/".to_owned()), ..ServerConfig::default() };
    let world = World::with(&config, Some(POLICY));
    let reply = get(&world, "/policy").await;
    let page = Page::read(&reply);
    assert_eq!(page.text("title"), "Privacy at Larchfield · Larchfield Hosting");
    assert_eq!(page.text("h1"), "Privacy at Larchfield");
    assert_eq!(page.attributes("link[rel=canonical]", "href"), ["https://privacy.example.org/policy"]);
    assert_eq!(page.texts("dl dd"), ["1", "2 March 2026", "Larchfield Hosting", "privacy@larchfield.example"]);
    assert_eq!(page.attributes("time", "datetime"), ["2026-03-02"]);
    assert_eq!(page.attributes("html", "lang"), ["en"]);
    assert!(page.texts(".body p").iter().any(|text| text.contains("we ask for your name and your e-mail address")));
    for rule in ["we collect", "we may use", "works on", "```", "upheld: 1", "begins at", "to see name"] {
        assert!(!reply.text().contains(rule), "{rule}");
    }

    // Every section has its number, an anchor, and a line in the contents.
    let numbers = page.texts(".body h2 > a.number");
    assert_eq!(numbers, ["§1", "§2", "§3", "§4", "§5", "§6"]);
    assert_eq!(page.texts(".body h3 > a.number"), ["§1.1"]);
    let slugs = ["joining", "help", "partners", "news", "keeping", "requests", "signing-in"];
    assert_eq!(page.attributes(".body h2, .body h3", "id"), slugs);
    assert_eq!(page.attributes("nav.contents a", "href"), slugs.map(|slug| format!("#{slug}")));
    assert_eq!(page.texts("nav.contents > ol > li > ol > li > a"), ["1.1How we help you"]);
    // What an answer cites can be linked to.
    assert!(page.all("div.clause[id='joining.1']").iter().any(|clause| text(*clause).starts_with("When you join")));
    // The pages lead to each other, and to nothing that is not there.
    for link in page.attributes("a[href^='/'], link[href^='/']", "href") {
        assert_eq!(get(&world, &link).await.status, 200, "{link}");
    }
}

#[tokio::test]
async fn each_version_stays_readable_and_says_where_it_stands_in_time() {
    let world = World::without_people();
    let second = policy("2b", "# Second\n\n## News\n\nNone.\n");
    let third = policy("3", "# Third\n\n## News\n\nSome.\n");
    world.put_into_force_after_notice(&second, "2026-03-10");
    world.put_into_force_after_notice(&third, "2026-04-01");

    let list = read(&world, "/policy/versions").await;
    let lines = [
        "Version 3 Comes into force on 1 April 2026",
        "Version 2b Comes into force on 10 March 2026, until 1 April 2026",
        "Version 1 In force since 2 March 2026, until 10 March 2026",
    ];
    assert_eq!(list.texts("ol.versions > li"), lines);
    assert_eq!(
        list.attributes("ol.versions a", "href"),
        ["/policy/versions/3", "/policy/versions/2", "/policy/versions/1"]
    );
    assert!(read(&world, "/policy/versions/1").await.texts(".notice").is_empty());
    let coming = read(&world, "/policy/versions/2").await;
    assert_eq!(coming.text(".notice"), "This version is not in force yet. Read the version in force.");
    assert_eq!(coming.text("h1"), "Second");

    world.clock.advance(std::time::Duration::from_secs(10 * 86_400));
    assert_eq!(read(&world, "/policy").await.text("h1"), "Second");
    let first = read(&world, "/policy/versions").await.texts("ol.versions > li").pop();
    assert_eq!(first.as_deref(), Some("Version 1 Was in force from 2 March 2026 until 10 March 2026"));
    let old = read(&world, "/policy/versions/1").await;
    assert_eq!(
        old.text(".notice"),
        "This version is no longer in force: a later one replaced it on 10 March 2026. Read the version in force."
    );
    assert_eq!(old.text("h1"), "Privacy at Larchfield");
    let missing = get(&world, "/policy/versions/4").await;
    assert_eq!((missing.status, Page::read(&missing).text("h1").as_str()), (404, "There is no page here"));
}

#[tokio::test]
async fn without_a_policy_the_pages_say_so() {
    let world = World::with(&ServerConfig::default(), None);
    for path in ["/policy", "/policy/versions"] {
        let reply = get(&world, path).await;
        assert_eq!(
            (reply.status, Page::read(&reply).text("h1").as_str()),
            (404, "No policy is in force yet"),
            "{path}"
        );
    }
    let reply = get(&world, "/policy/versions/1").await;
    assert_eq!((reply.status, Page::read(&reply).text("h1").as_str()), (404, "There is no page here"));
    let root = get(&world, "/").await;
    assert_eq!((root.status, root.header("location")), (303, "/policy"));

    // One that is to come is not in force, and can be read.
    let day = "2026-05-01".parse().expect("a day");
    world.service.activate(POLICY, Some(day), "test").expect("it compiles");
    assert_eq!(get(&world, "/policy").await.status, 404);
    assert_eq!(
        read(&world, "/policy/versions").await.texts("ol.versions > li"),
        ["Version 1 Comes into force on 1 May 2026"]
    );
    assert_eq!(read(&world, "/policy/versions/1").await.texts(".notice").len(), 1);
}

#[tokio::test]
async fn hostile_markdown_becomes_words() {
    let world = with(
        "# A <script>alert(1)</script> *title* & more\n\n\
         Raw <b onclick=\"alert(1)\">bold</b> <img src=x onerror=alert(1)> and an <!-- comment --> here.\n\n\
         <script>alert(2)</script>\n\n\
         <div style=\"position:fixed\"><iframe src=\"https://evil.example\"></iframe></div>\n\n\
         <style>body{display:none}</style>\n\n\
         ## Links {#links .class onclick=alert(1)}\n\n\
         [one](javascript:alert(1)) [two](JaVaScRiPt&colon;alert(1)) [three](&#106;avascript:alert(1)) [four](<java\tscript:alert(1)>) \
         [five](data:text/html;base64,PHNjcmlwdD4=) [six](vbscript:x) [seven](//evil.example/x) [eight](/\\evil.example) \
         [nine](https://fine.example \"a title\\\" onmouseover=alert(1)\") <javascript:alert(1)> <https://auto.example> [ten][ref] \
         [![a picture](https://evil.example/pixel.png)](javascript:alert(1)) ![tracking](https://evil.example/pixel.gif)\n\n\
         [ref]: javascript:alert(1)\n\n\
         ## \"><svg onload=alert(1)>\n\n\
         `</code><script>alert(3)</script>`\n\n\
         ```html\n<script>alert(4)</script>\n```\n\n    <script>alert(5)</script>\n\n\
         | a <script> | b |\n|:--|--:|\n| <img src=x onerror=y> | [x](javascript:y) |\n\n\
         > # quoted\n> <script>alert(6)</script>\n\n- [ ] <input type=checkbox onfocus=z autofocus>\n\n\
         Entities &lt;script&gt;alert(7)&lt;/script&gt; stay words. {{7*7}} {% raw %}\n\n\
         ## _text\n\nx\n\n## Contents\n\ny\n\n## Links\n\nz\n",
    );
    let reply = get(&world, "/policy").await;
    // `Page::read` looks for everything that could run or fetch.
    let page = Page::read(&reply);
    assert_eq!(page.attributes(".body a:not(.number)", "href"), ["https://fine.example", "https://auto.example"]);
    for gone in ["evil.example/pixel", "onclick", "<!--", "position:fixed", "display:none", "alert(2)"] {
        assert!(!reply.text().contains(gone), "{gone}: {}", reply.text());
    }
    let body = page.text(".body");
    for words in [
        "a picture",
        "tracking",
        "one two three",
        "quoted",
        "<script>alert(7)</script>",
        "</code><script>alert(3)</script>",
        "{{7*7}}",
    ] {
        assert!(body.contains(words), "{words} in {body}");
    }
    assert_eq!(page.texts(".body h2").len(), 5);
    assert!(
        page.texts("nav.contents a")
            .iter()
            .any(|line| line.contains("\"><svg onload=alert(1)>") || line.ends_with("\">"))
    );
}

#[tokio::test]
async fn what_the_operator_added_is_marked_with_its_day() {
    let world = with(
        "# Privacy\n\n## Partners {#partners}\n\nWe may choose partners.\n\n\
         ```upheld\npurpose partnering is partner_sharing\nrole desk \"Chooses\", works on partnering\nopen partner by desk\n```\n\n\
         ## Added {#added}\n\nThese are the partners so far.\n\n\
         ```upheld added\nrecipient acme is partner \"Acme <Tools> & Co\" added 2026-02-01 by desk\n```\n",
    );
    let page = read(&world, "/policy").await;
    let note = page.text("div.clause[id='added.1'] .added");
    assert_eq!(note, "Added by Larchfield HostingAcme <Tools> & Co as partner 1 February 2026");
    assert_eq!(page.all(".added").len(), 1, "the other section is not the operator's own");
    assert_eq!(page.attributes(".added time", "datetime"), ["2026-02-01"]);
    assert!(!page.text("main").contains("by desk"));
}

#[tokio::test]
async fn a_page_is_in_the_language_of_its_policy() {
    for (locale, lang, dir, date) in [
        ("de-AT", "de-AT", "ltr", "2026-03-02"),
        ("he", "he", "rtl", "2026-03-02"),
        ("en-GB", "en-GB", "ltr", "2 March 2026"),
    ] {
        let text = policy("1", "# שלום\n\n## א\n\nב\n").replace("locale: en", &format!("locale: {locale}"));
        let page = read(&in_force(&text), "/policy").await;
        assert_eq!(page.attributes("html", "lang"), [lang]);
        assert_eq!(page.attributes("html", "dir"), [dir]);
        assert_eq!(page.text("dl time"), date);
        // The words around the policy are English and say so.
        assert_eq!(page.attributes("dl, .skip, footer", "lang"), ["en", "en", "en"]);
    }
}

#[tokio::test]
async fn the_stylesheet_stands_alone_and_its_address_changes_with_it() {
    let world = World::without_people();
    let page = read(&world, "/policy").await;
    let address = page.attributes("link[rel=stylesheet]", "href").remove(0);
    let digest = address.strip_prefix("/policy.css?v=").expect("an address with a digest");
    assert!(digest.len() == 12 && digest.chars().all(|c| c.is_ascii_hexdigit()));
    let css = get(&world, &address).await;
    assert_eq!((css.status, css.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(css.header("cache-control"), "public, max-age=86400");
    for elsewhere in ["url(", "@import", "http:", "https:", "expression("] {
        assert!(!css.text().contains(elsewhere), "{elsewhere}");
    }
    for wanted in ["prefers-color-scheme: dark", "@media print", ":focus-visible"] {
        assert!(css.text().contains(wanted), "{wanted}");
    }
    assert!(css.body.len() + get(&world, "/policy").await.body.len() < 40 * 1024, "a page is light");
    let mark = get(&world, "/mark.svg").await;
    assert_eq!((mark.status, mark.header("content-type")), (200, "image/svg+xml"));
    assert!(!mark.text().contains("script"));
    assert_eq!(get(&world, "/policy").await.header("cache-control"), "no-cache");
}

/// R126
#[tokio::test]
async fn lists_are_made_from_the_rules_and_how_is_told_only_where_it_is_published() {
    let body = |how: &str| {
        format!(
            "# P\n\n## Device {{#device}}\n\nOn your device.\n\n```upheld\nperson visitor\nrole desk, works on research\n\
            cookie seen holds preference of visitor in covers for research lasting 1 year \"Been <here>\"\n\
            publish cookies, recipients\n```\n\n## Care {{#care}}\n\nWe take care.\n\n```upheld\nmanual \"the office looks\" every 6 months\n{how}\n```\n\n\
            ## End {{#end}}\n\nThat is all.\n\n```upheld\nstatement\n```\n"
        )
    };
    let page = read(&with(&body("")), "/policy").await;
    assert_eq!(page.text("[id='device.1'] caption"), "What is kept on your device");
    let row = page.texts("[id='device.1'] tbody th, [id='device.1'] tbody td");
    assert!(row[0].starts_with("seen: Been <here>") && row[3].ends_with("1 year"), "{row:?}");
    assert_eq!(page.texts(".none"), ["No recipients: nobody outside receives data from us."]);
    assert!(page.texts("details").is_empty());

    let page = read(&with(&body("publish how")), "/policy").await;
    assert_eq!(page.texts("details > summary > span"), ["by software", "by people", "a statement"]);
    assert!(page.text("[id='care.1'] details").contains("the office looks. Looked at every 6 months."));
    assert!(page.text("[id='device.1'] details").contains("cookie seen holds preference of visitor"));
    assert!(page.texts("details[open]").is_empty() && page.texts("script").is_empty());
    // The version that was and the one that is look alike.
    let world = with(&body("publish how"));
    assert_eq!(read(&world, "/policy/versions/1").await.texts("details").len(), 3);
}
