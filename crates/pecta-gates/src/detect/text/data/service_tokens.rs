//! The forms of the tokens of services that fewer use.

use super::token_formats::{
    Alphabet::{Alphanumeric, Base64, Dotted, Hex, Url, Word},
    Guard, TokenFormat, format, guarded,
};

#[rustfmt::skip]
pub(crate) const SERVICE_TOKENS: &[TokenFormat] = &[
    format("alibaba-access-key-id", &["LTAI"], Alphanumeric, (16, 24), "LTAI·C3J27XDCG2LmlZGEONYl", "LTAI·example"),
    format("brevo-key", &["xkeysib-"], Url, (81, 81), "xkeysib-·3e9421ce50211670eae679f02e8d28a79023c39c200661fccd268a29a0d34730-dDZFlRJmCGmUXiAP", "xkeysib-·your-key"),
    format("buildkite-token", &["bkua_"], Hex, (40, 40), "bkua_·c3cd6089065c3146e80a9c222670bbe4f4c54977", "bkua_·token"),
    format("circleci-token", &["CCIPAT_"], Word, (40, 80), "CCIPAT_·UmkVO8JmR8y4EMfAdggcG9_87c8df95247f2866028de71159b42b4ea410fb91", "CCIPAT_·token"),
    format("contentful-token", &["CFPAT-"], Url, (43, 43), "CFPAT-·bMOeEeUtuieeCIxVc57VVTiY96vwfRE5e32A8Yb3FKa", "CFPAT-·token"),
    format("doppler-token", &["dp.pt.", "dp.st.", "dp.sa."], Alphanumeric, (40, 44), "dp.pt.·NQyyLaMeffOhq4AUvy7VSLDCD1IfHWGbtMfEbo9ShFX", "dp.pt.·token"),
    format("dynatrace-token", &["dt0c01.", "dt0s16."], Dotted, (72, 89), "dt0c01.·7QAXTJMKV47PUZQM3MNYOUNI.I7WCERKH46RN2Y7U4UECRCRWTBIZ5MBRPJDH4GXEMM6QLA6CLORWKZOF2YI45MAY", "dt0c01.·token"),
    format("easypost-key", &["EZAK"], Alphanumeric, (54, 54), "EZAK·JKP4GY08vDuPngU30ZP7Thnp5yftIY7uq6T2bwGfcCvJAXrF6bnZ3e", "EZAK·key"),
    format("facebook-token", &["EAACEdEose0cBA"], Alphanumeric, (20, 300), "EAACEdEose0cBA·BZclIvRY6iEjH5UH1RSC84FL8SfWoCHJs1UJOkHG16JqtQy9235Nnt2j9IHr", "EAACEdEose0cBA·token"),
    format("flutterwave-key", &["FLWSECK-", "FLWSECK_TEST-"], Url, (32, 48), "FLWSECK-·f6d30c01c3f252edc87ff4adfa36d084-X", "FLWSECK-·key"),
    format("fly-token", &["fm2_", "fo1_"], Base64, (40, 2000), "fm2_·SXbcmjoaRsuUwpNFgFULh2GNqTmSH4BbyOA0HNkIn3OIOnHn2INL2io6VOZw5luMu57mnXm4gi4piUfqygB18AIYTimzORZbgmKRw609xhTGOWvGR1mZeEgb", "fm2_·token"),
    format("frameio-token", &["fio-u-"], Url, (64, 64), "fio-u-·cWJNG5KEjmlhnl1ks7RgLdi8RDeWguzDBGwBnMxaOSc2mlADxVxz6mMkgGYau5fZ", "fio-u-·token"),
    format("hubspot-token", &["pat-na1-", "pat-na2-", "pat-eu1-"], Url, (36, 36), "pat-na1-·c6a8835c-4abd-5c65-2a9f-30b1789a6c52", "pat-na1-·token"),
    format("langsmith-key", &["lsv2_pt_", "lsv2_sk_"], Word, (40, 60), "lsv2_pt_·cf63c03378ec16c03888ad3e21c5cf5f_1dfd9c9b9f", "lsv2_pt_·key"),
    format("mapbox-secret-token", &["sk.eyJ"], Dotted, (60, 300), "sk.eyJ·PrJ7sQTVsbaXpLcOkAWRyd5uVzdLU8ueZ5oBUEqWpcHg7ZU6Dj90pMTh.dNADhn3dwHjhxCiQADMqOL", "sk.eyJ·1"),
    format("netlify-token", &["nfp_"], Alphanumeric, (36, 60), "nfp_·RAxXVH0i8sUipEhG5tYGN2wrrNRUKSLmOrWp", "nfp_·token"),
    format("notion-secret", &["secret_"], Alphanumeric, (43, 43), "secret_·m8pGP6m4RcOdarqBbNcgoIreWf6RkJpOxEEwnvvFVi1", "secret_·name"),
    format("nvidia-key", &["nvapi-"], Url, (60, 80), "nvapi-·3eZhCZ0N1XXnCBVqyZjxjP1MusJWV06lBPxLgD4ufIfBKKF0RDt0Xaetn6QMfStF", "nvapi-·key"),
    format("onepassword-token", &["ops_eyJ"], Base64, (200, 2000), "ops_eyJ·UWSus4jowQUux6huTCKM658R6rCHZtDuoz97U5Hpfx1xbxRzLyYmVKxZyIj1LKllfWD42sZboHdIkKs9bP1ZBeLItYIfvfrVg5ufbOPjgV0PBpToFW6HvWDzwvZ9vRiFFIZUeTN6cAW0Qw2aZy1f4D9IObHxTaZhA7A6jpVkOyRkunyBHsr4dEtUhtPjX6l6dWDbLE6ZcugmlwnLpMTEMGoCl5rzl6W7tOJ80JE2qF4z69vQ", "ops_eyJ·token"),
    format("plaid-token", &["access-production-", "access-development-"], Url, (36, 36), "access-production-·2f7c164c-8170-fbe7-d5d5-a48481450644", "access-production-·denied"),
    format("posthog-key", &["phx_"], Alphanumeric, (40, 60), "phx_·fwrNTHg4ESDf9VLI2GtbYmAm6RfY0CncIAHFk819tut", "phx_·key"),
    format("prefect-key", &["pnu_"], Alphanumeric, (36, 36), "pnu_·ze9t3exeigz3h2ay4psh3anjsy8tvz9fqmmy", "pnu_·key"),
    format("readme-key", &["rdme_"], Alphanumeric, (70, 70), "rdme_·hvtr4v2yfgjgillmzc3fgockh10ev16injy4v0azup7bqvmvt2g9yn6vsgkq8t9ow66jm7", "rdme_·key"),
    format("render-key", &["rnd_"], Alphanumeric, (28, 40), "rnd_·TT17mK8bOQmXfipEKASvvf73xrD4hCUi", "rnd_·seed"),
    format("shippo-token", &["shippo_live_"], Hex, (40, 40), "shippo_live_·7285a4309b7b552e1c549c056de14c3c5a487a11", "shippo_live_·token"),
    format("sourcegraph-token", &["sgp_"], Word, (40, 60), "sgp_·4cf3fbdd9fedd33add0a19dca9273e7c1f379c72", "sgp_·token"),
    format("tavily-key", &["tvly-"], Url, (32, 60), "tvly-·6U93Qx3IAKZkoPVAKh5egHYih4IK8Das", "tvly-·key"),
    format("tencent-secret-id", &["AKID"], Alphanumeric, (32, 32), "AKID·pUtbuleC5C0HzjwSLoctbD5utuFj7XXE", "AKID·example"),
    guarded(Guard::Behind(0), format("mailgun-key", &["key-"], Hex, (32, 32), "key-·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e", "key-·value-store")),
    guarded(Guard::Behind(14), format("terraform-cloud-token", &[".atlasv1."], Url, (60, 70), "FdleJXP6xuQEYc.atlasv1.·HsG02ORHV8IlMXXkhMBpQCJXqYTYUpqFIo2LMFqcmMTdKC34lujMbMFZBGCUq2Zb", "x.atlasv1.·token")),
    format("together-key", &["tgp_v1_"], Url, (40, 60), "tgp_v1_·4nms27S5dmu12w5EblO4SJmIOpm84dPgtU0u95r3AT4", "tgp_v1_·key"),
    format("typeform-token", &["tfp_"], Url, (40, 60), "tfp_·ivS98XCAfko3thTSmrlUpGQsYrxZQH4hLHot57lQoriO", "tfp_·token"),
    format("vercel-blob-token", &["vercel_blob_rw_"], Word, (40, 60), "vercel_blob_rw_·QfDeC6HeH6caMLsI_qBZKfksWmplrUJblY5j5cND6WLya75", "vercel_blob_rw_·token"),
];
