//! What README.md shows of a rehearsal is what happens.

use std::path::Path;
use std::process::Command;

use crate::kit;
use crate::pages::{page, shown};
use crate::stage::{Setting, hubgate, rehearse};

#[test]
fn the_example_is_rehearsed_as_readme_shows() {
    let output = kit::ok(&mut hubgate(&["rehearse"]));
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(told, shown("README.md", "cargo run --release -- rehearse"));
}

#[test]
fn a_hub_takes_no_more_room_than_readme_says() {
    let newest = Setting {
        oauthenticator: "17.4.0",
        allow: "users",
        claim: "username",
    };
    let (_, document) = rehearse(&newest.file());
    let environment = Path::new(document["environment"].as_str().unwrap());
    let du = kit::ok(
        Command::new("du")
            .args(["-s", "--block-size=MB"])
            .arg(environment),
    );
    let taken = String::from_utf8(du.stdout).unwrap();
    let taken: u32 = taken.split("MB").next().unwrap().parse().unwrap();
    let readme = page("README.md");
    let said: u32 = readme
        .split(" MB")
        .next()
        .unwrap()
        .rsplit(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(taken <= said, "{taken} MB, and README.md says {said}");
}
