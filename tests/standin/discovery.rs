//! The `.well-known` documents.

use crate::kit::{Browser, start};

#[test]
fn the_configuration_is_below_the_pools_id_and_names_pages_that_are_there() {
    let site = start();
    let browser = Browser::new(&site);
    assert_eq!(site.issuer(), format!("{}/eu-west-1_StandIn01", site.url()));
    let document = browser
        .get(&format!("{}/.well-known/openid-configuration", site.issuer()))
        .json();
    assert_eq!(document["issuer"], site.issuer());
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "revocation_endpoint",
    ] {
        let address = document[name].as_str().unwrap();
        assert!(
            address.starts_with(&format!("{}/oauth2/", site.url())),
            "{name}: {address}"
        );
        assert_ne!(browser.get(address).status, 404, "{name}");
    }
    let keys = browser.get(document["jwks_uri"].as_str().unwrap()).json();
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["kty"], &key["alg"], &key["use"]),
        (&"RSA".into(), &"RS256".into(), &"sig".into())
    );
    assert_eq!(key["e"], "AQAB");
}

#[test]
fn they_are_not_on_the_domain_itself() {
    let site = start();
    for path in ["/.well-known/openid-configuration", "/.well-known/jwks.json"] {
        assert_eq!(Browser::new(&site).get(path).status, 404);
    }
}
