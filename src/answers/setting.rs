//! The settings: one row each for its place in the file, its flag, its variable and its help.

/// How many values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One text.
    Text,
    /// A list of texts; its flag may be repeated, its variable separates by commas.
    List,
    /// `true` or `false`; its flag may stand alone.
    Switch,
}

/// One setting's names and help.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Which setting this is.
    pub key: Key,
    /// The table in `hubgate.toml`.
    pub table: &'static str,
    /// The key within that table.
    pub name: &'static str,
    /// The flag, without its dashes.
    pub flag: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// How many values it takes.
    pub kind: Kind,
    /// What stands for the value in help texts.
    pub value_name: &'static str,
    /// The words a value may be; empty when it is free.
    pub words: &'static [&'static str],
    /// One line of help.
    pub help: &'static str,
}

macro_rules! settings {
    ($($key:ident: $table:literal $name:literal $flag:literal $variable:literal $kind:ident $value:literal [$($word:literal),*] $help:literal;)*) => {
        /// Every setting, in the order of the answers file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is described by its row's help")]
        pub enum Key { $($key),* }

        const SETTINGS: &[Setting] = &[$(Setting {
            key: Key::$key, table: $table, name: $name, flag: $flag, variable: $variable,
            kind: Kind::$kind, value_name: $value, words: &[$($word),*], help: $help,
        }),*];
    };
}

settings! {
    HubUrl: "hub" "url" "hub-url" "HUBGATE_HUB_URL" Text "URL" []
        "The address that people type, like https://hub.example.org";
    BaseUrl: "hub" "base_url" "base-url" "HUBGATE_BASE_URL" Text "PATH" []
        "The path that the hub lives under [default: /]";
    Admins: "hub" "admins" "admin" "HUBGATE_ADMIN" List "NAME" []
        "A user who administers the hub (repeats)";
    HttpsMode: "https" "mode" "https" "HUBGATE_HTTPS" Text "MODE" ["letsencrypt", "certificate", "proxy", "off"]
        "Where TLS ends: letsencrypt, certificate, proxy or off";
    HttpsEmail: "https" "email" "https-email" "HUBGATE_HTTPS_EMAIL" Text "EMAIL" []
        "The address that Let's Encrypt writes to";
    HttpsCert: "https" "cert" "https-cert" "HUBGATE_HTTPS_CERT" Text "FILE" []
        "The certificate on the hub, with its chain";
    HttpsKey: "https" "key" "https-key" "HUBGATE_HTTPS_KEY" Text "FILE" []
        "The certificate's private key on the hub";
    Domain: "cognito" "domain" "domain" "HUBGATE_DOMAIN" Text "DOMAIN" []
        "The user pool's domain, like my-hub.auth.eu-west-1.amazoncognito.com";
    ClientId: "cognito" "client_id" "client-id" "HUBGATE_CLIENT_ID" Text "ID" []
        "The app client's id";
    ClientSecret: "cognito" "client_secret" "client-secret-from" "HUBGATE_CLIENT_SECRET_FROM" Text "SOURCE" []
        "Where the secret is: file:PATH, env:NAME, stdin, secretsmanager:ID[#key], ssm:NAME";
    Scopes: "cognito" "scopes" "scope" "HUBGATE_SCOPE" List "SCOPE" []
        "A scope to ask for (repeats) [default: openid email]";
    Username: "cognito" "username" "username-claim" "HUBGATE_USERNAME_CLAIM" Text "CLAIM" []
        "The claim that names users: username, email, preferred_username, sub, … [default: username]";
    AutoLogin: "cognito" "auto_login" "auto-login" "HUBGATE_AUTO_LOGIN" Switch "BOOL" []
        "Skip the hub's own login page";
    Allow: "access" "allow" "allow" "HUBGATE_ALLOW" Text "WHO" ["all", "users", "groups"]
        "Who may log in: all, users or groups";
    Users: "access" "users" "allow-user" "HUBGATE_ALLOW_USER" List "NAME" []
        "A user who may log in (repeats)";
    Groups: "access" "groups" "allow-group" "HUBGATE_ALLOW_GROUP" List "GROUP" []
        "A Cognito group whose members may log in (repeats)";
    AdminGroups: "access" "admin_groups" "admin-group" "HUBGATE_ADMIN_GROUP" List "GROUP" []
        "A Cognito group whose members administer the hub (repeats)";
    Oauthenticator: "target" "oauthenticator" "oauthenticator" "HUBGATE_OAUTHENTICATOR" Text "VERSION" []
        "The oauthenticator to write for [default: what the hub has, else 17.4.0]";
}

impl Key {
    /// The setting's names and help.
    pub fn setting(self) -> &'static Setting {
        &SETTINGS[self as usize]
    }

    /// Every setting, in the order of the answers file.
    pub fn all() -> impl Iterator<Item = Self> {
        SETTINGS.iter().map(|setting| setting.key)
    }
}

impl Setting {
    /// `cognito.domain`: the setting as people speak of it.
    pub fn dotted(&self) -> String {
        format!("{}.{}", self.table, self.name)
    }

    /// `--domain, HUBGATE_DOMAIN or [cognito] domain`: where a person can set it.
    pub fn places(&self) -> String {
        format!(
            "--{}, {} or [{}] {} in the answers file",
            self.flag, self.variable, self.table, self.name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_and_its_variable_mirror_each_other() {
        for setting in SETTINGS {
            let mirrored = format!("HUBGATE_{}", setting.flag.replace('-', "_").to_uppercase());
            assert_eq!(setting.variable, mirrored);
            assert_eq!(setting.key.setting().flag, setting.flag);
        }
    }
}
