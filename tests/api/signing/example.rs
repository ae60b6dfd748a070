//! A verdict, signed with the time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn send(url: &str, api_key: &str, secret_key: &str) -> Result<String, Box<dyn Error>> {
    let body = r#"{"events":[{"agent_id":"from-rust","passed":true,"gates":[],"total_latency_ms":12}]}"#;
    let time = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes())?;
    mac.update(format!("{time}.{body}").as_bytes());
    let code = mac.finalize().into_bytes();
    let code = code.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mut answer = ureq::post(format!("{url}/v1/ingest"))
        .header("Authorization", format!("Bearer {api_key}"))
        .header("X-Pecta-Signature", format!("t={time},v1={code}"))
        .send(body)?;
    Ok(answer.body_mut().read_to_string()?)
}
