//! The gates of real-time bidding, with the options of [`pecta_gates::rtb`].

use pecta_gates::{EngineGate, Profile, rtb};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Hits, Made, Options};
use crate::error::Fault;

/// The rules of a kind of gate; none if it finds nothing.
pub(super) fn rules(kind: &str) -> &'static [&'static str] {
    match kind {
        "rtb.impid-match" => rtb::ImpidMatch::rules(),
        "rtb.adomain-verify" => rtb::AdomainVerify::rules(),
        "rtb.bid-sanity" => rtb::BidSanity::rules(),
        "rtb.audience-safety" => rtb::AudienceSafety::rules(),
        "rtb.bcat-compliance" => rtb::BcatCompliance::rules(),
        _ => &[],
    }
}

/// A gate that finds something in bids: by which of the rules, its options say.
fn made(gate: impl Into<EngineGate>, rules: &[&'static str], is_on: impl Fn(&str) -> bool) -> Made {
    let rules = rules.iter().copied().filter(|rule| is_on(rule));
    Made {
        named_keys: rtb::PLACE_KEYS.map(str::to_owned).into(),
        hits: Hits::Of(rules.collect()),
        ..Made::from(gate)
    }
}

/// Skips itself and all gates after it when the auction has no time left.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TmaxGuard {
    /// The time that must be left, in milliseconds; 15 unless set.
    buffer_ms: Option<f64>,
}

impl Options for TmaxGuard {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        let gate = rtb::TmaxGuard::new();
        Ok(match self.buffer_ms {
            Some(buffer_ms) => gate.buffer_ms(buffer_ms)?,
            None => gate,
        }
        .into())
    }
}

/// Fails a bid for an impression that was not asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImpidMatch {
    /// Whether a request in which two impressions have one id fails, too.
    #[serde(default)]
    duplicate_imp_ids: bool,
}

impl Options for ImpidMatch {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        let gate = rtb::ImpidMatch::new();
        let gate = gate.duplicate_imp_ids(self.duplicate_imp_ids);
        Ok(made(gate, rtb::ImpidMatch::rules(), |rule| {
            rule != "duplicate-imp-id" || self.duplicate_imp_ids
        }))
    }
}

/// Fails a bid without a plausible advertiser domain.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdomainVerify {
    /// Whether a bid may do without `adomain`.
    #[serde(default)]
    allow_empty: bool,
    /// Domains that are placeholders, besides the known ones.
    #[serde(default)]
    placeholders: Vec<String>,
}

impl Options for AdomainVerify {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        let mut gate = rtb::AdomainVerify::new().allow_empty(self.allow_empty);
        for (nth, domain) in self.placeholders.iter().enumerate() {
            gate = gate.placeholder(domain).map_err(|error| {
                Fault::new(error)
                    .within(&nth.to_string())
                    .at("/placeholders")
            })?;
        }
        Ok(made(gate, rtb::AdomainVerify::rules(), |rule| {
            rule != "missing-adomain" || !self.allow_empty
        }))
    }
}

/// Fails a bid whose price cannot have been meant.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BidSanity {
    /// The highest price that passes, as CPM; any unless set.
    max_price: Option<f64>,
    /// How many times the floor a price may be; 50 unless set.
    max_floor_multiple: Option<f64>,
    /// Whether a price of zero fails without a deal.
    #[serde(default)]
    zero_price_needs_deal: bool,
    /// Whether a price below the floor in the same currency fails.
    #[serde(default)]
    below_floor: bool,
}

impl Options for BidSanity {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        let mut gate = rtb::BidSanity::new()
            .zero_price_needs_deal(self.zero_price_needs_deal)
            .below_floor(self.below_floor);
        if let Some(max_price) = self.max_price {
            gate = gate.max_price(max_price)?;
        }
        if let Some(multiple) = self.max_floor_multiple {
            gate = gate.max_floor_multiple(multiple)?;
        }
        Ok(made(gate, rtb::BidSanity::rules(), |rule| match rule {
            "price-over-cap" => self.max_price.is_some(),
            "zero-price-without-deal" => self.zero_price_needs_deal,
            "price-below-floor" => self.below_floor,
            _ => true,
        }))
    }
}

/// Fails a bid of an unsafe category for an audience of children.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AudienceSafety {
    /// Whether `regs.coppa` counts as well when it is the string `"1"`.
    #[serde(default)]
    coppa_as_string: bool,
}

impl Options for AudienceSafety {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        let gate = rtb::AudienceSafety::new();
        let gate = gate.coppa_as_string(self.coppa_as_string);
        Ok(made(gate, rtb::AudienceSafety::rules(), |_| true))
    }
}

/// Fails a bid of a category that the request blocks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BcatCompliance {
    /// Whether a blocked category blocks its subcategories, too.
    #[serde(default)]
    subcategories: bool,
    /// Whether the advertisers of `badv` are blocked, too.
    #[serde(default)]
    badv: bool,
}

impl Options for BcatCompliance {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        let gate = rtb::BcatCompliance::new().subcategories(self.subcategories);
        let gate = gate.badv(self.badv);
        Ok(made(
            gate,
            rtb::BcatCompliance::rules(),
            |rule| match rule {
                "blocked-subcategory" => self.subcategories,
                "blocked-advertiser" => self.badv,
                _ => true,
            },
        ))
    }
}
