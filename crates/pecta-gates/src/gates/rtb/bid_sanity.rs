//! The `rtb.bid-sanity` gate.

use super::{
    NO_BIDS,
    openrtb::{Imps, bids, currencies, fields, listed, number, text, texts},
};
use crate::{
    Deadline, Gate, Json, Outcome, Subject, TIMEOUT,
    clock::Pace,
    gates::{InvalidOption, reason},
};

/// Fails on prices that nobody can have meant.
///
/// | flags | reason |
/// |---|---|
/// | a price that is absent or no number | `bid missing price` |
/// | a negative price | `bid price is negative` |
/// | a price over [`max_price`](Self::max_price), if one is set | `bid price 40 exceeds cap 25` |
/// | a price over [`max_floor_multiple`](Self::max_floor_multiple) times the impression's floor | `bid price is 60.0x the floor, above the 50x limit` |
/// | a price of zero without a deal, when [asked for](Self::zero_price_needs_deal) | `bid price is zero without a deal` |
/// | a price below the floor, when [asked for](Self::below_floor) | `bid price 0.4 is below the floor 0.5` |
///
/// Leaves alone a price of exactly the cap, the limit or the floor. Floors are those of the impressions that the bid's `impid`
/// names; where that is none, or the floor is absent, zero or negative, there is nothing to compare with. The multiple is
/// that of the bare numbers, whatever their currencies. Skipped when the response has no bids (`no bids in response`).
///
/// Fields: `Bid.price`, `impid` and `dealid` (section 4.2.3 of `OpenRTB` 2.6), `Imp.bidfloor` and `bidfloorcur` (3.2.4),
/// `Imp.pmp.deals[].id`, `bidfloor` and `bidfloorcur` (3.2.12), `BidResponse.cur` (4.2.1). All prices are CPM.
#[derive(Clone, Debug)]
pub struct BidSanity {
    name: String,
    max_price: Option<f64>,
    max_floor_multiple: f64,
    zero_price_needs_deal: bool,
    below_floor: bool,
}

impl BidSanity {
    /// The gate without a cap, and with 50 as the highest multiple of the floor.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "rtb.bid-sanity".to_owned(),
            max_price: None,
            max_floor_multiple: 50.0,
            zero_price_needs_deal: false,
            below_floor: false,
        }
    }

    /// Gives the gate another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Sets the highest price, in whatever currency the bids are; there is none unless set.
    ///
    /// # Errors
    ///
    /// `max_price` is not positive or not finite.
    pub fn max_price(self, max_price: f64) -> Result<Self, InvalidOption> {
        if !(max_price.is_finite() && max_price > 0.0) {
            let expected = "positive and finite";
            return Err(InvalidOption::new("max_price", expected, max_price));
        }
        Ok(Self {
            max_price: Some(max_price),
            ..self
        })
    }

    /// Sets how many times the floor a price may be.
    ///
    /// # Errors
    ///
    /// `multiple` is below 1, where a price could not reach the floor, or not finite.
    pub fn max_floor_multiple(self, multiple: f64) -> Result<Self, InvalidOption> {
        if !(multiple.is_finite() && multiple >= 1.0) {
            let expected = "finite and at least 1";
            return Err(InvalidOption::new("max_floor_multiple", expected, multiple));
        }
        Ok(Self {
            max_floor_multiple: multiple,
            ..self
        })
    }

    /// Sets whether the gate fails on a price of zero in a bid that names no deal; not unless set.
    #[must_use]
    pub fn zero_price_needs_deal(self, fails: bool) -> Self {
        Self {
            zero_price_needs_deal: fails,
            ..self
        }
    }

    /// Sets whether the gate fails on a price below the floor in the same currency; not unless set. A bid on a deal that its
    /// impression offers has the deal's floor, any other the impression's. Currencies are US dollars unless given.
    #[must_use]
    pub fn below_floor(self, fails: bool) -> Self {
        Self {
            below_floor: fails,
            ..self
        }
    }

    /// The first price that is too many times its floor, as that multiple.
    fn excess(&self, offers: &[Offer<'_>], imps: &Imps<'_>, pace: &mut Pace<'_>) -> Compared<f64> {
        // So that a price of just the limit passes although neither it nor the floor need be exact in binary.
        let limit = self.max_floor_multiple * (1.0 + 4.0 * f64::EPSILON);
        for offer in offers {
            for floor in offer.imps(imps).flat_map(|imp| fields(imp, "bidfloor")) {
                if !pace.spend(COMPARISON) {
                    return Err(Late);
                }
                let floor = number(floor).filter(|&floor| floor > 0.0);
                let multiple = floor.map(|floor| offer.price / floor);
                if let Some(multiple) = multiple.filter(|&multiple| multiple > limit) {
                    return Ok(Some(multiple));
                }
            }
        }
        Ok(None)
    }
}

impl Default for BidSanity {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate for BidSanity {
    fn name(&self) -> &str {
        &self.name
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        if bids(subject.output).next().is_none() {
            return Outcome::skipped(NO_BIDS);
        }
        let Some(offers) = offers(subject.output) else {
            return Outcome::failed("bid missing price");
        };
        if offers.iter().any(|offer| offer.price < 0.0) {
            return Outcome::failed("bid price is negative");
        }
        if let Some(cap) = self.max_price
            && let Some(over) = offers.iter().find(|offer| offer.price > cap)
        {
            let (price, cap) = (reason::number(over.price), reason::number(cap));
            return Outcome::failed(format!("bid price {price} exceeds cap {cap}"));
        }
        let imps = subject.input.map(Imps::of).unwrap_or_default();
        let mut pace = Pace::new(deadline);
        match self.excess(&offers, &imps, &mut pace) {
            Err(Late) => return Outcome::failed(TIMEOUT),
            Ok(Some(multiple)) => {
                let (multiple, limit) = (
                    reason::ratio(multiple),
                    reason::number(self.max_floor_multiple),
                );
                return Outcome::failed(format!(
                    "bid price is {multiple}x the floor, above the {limit}x limit"
                ));
            }
            Ok(None) => {}
        }
        if self.zero_price_needs_deal && offers.iter().any(Offer::is_for_free) {
            return Outcome::failed("bid price is zero without a deal");
        }
        if self.below_floor {
            match shortfall(&offers, subject.output, &imps, &mut pace) {
                Err(Late) => return Outcome::failed(TIMEOUT),
                Ok(Some((price, floor))) => {
                    let (price, floor) = (reason::number(price), reason::number(floor));
                    return Outcome::failed(format!(
                        "bid price {price} is below the floor {floor}"
                    ));
                }
                Ok(None) => {}
            }
        }
        Outcome::Passed
    }
}

/// A price that a bid gives; a bid with duplicate keys gives several.
struct Offer<'j> {
    bid: &'j Json<'j>,
    price: f64,
}

/// What comparing prices with floors found, if it was done in time.
type Compared<T> = Result<Option<T>, Late>;

/// The deadline has passed.
struct Late;

/// What comparing a price with a floor costs, in bytes scanned. Impressions and bids that all have one id make for as many
/// comparisons as the product of their numbers.
const COMPARISON: usize = 64;

/// All prices of all bids; none if one of them is missing.
fn offers<'j>(response: &'j Json<'j>) -> Option<Vec<Offer<'j>>> {
    let mut offers = Vec::new();
    for bid in bids(response) {
        let known = offers.len();
        for price in fields(bid, "price") {
            let price = number(price)?;
            offers.push(Offer { bid, price });
        }
        if offers.len() == known {
            return None;
        }
    }
    Some(offers)
}

impl<'j> Offer<'j> {
    /// The impressions that the bid may be for.
    fn imps(&self, imps: &Imps<'j>) -> impl Iterator<Item = &'j Json<'j>> {
        let impids = fields(self.bid, "impid").filter_map(text);
        impids.flat_map(|impid| imps.with_id(impid))
    }

    /// Whether the price is zero and some reader finds no deal.
    fn is_for_free(&self) -> bool {
        let names_deal = |value| text(value).is_some_and(|id| !id.is_empty());
        let mut deals = fields(self.bid, "dealid").map(names_deal).peekable();
        self.price == 0.0 && (deals.peek().is_none() || deals.any(|named| !named))
    }

    /// The objects that set the bid's floor at the impression: the deals it is on, or else the impression itself.
    fn floors(&self, imp: &'j Json<'j>) -> Vec<&'j Json<'j>> {
        let deals = listed(imp, "pmp").flat_map(|pmp| listed(pmp, "deals"));
        let ids = || fields(self.bid, "dealid").filter_map(text);
        let named = |deal: &&Json<'_>| ids().any(|id| texts(deal, "id").any(|other| other == id));
        let mut floors: Vec<_> = deals.filter(named).collect();
        if floors.is_empty() {
            floors.push(imp);
        }
        floors
    }
}

/// The first price that is below a floor in the same currency, with that floor.
fn shortfall<'j>(
    offers: &[Offer<'j>],
    response: &'j Json<'j>,
    imps: &Imps<'j>,
    pace: &mut Pace<'_>,
) -> Compared<(f64, f64)> {
    let paid: Vec<_> = currencies(response, "cur").collect();
    for offer in offers {
        for imp in offer.imps(imps) {
            for of in offer.floors(imp) {
                if !pace.spend(COMPARISON) {
                    return Err(Late);
                }
                let same_currency =
                    currencies(of, "bidfloorcur").any(|asked| paid.contains(&asked));
                let floors = fields(of, "bidfloor").filter_map(number);
                let above = floors.reduce(f64::max).filter(|&floor| offer.price < floor);
                if let Some(floor) = above.filter(|_| same_currency) {
                    return Ok(Some((offer.price, floor)));
                }
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
