//! The query of a request. A parameter is read and described in one place: the description is the same reading, without
//! values.

use std::{fmt::Display, ops::RangeInclusive};

use axum::http::request::Parts;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::{
    Code, Problem,
    describe::{self, Described},
    fields::Fields,
    words::{self, Word},
};

/// Parameters that belong together, such as the filters of a list.
pub trait Parameters: Sized {
    fn read(query: &mut Query) -> Self;
}

/// No parameters.
impl Parameters for () {
    fn read(_: &mut Query) -> Self {}
}

/// A parameter as it is described: its name, what it means, and its schema.
type Note = (&'static str, &'static str, RefOr<Schema>);

/// What a query says, taken out parameter by parameter. Everything that is wrong is reported at once.
#[derive(Default)]
pub struct Query {
    given: Vec<(String, String)>,
    read: Vec<(&'static str, Option<String>)>,
    fields: Fields,
    /// Where it is described and not read.
    notes: Option<Vec<Note>>,
}

impl Query {
    pub fn of(parts: &Parts) -> Result<Self, Problem> {
        let Some(query) = parts.uri.query() else { return Ok(Self::default()) };
        let given = serde_urlencoded::from_str(query)
            .map_err(|error: serde_urlencoded::de::Error| Problem::with_detail(Code::BadRequest, error.to_string()))?;
        Ok(Self { given, ..Self::default() })
    }

    /// What the graph asks for in the words of REST.
    pub fn asking(given: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Self {
        let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self { given: given.collect(), ..Self::default() }
    }

    /// Describes what `read` reads.
    pub fn describe<T>(operation: &mut Described<'_>, read: impl FnOnce(&mut Self) -> T) {
        let mut query = Self { notes: Some(vec![]), ..Self::default() };
        read(&mut query);
        for (name, meaning, schema) in query.notes.into_iter().flatten() {
            operation.query(name, meaning, schema);
        }
    }

    /// A text.
    pub fn text(&mut self, name: &'static str, meaning: &'static str) -> Option<String> {
        self.take(name, meaning, describe::text)
    }

    /// A text that stands for something else.
    pub fn parsed<T, E: Display>(
        &mut self,
        name: &'static str,
        meaning: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.checked(name, meaning, describe::text, parse)
    }

    /// One of a few words.
    pub fn word<W: Word>(&mut self, name: &'static str, meaning: &'static str) -> Option<W> {
        self.checked(name, meaning, words::schema::<W>, words::parse)
    }

    /// Some of a few words, with commas between them.
    pub fn words<W: Word>(&mut self, name: &'static str, meaning: &'static str) -> Option<Vec<W>> {
        let schema = || describe::list_of(words::schema::<W>());
        self.checked(name, meaning, schema, |text| {
            let mut all: Vec<W> = Vec::new();
            for word in text.split(',') {
                let value: W = words::parse(word)?;
                // Each once.
                if !all.iter().any(|known| known.word() == value.word()) {
                    all.push(value);
                }
            }
            Ok::<_, String>(all)
        })
    }

    pub fn flag(&mut self, name: &'static str, meaning: &'static str) -> bool {
        let schema = || Schema::Object(ObjectBuilder::new().schema_type(Type::Boolean).build()).into();
        let parse = |text: &str| text.parse().map_err(|_| "must be true or false");
        self.checked(name, meaning, schema, parse).unwrap_or_default()
    }

    /// A whole number within bounds.
    pub fn integer(
        &mut self,
        name: &'static str,
        meaning: &'static str,
        bounds: RangeInclusive<i64>,
        default: Option<i64>,
    ) -> Option<i64> {
        let (least, most) = bounds.clone().into_inner();
        let schema = || {
            let limits = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least));
            let limits = if most < i64::MAX { limits.maximum(Some(most)) } else { limits };
            Schema::Object(limits.default(default.map(Into::into)).build()).into()
        };
        let parse = |text: &str| {
            let number = text.parse().ok().filter(|number| bounds.contains(number));
            number.ok_or_else(|| match most {
                i64::MAX => format!("must be at least {least}"),
                most => format!("must be between {least} and {most}"),
            })
        };
        self.checked(name, meaning, schema, parse)
    }

    fn checked<T, E: Display>(
        &mut self,
        name: &'static str,
        meaning: &'static str,
        schema: impl FnOnce() -> RefOr<Schema>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.take(name, meaning, schema)?;
        self.fields.check(&format!("?{name}"), parse(&text))
    }

    fn take(
        &mut self,
        name: &'static str,
        meaning: &'static str,
        schema: impl FnOnce() -> RefOr<Schema>,
    ) -> Option<String> {
        if let Some(notes) = &mut self.notes {
            notes.push((name, meaning, schema()));
            return None;
        }
        let place = self.given.iter().position(|(given, _)| given == name);
        let value = place.map(|place| self.given.remove(place).1);
        self.read.push((name, value.clone()));
        value
    }

    /// Parameters that cannot be given together with any of the others.
    pub fn apart(&mut self, names: &[&str], others: &[&str]) {
        let is_given = |names: &[&str]| {
            self.read.iter().find(|(read, value)| names.contains(read) && value.is_some()).map(|(read, _)| *read)
        };
        if let (Some(name), Some(other)) = (is_given(names), is_given(others)) {
            self.fields.problem(&format!("?{name}"), format!("cannot be given together with {other}"));
        }
    }

    /// The parameters that were read so far, as they were given.
    pub fn so_far(&self) -> Vec<(&'static str, Option<String>)> {
        self.read.clone()
    }

    /// Refuses the request where something was wrong, or something is left that nobody asked for: a misspelt `dry_run`
    /// must not write.
    pub fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in &self.given {
            let known = self.read.iter().any(|(read, _)| read == name);
            match name.as_str() {
                "as_of" => return Err(Problem::with_detail(Code::NotSupported, "as_of is not offered here")),
                _ if known => self.fields.problem(&format!("?{name}"), "is given more than once"),
                _ => self.fields.problem(&format!("?{name}"), "unknown parameter"),
            }
        }
        self.fields.finish(Some(()))
    }
}
