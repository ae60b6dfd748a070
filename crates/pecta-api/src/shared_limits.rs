//! Rate limits that several servers share, through Valkey or Redis.

use crate::limiter::{Standing, WINDOW, whole_seconds};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Script};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// How long an answer may take before the server decides by itself.
const PATIENCE: Duration = Duration::from_millis(200);
/// For how long nobody asks then.
const REST: Duration = Duration::from_secs(1);

/// The exact window of this process's own limiter, on the clock of the server that all ask: a list of the times at which
/// requests were admitted, oldest first. Admits so many under every key, or none.
///
/// Times are written out in full: as numbers, Lua would round them. A clock that is set back must not unorder the list.
const ADMIT: &str = "
local requests, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
for _, key in ipairs(KEYS) do
  local newest = redis.call('LINDEX', key, -1)
  if newest and tonumber(newest) > now then now = tonumber(newest) end
end
local admitted, wait = 1, 0
for nth, key in ipairs(KEYS) do
  local first, behind = 0, redis.call('LLEN', key)
  while first < behind do
    local middle = math.floor((first + behind) / 2)
    if tonumber(redis.call('LINDEX', key, middle)) + window <= now then
      first = middle + 1
    else
      behind = middle
    end
  end
  if first > 0 then redis.call('LTRIM', key, first, -1) end
  local excess = redis.call('LLEN', key) + requests - tonumber(ARGV[nth + 2])
  if excess > 0 then
    admitted = 0
    local leaving = redis.call('LINDEX', key, excess - 1) or redis.call('LINDEX', key, -1) or now
    wait = math.max(wait, tonumber(leaving) + window - now)
  end
end
local answer = { admitted, wait }
local text = string.format('%.0f', now)
for nth, key in ipairs(KEYS) do
  if admitted == 1 then
    for _ = 1, requests do redis.call('RPUSH', key, text) end
    redis.call('PEXPIRE', key, window / 1000)
  end
  local counted = redis.call('LLEN', key)
  local above = math.max(0, counted - tonumber(ARGV[nth + 2]))
  local leaving = redis.call('LINDEX', key, above) or redis.call('LINDEX', key, -1)
  answer[#answer + 1] = counted
  answer[#answer + 1] = leaving and tonumber(leaving) + window - now or 0
end
return answer
";

/// A place that several servers count requests in.
pub struct SharedLimits {
    connection: ConnectionManager,
    script: Script,
    /// Nobody asks before, by the process's clock in microseconds; 0 while there are answers.
    away_until: AtomicU64,
}

/// The URL is none of a server of Valkey or Redis. The reason holds nothing of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUrl(String);

/// What the servers together let through.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shared {
    /// Or in how many seconds they would.
    pub(crate) admitted: Result<(), u64>,
    /// In each place.
    pub(crate) standings: Vec<Standing>,
}

impl SharedLimits {
    /// Of the server and database that a URL names: `redis://`, or `rediss://` for TLS. Connects when it is first asked, and
    /// anew whenever the connection is lost.
    ///
    /// # Errors
    /// When it is no such URL.
    pub fn new(url: &str) -> Result<Self, WrongUrl> {
        let wrong = |error: RedisError| WrongUrl(error.category().to_owned());
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let client = Client::open(url).map_err(wrong)?;
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client, config).map_err(wrong)?,
            script: Script::new(ADMIT),
            away_until: AtomicU64::new(0),
        })
    }

    /// Whether the last question was answered, or none was asked yet.
    pub(crate) fn is_reachable(&self) -> bool {
        self.away_until.load(Ordering::Relaxed) == 0
    }

    /// Counts so many requests in each place, in one round trip.
    async fn ask(&self, places: &[(String, usize)], requests: usize) -> Result<Shared, RedisError> {
        let mut call = self.script.prepare_invoke();
        call.arg(requests).arg(micros(WINDOW));
        for (key, limit) in places {
            call.key(key).arg(*limit);
        }
        let mut connection = self.connection.clone();
        let numbers: Vec<u64> = call.invoke_async(&mut connection).await?;
        let seconds = |micros: u64| whole_seconds(Duration::from_micros(micros));
        let (admitted, wait) = match numbers.get(..2) {
            Some([admitted, wait]) => (*admitted == 1, *wait),
            _ => (false, 0),
        };
        let (counts, _) = numbers.get(2..).unwrap_or_default().as_chunks::<2>();
        let standings = places
            .iter()
            .zip(counts)
            .map(|((_, limit), [count, reset])| Standing {
                remaining: limit.saturating_sub(usize::try_from(*count).unwrap_or(usize::MAX)),
                reset: if *reset == 0 { 0 } else { seconds(*reset) },
            });
        Ok(Shared {
            admitted: if admitted { Ok(()) } else { Err(seconds(wait)) },
            standings: standings.collect(),
        })
    }

    /// The same; `None` while there is no answer, which the log tells when it begins and ends.
    pub(crate) async fn admit(
        &self,
        places: &[(String, usize)],
        requests: usize,
        now: Duration,
    ) -> Option<Shared> {
        if micros(now) < self.away_until.load(Ordering::Relaxed) {
            return None;
        }
        let answer = timeout(PATIENCE, self.ask(places, requests)).await;
        let failure = match answer {
            Ok(Ok(shared)) => {
                if self.away_until.swap(0, Ordering::Relaxed) > 0 {
                    tracing::info!("rate limits are shared again");
                }
                return Some(shared);
            }
            // The category alone: the rest may name what the URL holds.
            Ok(Err(error)) => error.category().to_owned(),
            Err(_) => "there is no answer in time".to_owned(),
        };
        if self.away_until.swap(micros(now + REST), Ordering::Relaxed) == 0 {
            tracing::warn!(
                failure,
                "rate limits are not shared: this server limits by itself until it can ask again"
            );
        }
        None
    }
}

impl fmt::Debug for SharedLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedLimits").finish_non_exhaustive()
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
