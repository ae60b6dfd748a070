//! The `rtb.bid-sanity` gate.

use std::collections::BTreeSet;

use super::{
    NO_BIDS,
    fault::{self, Fault, Search, Searched, Stop},
    openrtb::{Imps, Spot, bids, currencies, fields, listed, number, text, texts},
};
use crate::{
    Deadline, Gate, Json, Outcome, Places, Subject,
    clock::Pace,
    gates::{InvalidOption, reason},
};

const MISSING: &str = "missing-price";
const NEGATIVE: &str = "negative-price";
const OVER_CAP: &str = "price-over-cap";
const OVER_MULTIPLE: &str = "price-over-floor-multiple";
const ZERO: &str = "zero-price-without-deal";
const BELOW_FLOOR: &str = "price-below-floor";

/// Fails on prices that nobody can have meant.
///
/// | rule | flags | reason |
/// |---|---|---|
/// | `missing-price` | a price that is absent or no number | `bid missing price` |
/// | `negative-price` | a negative price | `bid price is negative` |
/// | `price-over-cap` | a price over [`max_price`](Self::max_price), if one is set | `bid price 40 exceeds cap 25` |
/// | `price-over-floor-multiple` | a price over [`max_floor_multiple`](Self::max_floor_multiple) times the impression's floor | `bid price is 60.0x the floor, above the 50x limit` |
/// | `zero-price-without-deal` | a price of zero without a deal, when [asked for](Self::zero_price_needs_deal) | `bid price is zero without a deal` |
/// | `price-below-floor` | a price below the floor, when [asked for](Self::below_floor) | `bid price 0.4 is below the floor 0.5` |
///
/// Leaves alone a price of exactly the cap, the limit or the floor. Floors are those of the impressions that the bid's `impid`
/// names; where that is none, or the floor is absent, zero or negative, there is nothing to compare with. Of several
/// floors the one counts that the price is farthest from. The multiple is that of the bare numbers, whatever their currencies.
/// Skipped when the response has no bids (`no bids in response`).
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

    /// What findings name as their rule.
    #[must_use]
    pub fn rules() -> &'static [&'static str] {
        &[
            MISSING,
            NEGATIVE,
            OVER_CAP,
            OVER_MULTIPLE,
            ZERO,
            BELOW_FLOOR,
        ]
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
        fault::judge(self, subject, deadline)
    }

    fn places(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        fault::tell(self, subject, places);
    }
}

impl Search for BidSanity {
    fn search(
        &self,
        subject: &Subject<'_>,
        deadline: &Deadline<'_>,
        found: &mut dyn FnMut(Fault<'_>) -> Searched,
    ) -> Searched {
        let response = subject.output;
        if bids(response).next().is_none() {
            return Err(Stop::Skipped(NO_BIDS));
        }
        let is_number = |price| number(price).is_some();
        for bid in bids(response) {
            for at in bid.lacking("price", is_number) {
                found(Fault::new(MISSING, at, "bid missing price"))?;
            }
        }
        for bid in bids(response) {
            for (at, price) in prices(bid) {
                if price < 0.0 {
                    found(Fault::new(NEGATIVE, at, "bid price is negative"))?;
                }
            }
        }
        if let Some(cap) = self.max_price {
            for bid in bids(response) {
                for (at, price) in prices(bid) {
                    if price > cap {
                        let (price, cap) = (reason::number(price), reason::number(cap));
                        let reason = format!("bid price {price} exceeds cap {cap}");
                        found(Fault::new(OVER_CAP, at, reason))?;
                    }
                }
            }
        }
        let imps = subject.input.map(Imps::of).unwrap_or_default();
        let mut pace = Pace::new(deadline);
        self.over_multiple(response, &imps, &mut pace, found)?;
        if self.zero_price_needs_deal {
            for bid in bids(response).filter(|bid| !names_deal(bid.value)) {
                for (at, price) in prices(bid) {
                    if price == 0.0 {
                        found(Fault::new(ZERO, at, "bid price is zero without a deal"))?;
                    }
                }
            }
        }
        if self.below_floor {
            below_floor(response, &imps, &mut pace, found)?;
        }
        Ok(())
    }
}

impl BidSanity {
    fn over_multiple(
        &self,
        response: &Json<'_>,
        imps: &Imps<'_>,
        pace: &mut Pace<'_>,
        found: &mut dyn FnMut(Fault<'_>) -> Searched,
    ) -> Searched {
        let most = self.max_floor_multiple;
        // So that a price of just the limit passes although neither it nor the floor need be exact in binary.
        let limit = most * (1.0 + 4.0 * f64::EPSILON);
        for bid in bids(response) {
            let Some(floor) = lowest_floor(bid.value, imps, pace)? else {
                continue;
            };
            for (at, price) in prices(bid) {
                let multiple = price / floor;
                if multiple > limit {
                    let (multiple, most) = (reason::ratio(multiple), reason::number(most));
                    let reason =
                        format!("bid price is {multiple}x the floor, above the {most}x limit");
                    found(Fault::new(OVER_MULTIPLE, at, reason))?;
                }
            }
        }
        Ok(())
    }
}

fn below_floor(
    response: &Json<'_>,
    imps: &Imps<'_>,
    pace: &mut Pace<'_>,
    found: &mut dyn FnMut(Fault<'_>) -> Searched,
) -> Searched {
    let paid: BTreeSet<String> = currencies(response, "cur").collect();
    for bid in bids(response) {
        let Some(floor) = highest_floor(bid.value, imps, &paid, pace)? else {
            continue;
        };
        for (at, price) in prices(bid) {
            if price < floor {
                let (price, floor) = (reason::number(price), reason::number(floor));
                let reason = format!("bid price {price} is below the floor {floor}");
                found(Fault::new(BELOW_FLOOR, at, reason))?;
            }
        }
    }
    Ok(())
}

/// The prices that a bid gives: with duplicate keys several.
fn prices(bid: Spot<'_>) -> impl Iterator<Item = (Spot<'_>, f64)> {
    bid.fields("price")
        .filter_map(|at| Some((at, number(at.value)?)))
}

/// Whether every reader finds a deal.
fn names_deal(bid: &Json<'_>) -> bool {
    let is_deal = |value| text(value).is_some_and(|id| !id.is_empty());
    let mut deals = fields(bid, "dealid").map(is_deal).peekable();
    deals.peek().is_some() && deals.all(|is_deal| is_deal)
}

/// The lowest positive floor of the impressions that the bid may be for.
fn lowest_floor<'j>(
    bid: &'j Json<'j>,
    imps: &Imps<'j>,
    pace: &mut Pace<'_>,
) -> Searched<Option<f64>> {
    let mut lowest: Option<f64> = None;
    for imp in imps_of(bid, imps) {
        read(imp, pace)?;
        let floors = fields(imp, "bidfloor").filter_map(number);
        let floors = floors.filter(|&floor| floor > 0.0);
        lowest = lowest.into_iter().chain(floors).reduce(f64::min);
    }
    Ok(lowest)
}

/// The highest floor of the bid in a currency that is paid.
fn highest_floor<'j>(
    bid: &'j Json<'j>,
    imps: &Imps<'j>,
    paid: &BTreeSet<String>,
    pace: &mut Pace<'_>,
) -> Searched<Option<f64>> {
    let deals: BTreeSet<&str> = fields(bid, "dealid").filter_map(text).collect();
    let mut highest: Option<f64> = None;
    for imp in imps_of(bid, imps) {
        for of in floors(imp, &deals, pace)? {
            if currencies(of, "bidfloorcur").any(|asked| paid.contains(&asked)) {
                let floors = fields(of, "bidfloor").filter_map(number);
                let floors = floors.filter(|&floor| floor > 0.0);
                highest = highest.into_iter().chain(floors).reduce(f64::max);
            }
        }
    }
    Ok(highest)
}

/// The impressions that the bid may be for.
fn imps_of<'j>(bid: &'j Json<'j>, imps: &Imps<'j>) -> impl Iterator<Item = &'j Json<'j>> {
    let impids = fields(bid, "impid").filter_map(text);
    impids.flat_map(|impid| imps.with_id(impid))
}

/// The objects that set the floor at the impression for a bid on the deals: those of them that it offers, or else itself.
fn floors<'j>(
    imp: &'j Json<'j>,
    deals: &BTreeSet<&str>,
    pace: &mut Pace<'_>,
) -> Searched<Vec<&'j Json<'j>>> {
    read(imp, pace)?;
    let mut floors = Vec::new();
    for pmp in listed(imp, "pmp") {
        read(pmp, pace)?;
        for deal in listed(pmp, "deals") {
            read(deal, pace)?;
            if texts(deal, "id").any(|id| deals.contains(id)) {
                floors.push(deal);
            }
        }
    }
    if floors.is_empty() {
        floors.push(imp);
    }
    Ok(floors)
}

/// Accounts for reading an object. Impressions and bids that all have one id make for as many comparisons as the product of
/// their numbers.
fn read(object: &Json<'_>, pace: &mut Pace<'_>) -> Searched {
    /// What it takes to look at a member, in bytes scanned.
    const MEMBER: usize = 16;
    let members = match object {
        Json::Object(members) => members.len(),
        _ => 0,
    };
    let is_in_time = pace.spend(MEMBER * (1 + members));
    is_in_time.then_some(()).ok_or(Stop::Late)
}

#[cfg(test)]
mod tests;
