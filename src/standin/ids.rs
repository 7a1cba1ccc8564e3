//! Names that are drawn or derived: codes, tokens, sessions, subjects.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use crate::standin::web::reply::Failure;

/// `bytes` random bytes in URL-safe base64: what nobody guesses.
pub(super) fn opaque(rng: &SystemRandom, bytes: usize) -> Result<String, Failure> {
    let mut raw = vec![0_u8; bytes];
    rng.fill(&mut raw)
        .map_err(|_| Failure("the system gave no random numbers"))?;
    Ok(URL_SAFE_NO_PAD.encode(raw))
}

/// A random UUID, as Cognito's codes and token ids are.
pub(super) fn uuid(rng: &SystemRandom) -> Result<String, Failure> {
    let mut raw = [0_u8; 16];
    rng.fill(&mut raw)
        .map_err(|_| Failure("the system gave no random numbers"))?;
    Ok(uuid_text(raw, 4))
}

/// A UUID (version 8, RFC 9562) that follows from the name and nothing else.
pub(super) fn uuid_of(name: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"hubgate stand-in user\0")
        .chain_update(name)
        .finalize();
    let mut raw = [0_u8; 16];
    for (to, from) in raw.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    uuid_text(raw, 8)
}

fn uuid_text(raw: [u8; 16], version: u8) -> String {
    let mut number = u128::from_be_bytes(raw);
    number = number & !(0xf << 76) | u128::from(version) << 76;
    number = number & !(0b11 << 62) | 0b10 << 62;
    let hex = format!("{number:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
