//! Where a request comes from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use thiserror::Error;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Proxies that are trusted to name their clients.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

#[derive(Debug, Error)]
#[error("{0:?} is neither an address nor a network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl TrustedProxies {
    /// Reads addresses and networks that are separated by commas.
    pub fn parse(text: &str) -> Result<Self, NotANetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let address = part.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| part.parse::<IpNet>()).map_err(|_| NotANetwork(part.to_owned()))
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }

    /// The client behind the connection: the last address of X-Forwarded-For that is not a trusted proxy. What stands
    /// before it was written by that client, and need not be true.
    pub fn client(&self, connection: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = connection;
        let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        for address in named.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            let Ok(address) = address.parse() else { break };
            client = address;
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(proxies: &str, connection: &str, forwarded: &[&str]) -> String {
        let proxies = TrustedProxies::parse(proxies).expect("networks");
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).expect("a header"));
        }
        proxies.client(connection.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_say_who_the_client_is() {
        assert_eq!(client("", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("192.0.2.1", "192.0.2.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("192.0.2.1", "192.0.2.2", &["198.51.100.7"]), "192.0.2.2");
        // The client's own claims stand further left.
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &["203.0.113.9, 198.51.100.7, 192.0.2.8"]), "198.51.100.7");
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &["nonsense"]), "192.0.2.1");
        assert_eq!(client("192.0.2.0/24", "192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(client("::1, 2001:db8::/32", "2001:db8::1", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["localhost", "10.0.0.0/33", "10.0.0", "10.0.0.1;10.0.0.2"] {
            assert!(TrustedProxies::parse(wrong).is_err(), "{wrong}");
        }
        assert!(TrustedProxies::parse(" 10.0.0.0/8 , ::1,").is_ok());
    }
}
