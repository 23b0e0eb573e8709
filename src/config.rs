//! Settings: each is a flag, an environment variable and a line of an optional TOML file, in that order of precedence.

mod reachable;

use std::{collections::BTreeMap, ffi::OsString, fmt, fs, net::SocketAddr, path::PathBuf};

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, parser::ValueSource};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::commands::organizations::Creation;

/// The file that is read when it is there and no other is named.
const DEFAULT_FILE: &str = "tenantry.toml";

#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// A TOML file with settings; `tenantry.toml` when absent, if it exists
    #[arg(long, env = "TENANTRY_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The address and port to serve on
    #[arg(long, env = "TENANTRY_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// `sqlite://<path>` or `postgres://…`
    #[arg(long, env = "TENANTRY_DATABASE_URL", default_value = "sqlite://data/tenantry.db", global = true)]
    pub database_url: DatabaseUrl,
    /// Where clients reach this deployment, for links [default: http://<listen>]
    #[arg(long, env = "TENANTRY_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// The first superadmin's e-mail address [default on loopback: admin@example.com]
    #[arg(long, env = "TENANTRY_ADMIN_EMAIL", global = true)]
    pub admin_email: Option<String>,
    /// The first superadmin's password [default on loopback: changeme]
    #[arg(long, env = "TENANTRY_ADMIN_PASSWORD", global = true, hide_env_values = true)]
    pub admin_password: Option<SecretString>,
    /// The file of the root secret; every node of a deployment needs the same
    #[arg(long, env = "TENANTRY_SECRET_FILE", default_value = "data/secret.key", global = true)]
    pub secret_file: PathBuf,
    /// Who may create organizations
    #[arg(long, env = "TENANTRY_ORGANIZATION_CREATION", default_value = "anyone", global = true)]
    pub organization_creation: Creation,
    /// How many people may sign up in a minute from one address; 0 for no limit
    #[arg(long, env = "TENANTRY_SIGN_UPS_PER_MINUTE", default_value_t = 60, global = true)]
    pub sign_ups_per_minute: u32,
    /// How many requests a minute an API key without its own limit may make; 0 for no limit
    #[arg(long, env = "TENANTRY_KEY_REQUESTS_PER_MINUTE", default_value_t = 6_000, global = true)]
    pub key_requests_per_minute: u32,
    /// How many requests a minute all API keys of an organization may make together; 0 for no limit
    #[arg(long, env = "TENANTRY_ORGANIZATION_REQUESTS_PER_MINUTE", default_value_t = 60_000, global = true)]
    pub organization_requests_per_minute: u32,
    /// Addresses and networks of proxies whose X-Forwarded-For is trusted, separated by commas; none when absent
    #[arg(long, env = "TENANTRY_TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,
    /// Origins that browsers may call from, separated by commas; none when absent
    #[arg(long, env = "TENANTRY_CORS_ORIGINS", global = true)]
    pub cors_origins: Option<String>,
    /// A TOML file with the prices of use; the built-in list when absent
    #[arg(long, env = "TENANTRY_PRICE_LIST", global = true, value_name = "FILE")]
    pub price_list: Option<PathBuf>,
    /// Offers GraphiQL and introspection
    #[arg(long, env = "TENANTRY_DEVELOPMENT", default_value_t = false, action = clap::ArgAction::Set, global = true)]
    pub development: bool,
    /// What is logged, as directives: `info`, `tenantry=debug,warn`
    #[arg(long, env = "TENANTRY_LOG", default_value = "info", global = true)]
    pub log: String,
    /// `pretty` or `json` [default: pretty on a terminal, else json]
    #[arg(long, env = "TENANTRY_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Pretty,
    Json,
}

/// A database URL. What is printed of it has no password.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(SecretString::from(url))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.expose();
        let masked = url.split_once("://").and_then(|(scheme, rest)| {
            let (credentials, place) = rest.split_once('@')?;
            let user = credentials.split_once(':').map_or(credentials, |(user, _)| user);
            Some(format!("{scheme}://{user}:***@{place}"))
        });
        // A password may also stand among the parameters.
        let masked = masked.unwrap_or_else(|| url.to_owned());
        match masked.find("password=") {
            Some(place) => write!(formatter, "{}password=***", &masked[..place]),
            None => formatter.write_str(&masked),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("the configuration file {path} cannot be read")]
    File { path: String, source: std::io::Error },
    #[error("the configuration file {path} is not valid: {why}")]
    Content { path: String, why: String },
}

/// Where a setting's value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Flag,
    Environment,
    File(PathBuf),
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => formatter.write_str("flag"),
            Self::Environment => formatter.write_str("environment"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// The command line together with the settings of the file, and where each setting came from.
pub struct Effective<C> {
    pub cli: C,
    pub sources: BTreeMap<String, Source>,
}

/// The names of the settings, as they are written in the file.
fn names() -> Vec<String> {
    let command = Settings::augment_args(clap::Command::new("settings"));
    command.get_arguments().map(|argument| argument.get_id().to_string()).filter(|name| name != "config").collect()
}

/// Reads command line, environment and file. Errors of the command line end the process as clap does it.
pub fn read<C: CommandFactory + FromArgMatches>(
    args: impl IntoIterator<Item = OsString>,
) -> Result<Effective<C>, ConfigError> {
    let args: Vec<OsString> = args.into_iter().collect();
    let matches = C::command().get_matches_from(args.clone());
    let innermost = innermost(&matches);
    let mut sources: BTreeMap<String, Source> =
        names().into_iter().map(|name| (name.clone(), source(innermost, &name))).collect();
    let mut args = args;
    if let Some((path, values)) = file(innermost)? {
        for (name, value) in values {
            let Some(source) = sources.get_mut(&name) else {
                let why = format!("there is no setting {name}");
                return Err(ConfigError::Content { path: path.display().to_string(), why });
            };
            if *source == Source::Default {
                // As a flag it passes the same checks as any other.
                args.push(format!("--{}={value}", name.replace('_', "-")).into());
                *source = Source::File(path.clone());
            }
        }
    }
    let matches = C::command().get_matches_from(args);
    let cli = C::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    Ok(Effective { cli, sources })
}

/// Global settings are found where the command line ends.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| innermost(inner))
}

fn source(matches: &ArgMatches, name: &str) -> Source {
    match matches.value_source(name) {
        Some(ValueSource::CommandLine) => Source::Flag,
        Some(ValueSource::EnvVariable) => Source::Environment,
        _ => Source::Default,
    }
}

type FileValues = Vec<(String, String)>;

fn file(matches: &ArgMatches) -> Result<Option<(PathBuf, FileValues)>, ConfigError> {
    let named = matches.get_one::<PathBuf>("config").cloned();
    let path = named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ConfigError::File { path: path.display().to_string(), source }),
    };
    let invalid = |why: String| ConfigError::Content { path: path.display().to_string(), why };
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| invalid(error.to_string()))?;
    let mut values = Vec::with_capacity(table.len());
    for (name, value) in table {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Integer(number) => number.to_string(),
            _ => return Err(invalid(format!("{name} must be a text, a number or true or false"))),
        };
        values.push((name, text));
    }
    Ok(Some((path, values)))
}

impl<C: AsRef<Settings>> Effective<C> {
    /// One line for each setting: its value, secrets masked, and where it came from.
    pub fn lines(&self) -> Vec<String> {
        let settings = self.cli.as_ref();
        let or_unset = |value: &Option<String>| value.clone().unwrap_or_else(|| "(unset)".to_owned());
        let value = |name: &str| match name {
            "listen" => settings.listen.to_string(),
            "database_url" => settings.database_url.to_string(),
            "public_url" => or_unset(&settings.public_url),
            "admin_email" => or_unset(&settings.admin_email),
            "admin_password" => settings.admin_password.as_ref().map_or("(unset)", |_| "***").to_owned(),
            "secret_file" => settings.secret_file.display().to_string(),
            "organization_creation" => format!("{:?}", settings.organization_creation).to_lowercase(),
            "sign_ups_per_minute" => settings.sign_ups_per_minute.to_string(),
            "key_requests_per_minute" => settings.key_requests_per_minute.to_string(),
            "organization_requests_per_minute" => settings.organization_requests_per_minute.to_string(),
            "trusted_proxies" => or_unset(&settings.trusted_proxies),
            "cors_origins" => or_unset(&settings.cors_origins),
            "price_list" => {
                settings.price_list.as_ref().map_or("(unset)".to_owned(), |path| path.display().to_string())
            }
            "development" => settings.development.to_string(),
            "log" => settings.log.clone(),
            "log_format" => {
                settings.log_format.map_or("(unset)".to_owned(), |format| format!("{format:?}").to_lowercase())
            }
            _ => String::new(),
        };
        self.sources.iter().map(|(name, source)| format!("{name} = {} ({source})", value(name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        settings: Settings,
    }

    impl AsRef<Settings> for Only {
        fn as_ref(&self) -> &Settings {
            &self.settings
        }
    }

    #[test]
    fn a_database_password_is_never_shown() {
        for url in ["postgres://app:hunter2@db/tenantry", "postgres:///tenantry?host=/run&user=app&password=hunter2"] {
            let shown = format!("{0} {0:?}", DatabaseUrl::from(url.to_owned()));
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn every_setting_is_shown() {
        let effective = read::<Only>(["tenantry".into(), "--listen=127.0.0.1:1".into()]).expect("settings");
        let lines = effective.lines();
        assert!(lines.contains(&"listen = 127.0.0.1:1 (flag)".to_owned()), "{lines:?}");
        assert!(lines.iter().all(|line| !line.contains("=  (")), "a setting has no text: {lines:?}");
    }
}
