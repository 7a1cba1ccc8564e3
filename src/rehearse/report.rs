//! What a rehearsal found: who should get in, and who did.

use std::path::PathBuf;

use serde::Serialize;

use super::log;
use super::visit::VisitOutcome;
use crate::hub::Release;
use crate::tljh::login::Person;
use crate::tljh::login::{Identity, Promise};

/// All that was found. As JSON it is what `--json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct RehearsalReport {
    /// Whether everything was as the answers promise.
    pub ok: bool,
    /// The JupyterHub that was rehearsed with.
    pub jupyterhub: &'static str,
    /// Its oauthenticator.
    pub oauthenticator: String,
    /// The oauthenticator that the configuration is written for, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<String>,
    /// The Python that it ran on.
    pub python: String,
    /// Where all that is installed; the folder may be deleted to make room.
    pub environment: PathBuf,
    /// One row a person.
    pub people: Vec<Row>,
    /// What the hub's log says against the configuration.
    pub complaints: Vec<String>,
    /// The errors in it, where something went wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// What was left running, with `--keep`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// One person's login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What kind of person.
    pub who: String,
    /// The user name that they type into the form.
    pub account: String,
    /// What the answers promise.
    pub expected: Verdict,
    /// What happened.
    pub got: Verdict,
    /// Whether these are the same, and logging out went well.
    pub ok: bool,
}

/// Promised or seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "login", rename_all = "snake_case")]
pub enum Verdict {
    /// Let in.
    In {
        /// The name on the hub.
        name: String,
        /// Whether they administer it.
        admin: bool,
        /// Their groups on the hub, where it keeps Cognito's.
        #[serde(skip_serializing_if = "Option::is_none")]
        groups: Option<Vec<String>>,
        /// What went wrong at logging out.
        #[serde(skip_serializing_if = "Option::is_none")]
        logout_fault: Option<String>,
    },
    /// Refused with a 403.
    Refused {
        /// What the hub told them.
        #[serde(skip_serializing_if = "Option::is_none")]
        says: Option<String>,
    },
    /// Something else, which nobody wants.
    Fault {
        /// What.
        what: String,
    },
}

/// What was left running.
#[derive(Debug, Clone, Serialize)]
pub struct Kept {
    /// The hub's address.
    pub url: String,
    /// The stand-in's.
    pub cognito: String,
    /// Who can log in there.
    pub people: Vec<KeptPerson>,
}

/// Somebody who can log in. The password opens the stand-in and nothing else.
#[derive(Debug, Clone, Serialize)]
pub struct KeptPerson {
    /// What kind of person.
    pub who: String,
    /// What to type.
    pub username: String,
    /// Likewise.
    pub password: String,
}

impl RehearsalReport {
    /// An empty one.
    pub fn new(release: &Release, wanted: &str, python: &str, environment: PathBuf) -> Self {
        let oauthenticator = release.oauthenticator.to_string();
        RehearsalReport {
            ok: true,
            jupyterhub: release.jupyterhub,
            in_place_of: (oauthenticator != wanted).then(|| wanted.to_owned()),
            oauthenticator,
            python: python.to_owned(),
            environment,
            people: Vec::new(),
            complaints: Vec::new(),
            errors: Vec::new(),
            kept: None,
        }
    }

    /// Adds a person's login.
    pub fn add(&mut self, person: &Person, promise: &Promise, outcome: VisitOutcome) {
        let expected = expected(promise);
        let got = seen(promise, outcome);
        let row = Row {
            who: person.who.clone(),
            account: person.account.username.clone(),
            ok: expected.is_met_by(&got),
            expected,
            got,
        };
        self.ok &= row.ok;
        self.people.push(row);
    }

    /// Adds what the hub's log says.
    pub fn read(&mut self, log: &str) {
        self.complaints = log::complaints(log);
        self.ok &= self.complaints.is_empty();
        if !self.ok {
            self.errors = log::errors(log);
        }
    }

    /// The table for people, and what follows it.
    pub fn lines(&self) -> Vec<String> {
        let head = ["", "who", "expected", "got"].map(str::to_owned);
        let rows = self.people.iter().map(|row| {
            let mark = if row.ok { "✓" } else { "✗" };
            [
                mark.to_owned(),
                row.who.clone(),
                row.expected.words(),
                row.got.words(),
            ]
        });
        let rows: Vec<[String; 4]> = std::iter::once(head).chain(rows).collect();
        let width = |column: usize| {
            rows.iter()
                .map(|row| console::measure_text_width(&row[column]))
                .max()
        };
        let widths = [1, width(1).unwrap_or(0), width(2).unwrap_or(0)];
        let line = |row: &[String; 4]| {
            let padded = row.iter().zip(widths).map(|(cell, width)| {
                let missing = width.saturating_sub(console::measure_text_width(cell));
                format!("{cell}{}  ", " ".repeat(missing))
            });
            padded.collect::<String>() + &row[3]
        };
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        lines.extend(self.sentences());
        let mut listed = |title: &str, told: &[String]| {
            if !told.is_empty() {
                lines.push(title.to_owned());
                lines.extend(told.iter().map(|line| format!("     {line}")));
            }
        };
        listed(
            "✗  the hub's log complains about the configuration:",
            &self.complaints,
        );
        listed("   the errors in the hub's log:", &self.errors);
        lines
    }
}

impl RehearsalReport {
    /// What the refused are told, each sentence once.
    fn sentences(&self) -> Vec<String> {
        let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
        for row in &self.people {
            let Verdict::Refused { says: Some(says) } = &row.got else {
                continue;
            };
            match told.iter_mut().find(|(sentence, _)| sentence == says) {
                Some((_, people)) => people.push(&row.who),
                None => told.push((says, vec![&row.who])),
            }
        }
        let line =
            |(says, people): (&str, Vec<&str>)| format!("   \u{201c}{says}\u{201d} to {}", people.join("; "));
        told.into_iter().map(line).collect()
    }
}

fn expected(promise: &Promise) -> Verdict {
    match promise {
        Promise::Refused => Verdict::Refused { says: None },
        Promise::In(identity) => let_in(identity.clone(), None),
    }
}

fn let_in(identity: Identity, logout_fault: Option<String>) -> Verdict {
    let Identity { name, admin, groups } = identity;
    Verdict::In {
        name,
        admin,
        groups,
        logout_fault,
    }
}

fn seen(promise: &Promise, outcome: VisitOutcome) -> Verdict {
    match outcome {
        VisitOutcome::In {
            mut identity,
            logout_fault,
        } => {
            // Where the hub keeps none of Cognito's groups, its own are nobody's business here.
            if matches!(promise, Promise::In(Identity { groups: None, .. })) {
                identity.groups = None;
            }
            let_in(identity, logout_fault)
        }
        VisitOutcome::Refused { status: 403, says } => Verdict::Refused { says: Some(says) },
        VisitOutcome::Refused { status, says } => Verdict::Fault {
            what: format!("HTTP {status}: {says}"),
        },
        VisitOutcome::Lost(what) => Verdict::Fault { what },
    }
}

impl Verdict {
    fn is_met_by(&self, got: &Verdict) -> bool {
        match (self, got) {
            (Verdict::Refused { .. }, Verdict::Refused { .. }) => true,
            (expected @ Verdict::In { .. }, got @ Verdict::In { .. }) => expected == got,
            _ => false,
        }
    }

    fn words(&self) -> String {
        match self {
            Verdict::In {
                name,
                admin,
                groups,
                logout_fault,
            } => {
                let role = if *admin { ", administrator" } else { "" };
                let groups = match groups {
                    Some(groups) if !groups.is_empty() => format!(", in {}", groups.join(" and ")),
                    _ => String::new(),
                };
                let fault = logout_fault
                    .as_ref()
                    .map(|fault| format!("; then {fault}"))
                    .unwrap_or_default();
                format!("in as {name}{role}{groups}{fault}")
            }
            Verdict::Refused { .. } => "refused".into(),
            Verdict::Fault { what } => what.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
