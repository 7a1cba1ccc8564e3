#![allow(clippy::unwrap_used)]

use super::*;
use crate::host::SystemHost;
use crate::host::http::HttpResponse;
use crate::host::memory::{MemoryHost, failed, finished, hangs};
use crate::hub::OauthenticatorVersion;
use crate::progress::Silent;
use crate::rehearse::hub_folder::Secrets;
use crate::rehearse::python::Python;
use crate::rehearse::release::Pinned;
use crate::tljh::login::testing::answers;

const CRASH: &str = "[I 2026 JupyterHub app:1] Running JupyterHub version 5.5.4\n\
    [E 2026-11-22 01:17:32.987 JupyterHub app:3944]\n    Traceback (most recent call last):\n      \
    File \"/x/app.py\", line 3941, in launch_instance_async\n        await self.initialize(argv)\n    \
    RuntimeError: The Cognito client secret is missing: /x/awscognito.secret is empty\n";

/// A machine with an environment whose hub does as this script says.
fn machine(
    hub: impl Fn(&Invocation, &MemoryHost) -> Result<crate::host::Finished, RunError>
    + Clone
    + Send
    + Sync
    + 'static,
) -> (MemoryHost, HubEnvironment) {
    let host = MemoryHost::new();
    host.set_var("HOME", "/home/ada");
    host.program("/usr/bin/python3", move |call, host| {
        let root = std::path::PathBuf::from(call.args.last().unwrap());
        let hub = hub.clone();
        host.program(root.join("bin/python"), move |call, host| {
            let is_pip = call.args.iter().any(|arg| arg == "pip");
            if is_pip { Ok(finished("")) } else { hub(call, host) }
        });
        Ok(finished(""))
    });
    let python = Python {
        path: "/usr/bin/python3".into(),
        version: "3.11.7".into(),
        home: "/usr".into(),
    };
    let pinned = Pinned::for_oauthenticator(OauthenticatorVersion::NEWEST);
    let environment = crate::rehearse::environment::prepare(&host, &python, &pinned, &mut Silent).unwrap();
    (host, environment)
}

fn started<'h>(host: &'h MemoryHost, environment: &HubEnvironment) -> Result<RehearsedHub<'h>, HubError> {
    let answers = answers("allow = 'all'", "", "", "17");
    let place = HubPlace::find(&answers).unwrap();
    let secret = || Secret::new("not a secret".into());
    let secrets = Secrets {
        client: secret(),
        api: secret(),
        proxy: secret(),
    };
    let stage = HubFolder::build(
        &SystemHost::new(),
        &answers,
        "",
        &place,
        "http://127.0.0.1:1",
        &secrets,
    )
    .unwrap();
    host.set_var("PATH", "/usr/bin");
    host.put_folder(stage.path(), 0o700);
    RehearsedHub::start(host, environment, &stage, place, secret())
}

#[test]
fn a_hub_that_ends_is_told_by_its_last_error() {
    let (host, environment) = machine(|_, _| Ok(failed(1, CRASH)));
    let error = started(&host, &environment).err().unwrap();
    let words = "JupyterHub ended (exit code 1); its log ends with\n    \
        [E 2026-11-22 01:17:32.987 JupyterHub app:3944]\n        Traceback (most recent call last):\n        \
        RuntimeError: The Cognito client secret is missing: /x/awscognito.secret is empty";
    assert_eq!(error.to_string(), words);
    assert!(!error.is_worth_another_try());
}

#[test]
fn a_port_that_somebody_took_is_worth_another_try() {
    let (host, environment) = machine(|_, _| Ok(failed(1, "OSError: [Errno 98] Address already in use\n")));
    assert!(started(&host, &environment).err().unwrap().is_worth_another_try());
}

#[test]
fn a_hub_that_never_answers_is_given_up() {
    let (host, environment) = machine(|call, _| Err(hangs(call, "")));
    let error = started(&host, &environment).err().unwrap();
    assert!(
        error
            .to_string()
            .starts_with("JupyterHub did not answer within 120 s"),
        "{error}"
    );
}

#[test]
fn a_user_is_asked_for_by_a_name_that_is_no_path() {
    let (host, environment) = machine(|call, _| Err(hangs(call, "")));
    host.site("http://127.0.0.1:", |request, _| {
        let user = r#"{"name": "a/b@x", "admin": true, "groups": ["z", "a"]}"#;
        Ok(match request.url.rsplit_once("/hub/api").map(|(_, path)| path) {
            Some("") => HttpResponse::new(200, "{}"),
            Some("/users/a%2Fb%40x") => HttpResponse::new(200, user),
            Some("/users/nobody") => HttpResponse::new(404, "{}"),
            _ => HttpResponse::new(403, "{}"),
        })
    });
    let hub = started(&host, &environment).unwrap();
    let identity = hub.identity("a/b@x").unwrap().unwrap();
    assert_eq!(
        (identity.admin, identity.groups.unwrap()),
        (true, vec!["a".to_owned(), "z".to_owned()])
    );
    assert!(hub.identity("nobody").unwrap().is_none());
    let words = "the hub's API does not tell who odd is: HTTP 403";
    assert_eq!(hub.identity("odd").unwrap_err().to_string(), words);
}

#[test]
fn settings_of_our_surroundings_do_not_reach_the_hub() {
    let (host, environment) = machine(|_, _| Ok(failed(1, "")));
    host.set_var("OAUTH_CLIENT_SECRET", "of somebody else");
    host.set_var("OAUTH2_TOKEN_URL", "https://elsewhere.example.org");
    assert!(started(&host, &environment).is_err());
    let last = host.record().into_iter().rev().find_map(|event| match event {
        crate::host::memory::Event::Started(call) => Some(call),
        _ => None,
    });
    let surroundings = host.child_env(&last.unwrap());
    assert!(
        !surroundings
            .keys()
            .any(|name| name.to_string_lossy().starts_with("OAUTH")),
        "{surroundings:?}"
    );
    let path = surroundings[std::ffi::OsStr::new("PATH")]
        .to_string_lossy()
        .into_owned();
    assert!(path.ends_with("/bin:/usr/bin"), "{path}");
}
