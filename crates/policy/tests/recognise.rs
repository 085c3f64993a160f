//! What can be told in free text is found wherever it stands, and nothing else is. R122 is shown by the policies of meaning, too.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use upheld_policy::recognise::{NAMES, take_out};

fn out(text: &str) -> String {
    take_out(text, NAMES).0
}

// R122
#[test]
fn what_has_a_form_of_its_own_is_taken_out() {
    for (text, clean) in [
        ("my card is 4111 1111 1111 1111, thanks", "my card is [card_number], thanks"),
        ("4111-1111-1111-1111", "[card_number]"),
        ("4111111111111111.", "[card_number]."),
        ("378282246310005", "[card_number]"),
        ("order 12, card 5555\u{a0}5555\u{2009}5555\u{202f}4444!", "order 12, card [card_number]!"),
        ("４１１１ １１１１ １１１１ １１１１", "[card_number]"),
        ("4111\u{200b}1111\u{200b}1111\u{200b}1111", "[card_number]"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [bank_account] please"),
        ("gb29nwbk60161331926819", "[bank_account]"),
        ("NO93 8601 1117 947", "[bank_account]"),
        ("write to ann.b+c@mail.example.org.", "write to [email]."),
        ("<ann@example.org>, (bob@example.org)", "<[email]>, ([email])"),
        ("mailto:zoë@bücher.example", "mailto:[email]"),
        ("from 192.0.2.7, then 2001:db8::1.", "from [ip_address], then [ip_address]."),
        ("http://[2001:db8:0:0:0:0:0:1]:8080/ or 192.0.2.7:80", "http://[[ip_address]]:8080/ or [ip_address]:80"),
        ("call +49 (0)30 123456 or +1-202-555-0100", "call [phone_number] or [phone_number]"),
        ("\u{1f600}+442079460000\u{1f600}", "\u{1f600}[phone_number]\u{1f600}"),
    ] {
        assert_eq!(out(text), clean, "{text}");
    }
}

#[test]
fn what_only_looks_alike_is_left() {
    for text in [
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "41111111111111110000001",
        "x4111111111111111",
        "4111,1111,1111,1111",
        "DE88 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130",
        "ZZ89370400440532013000",
        "ann@localhost, a@b, @example.org, ann@.example.org",
        "version 1.2.3 at 12:30:45",
        "256.0.0.1 and 1.2.3.4.5",
        "std::vec and ::",
        "030 123456 and 1+1234567 and +0123456789 and +12 34",
        "",
        "[card_number]",
        "\u{0}\u{feff}\u{200b}",
    ] {
        assert_eq!(take_out(text, NAMES), (text.to_owned(), 0));
    }
    let card = "4111 1111 1111 1111 ann@example.org";
    assert_eq!(take_out(card, ["email"]), ("4111 1111 1111 1111 [email]".to_owned(), 1));
    assert_eq!(take_out(card, ["name"]), (card.to_owned(), 0));
}

/// Digits whose last makes them right, in groups.
fn card(body: &[u32], group: usize, apart: &str) -> String {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 =
        body.iter().rev().enumerate().map(|(at, digit)| if at % 2 == 0 { doubled(*digit) } else { *digit }).sum();
    let mut digits: Vec<String> = body.iter().map(u32::to_string).collect();
    digits.push(((10 - sum % 10) % 10).to_string());
    digits.chunks(group).map(|group| group.concat()).collect::<Vec<_>>().join(apart)
}

fn a_card() -> impl Strategy<Value = String> {
    let apart = prop::sample::select(vec!["", " ", "-", "\u{a0}", " - "]);
    (1..10_u32, prop::collection::vec(0..10_u32, 11..18), 3..6_usize, apart).prop_map(|(first, rest, group, apart)| {
        let body: Vec<u32> = std::iter::once(first).chain(rest).collect();
        card(&body, group, apart)
    })
}

fn an_iban() -> impl Strategy<Value = String> {
    (0..10_u64.pow(18), any::<bool>()).prop_map(|(account, grouped)| {
        // Of DE131400, as the standard says: the rest to 98 makes the check digits.
        let rest = u128::from(account) * 1_000_000 % 97;
        let rest = (rest + 131_400) % 97;
        let plain = format!("DE{:02}{account:018}", 98 - rest);
        if grouped {
            plain.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
        } else {
            plain
        }
    })
}

fn something() -> impl Strategy<Value = (String, &'static str)> {
    prop_oneof![
        a_card().prop_map(|text| (text, "card_number")),
        an_iban().prop_map(|text| (text, "bank_account")),
        ("[a-z]([a-z0-9._+-]{0,20}[a-z0-9])?", "[a-z]{1,10}", "[a-z]{2,6}")
            .prop_map(|(name, host, top)| (format!("{name}@{host}.{top}"), "email")),
        any::<std::net::Ipv4Addr>().prop_map(|address| (address.to_string(), "ip_address")),
        any::<std::net::Ipv6Addr>().prop_map(|address| (address.to_string(), "ip_address")),
        "[1-9][0-9]{1,2} [0-9]{3,5} [0-9]{3,5}".prop_map(|number| (format!("+{number}"), "phone_number")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn each_is_found_in_whatever_words((text, name) in something(), before in "[^0-9@+]{0,20}[ \n,;(]", after in "[ \n,;)][^0-9@]{0,20}") {
        // What stands beside it may belong to it as far as anybody can tell.
        prop_assume!(!before.trim_end_matches([' ', '\n', ',', ';', '(']).ends_with(':'));
        let whole = format!("{before}{text}{after}");
        let (clean, count) = take_out(&whole, [name]);
        prop_assert!(count >= 1, "{whole:?}");
        let told = format!("[{name}]");
        prop_assert!(clean.contains(&told), "{clean:?}");
        prop_assert!(!clean.contains(&text), "{clean:?}");
        // Once is enough.
        prop_assert_eq!(take_out(&clean, [name]), (clean.clone(), 0));
    }

    #[test]
    fn a_wrong_check_digit_is_no_card(text in a_card(), wrong in 1..10_u32) {
        let last = text.chars().last().and_then(|c| c.to_digit(10)).expect("a digit");
        let other = format!("{}{}", &text[..text.len() - 1], (last + wrong) % 10);
        // Of a long number a part may be right.
        if text.chars().all(|c| c.is_ascii_digit()) {
            prop_assert_eq!(take_out(&other, ["card_number"]), (other.clone(), 0));
        }
    }

    #[test]
    fn any_text_comes_through(text in any::<String>()) {
        let (clean, count) = take_out(&text, NAMES);
        if count == 0 {
            prop_assert_eq!(&clean, &text);
        }
    }
}

#[test]
fn long_texts_take_time_in_proportion() {
    // The worst that can be thought of for each: nearly one, again and again.
    for piece in ["1 ", "1", "DE89 ", "a@", "a.", "1.", ":", "+1", "4111 ", "\u{200b}1"] {
        let text = piece.repeat(512 * 1024 / piece.len());
        let start = Instant::now();
        std::hint::black_box(take_out(&text, NAMES));
        // Some milliseconds for each; the square of half a million would take minutes.
        assert!(start.elapsed() < Duration::from_secs(5), "{piece:?}: {:?}", start.elapsed());
    }
}
