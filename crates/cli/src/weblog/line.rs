//! One line of a web server's log: the Common Log Format, the Combined Log Format, or a JSON object.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::fmt::strtime;
use serde_json::Value;

/// A visit, as a line tells it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Visit {
    /// When it was.
    pub(crate) at: Timestamp,
    /// What the line says, by element of the vocabulary.
    pub(crate) values: BTreeMap<String, String>,
    /// A path was left out because it seems to hold a mail address.
    pub(crate) mail_in_path: bool,
    /// A query was cut off the path.
    pub(crate) query_cut: bool,
}

/// Why a line is no visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bad {
    /// Neither of the formats.
    Form,
    /// It has no time, or one that is not on the calendar.
    Time,
    /// It has no request.
    Request,
    /// It is longer than a line may be.
    Long,
    /// It is not text.
    Bytes,
}

impl Bad {
    /// In words, without a word of the line.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Form => "not of the Common or Combined Log Format, nor a JSON object",
            Self::Time => "no time that is on the calendar",
            Self::Request => "no request line or path",
            Self::Long => "longer than 64 KiB",
            Self::Bytes => "not text in UTF-8",
        }
    }
}

/// Reads one line without its end.
pub(crate) fn read(line: &[u8]) -> Result<Visit, Bad> {
    let line = std::str::from_utf8(line).map_err(|_| Bad::Bytes)?.trim();
    if line.starts_with('{') { json(line) } else { common(line) }
}

/// `host ident user [time] "request" status size`, and in the combined format `"referrer" "browser"`.
fn common(line: &str) -> Result<Visit, Bad> {
    let mut rest = line;
    // Some servers write the virtual host in front.
    let mut fields = [""; 3];
    for field in &mut fields {
        let (word, after) = rest.split_once(' ').ok_or(Bad::Form)?;
        (*field, rest) = (word, after.trim_start());
    }
    if !rest.starts_with('[') {
        let (word, after) = rest.split_once(' ').ok_or(Bad::Form)?;
        fields = [fields[1], fields[2], word];
        rest = after.trim_start();
    }
    let [host, _, user] = fields;
    let (time, after) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or(Bad::Form)?;
    let at = apache_time(time)?;
    let (request, after) = quoted(after.trim_start()).ok_or(Bad::Form)?;
    let mut words = after.split_whitespace();
    // Status and size, as numbers or `-`.
    let number = |word: Option<&str>| word.is_some_and(|word| word == "-" || word.bytes().all(|b| b.is_ascii_digit()));
    if !number(words.next()) || !number(words.next()) {
        return Err(Bad::Form);
    }
    let mut visit = Visit::at(at);
    visit.put("ip_address", host);
    visit.put("login_name", user);
    let target = request.split(' ').nth(1).ok_or(Bad::Request)?;
    visit.page(&unescaped(target))?;
    if let Some((referrer, after)) = after.find('"').and_then(|at| quoted(&after[at..])) {
        visit.put("referrer", &unescaped(referrer));
        if let Some((browser, _)) = quoted(after.trim_start()) {
            visit.put("browser", &unescaped(browser));
        }
    }
    Ok(visit)
}

/// What stands between quotes, and what follows; a backslash hides a quote.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut hidden = false;
    let end = inner.bytes().position(|byte| {
        let ends = byte == b'"' && !hidden;
        hidden = byte == b'\\' && !hidden;
        ends
    })?;
    Some((inner.get(..end)?, inner.get(end + 1..)?))
}

fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// `10/Oct/2000:13:55:36 -0700`
fn apache_time(text: &str) -> Result<Timestamp, Bad> {
    strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).and_then(|time| time.to_timestamp()).map_err(|_| Bad::Time)
}

fn json(line: &str) -> Result<Visit, Bad> {
    let object: BTreeMap<String, Value> = serde_json::from_str(line).map_err(|_| Bad::Form)?;
    let text = |names: &[&str]| {
        names.iter().find_map(|name| match object.get(*name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let time = text(&["time", "timestamp", "@timestamp", "time_iso8601", "time_local", "ts"]).ok_or(Bad::Time)?;
    let mut visit = Visit::at(any_time(&time)?);
    let all: [(&str, &[&str]); 4] = [
        ("ip_address", &["remote_addr", "remote_host", "client_ip", "clientip", "ip", "host"]),
        ("login_name", &["remote_user", "user"]),
        ("referrer", &["http_referer", "referer", "referrer"]),
        ("browser", &["http_user_agent", "user_agent", "agent"]),
    ];
    for (element, names) in all {
        if let Some(value) = text(names) {
            visit.put(element, &value);
        }
    }
    let page = match text(&["request_uri", "uri", "path", "url"]) {
        Some(page) => page,
        None => {
            let request = text(&["request"]).ok_or(Bad::Request)?;
            // Either a request line or a bare path.
            request.split(' ').nth(1).unwrap_or(&request).to_owned()
        }
    };
    visit.page(&page)?;
    Ok(visit)
}

/// ISO 8601, the time of Apache, or seconds since 1970 (with a fraction, or in milliseconds).
fn any_time(text: &str) -> Result<Timestamp, Bad> {
    /// Larger numbers are milliseconds: as seconds they would lie past the year 5000.
    const SECONDS: f64 = 1e11;
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    if let Ok(number) = text.parse::<f64>() {
        let ms = if number.abs() < SECONDS { number * 1e3 } else { number };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "milliseconds; a number past the calendar is refused below"
        )]
        return Timestamp::from_millisecond(ms as i64).map_err(|_| Bad::Time);
    }
    apache_time(text)
}

impl Visit {
    fn at(at: Timestamp) -> Self {
        let values = BTreeMap::from([("access_time".to_owned(), at.to_string())]);
        Self { at, values, mail_in_path: false, query_cut: false }
    }

    fn put(&mut self, element: &str, value: &str) {
        if !matches!(value, "" | "-") {
            self.values.insert(element.to_owned(), value.to_owned());
        }
    }

    /// The path of a request target, and nothing else of it: no query, no fragment, no host.
    fn page(&mut self, target: &str) -> Result<(), Bad> {
        let path = match target.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => target,
        };
        let end = path.find(['?', '#', ';']).unwrap_or(path.len());
        self.query_cut = end < path.len();
        let path = &path[..end];
        if !(path.starts_with('/') || path == "*") {
            return Err(Bad::Request);
        }
        let plain = path.to_ascii_lowercase();
        self.mail_in_path = path.contains('@') || plain.contains("%40") || plain.contains("mailto:");
        if !self.mail_in_path {
            self.put("page_visited", path);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> BTreeMap<String, String> {
        read(line.as_bytes()).unwrap_or_else(|bad| panic!("{bad:?}")).values
    }

    #[test]
    fn the_common_format() {
        let line = r#"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif?a=b HTTP/1.0" 200 2326"#;
        let read = values(line);
        assert_eq!(read["ip_address"], "127.0.0.1");
        assert_eq!(read["login_name"], "frank");
        assert_eq!(read["access_time"], "2000-10-10T20:55:36Z");
        assert_eq!(read["page_visited"], "/apache_pb.gif");
        assert!(!read.contains_key("referrer"));
    }

    #[test]
    fn the_combined_format_with_quotes_and_a_virtual_host() {
        let line = r#"www.example.org:443 host7.isp.example - - [10/Oct/2000:13:55:36 +0000] "GET /a HTTP/1.1" 200 - "https://e.example/?q=\"x\"" "Agent \"7\"""#;
        let read = values(line);
        assert_eq!(read["ip_address"], "host7.isp.example");
        assert_eq!(read["referrer"], r#"https://e.example/?q="x""#);
        assert_eq!(read["browser"], r#"Agent "7""#);
    }

    #[test]
    fn json_objects_of_several_servers() {
        for line in [
            r#"{"time":"2026-01-02T03:04:05Z","remote_addr":"192.0.2.7","request_uri":"/p?x","http_referer":"-"}"#,
            r#"{"ts":1767323045.25,"client_ip":"192.0.2.7","request":"GET /p HTTP/2.0"}"#,
            r#"{"time_local":"02/Jan/2026:03:04:05 +0000","host":"192.0.2.7","path":"/p"}"#,
        ] {
            let read = values(line);
            assert_eq!((read["ip_address"].as_str(), read["page_visited"].as_str()), ("192.0.2.7", "/p"), "{line}");
            assert!(read["access_time"].starts_with("2026-01-02T03:04:05"), "{line}");
            assert!(!read.contains_key("referrer"));
        }
    }

    #[test]
    fn a_mail_address_in_a_path_takes_the_path_along() {
        for path in ["/unsubscribe/ann@example.org", "/u/ann%40example.org"] {
            let line = format!(r#"h - - [10/Oct/2000:13:55:36 +0000] "GET {path} HTTP/1.1" 200 1"#);
            let visit = read(line.as_bytes()).unwrap_or_else(|bad| panic!("{bad:?}"));
            assert!(visit.mail_in_path && !visit.values.contains_key("page_visited"));
        }
    }

    #[test]
    fn what_is_no_line_of_a_log_says_why() {
        let good = r#"h - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1"#;
        assert!(read(good.as_bytes()).is_ok());
        for (line, bad) in [
            ("", Bad::Form),
            ("hello", Bad::Form),
            ("a b c d e f", Bad::Form),
            (r#"h - - [31/Feb/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1"#, Bad::Time),
            (r#"h - - [10/Oct/2000:13:55:36 +0000] "" 400 0"#, Bad::Request),
            (r#"h - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1 200 1"#, Bad::Form),
            (r#"{"time":"2026-01-02T03:04:05Z"}"#, Bad::Request),
            (r#"{"request_uri":"/"}"#, Bad::Time),
            (r#"{"time":"2026-01-02T03:04:05Z","#, Bad::Form),
        ] {
            assert_eq!(read(line.as_bytes()).err(), Some(bad), "{line}");
        }
        assert_eq!(read(b"\xff\xfe").err(), Some(Bad::Bytes));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            drop(read(&bytes));
        }

        #[test]
        fn damaged_lines_are_answered(at in 0_usize..100, byte in proptest::num::u8::ANY) {
            let mut line = br#"h - - [10/Oct/2000:13:55:36 -0700] "GET /a?b HTTP/1.0" 200 2326 "https://x.example/" "Agent""#.to_vec();
            let at = at % line.len();
            line[at] = byte;
            drop(read(&line));
        }
    }
}
