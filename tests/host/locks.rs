//! Locks of files.

use std::io::ErrorKind;

use super::{on_both_hosts, refused};

on_both_hosts! {
    fn a_lock_is_held_by_one_until_it_is_dropped(place) {
        let (host, path) = (place.host(), place.at("lock"));
        let lock = host.try_lock(&path).unwrap().expect("nobody holds it");
        assert!(host.try_lock(&path).unwrap().is_none());
        assert!(host.try_lock(&place.at("another")).unwrap().is_some());
        drop(lock);
        assert!(host.try_lock(&path).unwrap().is_some());
    }

    fn the_file_of_a_lock_is_made_and_stays(place) {
        drop(place.host().try_lock(&place.at("lock")).unwrap());
        assert!(place.is_there("lock"));
        assert_eq!((place.text("lock"), place.mode("lock")), (String::new(), 0o600));
    }

    fn a_file_that_is_there_keeps_its_bytes_and_mode(place) {
        let path = place.put("lock", "of someone", 0o644);
        drop(place.host().try_lock(&path).unwrap());
        assert_eq!((place.text("lock"), place.mode("lock")), ("of someone".into(), 0o644));
    }

    fn a_lock_that_cannot_be_had_says_why(place) {
        let host = place.host();
        host.create_dir(&place.at("folder"), 0o700).unwrap();
        place.put("f", "", 0o600);
        for (name, kind) in [
            ("folder", ErrorKind::IsADirectory),
            ("no/lock", ErrorKind::NotFound),
            ("f/lock", ErrorKind::NotADirectory),
        ] {
            let path = place.at(name);
            assert_eq!(refused(host.try_lock(&path), &path), kind, "{name}");
        }
    }
}
