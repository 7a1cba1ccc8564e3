//! What README.md shows of a rehearsal is what happens.

use crate::kit;
use crate::pages::shown;
use crate::stage::hubgate;

#[test]
fn the_example_is_rehearsed_as_readme_shows() {
    let output = kit::ok(&mut hubgate(&["rehearse"]));
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(told, shown("README.md", "cargo run --release -- rehearse"));
}
