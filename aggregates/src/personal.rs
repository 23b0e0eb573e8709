//! Personal data inside events.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The key that marks an object in an event as personal data.
pub const PERSONAL_MARK: &str = "$personal";

/// A value that belongs to one subject and can be erased.
///
/// In memory it is open: `{"$personal": "<subject>", "v": …}`. The ledger replaces `v` by a ciphertext `c`
/// under the subject's key before it stores an event and opens it when it reads; without the key the value is
/// gone and reads as erased, while the event, its position and its hash stay.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal<T> {
    #[serde(rename = "$personal")]
    subject: Uuid,
    #[serde(rename = "v", default = "none", skip_serializing_if = "Option::is_none")]
    value: Option<T>,
}

// `#[serde(default)]` alone would ask for `T: Default`.
fn none<T>() -> Option<T> {
    None
}

impl<T> Personal<T> {
    pub fn new(subject: Uuid, value: T) -> Self {
        Self { subject, value: Some(value) }
    }

    /// Whose data this is: a user, or an organization for what belongs to no single person.
    pub fn subject(&self) -> Uuid {
        self.subject
    }

    /// The value; none once it was erased.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Personal({})", self.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_its_value_it_reads_as_erased() {
        let subject = Uuid::from_u128(7);
        let open = serde_json::to_value(Personal::new(subject, "Jane".to_owned())).expect("json");
        assert_eq!(open, serde_json::json!({"$personal": subject, "v": "Jane"}));
        let erased: Personal<String> =
            serde_json::from_value(serde_json::json!({"$personal": subject})).expect("erased");
        assert_eq!((erased.subject(), erased.get()), (subject, None));
    }
}
