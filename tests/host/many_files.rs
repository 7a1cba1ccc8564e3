//! Several files of one folder: all of them or none.

use std::io::ErrorKind;

use super::{on_both_hosts, refused};

on_both_hosts! {
    fn files_are_written_together_each_with_its_mode(place) {
        place.put("b", "old", 0o600);
        let files: [(&str, &[u8], u32); 2] = [("a", b"1", 0o644), ("b", b"2", 0o755)];
        place.host().write_together(&place.folder, &files).unwrap();
        assert_eq!((place.text("a"), place.mode("a")), ("1".into(), 0o644));
        assert_eq!((place.text("b"), place.mode("b")), ("2".into(), 0o755));
        assert_eq!(place.names(), ["a", "b"]);
    }

    fn one_that_cannot_be_written_keeps_the_others_from_it(place) {
        let host = place.host();
        place.put("a", "old", 0o600);
        host.create_dir(&place.at("folder"), 0o700).unwrap();
        place.link("link", "a");
        let before = place.names();
        for (name, kind) in [("folder", ErrorKind::IsADirectory), ("link", ErrorKind::InvalidInput)] {
            let files: [(&str, &[u8], u32); 3] = [("a", b"1", 0o644), (name, b"2", 0o644), ("z", b"3", 0o644)];
            let path = place.at(name);
            assert_eq!(refused(host.write_together(&place.folder, &files), &path), kind);
            assert_eq!((place.text("a"), place.mode("a"), place.names()), ("old".into(), 0o600, before.clone()));
        }
    }

    fn a_folder_that_is_not_there_is_not_made(place) {
        let files: [(&str, &[u8], u32); 1] = [("a", b"1", 0o644)];
        let result = place.host().write_together(&place.at("no"), &files);
        assert_eq!(refused(result, &place.at("no/a")), ErrorKind::NotFound);
        assert_eq!(place.names(), [""; 0]);
    }
}
