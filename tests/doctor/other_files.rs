//! Other people's files beside hubgate's own.

use super::plant;

#[test]
fn a_file_that_is_loaded_later_sets_the_same() {
    let other = "c.GenericOAuthenticator.client_id = \"x\"\nc.JupyterHub.authenticator_class = \"dummy\"\n";
    plant(&["overridden", "overridden"], |hub| {
        hub.other = Some(("zz.py", other.into()))
    });
    plant(&[], |hub| {
        hub.other = Some(("aa.py", "c.GenericOAuthenticator.client_id = \"x\"\n".into()))
    });
    let harmless = "c.GenericOAuthenticator.custom_403_message = \"ask ada\"\n";
    plant(&[], |hub| hub.other = Some(("zz.py", harmless.into())));
}

/// Every file of the folder is loaded after `config.yaml`, one with a name before hubgate's too.
#[test]
fn a_file_names_another_login_whatever_its_own_name_is() {
    for name in ["aa.py", "zz.py"] {
        let other = "c.JupyterHub.authenticator_class = \"dummy\"\n";
        plant(&["overridden"], |hub| hub.other = Some((name, other.into())));
        // To set auth.type would mend nothing.
        plant(&["overridden"], |hub| {
            hub.other = Some((name, other.into()));
            hub.config = hub.config.replace("auth:\n  type:", "x:\n  type:");
        });
    }
}

#[test]
fn a_login_that_is_named_in_the_settings_is_in_use_without_auth_type() {
    for login in [
        "'generic-oauth'",
        "'oauthenticator.generic.GenericOAuthenticator'",
        "GenericOAuthenticator",
    ] {
        plant(&[], |hub| {
            hub.add(&format!("c.JupyterHub.authenticator_class = {login}\n"));
            hub.config = hub.config.replace("auth:\n  type:", "x:\n  type:");
        });
    }
}
