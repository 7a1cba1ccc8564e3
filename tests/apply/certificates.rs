//! Certificates that traefik could not serve with are refused while the old login works.

use hubgate::apply::{Cause, RunFailed};

use crate::world::{ANSWERS, SECRET, World, applied, new_certificate_and_key};

fn refused(world: &World, answers: &str, words: &[&str]) {
    let before = world.picture();
    let error = applied(&world.process(), world, answers, SECRET).unwrap_err();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::Preflight(_))),
        "{error}"
    );
    for word in words {
        assert!(error.to_string().contains(word), "{error}");
    }
    assert_eq!(world.picture(), before);
}

#[test]
fn one_that_traefik_does_not_see() {
    let world = World::fresh();
    let (certificate, key) = new_certificate_and_key();
    world.host.put("/root/hub.crt", certificate, 0o644);
    world.host.put("/home/ada/hub.key", key, 0o600);
    let answers = ANSWERS.replace("/etc/ssl/hub.crt", "/root/hub.crt");
    let answers = answers.replace("/etc/ssl/hub.key", "/home/ada/hub.key");
    refused(&world, &answers, &["hides /root", "hides /home"]);
}

#[test]
fn one_with_another_certificates_key() {
    let world = World::fresh();
    world
        .host
        .put("/etc/ssl/hub.key", new_certificate_and_key().1, 0o600);
    let words = "the private key /etc/ssl/hub.key is not that of the certificate /etc/ssl/hub.crt";
    refused(&world, ANSWERS, &[words]);
}

#[test]
fn files_that_are_something_else_are_both_named() {
    let world = World::fresh();
    world.host.put("/etc/ssl/hub.crt", "not this", 0o644);
    world.host.put(
        "/etc/ssl/hub.key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
        0o600,
    );
    let words = [
        "/etc/ssl/hub.crt holds no certificate",
        "/etc/ssl/hub.key has a passphrase",
    ];
    refused(&world, ANSWERS, &words);
}
