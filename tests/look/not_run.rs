//! Code of a hub's own that could take part in a login is named and not run.

use std::fs;

use crate::hub::{Hub, Leftovers, RELEASES, answers, told};

/// Each leaves a file behind where it is run.
fn code(marker: &str) -> [(&'static str, String); 4] {
    let touch = format!("open({marker:?}, 'w').close()");
    let class = "from oauthenticator.generic import GenericOAuthenticator\n";
    [
        (
            "post_auth_hook",
            format!(
                "def hook(login, handler, model):\n    {touch}\n    return model\n\nc.Authenticator.post_auth_hook = hook\n"
            ),
        ),
        (
            "Mine.authenticate",
            format!(
                "{class}class Mine(GenericOAuthenticator):\n    async def authenticate(self, handler, data=None):\n        \
                 {touch}\n        return 'ada'\n\nc.JupyterHub.authenticator_class = Mine\n"
            ),
        ),
        (
            "GenericOAuthenticator.normalize_username",
            format!(
                "{class}def name(self, name):\n    {touch}\n    return 'ada'\n\nGenericOAuthenticator.normalize_username = name\n"
            ),
        ),
        (
            "username",
            format!(
                "def name(claims):\n    {touch}\n    return 'ada'\n\nc.GenericOAuthenticator.username_claim = name\nc.GenericOAuthenticator.username_key = name\n"
            ),
        ),
    ]
}

#[test]
fn code_of_the_hubs_own_is_named_and_what_it_decides_is_unknown() {
    for release in RELEASES {
        let marker = std::env::temp_dir().join(format!("hubgate-look-{}-{release}", std::process::id()));
        for (what, text) in code(&marker.to_string_lossy()) {
            let leftovers = Leftovers {
                files: vec![("zz.py".into(), text)],
                ..Leftovers::default()
            };
            let hub = Hub::lay_out(&format!("code-{release}"), &answers(release, "users"), &leftovers);
            let look = hub.look();
            assert!(
                look.hooks.iter().any(|hook| hook.what.starts_with(what)),
                "{:?}",
                look.hooks
            );
            let told = told(&look);
            assert_eq!(told[0], "ada unknown", "{release} {what}");
            // A hook is asked last: it cannot let in whom the hub refuses before.
            let others = if what == "post_auth_hook" {
                "mallory refused"
            } else {
                "mallory unknown"
            };
            assert_eq!(told[2], others, "{release} {what}");
            assert!(!marker.exists(), "{release} {what} was run");
        }
        let _ = fs::remove_file(marker);
    }
}
