//! How handlers describe themselves: each argument and each answer says what it is in the description of the API, so that
//! the description and what happens cannot differ.

use utoipa::{
    ToSchema,
    openapi::{
        ArrayBuilder, Content, HeaderBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder,
        Schema, SchemaFormat, Type,
        path::{Operation, ParameterBuilder, ParameterIn, ParameterStyle},
        request_body::RequestBodyBuilder,
        schema::OneOf,
    },
};

/// Schemas with their names, as they come to stand among the components.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// What an argument of a handler, or its answer, says of itself.
pub trait Describe {
    fn describe(operation: &mut Described<'_>);
}

impl<T: Describe, E> Describe for Result<T, E> {
    fn describe(operation: &mut Described<'_>) {
        T::describe(operation);
    }
}

/// An operation that is being described.
pub struct Described<'a> {
    pub operation: &'a mut Operation,
    pub schemas: &'a mut Schemas,
    /// The names of the path's segments that were not described yet, the first one last.
    segments: Vec<String>,
    counted: bool,
}

impl<'a> Described<'a> {
    pub fn new(path: &str, operation: &'a mut Operation, schemas: &'a mut Schemas) -> Self {
        let named = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        let segments = named.rev().map(str::to_owned).collect();
        Self { operation, schemas, segments, counted: false }
    }

    /// The request counts against the rate limits of the key that it is made with.
    pub fn counts(&mut self) {
        self.counted = true;
    }

    /// Adds what depends on all that was said.
    pub fn finish(mut self) {
        if self.counted {
            let responses = self.operation.responses.responses.keys();
            let good: Vec<_> = responses.filter(|status| status.starts_with(['2', '3'])).cloned().collect();
            for status in good {
                RATE_LIMITS.iter().for_each(|header| self.says(&status, header));
            }
        }
    }

    /// The next segment of the path.
    pub fn segment(&mut self, meaning: &str, schema: impl Into<RefOr<Schema>>) {
        if let Some(name) = self.segments.pop() {
            self.parameter(&name, ParameterIn::Path, meaning, schema);
        }
    }

    pub fn query(&mut self, name: &str, meaning: &str, schema: impl Into<RefOr<Schema>>) {
        self.parameter(name, ParameterIn::Query, meaning, schema);
    }

    pub fn header(&mut self, name: &str, meaning: &str) {
        self.parameter(name, ParameterIn::Header, meaning, text());
    }

    fn parameter(&mut self, name: &str, place: ParameterIn, meaning: &str, schema: impl Into<RefOr<Schema>>) {
        let required = if matches!(place, ParameterIn::Path) { Required::True } else { Required::False };
        let parameter = ParameterBuilder::new().name(name).parameter_in(place).required(required);
        let schema = schema.into();
        // The values of a list stand in one text, with commas between them.
        let listed = matches!(schema, RefOr::T(Schema::Array(_)));
        let (style, explode) = if listed { (Some(ParameterStyle::Form), Some(false)) } else { (None, None) };
        let parameter = parameter.style(style).explode(explode);
        let parameter = parameter.description(Some(meaning)).schema(Some(schema)).build();
        self.operation.parameters.get_or_insert_default().push(parameter);
    }

    /// The JSON body that is taken.
    pub fn body<T: ToSchema>(&mut self) {
        let content = Content::new(Some(self.refer::<T>()));
        let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
        self.operation.request_body = Some(body.build());
    }

    /// A successful answer, with a body of one of these schemas, and these headers with what they mean.
    pub fn answers(&mut self, status: &str, meaning: &str, schemas: Vec<RefOr<Schema>>, headers: &[Header]) {
        let mut response = ResponseBuilder::new().description(meaning);
        let mut schemas = schemas.into_iter();
        let content = match (schemas.next(), schemas.next()) {
            (Some(one), Some(other)) => {
                let items = [one, other].into_iter().chain(schemas).collect();
                Some(Schema::OneOf(OneOf { items, ..OneOf::new() }).into())
            }
            (only, _) => only,
        };
        if let Some(schema) = content {
            response = response.content("application/json", Content::new(Some::<RefOr<Schema>>(schema)));
        }
        self.operation.responses.responses.insert(status.to_owned(), response.build().into());
        headers.iter().for_each(|header| self.says(status, header));
    }

    /// Adds a header to what was said of an answer.
    pub fn says(&mut self, status: &str, Header(name, kind, meaning): &Header) {
        let schema = ObjectBuilder::new().schema_type(kind.clone());
        let header = HeaderBuilder::new().schema(schema).description(Some(*meaning)).build();
        if let Some(RefOr::T(response)) = self.operation.responses.responses.get_mut(status) {
            response.headers.insert((*name).to_owned(), header);
        }
    }

    /// Whether a parameter was described.
    pub fn takes(&self, name: &str) -> bool {
        self.operation.parameters.iter().flatten().any(|parameter| parameter.name == name)
    }

    /// A problem that can be met. What the operation itself says of it stays.
    pub fn problem(&mut self, status: &str) {
        let empty = || ResponseBuilder::new().build().into();
        self.operation.responses.responses.entry(status.to_owned()).or_insert_with(empty);
    }

    /// The schema of a type, by its name among the components.
    pub fn refer<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        Ref::from_schema_name(T::name()).into()
    }
}

/// A header of a response: its name, its type and what it means.
#[derive(Clone)]
pub struct Header(pub &'static str, pub Type, pub &'static str);

/// What is left of the limits that a request counted against.
pub const RATE_LIMITS: [Header; 2] = [
    Header(
        "RateLimit",
        Type::String,
        "What is left of the rate limits that the request counted against, where it counted against any: only requests \
         with an API key do (draft-ietf-httpapi-ratelimit-headers).",
    ),
    Header("RateLimit-Policy", Type::String, "The rate limits that the request counted against, where it did."),
];

/// The schema of a list of these.
pub fn list_of(items: RefOr<Schema>) -> RefOr<Schema> {
    Schema::Array(ArrayBuilder::new().items(items).build()).into()
}

/// The schema of a text.
pub fn text() -> RefOr<Schema> {
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).build()).into()
}

/// The schema of a whole number.
pub fn integer() -> RefOr<Schema> {
    Schema::Object(ObjectBuilder::new().schema_type(Type::Integer).build()).into()
}

/// The schema of an id.
pub fn uuid() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build()).into()
}

/// A function that answers requests, whose arguments and answer describe themselves.
pub trait Handler<Arguments> {
    fn describe(&self, operation: &mut Described<'_>);
}

macro_rules! handlers {
    ($(($($argument:ident),*),)*) => {$(
        impl<F, R, $($argument,)*> Handler<($($argument,)*)> for F
        where
            F: AsyncHandler<($($argument,)*), Answer = R>,
            R: Describe,
            $($argument: Describe,)*
        {
            fn describe(&self, operation: &mut Described<'_>) {
                $($argument::describe(operation);)*
                R::describe(operation);
            }
        }

        impl<F, Fut, $($argument,)*> AsyncHandler<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Fut,
            Fut: Future,
        {
            type Answer = Fut::Output;
        }
    )*};
}

/// What an asynchronous function answers.
pub trait AsyncHandler<Arguments> {
    type Answer;
}

handlers! {
    (),
    (A),
    (A, B),
    (A, B, C),
}
