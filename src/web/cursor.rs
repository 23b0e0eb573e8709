//! Cursors: opaque, authenticated, and bound to the list they were given for.

use aggregates::authorization::Asker;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Problem, problem::Code};
use crate::ledger::secret::{RootSecret, authenticate};

const TAG: usize = 16;

/// Signs cursors. Every node of a deployment has the same key.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    pub fn new(root: &RootSecret) -> Self {
        Self(root.derive("tenantry cursors v1"))
    }

    /// A cursor behind this row, valid for this asker, list and filter only.
    pub fn encode(&self, after: Uuid, asker: Asker, list: &str) -> String {
        let tag = self.tag(after, asker, list);
        URL_SAFE_NO_PAD.encode([after.as_bytes().as_slice(), &tag].concat())
    }

    pub fn decode(&self, cursor: &str, asker: Asker, list: &str) -> Result<Uuid, Problem> {
        let invalid = || Problem::new(Code::InvalidCursor);
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (id, tag) = bytes.split_at_checked(16).ok_or_else(invalid)?;
        let after = Uuid::from_slice(id).map_err(|_| invalid())?;
        let genuine = subtle::ConstantTimeEq::ct_eq(tag, self.tag(after, asker, list).as_slice());
        if bool::from(genuine) { Ok(after) } else { Err(invalid()) }
    }

    fn tag(&self, after: Uuid, asker: Asker, list: &str) -> [u8; TAG] {
        let mac = authenticate(&self.0, &[after.as_bytes(), asker.id().as_bytes(), list.as_bytes()]);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&mac[..TAG]);
        tag
    }
}

#[cfg(test)]
mod tests {
    use aggregates::{authorization::Reach, ids::UserId};

    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_list_and_caller_only() {
        let key = CursorKey([7; 32]);
        let asker =
            |n| Asker::User { id: UserId::new(Uuid::from_u128(n)), superadmin: false, reach: Reach::Everywhere };
        let id = Uuid::from_u128(99);
        let cursor = key.encode(id, asker(1), "organizations?status=active");
        assert_eq!(key.decode(&cursor, asker(1), "organizations?status=active").ok(), Some(id));
        assert!(key.decode(&cursor, asker(2), "organizations?status=active").is_err());
        assert!(key.decode(&cursor, asker(1), "organizations").is_err());
        for place in 0..cursor.len() {
            let mut altered = cursor.clone().into_bytes();
            altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("ASCII");
            assert!(key.decode(&altered, asker(1), "organizations?status=active").is_err(), "{altered}");
        }
        assert!(key.decode("", asker(1), "organizations").is_err());
    }
}
