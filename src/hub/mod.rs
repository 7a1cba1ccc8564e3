//! What is true of JupyterHub, TLJH and oauthenticator. Pure: nothing here touches the host.

mod address;
mod base_url;
mod people;
mod symptoms;
mod version;

pub use address::HubUrl;
pub use base_url::BaseUrl;
pub use people::{GroupName, UserName, check_tljh_text};
pub use symptoms::{SYMPTOMS, Symptom, USABLE_CERTIFICATE, symptom_of, symptoms_of};
pub use version::{Dialect, OauthenticatorVersion, RELEASES, Release};

/// The URL that Cognito sends people back to; registered with the app client to the letter.
pub fn callback_url(url: &HubUrl, base: &BaseUrl) -> String {
    format!("{}{}hub/oauth_callback", url.as_str(), base.as_str())
}

/// The URL that Cognito sends people to after they signed out; registered to the letter, with its
/// trailing slash.
pub fn sign_out_url(url: &HubUrl, base: &BaseUrl) -> String {
    format!("{}{}", url.as_str(), base.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_registered_with_the_app_client_lies_under_the_base_url() {
        let url = HubUrl::parse("https://hub.example.org").unwrap();
        for (base, below) in [("/", "/"), ("/jupyter/", "/jupyter/")] {
            let base = BaseUrl::parse(base).unwrap();
            let whole = format!("https://hub.example.org{below}");
            assert_eq!(callback_url(&url, &base), format!("{whole}hub/oauth_callback"));
            assert_eq!(sign_out_url(&url, &base), whole);
        }
    }
}
