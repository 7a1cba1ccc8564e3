//! What the tokens say, and that their signature holds.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::kit::{ADA, Browser, ID, claims, start};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

fn decode(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

/// RS256 by the published key that the token names.
fn holds(token: &str, jwks: &Value) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(&message.split('.').next().into())).unwrap();
    assert_eq!(header["alg"], "RS256");
    let key = jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == header["kid"])
        .expect("its key");
    let public = RsaPublicKeyComponents {
        n: decode(&key["n"]),
        e: decode(&key["e"]),
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public
        .verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature)
        .is_ok()
}

#[test]
fn both_tokens_are_signed_by_the_published_key() {
    let site = start();
    let browser = Browser::new(&site);
    let tokens = browser.tokens("openid", ADA);
    let jwks = browser
        .get(&format!("{}/.well-known/jwks.json", site.issuer()))
        .json();
    for name in ["id_token", "access_token"] {
        let token = tokens[name].as_str().unwrap();
        assert!(holds(token, &jwks), "{name}");
        let (head, rest) = token.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let mut forged: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
        forged["sub"] = "somebody else".into();
        let forged = URL_SAFE_NO_PAD.encode(forged.to_string());
        assert!(
            !holds(&format!("{head}.{forged}.{signature}"), &jwks),
            "{name}: a changed token must not hold"
        );
    }
}

#[test]
fn the_id_token_says_who_for_whom_and_when() {
    let site = start();
    let browser = Browser::new(&site);
    let form = browser.get(&crate::kit::authorize_path(&[("nonce", "n-0S6_WzA2Mj")]));
    let code = browser
        .post(form.to(), &[("username", ADA.0), ("password", ADA.1)])
        .param("code")
        .unwrap();
    let tokens = browser.redeem(&code).json();
    let id = claims(&tokens["id_token"]);
    assert_eq!(id["iss"], site.issuer());
    assert_eq!(id["aud"], ID);
    assert_eq!(id["token_use"], "id");
    assert_eq!(id["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(id["cognito:username"], "ada");
    assert_eq!(id["cognito:groups"], json!(["hub-admins", "research"]));
    assert_eq!(id["email"], "ada@example.org");
    assert_eq!(
        id["email_verified"],
        json!(true),
        "a boolean here, a string in userInfo"
    );
    assert!(id.get("given_name").is_none(), "the scopes were openid and email");
    let (iat, exp) = (id["iat"].as_u64().unwrap(), id["exp"].as_u64().unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(
        exp - iat == 3600 && iat <= now && id["auth_time"].as_u64().unwrap() <= iat,
        "{id}"
    );
    use sha2::Digest;
    let digest = sha2::Sha256::digest(tokens["access_token"].as_str().unwrap());
    assert_eq!(decode(&id["at_hash"]), digest[..16]);
}

#[test]
fn the_access_token_carries_groups_and_scope() {
    let site = start();
    let access = claims(&Browser::new(&site).tokens("openid email", ADA)["access_token"]);
    assert_eq!(access["token_use"], "access");
    assert_eq!(access["client_id"], ID);
    assert_eq!(access["username"], "ada");
    assert_eq!(access["scope"], "openid email");
    assert_eq!(access["cognito:groups"], json!(["hub-admins", "research"]));
    assert_eq!(access["iss"], site.issuer());
    assert!(
        access.get("aud").is_none() && access.get("email").is_none(),
        "{access}"
    );
}

#[test]
fn somebody_without_groups_has_no_such_claim() {
    let site = start();
    let tokens = Browser::new(&site).tokens("openid email", ("mallory", "Not-Ada-At-All-1"));
    for name in ["id_token", "access_token"] {
        assert!(claims(&tokens[name]).get("cognito:groups").is_none(), "{name}");
    }
    assert_eq!(claims(&tokens["id_token"])["email_verified"], json!(false));
}

#[test]
fn openid_alone_puts_every_attribute_into_the_id_token() {
    let site = start();
    let id = claims(&Browser::new(&site).tokens("openid", ADA)["id_token"]);
    assert_eq!(id["custom:department"], "Mathematics");
    assert_eq!(id["preferred_username"], "countess");
}
