//! What is known about the request that caused an event.

use std::collections::HashMap;

use crate::{
    ids::{ApiKeyId, UserId},
    personal::Personal,
};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    User(UserId),
    /// A program, with a key of a person or of an organization.
    ApiKey(ApiKeyId),
    /// The product itself, by the clock or at its first start.
    System,
    /// Of a kind that this version does not know, or with an id that it cannot read: as it was recorded.
    Other {
        kind: String,
        id: Option<String>,
    },
}

impl Actor {
    /// `user`, `api_key`, `system`, or what a newer version recorded.
    pub fn kind(&self) -> &str {
        match self {
            Self::User(_) => "user",
            Self::ApiKey(_) => "api_key",
            Self::System => "system",
            Self::Other { kind, .. } => kind,
        }
    }

    pub fn id(&self) -> Option<String> {
        match self {
            Self::User(id) => Some(id.to_string()),
            Self::ApiKey(id) => Some(id.to_string()),
            Self::System => None,
            Self::Other { id, .. } => id.clone(),
        }
    }

    /// What was recorded as this kind and id; the system where no kind was.
    fn read(kind: Option<String>, id: Option<String>) -> Self {
        let uuid = id.as_deref().and_then(|id| id.parse().ok());
        match (kind.as_deref(), uuid) {
            (Some("user"), Some(id)) => Self::User(UserId::new(id)),
            (Some("api_key"), Some(id)) => Self::ApiKey(ApiKeyId::new(id)),
            (None | Some("system"), _) => Self::System,
            _ => Self::Other { kind: kind.unwrap_or_default(), id },
        }
    }
}

/// The envelope's metadata. Stored as a flat map of strings, which is what stock readers of the table expect;
/// a personal field is the JSON text of its sealed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    pub actor: Actor,
    /// What authenticated the actor: `password`, `key:<id>` …
    pub credential: Option<String>,
    pub request_id: Option<String>,
    /// The request that started the chain of which this is a part.
    pub correlation_id: Option<String>,
    /// The event or command that directly caused this one.
    pub causation_id: Option<String>,
    pub client_address: Option<Personal<String>>,
    pub user_agent: Option<Personal<String>>,
}

impl Metadata {
    pub fn system() -> Self {
        Self {
            actor: Actor::System,
            credential: None,
            request_id: None,
            correlation_id: None,
            causation_id: None,
            client_address: None,
            user_agent: None,
        }
    }

    pub fn to_map(&self) -> Result<HashMap<String, String>, serde_json::Error> {
        let mut map = HashMap::from([("actor_type".to_owned(), self.actor.kind().to_owned())]);
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                map.insert(key.to_owned(), value);
            }
        };
        put("actor_id", self.actor.id());
        put("credential", self.credential.clone());
        put("request_id", self.request_id.clone());
        put("correlation_id", self.correlation_id.clone());
        put("causation_id", self.causation_id.clone());
        put("client_address", personal_text(&self.client_address)?);
        put("user_agent", personal_text(&self.user_agent)?);
        Ok(map)
    }

    /// Reads what [`Metadata::to_map`] wrote. Unreadable fields read as absent.
    pub fn from_map(map: &HashMap<String, String>) -> Self {
        let text = |key: &str| map.get(key).cloned();
        let personal = |key: &str| map.get(key).and_then(|text| serde_json::from_str(text).ok());
        Self {
            actor: Actor::read(text("actor_type"), text("actor_id")),
            credential: text("credential"),
            request_id: text("request_id"),
            correlation_id: text("correlation_id"),
            causation_id: text("causation_id"),
            client_address: personal("client_address"),
            user_agent: personal("user_agent"),
        }
    }
}

fn personal_text(field: &Option<Personal<String>>) -> Result<Option<String>, serde_json::Error> {
    field.as_ref().map(serde_json::to_string).transpose()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_flat_form_reads_back() {
        let user = Uuid::from_u128(5);
        let metadata = Metadata {
            actor: Actor::User(UserId::new(user)),
            request_id: Some("r-1".into()),
            client_address: Some(Personal::new(user, "192.0.2.1".into())),
            ..Metadata::system()
        };
        let map = metadata.to_map().expect("a map");
        assert_eq!(Metadata::from_map(&map), metadata);
        assert_eq!(map["client_address"], format!(r#"{{"$personal":"{user}","v":"192.0.2.1"}}"#));
    }

    #[test]
    fn an_actor_of_a_kind_that_is_not_known_stays_itself() {
        let map = |kind: &str, id: Option<&str>| {
            let id = id.map(|id| ("actor_id".to_owned(), id.to_owned()));
            HashMap::from_iter([("actor_type".to_owned(), kind.to_owned())].into_iter().chain(id))
        };
        let known = Uuid::from_u128(5).to_string();
        for (kind, id) in
            [("agent", Some(known.as_str())), ("agent", None), ("robot", Some("r-7")), ("user", Some("x"))]
        {
            let map = map(kind, id);
            let metadata = Metadata::from_map(&map);
            assert_eq!((metadata.actor.kind(), metadata.actor.id().as_deref()), (kind, id));
            assert_eq!(metadata.to_map().expect("a map"), map);
        }
        assert_eq!(Metadata::from_map(&map("system", None)).actor, Actor::System);
        assert_eq!(Metadata::from_map(&HashMap::new()).actor, Actor::System);
    }
}
