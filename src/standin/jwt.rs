//! RS256: the stand-in's key, and tokens signed with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::StandinError;
use crate::standin::web::reply::Failure;

/// The public throwaway key (fixtures/standin/README.md): it signs nothing real.
const KEY: &[u8] = include_bytes!("../../fixtures/standin/signing-key.pk8");

/// Signs tokens and publishes the public half.
pub(super) struct Signer {
    key: RsaKeyPair,
    kid: String,
}

impl Signer {
    pub(super) fn new() -> Result<Self, StandinError> {
        let key = RsaKeyPair::from_pkcs8(KEY).map_err(|error| StandinError::Key(error.to_string()))?;
        // The key's own fingerprint, so that another key never goes by the same id.
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(key.public_key().as_ref()));
        Ok(Signer { key, kid })
    }

    /// A compact JWS over these claims.
    pub(super) fn sign(&self, rng: &SystemRandom, claims: &Value) -> Result<String, Failure> {
        let header = json!({"kid": self.kid, "alg": "RS256"});
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0_u8; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, rng, message.as_bytes(), &mut signature)
            .map_err(|_| Failure("the token could not be signed"))?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The JWK set.
    pub(super) fn jwks(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.key.public());
        json!({"keys": [{
            "alg": "RS256",
            "e": URL_SAFE_NO_PAD.encode(&public.e),
            "kid": self.kid,
            "kty": "RSA",
            "n": URL_SAFE_NO_PAD.encode(&public.n),
            "use": "sig",
        }]})
    }
}

/// OpenID Connect's `at_hash` for RS256: the left half of the SHA-256 of the access token.
pub(super) fn at_hash(access_token: &str) -> String {
    let digest = Sha256::digest(access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.iter().copied().take(16).collect::<Vec<u8>>())
}

/// The S256 challenge of a PKCE verifier (RFC 7636).
pub(super) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_pkce_example_of_rfc_7636_comes_out() {
        assert_eq!(
            s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn the_example_of_openid_connect_core_gives_its_at_hash() {
        // OpenID Connect Core 1.0, appendix A.3
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
