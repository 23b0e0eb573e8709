//! Who can reach the server.

use std::net::{IpAddr, SocketAddr};

use super::Settings;

impl Settings {
    /// Whether only this machine can connect to the server.
    pub fn is_loopback(&self) -> bool {
        self.listen.ip().is_loopback()
    }

    /// What says that others can reach the server, directly or through a proxy on this machine; none when nothing does.
    pub fn reachable_because(&self) -> Option<String> {
        if !self.is_loopback() {
            return Some(format!("it listens on {}", self.listen));
        }
        let proxies = self.trusted_proxies.as_deref().unwrap_or_default();
        if proxies.split(',').any(|proxy| !proxy.trim().is_empty()) {
            return Some(format!("TENANTRY_TRUSTED_PROXIES is {proxies}"));
        }
        let url = self.public_url.as_deref()?;
        (!is_on_loopback(url)).then(|| format!("TENANTRY_PUBLIC_URL is {url}"))
    }
}

/// Whether the URL names this machine to itself. What cannot be read does not.
fn is_on_loopback(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let address = match place.parse::<SocketAddr>() {
        Ok(address) => Some(address.ip()),
        Err(_) => {
            let host = place.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            host.or_else(|| place.split(':').next()).and_then(|host| host.parse::<IpAddr>().ok())
        }
    };
    match address {
        Some(address) => address.to_canonical().is_loopback(),
        None => place.split(':').next().is_some_and(|host| host.eq_ignore_ascii_case("localhost")),
    }
}
