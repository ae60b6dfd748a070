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
/// requests were admitted, oldest first. Admits so many or none.
///
/// Times are written out in full: as numbers, Lua would round them. A clock that is set back must not unorder the list.
const ADMIT: &str = "
local key, limit, requests, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local newest = redis.call('LINDEX', key, -1)
if newest and tonumber(newest) > now then now = tonumber(newest) end
local oldest = redis.call('LINDEX', key, 0)
while oldest and tonumber(oldest) + window <= now do
  redis.call('LPOP', key)
  oldest = redis.call('LINDEX', key, 0)
end
local count = redis.call('LLEN', key)
local wait = 0
local excess = count + requests - limit
if excess <= 0 then
  local text = string.format('%.0f', now)
  for _ = 1, requests do redis.call('RPUSH', key, text) end
  redis.call('PEXPIRE', key, window / 1000)
  count = count + requests
  oldest = oldest or text
else
  local leaving = redis.call('LINDEX', key, excess - 1) or redis.call('LINDEX', key, -1) or now
  wait = tonumber(leaving) + window - now
end
local reset = 0
if oldest then reset = tonumber(oldest) + window - now end
return { excess <= 0 and 1 or 0, count, wait, reset }
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
    pub(crate) standing: Standing,
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

    /// Counts so many requests, in one round trip.
    async fn ask(&self, key: &str, limit: usize, requests: usize) -> Result<Shared, RedisError> {
        let mut call = self.script.key(key);
        call.arg(limit).arg(requests).arg(micros(WINDOW));
        let mut connection = self.connection.clone();
        let (admitted, count, wait, reset): (bool, usize, u64, u64) =
            call.invoke_async(&mut connection).await?;
        let seconds = |micros: u64| whole_seconds(Duration::from_micros(micros));
        Ok(Shared {
            admitted: if admitted { Ok(()) } else { Err(seconds(wait)) },
            standing: Standing {
                remaining: limit.saturating_sub(count),
                reset: if reset == 0 { 0 } else { seconds(reset) },
            },
        })
    }

    /// The same; `None` while there is no answer, which the log tells when it begins and ends.
    pub(crate) async fn admit(
        &self,
        key: &str,
        (limit, requests): (usize, usize),
        now: Duration,
    ) -> Option<Shared> {
        if micros(now) < self.away_until.load(Ordering::Relaxed) {
            return None;
        }
        let answer = timeout(PATIENCE, self.ask(key, limit, requests)).await;
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
