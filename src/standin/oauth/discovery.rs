//! `.well-known/openid-configuration` and `jwks.json`, which Cognito serves below the pool's id.

use serde_json::json;

use crate::standin::fault::Fault;
use crate::standin::site::Site;
use crate::standin::web::reply::Reply;

/// The OpenID Connect configuration.
pub(in crate::standin) fn configuration(site: &Site) -> Reply {
    let base = &site.base;
    let issuer = site.issuer();
    Reply::json(
        200,
        &json!({
            "authorization_endpoint": format!("{base}/oauth2/authorize"),
            "end_session_endpoint": format!("{base}/logout"),
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "response_types_supported": ["code", "token"],
            "revocation_endpoint": format!("{base}/oauth2/revoke"),
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint": format!("{base}/oauth2/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "userinfo_endpoint": format!("{base}/oauth2/userInfo"),
        }),
    )
}

/// The public keys.
pub(in crate::standin) fn jwks(site: &Site) -> Reply {
    if site.has(Fault::JwksMissing) {
        return Reply::json(404, &json!({ "message": "Not Found" })).with_error("not_found");
    }
    Reply::json(200, &site.signer.jwks())
}
