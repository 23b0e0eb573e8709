//! What a row is: typed fields that turn into plain values and back.
//!
//! A row type is described once with [`row!`]; both databases read and write it from that description.

use std::{fmt::Debug, hash::Hash};

use aggregates::{
    api_key::{OnCreatorLeave, Revocation},
    authorization::RoleKey,
    ids::{
        ApiKeyId, CommentId, ContractId, InvitationId, IssueId, OrganizationId, ProductId, ProjectId, QualityCheckId,
        QualityResultId, SessionId, SpaceId, TeamId, UserId, WorkspaceId,
    },
    organization::{Plan, Status},
    session::Method,
};
use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IntoDeserializer, value},
};
use thiserror::Error;
use uuid::Uuid;

/// The kinds of plain value that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Uuid,
    Text,
    Int,
    Bool,
    /// UTC, whole milliseconds.
    Time,
    Json,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Uuid(Uuid),
    Text(String),
    Int(i64),
    Bool(bool),
    Time(DateTime<Utc>),
    Json(serde_json::Value),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a stored value is not a {expected}: {found}")]
pub struct ValueError {
    pub expected: &'static str,
    pub found: String,
}

impl ValueError {
    fn new(expected: &'static str, found: &impl Debug) -> Self {
        Self { expected, found: format!("{found:?}") }
    }
}

/// A type that fits into one column.
pub trait Field: Sized {
    const KIND: Kind;
    const NULLABLE: bool = false;
    fn to_value(&self) -> Value;
    fn from_value(value: Value) -> Result<Self, ValueError>;
}

macro_rules! plain_field {
    ($($type:ty => $kind:ident,)*) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::$kind;

            fn to_value(&self) -> Value {
                Value::$kind(self.clone())
            }

            fn from_value(value: Value) -> Result<Self, ValueError> {
                match value {
                    Value::$kind(value) => Ok(value),
                    other => Err(ValueError::new(stringify!($type), &other)),
                }
            }
        }
    )*};
}

plain_field! {
    String => Text,
    i64 => Int,
    bool => Bool,
    DateTime<Utc> => Time,
    Uuid => Uuid,
}

macro_rules! id_field {
    ($($type:ty),*) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::Uuid;

            fn to_value(&self) -> Value {
                Value::Uuid(self.uuid())
            }

            fn from_value(value: Value) -> Result<Self, ValueError> {
                Uuid::from_value(value).map(Self::new)
            }
        }
    )*};
}

id_field!(
    OrganizationId,
    UserId,
    SessionId,
    InvitationId,
    TeamId,
    WorkspaceId,
    ProjectId,
    SpaceId,
    ProductId,
    ContractId,
    IssueId,
    CommentId,
    QualityCheckId,
    QualityResultId,
    ApiKeyId
);

/// A closed set of words: `as_str` one way, `FromStr` the other.
macro_rules! word_field {
    ($($type:ty => $word:ident),*) => {$(
        impl $crate::row::Field for $type {
            const KIND: $crate::row::Kind = $crate::row::Kind::Text;

            fn to_value(&self) -> $crate::row::Value {
                $crate::row::Value::Text(self.$word().to_owned())
            }

            fn from_value(value: $crate::row::Value) -> Result<Self, $crate::row::ValueError> {
                let text = String::from_value(value)?;
                text.parse().map_err(|_| $crate::row::ValueError { expected: stringify!($type), found: text })
            }
        }
    )*};
}
pub(crate) use word_field;

word_field!(Status => as_str, Plan => as_str, RoleKey => as_str);

/// A closed set of words, as events have them.
macro_rules! event_word_field {
    ($($type:ty),*) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::Text;

            fn to_value(&self) -> Value {
                match serde_json::to_value(self) {
                    Ok(serde_json::Value::String(word)) => Value::Text(word),
                    _ => Value::Null,
                }
            }

            fn from_value(value: Value) -> Result<Self, ValueError> {
                let text = String::from_value(value)?;
                let word: value::StrDeserializer<'_, value::Error> = text.as_str().into_deserializer();
                Self::deserialize(word).map_err(|_| ValueError { expected: stringify!($type), found: text })
            }
        }
    )*};
}

event_word_field!(Method, Revocation, OnCreatorLeave);

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// A structured value in one column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Field for Json<T> {
    const KIND: Kind = Kind::Json;

    fn to_value(&self) -> Value {
        serde_json::to_value(&self.0).map_or(Value::Null, Value::Json)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Json(json) => match serde_json::from_value(json) {
                Ok(value) => Ok(Self(value)),
                Err(error) => Err(ValueError::new(std::any::type_name::<T>(), &error)),
            },
            other => Err(ValueError::new("JSON", &other)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
}

/// Where rows of a type are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// The columns of the primary key, in order.
    pub key: &'static [&'static str],
    /// The column that names the organization a row goes with when that is purged.
    pub group: Option<&'static str>,
}

/// A set of columns that is read together: a row of a table, or a part of a joined result.
pub trait Columns: Sized {
    /// Appends the kinds of the columns, in order.
    fn kinds(kinds: &mut Vec<Kind>);
    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError>;
}

/// A single column.
#[derive(Debug, Clone, PartialEq)]
pub struct One<T>(pub T);

impl<T: Field> Columns for One<T> {
    fn kinds(kinds: &mut Vec<Kind>) {
        kinds.push(T::KIND);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        next(values).map(Self)
    }
}

/// The part of an outer join that may be missing: then all its columns are null.
impl<T: Columns> Columns for Option<T> {
    fn kinds(kinds: &mut Vec<Kind>) {
        T::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let mut kinds = Vec::new();
        T::kinds(&mut kinds);
        let part: Vec<Value> = values.take(kinds.len()).collect();
        if part.iter().all(|value| *value == Value::Null) {
            return Ok(None);
        }
        T::read(&mut part.into_iter()).map(Some)
    }
}

macro_rules! joined {
    ($($part:ident),*) => {
        impl<$($part: Columns),*> Columns for ($($part,)*) {
            fn kinds(kinds: &mut Vec<Kind>) {
                $($part::kinds(kinds);)*
            }

            fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
                Ok(($($part::read(values)?,)*))
            }
        }
    };
}

joined!(A, B);
joined!(A, B, C);
joined!(A, B, C, D);
joined!(A, B, C, D, E);
joined!(A, B, C, D, E, F);

/// A row of a read-model table.
pub trait Row: Columns + Clone + PartialEq + Debug + Send + Sync + 'static {
    type Key: RowKey;
    const TABLE: &'static Table;
    fn key(&self) -> Self::Key;
    fn group(&self) -> Option<Uuid>;
    fn values(&self) -> Vec<Value>;
}

/// A primary key of one or more columns.
pub trait RowKey: Clone + Eq + Ord + Hash + Debug + Send + Sync + 'static {
    fn values(&self) -> Vec<Value>;
    fn read(values: Vec<Value>) -> Result<Self, ValueError>;
}

impl<A> RowKey for (A,)
where
    A: Field + Clone + Eq + Ord + Hash + Debug + Send + Sync + 'static,
{
    fn values(&self) -> Vec<Value> {
        vec![self.0.to_value()]
    }

    fn read(values: Vec<Value>) -> Result<Self, ValueError> {
        let mut values = values.into_iter();
        Ok((next(&mut values)?,))
    }
}

impl<A, B> RowKey for (A, B)
where
    A: Field + Clone + Eq + Ord + Hash + Debug + Send + Sync + 'static,
    B: Field + Clone + Eq + Ord + Hash + Debug + Send + Sync + 'static,
{
    fn values(&self) -> Vec<Value> {
        vec![self.0.to_value(), self.1.to_value()]
    }

    fn read(values: Vec<Value>) -> Result<Self, ValueError> {
        let mut values = values.into_iter();
        Ok((next(&mut values)?, next(&mut values)?))
    }
}

impl<A, B, C> RowKey for (A, B, C)
where
    A: Field + Clone + Eq + Ord + Hash + Debug + Send + Sync + 'static,
    B: Field + Clone + Eq + Ord + Hash + Debug + Send + Sync + 'static,
    C: Field + Clone + Eq + Ord + Hash + Debug + Send + Sync + 'static,
{
    fn values(&self) -> Vec<Value> {
        vec![self.0.to_value(), self.1.to_value(), self.2.to_value()]
    }

    fn read(values: Vec<Value>) -> Result<Self, ValueError> {
        let mut values = values.into_iter();
        Ok((next(&mut values)?, next(&mut values)?, next(&mut values)?))
    }
}

/// Takes the next value of a result as a field.
pub fn next<T: Field>(values: &mut impl Iterator<Item = Value>) -> Result<T, ValueError> {
    values.next().ok_or_else(|| ValueError::new("column", &"nothing")).and_then(T::from_value)
}

/// Defines a row type and its table from one description.
macro_rules! row {
    (
        $(#[$doc:meta])*
        pub struct $name:ident in $table:literal, key($($key:ident: $key_type:ty),+) $(, group($group:ident))? {
            $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

        impl $crate::row::Columns for $name {
            fn kinds(kinds: &mut Vec<$crate::row::Kind>) {
                kinds.extend([$(<$type as $crate::row::Field>::KIND,)*]);
            }

            fn read(values: &mut impl Iterator<Item = $crate::row::Value>) -> Result<Self, $crate::row::ValueError> {
                Ok(Self { $($field: $crate::row::next(values)?,)* })
            }
        }

        impl $crate::row::Row for $name {
            type Key = ($($key_type,)+);
            const TABLE: &'static $crate::row::Table = &$crate::row::Table {
                name: $table,
                columns: &[$($crate::row::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::row::Field>::KIND,
                    nullable: <$type as $crate::row::Field>::NULLABLE,
                },)*],
                key: &[$(stringify!($key)),+],
                group: [$(Some(stringify!($group)),)? None][0],
            };

            fn key(&self) -> Self::Key {
                ($(self.$key.clone(),)+)
            }

            fn group(&self) -> Option<uuid::Uuid> {
                [$(Some(uuid::Uuid::from(self.$group)),)? None][0]
            }

            fn values(&self) -> Vec<$crate::row::Value> {
                vec![$($crate::row::Field::to_value(&self.$field),)*]
            }
        }
    };
}
pub(crate) use row;
