//! Values of parameters and rows.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use crate::error::StoreError;

/// A value.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

// A parameter may be personal: it is never printed.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Int(_) => "Int",
            Self::Text(_) => "Text",
            Self::Blob(_) => "Blob",
        })
    }
}

macro_rules! from {
    ($($type:ty => $make:expr),* $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let make: fn($type) -> Self = $make;
                make(value)
            }
        }
    )*};
}

from! {
    i64 => Self::Int,
    i32 => |n| Self::Int(i64::from(n)),
    u32 => |n| Self::Int(i64::from(n)),
    // The largest number stands for every larger one: no count and no index gets there.
    u64 => |n| Self::Int(i64::try_from(n).unwrap_or(i64::MAX)),
    bool => |b| Self::Int(i64::from(b)),
    String => Self::Text,
    &str => |text| Self::Text(text.to_owned()),
    Vec<u8> => Self::Blob,
    &[u8] => |bytes| Self::Blob(bytes.to_vec()),
    [u8; 16] => |bytes| Self::Blob(bytes.to_vec()),
    [u8; 32] => |bytes| Self::Blob(bytes.to_vec()),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A row of an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row of {}", self.0.len())
    }
}

impl Row {
    pub(crate) const fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    pub(crate) fn of_sqlite(row: &rusqlite::Row<'_>, columns: usize) -> Result<Self, StoreError> {
        (0..columns)
            .map(|column| {
                Ok(match row.get_ref(column)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(n) => Value::Int(n),
                    ValueRef::Text(text) => Value::Text(
                        std::str::from_utf8(text).map_err(|_| StoreError::Damaged("a text is not UTF-8"))?.to_owned(),
                    ),
                    ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                    ValueRef::Real(_) => return Err(StoreError::Damaged("a number has a fraction")),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()
            .map(Self)
    }

    /// A number.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.0.get(column) {
            Some(Value::Int(n)) => Ok(*n),
            _ => Err(StoreError::Damaged("a number was expected")),
        }
    }

    /// A text.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(StoreError::Damaged("a text was expected")),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(StoreError::Damaged("bytes were expected")),
        }
    }

    /// Bytes of a fixed length.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], StoreError> {
        self.blob(column)?.try_into().map_err(|_| StoreError::Damaged("bytes of another length were expected"))
    }

    /// Whether the column is empty.
    #[must_use]
    pub fn is_null(&self, column: usize) -> bool {
        matches!(self.0.get(column), None | Some(Value::Null))
    }

    /// A number, or nothing.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn optional_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        if self.is_null(column) { Ok(None) } else { self.int(column).map(Some) }
    }

    /// A text, or nothing.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        if self.is_null(column) { Ok(None) } else { self.text(column).map(Some) }
    }

    /// Bytes, or nothing.
    ///
    /// # Errors
    ///
    /// When the column holds something else.
    pub fn optional_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        if self.is_null(column) { Ok(None) } else { self.blob(column).map(Some) }
    }
}
