//! The stages, one after the other; what does not depend on another is asked at the same time.

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use url::Url;

use super::cognito::{self, CognitoAnswers};
use super::hub_pages::HubPages;
use super::report::{Outcome, Stage, StageCause, StageName, VerifyReport};
use super::{Expectation, Patience, certificate, hub_api, login_page, public, redirect, units};
use crate::host::Host;
use crate::secret::Secret;

/// Between two looks at what comes from outside: nobody is helped by asking more often.
const TICK: Duration = Duration::from_millis(500);

/// What no look from outside can tell.
const NOT_CHECKED: [&str; 2] = [
    "what Cognito tells the hub about a person who logs in: user name, e-mail address, groups",
    "who is let in, and who administers the hub",
];

/// Looks at everything. `progress` is told of each stage when it is done, in order.
///
/// `secret` is the one to try at Cognito, or why there is none, in a sentence without a full stop.
pub fn verify(
    host: &dyn Host,
    expected: &Expectation,
    secret: Result<&Secret, &str>,
    patience: &Patience,
    progress: &mut dyn FnMut(&Stage),
) -> VerifyReport {
    let started = host.monotonic();
    let run = Run {
        host,
        expected,
        patience,
        public_end: started + patience.public,
        failed: Cell::new(false),
    };
    let mut stages = Vec::with_capacity(StageName::ALL.len());
    let mut tell = |stage: Stage| {
        progress(&stage);
        run.failed.set(run.failed.get() || stage.outcome == Outcome::Fail);
        stages.push(stage);
    };
    thread::scope(|scope| {
        let token = secret
            .ok()
            .map(|secret| scope.spawn(move || cognito::token(host, secret, expected, patience.answer)));
        let logout = scope.spawn(move || cognito::logout(host, expected, patience.answer));
        let shown = scope.spawn(move || certificate::stage(host, expected, patience.answer));

        let (hub, request) = run.hub();
        let traefik_up = hub
            .iter()
            .all(|stage| stage.cause != Some(StageCause::TraefikDown));
        let hub_up = hub
            .iter()
            .any(|stage| stage.name == StageName::HubApi && stage.outcome == Outcome::Pass);
        hub.into_iter().for_each(&mut tell);

        let shown = run.certificate(traefik_up, joined(shown));
        let certificate_holds_up = shown.as_ref().is_some_and(spoils_the_public_address);
        shown.into_iter().for_each(&mut tell);

        run.cognito(request, token.map(joined), joined(logout), secret.err())
            .into_iter()
            .for_each(&mut tell);
        run.public(hub_up, certificate_holds_up)
            .into_iter()
            .for_each(&mut tell);
    });
    VerifyReport {
        stages,
        not_checked: NOT_CHECKED.to_vec(),
        took: host.monotonic().saturating_sub(started),
    }
}

/// A thread's result; if it panicked, so do we.
fn joined<T>(handle: thread::ScopedJoinHandle<'_, T>) -> T {
    handle
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

struct Run<'a> {
    host: &'a dyn Host,
    expected: &'a Expectation,
    patience: &'a Patience,
    public_end: Duration,
    /// The login does not work, whatever may yet come right.
    failed: Cell<bool>,
}

impl Run<'_> {
    /// This machine's hub: units, API, login page, and the request that it builds for Cognito.
    fn hub(&self) -> (Vec<Stage>, Option<Url>) {
        let pages = HubPages::local(self.host, self.expected, self.patience.answer);
        let api = hub_api::stage(&pages, self.expected, self.patience.hub);
        // Looked at last, so that they are told as they are now; told first, since all rests on them.
        let units = units::stage(self.host);
        if api.outcome != Outcome::Pass {
            let later = |name| self.not_asked(name, "not asked as long as the hub does not answer");
            let page = later(StageName::LoginPage);
            let redirect = later(StageName::AuthorizeRedirect);
            return (vec![units, api, page, redirect], None);
        }
        let page = login_page::stage(&pages, self.expected);
        let (redirect, request) = redirect::stage(&pages, self.expected);
        (vec![units, api, page, redirect], request)
    }

    /// The first look was taken already; what may yet come right is looked at again.
    fn certificate(&self, traefik_up: bool, first: Option<Stage>) -> Option<Stage> {
        if !traefik_up && self.expected.local.https.is_some() {
            return first
                .map(|stage| self.not_asked(stage.name, "not asked as long as traefik does not answer"));
        }
        let mut stage = first?;
        // The first look went out while the hub, and traefik too perhaps, was still starting.
        if stage.outcome != Outcome::Pass {
            stage = certificate::stage(self.host, self.expected, self.patience.answer)?;
        }
        while self.may_wait_for(&stage) {
            stage = certificate::stage(self.host, self.expected, self.patience.answer)?;
        }
        Some(stage)
    }

    fn cognito(
        &self,
        request: Option<Url>,
        token: Option<cognito::Token>,
        logout: cognito::Logout,
        why_no_secret: Option<&str>,
    ) -> Vec<Stage> {
        let names = [
            StageName::CognitoClient,
            StageName::ClientSecret,
            StageName::SignOut,
        ];
        if self.host.interrupt().is_due() {
            return names.map(stopped).to_vec();
        }
        let Some(request) = request.or_else(|| redirect::own_request(self.expected)) else {
            return names
                .map(|name| self.not_asked(name, "not asked: Cognito's address is none"))
                .to_vec();
        };
        let authorize = cognito::authorize(self.host, &request, self.expected, self.patience.answer);
        let answers = CognitoAnswers {
            authorize,
            token,
            logout,
        };
        cognito::stages(&answers, self.expected, why_no_secret.unwrap_or_default()).to_vec()
    }

    fn public(&self, hub_up: bool, certificate_holds_up: bool) -> Option<Stage> {
        if self.expected.is_local {
            return None;
        }
        let name = StageName::PublicAddress;
        if self.host.interrupt().is_due() {
            return Some(stopped(name));
        }
        if !hub_up {
            return Some(self.not_asked(name, "not asked as long as the hub does not answer here"));
        }
        if certificate_holds_up {
            return Some(self.not_asked(name, "not asked until the certificate is seen to be right"));
        }
        let mut stage = public::stage(self.host, self.expected, self.patience.answer);
        while self.may_wait_for(&stage) {
            stage = public::stage(self.host, self.expected, self.patience.answer);
        }
        Some(stage)
    }

    /// Waits a little, if it is worth it and there is time left.
    fn may_wait_for(&self, stage: &Stage) -> bool {
        let left = self.public_end.saturating_sub(self.host.monotonic());
        let passing = stage.outcome == Outcome::Unknown && stage.cause.is_some_and(StageCause::is_passing);
        if !passing || self.failed.get() || left.is_zero() || self.host.interrupt().is_due() {
            return false;
        }
        self.host.sleep(TICK.min(left));
        !self.host.interrupt().is_due()
    }

    fn not_asked(&self, name: StageName, why: &str) -> Stage {
        if self.host.interrupt().is_due() {
            return stopped(name);
        }
        Stage::unknown(name, StageCause::NotAsked, why)
    }
}

fn stopped(name: StageName) -> Stage {
    Stage::unknown(name, StageCause::Stopped, "stopped on request")
}

/// Nothing that goes through this certificate tells anything new.
fn spoils_the_public_address(stage: &Stage) -> bool {
    stage.outcome != Outcome::Pass && stage.cause != Some(StageCause::ExpiresSoon)
}
