//! Who logs in at a rehearsal: one account for each kind of person that the answers tell apart.

use strum::VariantArray as _;

use crate::answers::{Allow, Answers};
use crate::cognito::UsernameClaim;
use crate::hub::{GroupName, UserName};
use crate::standin::{GroupsForm, MappedGroups, User};

/// Of long lists only the first few are played; the others are of the same kind.
const OF_EACH_KIND: usize = 3;

/// A group that the answers give no rights to.
const OTHER_GROUP: &str = "another-group";

/// Somebody who logs in.
#[derive(Debug, Clone)]
pub struct Person {
    /// What kind of person, such as "member of hub-users".
    pub who: String,
    /// Their account in the stand-in's user pool.
    pub account: User,
}

/// The people who these answers tell apart. `password` makes one up for each.
pub fn cast(answers: &Answers, mut password: impl FnMut() -> String) -> Vec<Person> {
    let mut cast = Cast {
        answers,
        password: &mut password,
        people: Vec::new(),
        names: Vec::new(),
    };
    let access = &answers.access;
    for admin in answers.hub.admins.iter().take(OF_EACH_KIND) {
        cast.listed(format!("administrator {admin}"), admin);
    }
    let users = access
        .users
        .iter()
        .filter(|user| !answers.hub.admins.contains(user));
    for user in users.take(OF_EACH_KIND) {
        cast.listed(format!("user {user}"), user);
    }
    for group in access.admin_groups.iter().take(OF_EACH_KIND) {
        cast.members(group, " (administrators)", "admin-member");
    }
    for group in access.groups.iter().take(OF_EACH_KIND) {
        cast.members(group, "", "member");
    }
    if access.needs_groups() {
        let has = |name: &str| {
            access
                .groups
                .iter()
                .chain(&access.admin_groups)
                .any(|group| group.as_str() == name)
        };
        let other = numbered(OTHER_GROUP, has);
        cast.somebody(
            "member of another group alone".into(),
            "outsider",
            Theirs::of(answers, &[&other], GroupsForm::OneText),
        );
    }
    let everyone = match access.allow {
        Allow::All => "anyone else in the user pool",
        Allow::Users | Allow::Groups => "someone else in the user pool",
    };
    cast.somebody(everyone.into(), "someone", Theirs::default());
    cast.without_a_name();
    cast.people
}

/// Somebody's groups: the pool's own, and what the claim of the answers holds where that is another.
#[derive(Default)]
struct Theirs {
    of_the_pool: Vec<String>,
    mapped: Option<MappedGroups>,
}

impl Theirs {
    /// Whose claim names another's groups is in the right ones by the pool, which must not count.
    fn of(answers: &Answers, groups: &[&str], form: GroupsForm) -> Self {
        let groups = groups.iter().map(ToString::to_string).collect();
        let access = &answers.access;
        if access.groups_claim.is_of_the_pool() {
            return Self {
                of_the_pool: groups,
                mapped: None,
            };
        }
        let opening = access.groups.iter().chain(&access.admin_groups);
        let claim = access.groups_claim.as_str().to_owned();
        Self {
            of_the_pool: opening.map(ToString::to_string).collect(),
            mapped: Some(MappedGroups { claim, form, groups }),
        }
    }
}

/// Whoever has this name in the pool, which the hub's own lists name and the answers do not. None where no account
/// can have it.
pub fn whom_the_hub_names(answers: &Answers, name: &str) -> Option<Person> {
    let claim = &answers.cognito.username;
    let is_name = UserName::parse(name).is_ok() && (*claim != UsernameClaim::Email || name.contains('@'));
    let mut cast = Cast {
        answers,
        password: &mut String::new,
        people: Vec::new(),
        names: Vec::new(),
    };
    is_name.then(|| Person {
        who: format!("{name}, whom the hub names and the answers do not,"),
        account: cast.account(name, Theirs::default()),
    })
}

struct Cast<'a> {
    answers: &'a Answers,
    password: &'a mut dyn FnMut() -> String,
    people: Vec<Person>,
    /// What their claims say, in lower case.
    names: Vec<String>,
}

impl Cast<'_> {
    /// Somebody whom the answers name.
    fn listed(&mut self, who: String, name: &UserName) {
        let account = self.account(name.as_str(), Theirs::default());
        self.people.push(Person { who, account });
    }

    /// Members of a group; a claim of one's own is played in each form that it may have.
    fn members(&mut self, group: &GroupName, what: &str, word: &str) {
        let who = format!("member of {group}{what}");
        if self.answers.access.groups_claim.is_of_the_pool() {
            let theirs = Theirs::of(self.answers, &[group.as_str()], GroupsForm::List);
            return self.somebody(who, word, theirs);
        }
        for form in GroupsForm::VARIANTS {
            let (told, groups) = match form {
                GroupsForm::List => ("a list", vec![OTHER_GROUP, group.as_str()]),
                GroupsForm::OneText => ("one text", vec![group.as_str()]),
                GroupsForm::JsonText => ("a JSON list as text", vec![OTHER_GROUP, group.as_str()]),
                GroupsForm::Commas => ("names with commas", vec![OTHER_GROUP, group.as_str()]),
            };
            let theirs = Theirs::of(self.answers, &groups, *form);
            self.somebody(format!("{who}, by {told}"), word, theirs);
        }
    }

    /// Somebody whom they do not name.
    fn somebody(&mut self, who: String, word: &str, theirs: Theirs) {
        let name = match self.answers.cognito.username {
            UsernameClaim::Email => format!("{word}@example.org"),
            _ => word.to_owned(),
        };
        let name = self.unlisted(&name);
        let mut account = self.account(&name, theirs);
        if self.answers.cognito.username == UsernameClaim::Sub {
            account.sub = None;
        }
        self.people.push(Person { who, account });
    }

    /// Those who get no name, however welcome they are otherwise.
    fn without_a_name(&mut self) {
        let claim = &self.answers.cognito.username;
        // In a group that opens the hub, so that the name alone is what is wrong.
        let access = &self.answers.access;
        let groups = access.admin_groups.iter().chain(&access.groups).take(1);
        let groups: Vec<&str> = groups.map(GroupName::as_str).collect();
        let answers = self.answers;
        let welcome = || Theirs::of(answers, &groups, GroupsForm::List);
        if *claim == UsernameClaim::Email {
            let named = self
                .answers
                .hub
                .admins
                .iter()
                .chain(&self.answers.access.users)
                .next()
                .cloned();
            let address = named.map_or_else(|| "victim@example.org".to_owned(), |name| name.to_string());
            let mut account = self.account(&address, welcome());
            account.username = self.unused("unverified");
            account.email_verified = false;
            let who = format!("someone who entered {address}, unverified");
            self.people.push(Person { who, account });
        }
        if !matches!(claim, UsernameClaim::Username | UsernameClaim::Sub) {
            let mut account = self.account("nameless", welcome());
            account.username = self.unused("nameless");
            account.email = None;
            account.preferred_username = None;
            account.attributes.clear();
            self.people.push(Person {
                who: format!("someone without {claim}"),
                account,
            });
        }
    }

    /// An account whose claim says `name`, written with a capital as people do.
    fn account(&mut self, name: &str, theirs: Theirs) -> User {
        self.names.push(name.to_owned());
        let name_typed = capitalized(name);
        let word: String = name.split('@').next().unwrap_or(name).to_owned();
        let mut user = User::new(self.unused(&word), (self.password)().into());
        user.email = Some(format!("{}@example.org", user.username.to_lowercase()));
        user.email_verified = true;
        user.groups = theirs.of_the_pool;
        user.mapped_groups = theirs.mapped;
        match &self.answers.cognito.username {
            UsernameClaim::Username => user.username = name_typed,
            UsernameClaim::Sub => user.sub = Some(name.to_owned()),
            UsernameClaim::Email => user.email = Some(name_typed),
            UsernameClaim::PreferredUsername => user.preferred_username = Some(name_typed),
            UsernameClaim::Other(claim) => {
                user.attributes.insert(claim.clone(), name_typed);
            }
        }
        user
    }

    fn unlisted(&self, name: &str) -> String {
        let listed = |name: &str| {
            let mut names = self.answers.hub.admins.iter().chain(&self.answers.access.users);
            names.any(|listed| listed.as_str() == name)
        };
        numbered(name, |name| {
            listed(name) || self.is_used(name) || self.names.iter().any(|used| used == name)
        })
    }

    fn unused(&self, name: &str) -> String {
        numbered(name, |name| self.is_used(name))
    }

    fn is_used(&self, name: &str) -> bool {
        self.people
            .iter()
            .any(|person| person.account.username.eq_ignore_ascii_case(name))
    }
}

/// `name`, or `name-2` and so on where that is taken; of an address, the part before the @.
fn numbered(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let (word, rest) = name.split_at(name.find('@').unwrap_or(name.len()));
    let with_number = |number: usize| format!("{word}-{number}{rest}");
    if !taken(name) {
        return name.to_owned();
    }
    (2..)
        .map(with_number)
        .find(|name| !taken(name))
        .unwrap_or_default()
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::tljh::login::promise::{Promise, promise};
    use crate::tljh::login::testing::answers;

    /// Who, their account, and whether they get in.
    fn played(answers: &Answers) -> Vec<String> {
        let told = |person: Person| {
            let gets_in = match promise(answers, &person.account) {
                Promise::In(identity) => identity.name,
                Promise::Refused => "refused".to_owned(),
            };
            format!("{}: {} -> {gets_in}", person.who, person.account.username)
        };
        cast(answers, || "password".to_owned())
            .into_iter()
            .map(told)
            .collect()
    }

    #[test]
    fn a_list_of_users_is_played_by_those_on_it_and_one_who_is_not() {
        let answers = answers(
            "allow = 'users'\nusers = ['ada', 'grace']",
            "admins = ['ada']",
            "",
            "17",
        );
        let expected = [
            "administrator ada: Ada -> ada",
            "user grace: Grace -> grace",
            "someone else in the user pool: Someone -> refused",
        ];
        assert_eq!(played(&answers), expected);
    }

    #[test]
    fn groups_are_played_by_members_and_others() {
        let answers = answers(
            "allow = 'groups'\ngroups = ['g']\nadmin_groups = ['a']",
            "",
            "",
            "17",
        );
        let expected = [
            "member of a (administrators): Admin-member -> admin-member",
            "member of g: Member -> member",
            "member of another group alone: Outsider -> refused",
            "someone else in the user pool: Someone -> refused",
        ];
        assert_eq!(played(&answers), expected);
    }

    #[test]
    fn a_claim_of_one_s_own_is_played_in_each_form_and_the_pool_s_groups_do_not_count() {
        let answers = answers(
            "allow = 'groups'\ngroups = ['g']\ngroups_claim = 'custom:department'",
            "",
            "",
            "17",
        );
        let expected = [
            "member of g, by a list: Member -> member",
            "member of g, by one text: Member-2 -> member-2",
            "member of g, by a JSON list as text: Member-3 -> member-3",
            "member of g, by names with commas: Member-4 -> member-4",
            "member of another group alone: Outsider -> refused",
            "someone else in the user pool: Someone -> refused",
        ];
        assert_eq!(played(&answers), expected);
        let people = cast(&answers, || "password".to_owned());
        let outsider = people.iter().find(|person| person.account.username == "Outsider");
        assert!(outsider.is_some_and(|person| person.account.groups == ["g"]));
    }

    #[test]
    fn addresses_are_played_by_those_who_own_them_and_those_who_do_not() {
        let hub = "admins = ['ada@example.org']";
        let answers = answers("allow = 'all'", hub, "username = 'email'", "17");
        let expected = [
            "administrator ada@example.org: ada -> ada@example.org",
            "anyone else in the user pool: someone -> someone@example.org",
            "someone who entered ada@example.org, unverified: unverified -> refused",
            "someone without email: nameless -> refused",
        ];
        assert_eq!(played(&answers), expected);
    }

    #[test]
    fn names_that_the_answers_take_are_not_taken_twice() {
        let answers = answers("allow = 'users'\nusers = ['someone', 'someone-2']", "", "", "17");
        let expected = [
            "user someone: Someone -> someone",
            "user someone-2: Someone-2 -> someone-2",
            "someone else in the user pool: Someone-3 -> refused",
        ];
        assert_eq!(played(&answers), expected);
    }

    #[test]
    fn no_two_accounts_share_a_name_or_a_subject() {
        let access = "allow = 'groups'\ngroups = ['g', 'h']\nusers = ['bob', 'member']\nadmin_groups = ['a']";
        for claim in ["username", "email", "preferred_username", "sub", "custom:login"] {
            let answers = answers(access, "admins = ['ada']", &format!("username = '{claim}'"), "17");
            let people = cast(&answers, || "password".to_owned());
            let names: BTreeSet<_> = people
                .iter()
                .map(|person| person.account.username.to_lowercase())
                .collect();
            let subjects: BTreeSet<_> = people.iter().map(|person| person.account.sub()).collect();
            let promised = people.iter().map(|person| promise(&answers, &person.account));
            let mut identities: Vec<_> = promised
                .filter_map(|promise| match promise {
                    Promise::In(identity) => Some(identity.name),
                    Promise::Refused => None,
                })
                .collect();
            let before = identities.len();
            identities.sort();
            identities.dedup();
            assert_eq!(identities.len(), before, "{claim}");
            assert_eq!(
                (names.len(), subjects.len()),
                (people.len(), people.len()),
                "{claim}"
            );
        }
    }
}
