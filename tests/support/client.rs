//! Requests and replies.

use std::{fmt, ops::Index, sync::Arc};

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;

/// A request that has not been sent. It borrows nothing, so that many can be sent at once.
#[derive(Clone)]
pub struct Request {
    http: reqwest::Client,
    method: Method,
    url: String,
    headers: HeaderMap,
    credentials: Option<(String, String)>,
    body: Option<Arc<Vec<u8>>>,
}

impl Request {
    pub fn new(http: reqwest::Client, method: &str, url: String) -> Self {
        let method = method.parse().expect("a method");
        Self { http, method, url, headers: HeaderMap::new(), credentials: None, body: None }
    }

    pub fn basic(mut self, user: &str, password: &str) -> Self {
        self.credentials = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// With an access token or a key.
    pub fn bearer(self, token: &str) -> Self {
        self.anonymous().header("authorization", &format!("Bearer {token}"))
    }

    /// By somebody who is signed in.
    pub fn by(self, person: &super::Person) -> Self {
        self.bearer(&person.access_token)
    }

    /// Without credentials.
    pub fn anonymous(mut self) -> Self {
        self.credentials = None;
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
        self.headers.append(name.parse::<HeaderName>().expect("a header"), value);
        self
    }

    /// With one more parameter, such as `limit=1`.
    pub fn parameter(mut self, parameter: &str) -> Self {
        self.url.push(if self.url.contains('?') { '&' } else { '?' });
        self.url.push_str(parameter);
        self
    }

    /// `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(self, body: Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.header("content-type", content_type).raw_body(body)
    }

    /// A body without a content type.
    pub fn raw_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(Arc::new(body.into()));
        self
    }

    /// The reply, or why there is none.
    pub async fn try_send(self) -> Result<Reply, reqwest::Error> {
        let mut request = self.http.request(self.method, self.url).headers(self.headers);
        if let Some((user, password)) = self.credentials {
            request = request.basic_auth(user, Some(password));
        }
        if let Some(body) = self.body {
            request = request.body(body.as_ref().clone());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await?;
        let json = serde_json::from_str(&body).unwrap_or(Value::Null);
        Ok(Reply { status, headers, body, json })
    }

    pub async fn send(self) -> Reply {
        let what = self.to_string();
        self.try_send().await.unwrap_or_else(|error| panic!("{what} was not answered: {error:?}"))
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.as_deref().map(|body| String::from_utf8_lossy(body).chars().take(200).collect::<String>());
        write!(formatter, "{} {} {}", self.method, self.url, body.unwrap_or_default())
    }
}

/// A reply. `reply["name"]` is a field of its JSON body.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    pub json: Value,
}

impl Reply {
    /// This reply, when it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn id(&self) -> &str {
        self["id"].as_str().unwrap_or_else(|| panic!("no id: {self}"))
    }

    pub fn etag(&self) -> &str {
        self.header("etag").unwrap_or_else(|| panic!("no ETag: {self}"))
    }

    /// The version of the resource, from its tag.
    pub fn version(&self) -> i64 {
        let number = self.etag().strip_prefix("\"v").and_then(|tag| tag.split('-').next()).map(str::parse);
        number.and_then(Result::ok).unwrap_or_else(|| panic!("no version: {self}"))
    }

    /// `Ledger-Position`.
    pub fn position(&self) -> i64 {
        let position = self.header("ledger-position").and_then(|position| position.parse().ok());
        position.unwrap_or_else(|| panic!("no Ledger-Position: {self}"))
    }

    /// Whether this is the stored reply of an earlier request.
    pub fn is_replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }

    /// The target of `Link: <…>; rel="next"`.
    pub fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        let target = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\""));
        Some(target.unwrap_or_else(|| panic!("not a link: {link}")).to_owned())
    }

    /// The fields of a list's rows, in order.
    pub fn each(&self, field: &str) -> Vec<String> {
        let rows = self.json.as_array().unwrap_or_else(|| panic!("not a list: {self}"));
        rows.iter().map(|row| row[field].as_str().unwrap_or_else(|| panic!("no {field}: {row}")).to_owned()).collect()
    }

    /// The names of the body's fields, sorted.
    pub fn keys(&self) -> Vec<&str> {
        let object = self.json.as_object().unwrap_or_else(|| panic!("not an object: {self}"));
        let mut keys: Vec<_> = object.keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    /// The pointers of a 422, sorted.
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self["errors"].as_array().unwrap_or_else(|| panic!("no errors: {self}"));
        let mut pointers: Vec<_> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
        pointers.sort_unstable();
        pointers
    }

    /// Checks what every problem document has.
    #[track_caller]
    pub fn assert_problem(&self, public_url: &str) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        let code = self["code"].as_str().unwrap_or_else(|| panic!("no code: {self}"));
        assert_eq!(self["type"], format!("{public_url}/problems/{code}"), "{self}");
        assert_eq!(self["status"], self.status, "{self}");
        assert_eq!(self["request_id"].as_str(), self.header("x-request-id"), "{self}");
        for text in ["title", "detail", "request_id"] {
            assert!(self[text].as_str().is_some_and(|text| !text.is_empty()), "no {text}: {self}");
        }
        assert_eq!(self["errors"].is_array(), self["code"] == "invalid", "only an invalid request has errors: {self}");
        for error in self["errors"].as_array().into_iter().flatten() {
            assert!(error["pointer"].is_string() && error["detail"].is_string(), "{self}");
        }
    }
}

impl Index<&str> for Reply {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        &self.json[field]
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.status)?;
        self.headers.iter().try_for_each(|(name, value)| writeln!(formatter, "{name}: {value:?}"))?;
        formatter.write_str(&self.body)
    }
}
