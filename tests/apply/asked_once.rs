//! A second apply starts no Python to ask again what the hub's own has answered, until something that it was
//! asked about has changed.

use std::path::Path;

use hubgate::host::Files as _;

use crate::machine::SECRET;
use crate::world::{ANSWERS, World, applied};

/// Whether one more apply asks the hub's Python.
fn asks(world: &World) -> bool {
    let process = world.process();
    applied(&process, world, ANSWERS, SECRET).unwrap();
    process
        .commands()
        .iter()
        .any(|command| command.contains("python"))
}

#[test]
fn nothing_is_asked_twice() {
    let world = World::fresh();
    world.apply(ANSWERS);
    assert!(!asks(&world));
}

#[test]
fn another_file_or_a_unit_s_variable_is_asked_about_once() {
    let world = World::fresh();
    world.apply(ANSWERS);
    for path in [
        world.config("jupyterhub_config.d/zz-other.py"),
        Path::new("/etc/systemd/system/jupyterhub.service.d/override.conf").to_owned(),
    ] {
        world.host.put(&path, "# nothing that matters\n", 0o644);
        assert!(asks(&world), "{}", path.display());
        assert!(!asks(&world), "{}", path.display());
    }
    let variables = Path::new("/etc/hub.env");
    let unit = "[Service]\nEnvironmentFile=-/etc/hub.env\n";
    let drop_in = "/etc/systemd/system/jupyterhub.service.d/override.conf";
    world.host.put(drop_in, unit, 0o644);
    assert!(asks(&world));
    world
        .host
        .put(variables, "OAUTH2_TOKEN_URL=https://other.example\n", 0o600);
    assert!(asks(&world));
    assert!(world.host.read(variables).is_ok());
    assert!(!asks(&world));
}
