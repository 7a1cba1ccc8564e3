//! What the answers promise to an account of the user pool: may it in, as whom, with which rights?
//!
//! Written from the answers' meaning alone and not from what is rendered, so that a rehearsal compares two
//! independent things.

use crate::answers::{Allow, Answers};
use crate::cognito::UsernameClaim;
use crate::hub::Dialect;
use crate::standin::User;

/// What has to happen at a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// The hub lets them in.
    In(Identity),
    /// The hub says 403.
    Refused,
}

/// Who somebody is on the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user's name there.
    pub name: String,
    /// Whether they administer it.
    pub admin: bool,
    /// The hub's own groups that they are in, sorted; `None` where the hub keeps none of Cognito's.
    pub groups: Option<Vec<String>>,
}

/// What the answers promise to this account.
pub fn promise(answers: &Answers, account: &User) -> Promise {
    let Some(name) = name(&answers.cognito.username, account) else {
        return Promise::Refused;
    };
    let access = &answers.access;
    let theirs = groups(answers, account);
    let in_one_of =
        |groups: &[crate::hub::GroupName]| groups.iter().any(|group| theirs.contains(&group.as_str()));
    let named = |names: &[crate::hub::UserName]| names.iter().any(|listed| listed.as_str() == name);
    let admin = named(&answers.hub.admins) || in_one_of(&access.admin_groups);
    let allowed = match access.allow {
        Allow::All => true,
        Allow::Users => named(&access.users),
        Allow::Groups => in_one_of(&access.groups) || named(&access.users),
    };
    if !(admin || allowed) {
        return Promise::Refused;
    }
    let keeps_groups = access.needs_groups() && answers.oauthenticator.dialect() == Dialect::V17;
    let groups = keeps_groups.then(|| {
        let mut groups: Vec<String> = theirs.iter().map(ToString::to_string).collect();
        groups.sort();
        groups
    });
    Promise::In(Identity { name, admin, groups })
}

/// The groups that the claim names: the pool's, or those of the person's own identity provider.
fn groups<'a>(answers: &Answers, account: &'a User) -> Vec<&'a str> {
    let claim = &answers.access.groups_claim;
    let mapped = account.mapped_groups.as_ref();
    let groups = match mapped.filter(|mapped| mapped.claim == claim.as_str()) {
        _ if claim.is_of_the_pool() => account.groups.as_slice(),
        Some(mapped) => mapped.groups.as_slice(),
        None => &[],
    };
    groups.iter().map(String::as_str).collect()
}

/// The name that the claim gives, as the hub writes it. None where the account has no such claim, or an
/// address that nobody verified.
fn name(claim: &UsernameClaim, account: &User) -> Option<String> {
    let value = match claim {
        UsernameClaim::Username => Some(account.username.clone()),
        UsernameClaim::Sub => Some(account.sub()),
        UsernameClaim::Email => account.email.clone().filter(|_| account.email_verified),
        UsernameClaim::PreferredUsername => account.preferred_username.clone(),
        UsernameClaim::Other(name) => account.attributes.get(name).cloned(),
    };
    value.map(|name| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tljh::login::testing::answers;

    fn account(name: &str, groups: &[&str]) -> User {
        let mut user = User::new(name, "password".into());
        user.groups = groups.iter().map(ToString::to_string).collect();
        user
    }

    fn told(answers: &Answers, account: &User) -> String {
        match promise(answers, account) {
            Promise::Refused => "refused".into(),
            Promise::In(Identity { name, admin, groups }) => {
                let groups = groups
                    .map(|groups| format!(" {}", groups.join("+")))
                    .unwrap_or_default();
                format!("{name}{}{groups}", if admin { " admin" } else { "" })
            }
        }
    }

    #[test]
    fn everyone_is_let_in_when_all_are() {
        let answers = answers("allow = 'all'", "admins = ['ada']", "", "17");
        assert_eq!(told(&answers, &account("Ada", &[])), "ada admin");
        assert_eq!(told(&answers, &account("eve", &["x"])), "eve");
    }

    #[test]
    fn only_listed_users_and_administrators_when_users_are() {
        let answers = answers("allow = 'users'\nusers = ['bob']", "admins = ['ada']", "", "17");
        assert_eq!(told(&answers, &account("ada", &[])), "ada admin");
        assert_eq!(told(&answers, &account("BOB", &[])), "bob");
        assert_eq!(told(&answers, &account("eve", &[])), "refused");
    }

    #[test]
    fn members_users_and_administrators_when_groups_are() {
        let access = "allow = 'groups'\ngroups = ['g']\nadmin_groups = ['a']\nusers = ['bob']";
        let newest = answers(access, "", "", "17");
        for (account, words) in [
            (account("carl", &["h", "g"]), "carl g+h"),
            (account("dora", &["a"]), "dora admin a"),
            (account("bob", &[]), "bob "),
            (account("eve", &["h"]), "refused"),
        ] {
            assert_eq!(told(&newest, &account), words);
        }
        let older = answers(access, "", "", "16.3");
        assert_eq!(told(&older, &account("carl", &["g"])), "carl");
    }

    #[test]
    fn a_name_needs_its_claim_and_an_address_its_proof() {
        let mut user = account("a1b2", &[]);
        for claim in ["email", "preferred_username", "custom:login"] {
            let answers = answers("allow = 'all'", "", &format!("username = '{claim}'"), "17");
            assert_eq!(told(&answers, &user), "refused", "{claim}");
        }
        user.email = Some("Ada@Example.org".into());
        user.attributes.insert("custom:login".into(), "Ada".into());
        let by_email = answers("allow = 'all'", "", "username = 'email'", "17");
        assert_eq!(told(&by_email, &user), "refused");
        user.email_verified = true;
        assert_eq!(told(&by_email, &user), "ada@example.org");
        let by_attribute = answers("allow = 'all'", "", "username = 'custom:login'", "17");
        assert_eq!(told(&by_attribute, &user), "ada");
    }
}
