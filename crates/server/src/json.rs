//! A JSON body, read strictly: within its bounds, an object where one is asked for, no key twice, no unknown field. What is wrong is told with its place and
//! never with the value that stands there.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::marker::PhantomData;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};

use crate::problem::{Place, Problem, ProblemType};
use crate::state::App;

/// How deep a body may be nested.
const DEEPEST: usize = 16;

/// The body, as a `T`.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::of(ProblemType::UnsupportedMediaType));
        }
        let body = body(request, app).await?;
        read(&body).map(Self)
    }
}

/// The bytes of the body, within their bounds.
pub(crate) async fn body(request: Request, app: &App) -> Result<Bytes, Problem> {
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > app.body_limit) {
        return Err(Problem::of(ProblemType::TooLarge));
    }
    tokio::time::timeout(app.request_timeout, Bytes::from_request(request, app))
        .await
        .map_err(|_| Problem::of(ProblemType::Timeout))?
        .map_err(|rejection| match rejection.status().as_u16() {
            413 => Problem::of(ProblemType::TooLarge),
            _ => Problem::malformed("the body broke off", None),
        })
}

pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(first), None) = (types.next(), types.next()) else {
        return false;
    };
    let essence = first.to_str().unwrap_or("").split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Reads a `T`.
pub(crate) fn read<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, Problem> {
    let fault = Cell::new(None);
    let mut json = serde_json::Deserializer::from_slice(body);
    let scanned = Scan { depth: 0, fault: &fault }.deserialize(&mut json).and_then(|()| json.end());
    if let Err(error) = scanned {
        let detail = match fault.get() {
            Some(Fault::Twice) => "a key stands twice in the same object",
            Some(Fault::Deep) => "the body is nested too deep",
            None if error.is_eof() => "the body ends in the middle of its JSON",
            None => "the body is not JSON",
        };
        return Err(Problem::malformed(detail, Some(place(&error))));
    }
    serde_json::from_slice(body).map(|Object(read)| read).map_err(|error| {
        let message = error.to_string();
        if message.starts_with("unknown field") {
            return Problem::malformed(
                &format!("a field is not known here{}", expected(&message)),
                Some(place(&error)),
            );
        }
        Problem::invalid(&wrong(&message), Some(place(&error)))
    })
}

/// What is missing or of the wrong type, without the value that stands there.
pub(crate) fn wrong(message: &str) -> String {
    match message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        Some((field, _)) => format!("the field `{field}` is missing"),
        None => format!("a value is not of the right type{}", expected(message)),
    }
}

/// What the type of the body asks for. It is the last part of the message and holds only words of this API; what comes
/// before it may repeat the caller's value.
fn expected(message: &str) -> String {
    let words = message.rsplit_once(", expected ").map_or("", |(_, words)| words);
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    if words.is_empty() { String::new() } else { format!("; expected {words}") }
}

/// A `T` that is written as an object. serde takes a list of its fields in their order as well, which no document
/// describes and which changes its meaning with the order of fields in the code.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(Object)
    }
}

fn place(error: &serde_json::Error) -> Place {
    // The reader counts what it has taken in, which is nothing yet where a line or the body begins.
    Place { line: error.line().max(1), column: error.column().max(1) }
}

#[derive(Clone, Copy)]
enum Fault {
    Twice,
    Deep,
}

/// Reads any JSON and keeps nothing. serde takes the last of two equal keys in silence, so that two programs may read two
/// different things in one body.
#[derive(Clone, Copy)]
struct Scan<'f> {
    depth: usize,
    fault: &'f Cell<Option<Fault>>,
}

impl Scan<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEEPEST {
            self.fault.set(Some(Fault::Deep));
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1, fault: self.fault })
    }
}

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut keys = BTreeSet::new();
        while let Some(Key(key)) = entries.next_key()? {
            if !keys.insert(key) {
                self.fault.set(Some(Fault::Twice));
                return Err(A::Error::custom("twice"));
            }
            entries.next_value_seed(inner)?;
        }
        Ok(())
    }
}

/// A key of an object, as a digest that nobody outside can aim at. Two keys with one digest would be a refusal without need,
/// once in longer than anybody asks; a key that stands twice is always found.
struct Key(u64);

static DIGEST: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(Key(DIGEST.hash_one(key)))
            }
        }
        deserializer.deserialize_str(Read)
    }
}

#[cfg(test)]
mod tests {
    use upheld_service::Collect;

    use super::*;

    fn problem(body: &str) -> String {
        match read::<Collect>(body.as_bytes()) {
            Ok(_) => "read".to_owned(),
            Err(problem) => problem.detail().to_owned(),
        }
    }

    #[test]
    fn each_fault_is_told_without_the_value() {
        assert_eq!(problem(r#"{"point":"join","values":{"email":"ann@larchfield.example"}}"#), "read");
        assert_eq!(problem(r#"{"point":"join""#), "the body ends in the middle of its JSON (line 1, column 15)");
        assert_eq!(problem(r#"{"point":nope}"#), "the body is not JSON (line 1, column 11)");
        assert_eq!(problem(r#"{"point":"a"} x"#), "the body is not JSON (line 1, column 15)");
        assert_eq!(
            problem(r#"{"point":"a","values":{"email":"1","email":"2"}}"#),
            "a key stands twice in the same object (line 1, column 42)"
        );
        assert_eq!(problem(r#"{"values":{}}"#), "the field `point` is missing (line 1, column 13)");
        let unknown = problem(r#"{"point":"a","ann@larchfield.example":1}"#);
        assert!(unknown.starts_with("a field is not known here; expected"), "{unknown}");
        assert!(!unknown.contains("ann@"), "{unknown}");
        let wrong = problem(r#"{"point":"a","values":"ann@larchfield.example, expected nothing"}"#);
        assert_eq!(wrong, "a value is not of the right type; expected a map (line 1, column 64)");
        for list in [r#"["sign_up"]"#, "[]", "[[]]"] {
            assert_eq!(
                problem(list),
                "a value is not of the right type; expected an object (line 1, column 1)",
                "{list}"
            );
        }
        let deep = problem(&format!("{}{}", "[".repeat(17), "]".repeat(17)));
        assert_eq!(deep, "the body is nested too deep (line 1, column 18)");
    }
}
