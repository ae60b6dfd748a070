//! The forms of tokens that carry the mark of who issued them.

/// A token: the issuer's mark, then a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenFormat {
    /// The rule's id.
    pub(crate) rule: &'static str,
    pub(crate) prefixes: &'static [&'static str],
    pub(crate) alphabet: Alphabet,
    /// The fewest and most characters of the body.
    pub(crate) length: (usize, usize),
    pub(crate) guard: Guard,
    /// Examples, with a `·` that is no part of them and keeps them from being taken for tokens.
    pub(crate) hit: &'static str,
    pub(crate) miss: &'static str,
}

/// The characters of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// `0`-`9` `a`-`f`
    Hex,
    /// `A`-`Z` `2`-`7`
    Base32,
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, `_`.
    Word,
    /// Letters, digits, `_`, `-`.
    Url,
    /// Letters, digits, `_`, `-`, `.`.
    Dotted,
    /// Letters, digits, `+`, `/`, `=`.
    Base64,
    /// Letters, digits, `_`, `-`, `/`.
    Path,
}

/// What must be true of a token besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The body looks random.
    Random,
    /// The checksum of a Pecta key is right.
    PectaChecksum,
    /// Three parts with dots between them, the second of which is JSON.
    JsonWebToken,
    /// Two parts with a dot between them, of 22 and 43 characters.
    SendGrid,
    /// The identifier of a Telegram bot stands before the mark.
    TelegramBot,
    /// So many characters stand before the mark.
    Behind(usize),
}

pub(super) const fn format(
    rule: &'static str,
    prefixes: &'static [&'static str],
    alphabet: Alphabet,
    length: (usize, usize),
    hit: &'static str,
    miss: &'static str,
) -> TokenFormat {
    TokenFormat {
        rule,
        prefixes,
        alphabet,
        length,
        guard: Guard::Random,
        hit,
        miss,
    }
}

pub(super) const fn guarded(guard: Guard, format: TokenFormat) -> TokenFormat {
    TokenFormat { guard, ..format }
}

use Alphabet::{Alphanumeric, Base32, Base64, Dotted, Hex, Path, Url, Word};

pub(crate) const TOKENS: &[TokenFormat] = &[
    format(
        "aws-access-key-id",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        Base32,
        (16, 16),
        "AKIA·QX7RM2KDLW4TVZ3P",
        "AKIA·IOSFODNN7EXAMPLE",
    ),
    format(
        "github-token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        Alphanumeric,
        (36, 255),
        "ghp_·wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx",
        "ghp_·xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    format(
        "github-fine-grained-token",
        &["github_pat_"],
        Word,
        (60, 255),
        "github_pat_·11ABCQ7XI0kL2mWv8RtYz4_b6N9sDfGhJ1kP3oQ5rT7uV9wX2yZ4aB6cD8eF0gH2iJ4kL6mN8o",
        "github_pat_·your_token_here",
    ),
    format(
        "gitlab-token",
        &[
            "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glimt-",
            "glagent-", "gloas-",
        ],
        Dotted,
        (20, 300),
        "glpat-·7xKz9QmW2vRt4LpN8sYd",
        "glpat-·xxxxxxxxxxxxxxxxxxxx",
    ),
    format(
        "slack-token",
        &[
            "xoxb-", "xoxp-", "xoxa-", "xoxo-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-",
        ],
        Dotted,
        (20, 400),
        "xoxb-·2847561930-4928375610-kQ8wZr3XtVn5LmPy7sJd",
        "xoxb-·your-token-goes-right-here",
    ),
    format(
        "slack-webhook",
        &["hooks.slack.com/services/"],
        Path,
        (40, 60),
        "https://hooks.slack.com/services/·T8K2M4Q6R/B7N3P5S9V/kQ8wZr3XtVn5LmPy7sJdHf2G",
        "https://hooks.slack.com/services/·T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    ),
    format(
        "discord-webhook",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        Path,
        (70, 110),
        "https://discord.com/api/webhooks/·839204756182937465/kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi0OaSdFgHjKlZxCvBnMqWeRtYu",
        "https://discord.com/api/webhooks/·{id}/{token}",
    ),
    guarded(
        Guard::PectaChecksum,
        format(
            "pecta-key",
            &["pk_live_", "sk_live_"],
            Alphanumeric,
            (32, 32),
            "sk_live_·zzzzzzzzzzzzzzzzzzzzzzzzzz38fNH3",
            "sk_live_·zzzzzzzzzzzzzzzzzzzzzzzzzz38fNH4",
        ),
    ),
    format(
        "stripe-key",
        &["sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"],
        Alphanumeric,
        (24, 255),
        "sk_live_·51HqLyjWDarjtT1zdp7dcQm9",
        "sk_test_·4eC39HqLyjWDarjtT1zdp7dc",
    ),
    format(
        "google-api-key",
        &["AIza"],
        Url,
        (35, 35),
        "AIza·SyB7kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6",
        "AIza·SyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    ),
    format(
        "google-oauth-secret",
        &["GOCSPX-"],
        Url,
        (28, 28),
        "GOCSPX-·kQ8wZr3XtVn5LmPy7sJdHf2GcB4v",
        "GOCSPX-·your-client-secret-goes-here",
    ),
    format(
        "google-oauth-token",
        &["ya29."],
        Url,
        (30, 400),
        "ya29.·a0AfB7kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6",
        "ya29.·xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    format(
        "anthropic-key",
        &["sk-ant-"],
        Url,
        (24, 200),
        "sk-ant-·api03-kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi",
        "sk-ant-·api03-your-api-key-here",
    ),
    format(
        "openai-key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"],
        Url,
        (40, 220),
        "sk-proj-·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi0OaSd",
        "sk-proj-·xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    format(
        "openai-key",
        &["sk-"],
        Alphanumeric,
        (32, 64),
        "sk-·kQ8wZr3XtVn5LmPy7sJdT3BlbkFJHf2GcB4vNx6TzRq9WkE1",
        "sk-·learn-contrib-extensions",
    ),
    format(
        "openrouter-key",
        &["sk-or-v1-"],
        Hex,
        (64, 64),
        "sk-or-v1-·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a0c1e3b5d7f9a2c4e6b8d0f1a",
        "sk-or-v1-·0000000000000000000000000000000000000000000000000000000000000000",
    ),
    format(
        "npm-token",
        &["npm_"],
        Alphanumeric,
        (36, 36),
        "npm_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9",
        "npm_·config_registry",
    ),
    format(
        "pypi-token",
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        Url,
        (50, 400),
        "pypi-·AgEIcHlwaS5vcmcCJGtROHdacjNYdFZuNUxtUHk3c0pkSGYyR2NCNHZOeDZUelJxOVdrRTF1WWkw",
        "pypi-·AgEIcHlwaS5vcmc",
    ),
    guarded(
        Guard::SendGrid,
        format(
            "sendgrid-key",
            &["SG."],
            Dotted,
            (60, 72),
            "SG.·kQ8wZr3XtVn5LmPy7sJdHf.2GcB4vNx6TzRq9WkE1uYi0OaSdFgHjKlZxCvBnMqWeR",
            "SG.·notASendGridKey.atAll",
        ),
    ),
    format(
        "twilio-key",
        &[
            "SK0", "SK1", "SK2", "SK3", "SK4", "SK5", "SK6", "SK7", "SK8", "SK9", "SKa", "SKb",
            "SKc", "SKd", "SKe", "SKf",
        ],
        Hex,
        (31, 31),
        "SK·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e",
        "SK·00000000000000000000000000000000",
    ),
    guarded(
        Guard::TelegramBot,
        format(
            "telegram-bot-token",
            &[":AA"],
            Url,
            (32, 33),
            "6839204756·:AAHkQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6T",
            "ratio 1:AAA",
        ),
    ),
    format(
        "azure-storage-key",
        &["AccountKey=", "SharedAccessKey="],
        Base64,
        (40, 90),
        "AccountKey=·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi0OaSdFgHjKlZxCvBnMqWeRtYuIoPaSdFgHjKl==",
        "AccountKey=·$STORAGE_KEY",
    ),
    guarded(
        Guard::Behind(3),
        format(
            "azure-client-secret",
            &["*7Q~", "*8Q~"],
            Dotted,
            (31, 34),
            "kQ8·8Q~Zr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9Wk",
            "7Q~",
        ),
    ),
    format(
        "digitalocean-token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        Hex,
        (64, 64),
        "dop_v1_·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a0c1e3b5d7f9a2c4e6b8d0f1a",
        "dop_v1_·token",
    ),
    format(
        "huggingface-token",
        &["hf_", "api_org_"],
        Alphanumeric,
        (34, 40),
        "hf_·kQwZrXtVnLmPysJdHfGcBvNxTzRqWkEuYi",
        "hf_·hub_download",
    ),
    format(
        "shopify-token",
        &["shpat_", "shpss_", "shpca_", "shppa_"],
        Hex,
        (32, 32),
        "shpat_·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e",
        "shpat_·token",
    ),
    format(
        "databricks-token",
        &["dapi"],
        Hex,
        (32, 34),
        "dapi·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e",
        "dapi·docs",
    ),
    format(
        "square-token",
        &["sq0atp-", "sq0csp-"],
        Url,
        (22, 50),
        "sq0atp-·kQ8wZr3XtVn5LmPy7sJdHf",
        "sq0atp-·placeholder",
    ),
    format(
        "linear-key",
        &["lin_api_"],
        Alphanumeric,
        (40, 40),
        "lin_api_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1",
        "lin_api_·key",
    ),
    format(
        "notion-token",
        &["ntn_"],
        Alphanumeric,
        (40, 50),
        "ntn_·839204756kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9W",
        "ntn_·token",
    ),
    format(
        "grafana-token",
        &["glsa_"],
        Word,
        (40, 50),
        "glsa_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6T_7c3f9a1e",
        "glsa_·token",
    ),
    format(
        "vault-token",
        &["hvs.", "hvb."],
        Url,
        (24, 300),
        "hvs.·CAESIkQ8wZr3XtVn5LmPy7sJdHf2",
        "hvs.·token",
    ),
    format(
        "figma-token",
        &["figd_"],
        Url,
        (40, 60),
        "figd_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1",
        "figd_·token",
    ),
    format(
        "sentry-token",
        &["sntrys_", "sntryu_"],
        Base64,
        (60, 400),
        "sntryu_·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a0c1e3b5d7f9a2c4e6b8d0f1a",
        "sntryu_·token",
    ),
    format(
        "planetscale-token",
        &["pscale_tkn_", "pscale_pw_"],
        Url,
        (32, 64),
        "pscale_tkn_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6T",
        "pscale_tkn_·name",
    ),
    format(
        "new-relic-key",
        &["NRAK-"],
        Alphanumeric,
        (27, 27),
        "NRAK-·KQ8WZR3XTVN5LMPY7SJDHF2GCB4",
        "NRAK-·KEY",
    ),
    format(
        "docker-token",
        &["dckr_pat_"],
        Url,
        (27, 32),
        "dckr_pat_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4",
        "dckr_pat_·token",
    ),
    format(
        "groq-key",
        &["gsk_"],
        Alphanumeric,
        (52, 52),
        "gsk_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi0OaSdFgHj",
        "gsk_·key",
    ),
    format(
        "xai-key",
        &["xai-"],
        Alphanumeric,
        (80, 80),
        "xai-·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi0OaSdFgHjKlZxCvBnMqWeRtYuIoPaSdFgHjKl",
        "xai-·sdk",
    ),
    format(
        "replicate-token",
        &["r8_"],
        Alphanumeric,
        (37, 37),
        "r8_·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9W",
        "r8_·token",
    ),
    format(
        "perplexity-key",
        &["pplx-"],
        Alphanumeric,
        (48, 48),
        "pplx-·kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi0OaSd",
        "pplx-·api",
    ),
    format(
        "supabase-token",
        &["sbp_"],
        Hex,
        (40, 40),
        "sbp_·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a",
        "sbp_·token",
    ),
    format(
        "tailscale-key",
        &["tskey-auth-", "tskey-api-", "tskey-client-"],
        Url,
        (20, 80),
        "tskey-auth-·kQ8wZr3XtVn5-LmPy7sJdHf2GcB4vNx6T",
        "tskey-auth-·your-key-goes-here",
    ),
    format(
        "age-secret-key",
        &["AGE-SECRET-KEY-1"],
        Alphanumeric,
        (58, 58),
        "AGE-SECRET-KEY-1·QZ8WR3XTV5LMPY7SJDHF2GCB4VNX6TZRQ9WKE0UY3ASDFGHJKLZXCVMQWE",
        "AGE-SECRET-KEY-1·",
    ),
    format(
        "rubygems-key",
        &["rubygems_"],
        Hex,
        (48, 48),
        "rubygems_·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a0c1e3b5d",
        "rubygems_·version",
    ),
    format(
        "pulumi-token",
        &["pul-"],
        Hex,
        (40, 40),
        "pul-·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a",
        "pul-·token",
    ),
    format(
        "atlassian-token",
        &["ATATT3"],
        Base64,
        (60, 260),
        "ATATT3·xFfGF0kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi0OaSdFgHjKlZxCvBn=7C3F9A1E",
        "ATATT3·token",
    ),
    format(
        "postman-key",
        &["PMAK-"],
        Url,
        (59, 59),
        "PMAK-·7c3f9a1e5b8d2f4a6c0e9b7d-1f3a5c8e2b4d6f8a0c1e3b5d7f9a2c4e6b",
        "PMAK-·key",
    ),
    guarded(
        Guard::JsonWebToken,
        format(
            "json-web-token",
            &["eyJ"],
            Dotted,
            (60, 8000),
            "eyJ·hbGciOiJIUzI1NiJ9.eyJ1aWQiOjQyLCJyb2xlIjoiYWRtaW4ifQ.kQ8wZr3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi",
            "eyJ·hbGciOiJIUzI1NiJ9",
        ),
    ),
];
