//! Values that could be taken for wrong and are right, and how each is understood.

use hubgate::answers::{Key, check_one};

#[test]
fn what_people_type_is_understood() {
    for (key, typed, understood) in [
        (
            Key::HubUrl,
            "https://your-hub.example.org",
            "https://your-hub.example.org",
        ),
        (
            Key::HubUrl,
            "https://a-host.example.org",
            "https://a-host.example.org",
        ),
        (
            Key::HubUrl,
            "https://hub.example.org/hub",
            "https://hub.example.org",
        ),
        (
            Key::HubUrl,
            "https://hub.example.org/hub/login?next=x",
            "https://hub.example.org",
        ),
        (
            Key::HubUrl,
            "http://https://hub.example.org",
            "https://hub.example.org",
        ),
        (Key::HubUrl, "https://192.0.2.7:8443", "https://192.0.2.7:8443"),
        (Key::BaseUrl, "/a-b_c.d~e/", "/a-b_c.d~e/"),
        (Key::BaseUrl, "/github/", "/github/"),
        (Key::Admins, "ada_l.o@example.org", "ada_l.o@example.org"),
        (Key::Admins, "4711.x", "4711.x"),
        (Key::HttpsMode, "Let's Encrypt", "letsencrypt"),
        (
            Key::HttpsEmail,
            "mailto:ops@mail.example.org",
            "ops@mail.example.org",
        ),
        (Key::HttpsCert, " /etc/ssl/a b.crt ", "/etc/ssl/a b.crt"),
        (Key::Username, "cognito:username", "username"),
        (Key::Username, "custom:login", "custom:login"),
        (Key::AutoLogin, "YES", "true"),
        (Key::AutoLogin, "on", "true"),
        (Key::AutoLogin, "1", "true"),
        (Key::AutoLogin, "y", "true"),
        (Key::AutoLogin, "no", "false"),
        (Key::AutoLogin, "off", "false"),
        (Key::AutoLogin, "0", "false"),
        (Key::AutoLogin, "n", "false"),
        (Key::Allow, "Groups", "groups"),
        (Key::Oauthenticator, "v17.4", "17.4.0"),
    ] {
        assert_eq!(check_one(key, typed).unwrap(), [understood], "{typed}");
    }
}
