//! Networks that requests may come from.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An address or a network such as 10.0.0.0/8. Its host bits are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be an address or a network such as 10.0.0.0/8")]
pub struct NotANetwork;

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }

    /// Whether every address of another network is in this one.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.contains(&other.0)
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        let network = address.or_else(|_| text.parse::<IpNet>()).map_err(|_| NotANetwork)?;
        Ok(Self(canonical(network).trunc()))
    }
}

/// Networks of IPv4 addresses that are written as IPv6 ones, as their addresses are compared.
fn canonical(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V6(network) => network.addr().to_ipv4_mapped().zip(network.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    mapped.and_then(|(address, length)| Ipv4Net::new(address, length).ok()).map_or(network, IpNet::V4)
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_network_of_one() {
        let network = |text: &str| text.parse::<Network>().map(|network| network.to_string());
        assert_eq!(network("192.0.2.1"), Ok("192.0.2.1/32".to_owned()));
        assert_eq!(network("192.0.2.77/24"), Ok("192.0.2.0/24".to_owned()));
        assert_eq!(network("::ffff:192.0.2.1"), Ok("192.0.2.1/32".to_owned()));
        assert_eq!(network("::ffff:192.0.2.0/120"), Ok("192.0.2.0/24".to_owned()));
        for wrong in ["", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.0/8 "] {
            assert_eq!(network(wrong), Err(NotANetwork), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_found_in_either_form() {
        let network: Network = "192.0.2.0/24".parse().expect("a network");
        let contains = |text: &str| network.contains(text.parse().expect("an address"));
        assert!(contains("192.0.2.9") && contains("::ffff:192.0.2.9") && !contains("192.0.3.9") && !contains("::1"));
    }
}
