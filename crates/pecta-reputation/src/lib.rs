//! The reputation of an AI agent: a score of 0 to 1000 over its last 500 evaluations.
//!
//! An agent's record is a [`Window`]. Every [`Evaluation`] is pushed onto it, the oldest one falls
//! out once 500 are held, and nothing decays with time. [`Window::reputation`] reads the
//! [`Reputation`] off sums that are kept while pushing, so both steps cost the same however full the
//! window is.
//!
//! # The score
//!
//! ```text
//! score = floor(pass_rate * 400 + latency * 250 + streak * 200 + volume * 150)
//!
//! pass_rate = passed / evaluations
//! latency   = max(0, 1 - average latency / 100 ms)       the 100 ms are a setting: see [`Scoring`]
//! streak    = min(passes in a row up to the newest, 50) / 50
//! volume    = evaluations / 500
//! ```
//!
//! An agent that was never evaluated scores 0. The floor is taken of the exact rational value, in
//! integers, so that no binary rounding costs a point.
//!
//! ```
//! use pecta_reputation::{Evaluation, Latency, Scoring, Status, Window};
//!
//! let mut window = Window::new();
//! for passed in [true, false, true] {
//!     let latency = Latency::from_millis(12.5).ok_or("not a latency")?;
//!     window.push(Evaluation { passed, latency });
//! }
//!
//! let reputation = window.reputation(&Scoring::default());
//! assert_eq!(reputation.score.get(), 490); // 266.67 + 218.75 + 4 + 0.9, rounded down
//! assert_eq!(reputation.status, Status::Calibrating);
//! assert_eq!(reputation.streak, 1);
//!
//! assert_eq!(Window::decode(&window.encode())?, window);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod latency;
mod reputation;
mod score;
mod window;
mod windows;

pub use latency::Latency;
pub use reputation::{Reputation, Status};
pub use score::{Score, Scoring};
pub use window::{DecodeError, Evaluation, WINDOW_CAPACITY, Window};
pub use windows::Windows;
