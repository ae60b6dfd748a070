//! Every setting: its names, its default, and what the help says.

/// One setting. The flag and the environment variable follow from its key in the settings file.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The key in the settings file, such as `rate_limit_ingest`.
    pub(crate) key: &'static str,
    /// How the value is called in the help.
    pub(crate) value_name: &'static str,
    about: &'static str,
    /// The value when no source gives one.
    pub(crate) default: Option<&'static str>,
}

impl Setting {
    const fn new(
        key: &'static str,
        value_name: &'static str,
        default: Option<&'static str>,
        about: &'static str,
    ) -> Self {
        Self {
            key,
            value_name,
            about,
            default,
        }
    }

    pub(crate) fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    pub(crate) fn variable(&self) -> String {
        format!("PECTA_{}", self.key.to_ascii_uppercase())
    }

    pub(crate) fn help(&self) -> String {
        let default = self.default.map(|value| format!(" [default: {value}]"));
        let default = default.unwrap_or_default();
        format!("{} [env: {}]{default}", self.about, self.variable())
    }
}

/// Where the settings file is; the one setting that cannot stand in it.
pub(crate) const CONFIG: Setting = Setting::new(
    "config",
    "FILE",
    None,
    "A settings file (TOML) with the settings below as keys",
);
pub(super) const LISTEN: Setting = Setting::new(
    "listen",
    "ADDR",
    Some("127.0.0.1:8080"),
    "The address to listen on; port 0 picks a free one",
);
pub(super) const DATABASE_URL: Setting = Setting::new(
    "database_url",
    "URL",
    Some("sqlite:pecta.db"),
    "The database: sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
);
pub(super) const MASTER_KEY_FILE: Setting = Setting::new(
    "master_key_file",
    "FILE",
    None,
    "The file of the master key; pecta.key beside an SQLite database unless given. \
     PECTA_MASTER_KEY gives the key itself",
);
pub(super) const RATE_LIMIT_INGEST: Setting = Setting::new(
    "rate_limit_ingest",
    "COUNT",
    Some("500"),
    "Requests to POST /v1/ingest per org in 60 seconds; 0 for no limit",
);
pub(super) const RATE_LIMIT_DEFAULT: Setting = Setting::new(
    "rate_limit_default",
    "COUNT",
    Some("200"),
    "Requests to all other /v1 routes per org in 60 seconds; 0 for no limit",
);
pub(super) const RATE_LIMIT_FAILURES: Setting = Setting::new(
    "rate_limit_failures",
    "COUNT",
    Some("600"),
    "Requests without a good key per client address in 60 seconds; 0 for no limit",
);
pub(super) const TRUSTED_PROXIES: Setting = Setting::new(
    "trusted_proxies",
    "NETWORKS",
    None,
    "The networks of proxies whose X-Forwarded-For tells the client's address, such as 10.0.0.0/8",
);
pub(super) const REDIS_URL: Setting = Setting::new(
    "redis_url",
    "URL",
    None,
    "Valkey or Redis, in which servers share their rate limits: redis://USER:PASSWORD@HOST:PORT/NUMBER, or rediss://",
);
pub(super) const METRICS_ADDR: Setting = Setting::new(
    "metrics_addr",
    "ADDR",
    None,
    "An address of its own on which metrics are served to Prometheus, at /metrics, to whoever reaches it",
);
pub(super) const CORS_ORIGINS: Setting = Setting::new(
    "cors_origins",
    "ORIGINS",
    None,
    "Origins whose pages may call from a browser, such as https://a.example,https://b.example:8443",
);
pub(super) const TLS_CERT: Setting = Setting::new(
    "tls_cert",
    "FILE",
    None,
    "The certificates of the server, its own first (PEM); with it, HTTPS is served. SIGHUP reads it again",
);
pub(super) const TLS_KEY: Setting = Setting::new(
    "tls_key",
    "FILE",
    None,
    "The private key of the certificate (PEM)",
);
pub(super) const BODY_LIMIT_BYTES: Setting = Setting::new(
    "body_limit_bytes",
    "BYTES",
    Some("2097152"),
    "The largest request body",
);
pub(super) const INGEST_BODY_LIMIT_BYTES: Setting = Setting::new(
    "ingest_body_limit_bytes",
    "BYTES",
    Some("16777216"),
    "The largest request body of POST /v1/ingest",
);
pub(super) const MAX_CONNECTIONS: Setting = Setting::new(
    "max_connections",
    "COUNT",
    Some("25000"),
    "Connections at a time; others wait to be accepted",
);
pub(super) const HEAD_TIMEOUT_MS: Setting = Setting::new(
    "head_timeout_ms",
    "MS",
    Some("10000"),
    "How long the head of a request, and a TLS handshake, may take to arrive",
);
pub(super) const KEEP_ALIVE_MS: Setting = Setting::new(
    "keep_alive_ms",
    "MS",
    Some("75000"),
    "How long a connection is kept on which no request begins",
);
pub(super) const GATE_BUDGET_MS: Setting = Setting::new(
    "gate_budget_ms",
    "MS",
    Some("50"),
    "The time that the gates have for one output",
);
pub(super) const POLICY: Setting = Setting::new(
    "policy",
    "FILE",
    None,
    "A policy (TOML, or JSON when it ends so): which gates judge which agents and tools. SIGHUP reads it again",
);
pub(super) const CALLOUT_NETWORKS: Setting = Setting::new(
    "callout_networks",
    "NETWORKS",
    None,
    "Internal networks in which policies may have services asked, such as 10.1.0.0/16,127.0.0.1/32",
);
pub(super) const LATENCY_ZERO_MS: Setting = Setting::new(
    "latency_zero_ms",
    "MS",
    Some("100"),
    "The average latency at which the latency part of the score reaches zero",
);
pub(super) const DRAIN_DELAY_MS: Setting = Setting::new(
    "drain_delay_ms",
    "MS",
    Some("500"),
    "How long a server that is told to stop goes on accepting while /ready answers 503",
);
pub(super) const RETENTION_DAYS: Setting = Setting::new(
    "retention_days",
    "DAYS",
    None,
    "Delete events when they are this old; scores stay. Unless given, none is deleted",
);
pub(super) const BOOTSTRAP_FILE: Setting = Setting::new(
    "bootstrap_file",
    "FILE",
    None,
    "Where the keys of a first start are written, as JSON, instead of to stderr",
);
pub(super) const LOG: Setting = Setting::new(
    "log",
    "FILTER",
    Some("info,actix_server=warn"),
    "What is logged: error, warn, info, debug, trace, or a filter per module",
);
pub(super) const LOG_FORMAT: Setting = Setting::new(
    "log_format",
    "FORMAT",
    Some("text"),
    "How it is logged: text or json",
);

/// Every setting that may stand in the settings file.
pub(crate) const SETTINGS: [&Setting; 26] = [
    &LISTEN,
    &DATABASE_URL,
    &MASTER_KEY_FILE,
    &RATE_LIMIT_INGEST,
    &RATE_LIMIT_DEFAULT,
    &RATE_LIMIT_FAILURES,
    &TRUSTED_PROXIES,
    &REDIS_URL,
    &METRICS_ADDR,
    &CORS_ORIGINS,
    &TLS_CERT,
    &TLS_KEY,
    &BODY_LIMIT_BYTES,
    &INGEST_BODY_LIMIT_BYTES,
    &MAX_CONNECTIONS,
    &HEAD_TIMEOUT_MS,
    &KEEP_ALIVE_MS,
    &GATE_BUDGET_MS,
    &POLICY,
    &CALLOUT_NETWORKS,
    &LATENCY_ZERO_MS,
    &DRAIN_DELAY_MS,
    &RETENTION_DAYS,
    &BOOTSTRAP_FILE,
    &LOG,
    &LOG_FORMAT,
];
