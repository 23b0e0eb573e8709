//! API keys: who asks with one, and whether it is valid.
//!
//! Keys, accounts and places in organizations are remembered, so that neither a request with a key nor the verification
//! of one waits for the database.

mod known;
mod limits;
mod text;
mod verify;

use std::{net::IpAddr, sync::Arc};

use aggregates::{
    api_key::{ApiKey, Owner, RateLimit, SecretHash},
    authorization::{Asker, Standing},
    ids::{ApiKeyId, OrganizationId, UserId},
    organization::{Organization, Status},
};
use chrono::Utc;
use cqrs_es::Aggregate;
use foldhash::fast::RandomState;
use moka::sync::Cache;
use projections::api_keys::KeyStatus;
use thiserror::Error;

pub use self::known::KnownKey;
use self::{limits::Limits, text::Handle};
pub use self::{
    limits::RateLimits,
    text::{NewSecret, PREFIX, masked},
    verify::{Code, Verification, Verify},
};
use super::{
    Credential, Meter, Principal, Used, Users,
    followed::{Followed, within_limit},
    quota::{Allowance, TooMany},
};
use crate::{
    database,
    ledger::{Freshness, Listener},
    readmodel::{Place, ReadModel, organizations::Reference},
};

/// How many keys, and how many places of people in organizations, are remembered.
const REMEMBERED: u64 = 100_000;

/// Why a request with a key is refused.
#[derive(Debug, Error)]
pub enum ApiKeyRefusal {
    /// No valid key; the reason is not given.
    #[error("the API key is not valid")]
    Unknown,
    /// The bearer of the key may know that it no longer works.
    #[error("the API key is {}", .0.as_str())]
    Over(KeyStatus),
    #[error("the owner of the API key is disabled")]
    OwnerDisabled,
    #[error("the organization of the API key is suspended")]
    Suspended,
    #[error("the API key may not be used from this address")]
    Address,
    #[error("the API key is used too often")]
    TooMany(TooMany),
    #[error("it is not known whether the API key is valid")]
    Stale(#[source] database::Error),
}

/// A request with a valid key, and what is left of its rate limits.
#[derive(Debug)]
pub struct Admitted {
    pub principal: Principal,
    pub allowances: Vec<Allowance>,
}

/// A key that somebody showed, and the secret that it was shown with.
#[derive(Debug)]
pub struct ShownKey {
    pub known: Arc<KnownKey>,
    secret: SecretHash,
}

impl ShownKey {
    pub fn credential(&self) -> Credential {
        Credential::ApiKey(self.known.id(), self.secret)
    }
}

/// Turns API keys into principals. Clones share what they remember.
#[derive(Clone)]
pub struct ApiKeys {
    readmodel: ReadModel,
    users: Users,
    /// A handle is never given to another key.
    handles: Cache<Handle, ApiKeyId, RandomState>,
    keys: Followed<ApiKeyId, Arc<KnownKey>>,
    places: Followed<(OrganizationId, Option<UserId>), Arc<Place>>,
    limits: Limits,
    meter: Meter,
}

/// Why a text is not a key at all.
enum NoKey {
    Malformed,
    NotFound,
    Stale(database::Error),
}

impl From<database::Error> for NoKey {
    fn from(error: database::Error) -> Self {
        Self::Stale(error)
    }
}

impl ApiKeys {
    pub fn new(readmodel: ReadModel, freshness: &Freshness, users: Users, limits: RateLimits, meter: Meter) -> Self {
        Self {
            readmodel,
            users,
            handles: Cache::builder().max_capacity(REMEMBERED).build_with_hasher(RandomState::default()),
            keys: Followed::new(REMEMBERED, freshness.clone()),
            places: Followed::new(REMEMBERED, freshness.clone()),
            limits: Limits::new(limits),
            meter,
        }
    }

    pub fn listeners(&self) -> [Listener; 2] {
        [self.keys.listener(ApiKey::TYPE), self.places.listener(Organization::TYPE)]
    }

    /// Whether a bearer token is meant to be an API key.
    pub fn is_meant(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// The limit that holds for a key.
    pub fn rate_limit(&self, own: Option<RateLimit>) -> Option<RateLimit> {
        self.limits.of(own)
    }

    /// Who asks with this key, from this address. It counts against the key's rate limits.
    pub async fn authenticate(&self, key: &str, address: Option<IpAddr>) -> Result<Admitted, ApiKeyRefusal> {
        let (shown, asker) = self.good(key, address).await?;
        let known = &shown.known;
        let organization = self.charged(known).await.map_err(ApiKeyRefusal::Stale)?;
        let allowances = self.limits.take(known.id(), known.rate_limit(), organization);
        let allowances = allowances.map_err(ApiKeyRefusal::TooMany)?;
        self.meter.count(known.id(), organization, Used::Request, Utc::now());
        Ok(Admitted { principal: Principal { asker, credential: shown.credential() }, allowances })
    }

    /// Who asks with this key, from this address. It is remembered as the key's last use but does not count against its
    /// rate limits, for requests that count in another way.
    pub async fn identify(&self, key: &str, address: Option<IpAddr>) -> Result<Principal, ApiKeyRefusal> {
        let (shown, asker) = self.good(key, address).await?;
        self.meter.count(shown.known.id(), None, Used::Request, Utc::now());
        Ok(Principal { asker, credential: shown.credential() })
    }

    /// The key behind a text, also when it is disabled or used from elsewhere. Having it is enough to end it.
    pub async fn possessed(&self, key: &str) -> Result<ShownKey, ApiKeyRefusal> {
        let shown = self.shown(key).await?;
        match shown.known.status(Utc::now()) {
            KeyStatus::Revoked => Err(ApiKeyRefusal::Over(KeyStatus::Revoked)),
            _ => Ok(shown),
        }
    }

    /// A valid key, as it is remembered.
    pub async fn presented(&self, id: ApiKeyId) -> Result<Option<Arc<KnownKey>>, database::Error> {
        self.remembered(id).await
    }

    /// The organization that a text names. It is looked up, unless the text is an id.
    pub async fn organization(&self, reference: &Reference) -> Result<Option<OrganizationId>, database::Error> {
        match reference {
            Reference::Id(id) => Ok(Some(*id)),
            Reference::Slug(_) => Box::pin(within_limit(self.readmodel.organization_id(reference))).await,
        }
    }

    async fn shown(&self, key: &str) -> Result<ShownKey, ApiKeyRefusal> {
        self.find(key).await.map_err(|no_key| match no_key {
            NoKey::Malformed | NoKey::NotFound => ApiKeyRefusal::Unknown,
            NoKey::Stale(error) => ApiKeyRefusal::Stale(error),
        })
    }

    async fn good(&self, key: &str, address: Option<IpAddr>) -> Result<(ShownKey, Asker), ApiKeyRefusal> {
        let shown = self.shown(key).await?;
        let known = &shown.known;
        match known.status(Utc::now()) {
            KeyStatus::Active => {}
            over => return Err(ApiKeyRefusal::Over(over)),
        }
        if !known.admits(address) {
            return Err(ApiKeyRefusal::Address);
        }
        let asker = match known.row.owner() {
            Owner::User(id) => {
                let user = self.users.state(id).await.map_err(ApiKeyRefusal::Stale)?;
                let user = user.filter(|user| !user.disabled).ok_or(ApiKeyRefusal::OwnerDisabled)?;
                known.by_person(id, user)
            }
            Owner::Organization(id) => {
                let place = self.place(id, None).await.map_err(ApiKeyRefusal::Stale)?;
                match place.map(|place| place.status) {
                    Some(Status::Active) => known.by_organization(id),
                    Some(Status::Suspended) => return Err(ApiKeyRefusal::Suspended),
                    Some(Status::Deleted) | None => return Err(ApiKeyRefusal::Unknown),
                }
            }
        };
        Ok((shown, asker))
    }

    /// The key behind a text, also when it is revoked or expired.
    async fn find(&self, key: &str) -> Result<ShownKey, NoKey> {
        let handle = Handle::of(key).ok_or(NoKey::Malformed)?;
        let id = match self.handles.get(&handle) {
            Some(id) => id,
            None => {
                let look_up = Box::pin(within_limit(self.readmodel.api_key_with(handle.as_str())));
                let id = look_up.await?.ok_or(NoKey::NotFound)?;
                self.handles.insert(handle, id);
                id
            }
        };
        let known = self.remembered(id).await?.ok_or(NoKey::NotFound)?;
        let secret = text::hash(key);
        if known.has_hash(&secret, Utc::now()) { Ok(ShownKey { known, secret }) } else { Err(NoKey::NotFound) }
    }

    async fn remembered(&self, id: ApiKeyId) -> Result<Option<Arc<KnownKey>>, database::Error> {
        let look_up = async || Ok(self.readmodel.api_key_row(id).await?.map(|row| Arc::new(KnownKey::from(row))));
        self.keys.get(id.uuid(), id, look_up).await
    }

    /// The organization that a use of this key counts for. Owners who are not active members at the moment do not use
    /// up what belongs to the organization.
    async fn charged(&self, known: &KnownKey) -> Result<Option<OrganizationId>, database::Error> {
        let Some((organization, user)) = known.organization().zip(known.row.owner().user()) else {
            return Ok(known.organization());
        };
        let place = self.place(organization, Some(user)).await?;
        let counts = |place: &Arc<Place>| place.status == Status::Active && place.standing != Standing::Outsider;
        Ok(place.as_ref().filter(|place| counts(place)).map(|_| organization))
    }

    /// What an organization is, and what a user is in it.
    async fn place(
        &self,
        organization: OrganizationId,
        user: Option<UserId>,
    ) -> Result<Option<Arc<Place>>, database::Error> {
        let look_up = async || Ok(self.readmodel.place(organization, user).await?.map(Arc::new));
        self.places.get(organization.uuid(), (organization, user), look_up).await
    }
}
