//! Symbolic links: looked through, and neither written through nor replaced.

use std::io::ErrorKind;

use super::{on_both_hosts, refused};

on_both_hosts! {
    fn a_link_is_told_and_the_rest_is_that_of_what_it_leads_to(place) {
        let host = place.host();
        place.put("f", "four", 0o640);
        host.create_dir(&place.at("d"), 0o750).unwrap();
        let link = host.stat(&place.link("link", "f")).unwrap().unwrap();
        assert_eq!((link.is_symlink, link.is_dir, link.len, link.mode), (true, false, 4, 0o640));
        assert_eq!(place.text("link"), "four");
        let link = host.stat(&place.link("to-d", "d")).unwrap().unwrap();
        assert_eq!((link.is_symlink, link.is_dir, link.mode), (true, true, 0o750));
        assert_eq!(place.names(), ["d", "f", "link", "to-d"]);
    }

    fn a_link_that_leads_nowhere_is_an_error_and_not_nothing(place) {
        let path = place.link("link", "no");
        assert_eq!(refused(place.host().stat(&path), &path), ErrorKind::NotFound);
        assert_eq!(refused(place.host().read(&path), &path), ErrorKind::NotFound);
        assert_eq!(place.names(), ["link"]);
    }

    fn a_link_is_neither_followed_nor_replaced_by_a_write(place) {
        place.put("f", "old", 0o640);
        for to in ["f", "no"] {
            let name = format!("to-{to}");
            let path = place.link(&name, to);
            let error = place.host().write_atomic(&path, b"new", 0o600, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(&format!("{name} is a symbolic link")), "{error}");
            let reserved = place.host().reserve(&path, 1);
            assert_eq!(refused(reserved, &path), ErrorKind::AlreadyExists);
        }
        assert_eq!((place.text("f"), place.mode("f")), ("old".into(), 0o640));
        assert!(place.host().stat(&place.at("to-f")).unwrap().unwrap().is_symlink);
        assert_eq!(place.names(), ["f", "to-f", "to-no"]);
    }

    fn a_link_is_removed_without_what_it_leads_to(place) {
        place.put("f", "kept", 0o640);
        for (name, to) in [("to-f", "f"), ("to-no", "no")] {
            place.host().remove(&place.link(name, to)).unwrap();
        }
        assert_eq!((place.names(), place.text("f")), (vec!["f".into()], "kept".into()));
    }

    fn a_mode_is_that_of_what_a_link_leads_to(place) {
        place.put("f", "", 0o640);
        place.host().set_mode(&place.link("link", "f"), 0o600).unwrap();
        assert_eq!(place.mode("f"), 0o600);
    }

    fn what_gets_the_name_of_a_link_takes_its_place(place) {
        let host = place.host();
        place.put("f", "old", 0o640);
        let (new, link) = (place.put("new", "new", 0o600), place.link("link", "f"));
        host.rename(&new, &link).unwrap();
        assert!(!host.stat(&link).unwrap().unwrap().is_symlink);
        assert_eq!((place.text("f"), place.text("link")), ("old".into(), "new".into()));
    }
}
