//! A person, wherever one is shown.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct Person<'a> {
    pub id: Uuid,
    pub email: Option<&'a str>,
    /// Null until the person has given one.
    pub name: Option<&'a str>,
}
