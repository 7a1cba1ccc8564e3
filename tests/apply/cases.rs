//! What is besieged: each way of changing a hub, on each kind of hub.

use hubgate::apply::{BackTo, RunFailed};
use hubgate::host::Host;

use super::take_over;
use super::world::{ANSWERS, SECRET, World, applied, recovered, rolled_back};

/// One command on one hub.
pub struct Scenario {
    pub name: &'static str,
    /// The hub before the command.
    pub hub: fn() -> World,
    /// The command.
    pub command: fn(&dyn Host, &World) -> Result<(), RunFailed>,
    /// Without any fault, does it leave the hub changed?
    pub succeeds: bool,
    /// Is it the recovery of another command?
    pub recovers: bool,
}

/// The documentation of old, followed by hand: a literal secret for everyone to read.
pub const OLD_FILE: &str = "c.JupyterHub.authenticator_class = 'oauthenticator.generic.GenericOAuthenticator'\n\
c.GenericOAuthenticator.client_id = 'anotherclientid0000000000'\n\
c.GenericOAuthenticator.client_secret = 'literal0canary0of0old'\n\
c.GenericOAuthenticator.authorize_url = 'https://my-hub.auth.eu-west-1.amazoncognito.com/oauth2/authorize'\n\
c.GenericOAuthenticator.scope = ['openid']\n";

const ROTATED: &str = "an0older0secret0that0was0rotated";

pub fn fresh() -> Scenario {
    Scenario {
        name: "apply on a fresh hub",
        hub: World::fresh,
        command: apply,
        succeeds: true,
        recovers: false,
    }
}

pub fn no_folder() -> Scenario {
    Scenario {
        name: "apply on a hub without a folder for settings",
        hub: without_folder,
        command: apply,
        succeeds: true,
        recovers: false,
    }
}

pub fn older_apply() -> Scenario {
    Scenario {
        name: "apply over an older apply",
        hub: over_an_older_apply,
        command: apply,
        succeeds: true,
        recovers: false,
    }
}

pub fn old_file() -> Scenario {
    Scenario {
        name: "apply over a file made by hand",
        hub: over_an_old_file,
        command: apply,
        succeeds: true,
        recovers: false,
    }
}

pub fn rotation() -> Scenario {
    Scenario {
        name: "apply of a rotated secret",
        hub: rotated_secret,
        command: apply,
        succeeds: true,
        recovers: false,
    }
}

pub fn wrong_secret() -> Scenario {
    Scenario {
        name: "apply that does not work",
        hub: World::fresh,
        command: |host, world| applied(host, world, ANSWERS, "not-the-right-secret-at-all").map(drop),
        succeeds: false,
        recovers: false,
    }
}

pub fn rollback() -> Scenario {
    Scenario {
        name: "rollback",
        hub: after_an_apply,
        command: |host, world| rolled_back(host, world, BackTo::BeforeLastApply { force: false }).map(drop),
        succeeds: true,
        recovers: false,
    }
}

pub fn rollback_to_apply() -> Scenario {
    Scenario {
        name: "rollback to an older apply",
        hub: after_two_applies,
        command: |host, world| rolled_back(host, world, BackTo::BeforeLastApply { force: false }).map(drop),
        succeeds: true,
        recovers: false,
    }
}

pub fn to_default() -> Scenario {
    Scenario {
        name: "rollback to the default",
        hub: after_an_apply,
        command: |host, world| rolled_back(host, world, BackTo::Default).map(drop),
        succeeds: true,
        recovers: false,
    }
}

pub fn recovery() -> Scenario {
    Scenario {
        name: "recovery of an apply that was killed",
        hub: killed_before_the_end,
        command: |host, _| recovered(host).map(drop),
        succeeds: true,
        recovers: true,
    }
}

pub fn take_over() -> Scenario {
    Scenario {
        name: "apply that takes over",
        hub: take_over::hub,
        command: take_over::taken_over,
        succeeds: true,
        recovers: false,
    }
}

pub fn rollback_of_take_over() -> Scenario {
    Scenario {
        name: "rollback of what was taken over",
        hub: after_a_take_over,
        ..rollback()
    }
}

pub fn recovery_of_take_over() -> Scenario {
    Scenario {
        name: "recovery of a take-over that was killed",
        hub: killed_before_the_end_of_a_take_over,
        ..recovery()
    }
}

pub fn apply(host: &dyn Host, world: &World) -> Result<(), RunFailed> {
    applied(host, world, ANSWERS, SECRET).map(drop)
}

fn without_folder() -> World {
    let world = World::fresh();
    hubgate::host::Files::remove_dir(&world.host, &world.config("jupyterhub_config.d")).unwrap();
    world
}

/// Other answers and Let's Encrypt, applied earlier.
fn over_an_older_apply() -> World {
    let world = World::fresh();
    let https = "mode = \"letsencrypt\"\nemail = \"ops@example.org\"";
    let other = ANSWERS.replace(
        "mode = \"certificate\"\ncert = \"/etc/ssl/hub.crt\"\nkey = \"/etc/ssl/hub.key\"",
        https,
    );
    assert_ne!(other, ANSWERS);
    world.apply(&other.replace("3n4b5urk1ft4fl3mg5e62d9ado", "anotherclientid0000000000"));
    world
}

fn over_an_old_file() -> World {
    let world = World::fresh();
    world
        .host
        .put(world.config("jupyterhub_config.d/awscognito.py"), OLD_FILE, 0o644);
    world.host.put(
        world.config("jupyterhub_config.d/zz-ours.py"),
        "c.Spawner.x = 1\n",
        0o640,
    );
    hubgate::host::Files::set_mode(&world.host, &world.config("jupyterhub_config.d"), 0o755).unwrap();
    world.settle();
    world
}

fn rotated_secret() -> World {
    let world = after_an_apply();
    let file = world.config("jupyterhub_config.d/awscognito.secret");
    world.host.put(file, format!("{ROTATED}\n"), 0o600);
    world.settle();
    world
}

fn after_an_apply() -> World {
    let world = World::fresh();
    world.apply(ANSWERS);
    world
}

fn after_two_applies() -> World {
    let world = over_an_older_apply();
    world.apply(ANSWERS);
    world
}

fn after_a_take_over() -> World {
    let world = take_over::hub();
    take_over::taken_over(&world.process(), &world).unwrap();
    world
}

fn killed_before_the_end_of_a_take_over() -> World {
    let started = "run /usr/bin/systemctl show jupyterhub --property=InvocationID --value";
    super::faults::killed(take_over::hub, take_over::taken_over, started)
}

/// The hub runs with the new settings, but the run was not committed.
fn killed_before_the_end() -> World {
    let started = "run /usr/bin/systemctl show jupyterhub --property=InvocationID --value";
    super::faults::killed(World::fresh, apply, started)
}
