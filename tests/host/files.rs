//! One file, one folder.

use std::io::ErrorKind;
use std::time::Duration;

use super::{on_both_hosts, refused};

on_both_hosts! {
    fn a_written_file_has_exactly_these_bytes_and_this_mode(place) {
        // 0666: more than any usual umask lets through.
        for mode in [0o600, 0o640, 0o666] {
            let path = place.at(&format!("{mode:o}"));
            place.host().write_atomic(&path, b"x\0\xff", mode, None).unwrap();
            assert_eq!(place.host().read(&path).unwrap(), b"x\0\xff");
            let stat = place.host().stat(&path).unwrap().unwrap();
            assert_eq!((stat.mode, stat.len, stat.is_dir, stat.is_symlink), (mode, 3, false, false));
        }
        assert_eq!(place.names(), ["600", "640", "666"]);
    }

    fn a_written_file_takes_the_place_of_the_old_one_mode_included(place) {
        let path = place.put("f", "older and longer", 0o644);
        place.host().write_atomic(&path, b"new", 0o600, None).unwrap();
        assert_eq!((place.text("f").as_str(), place.mode("f")), ("new", 0o600));
    }

    fn a_written_file_belongs_to_whom_it_should(place) {
        let host = place.host();
        let path = place.put("mine", "x", 0o600);
        let mine = host.stat(&path).unwrap().unwrap();
        // Root can give files away; for others only they themselves can be asked for.
        let owner = if host.is_root() { (12_345, 54_321) } else { (mine.uid, mine.gid) };
        // chown clears this bit when it comes last.
        host.write_atomic(&place.at("f"), b"x", 0o4750, Some(owner)).unwrap();
        let stat = host.stat(&place.at("f")).unwrap().unwrap();
        assert_eq!(((stat.uid, stat.gid), stat.mode), (owner, 0o4750));
        host.write_atomic(&place.at("f"), b"x", 0o600, None).unwrap();
        let stat = host.stat(&place.at("f")).unwrap().unwrap();
        assert_eq!((stat.uid, stat.gid), (mine.uid, mine.gid), "nothing is taken over from the old one");
    }

    fn a_write_that_fails_leaves_everything_as_it_was(place) {
        let host = place.host();
        host.create_dir(&place.at("sub"), 0o700).unwrap();
        place.put("file", "old", 0o640);
        for (name, kind) in [
            ("sub", ErrorKind::IsADirectory),
            ("no/f", ErrorKind::NotFound),
            ("file/f", ErrorKind::NotADirectory),
        ] {
            let path = place.at(name);
            assert_eq!(refused(host.write_atomic(&path, b"x", 0o600, None), &path), kind, "{name}");
        }
        assert_eq!((place.names(), place.text("file")), (vec!["file".into(), "sub".into()], "old".into()));
    }

    fn what_is_not_there_is_told_from_what_is_no_file_or_folder(place) {
        let host = place.host();
        place.put("f", "x", 0o600);
        host.create_dir(&place.at("d"), 0o700).unwrap();
        for (name, read, list) in [
            ("no", ErrorKind::NotFound, ErrorKind::NotFound),
            ("no/below", ErrorKind::NotFound, ErrorKind::NotFound),
            ("f/below", ErrorKind::NotADirectory, ErrorKind::NotADirectory),
        ] {
            let path = place.at(name);
            assert_eq!(refused(host.read(&path), &path), read, "{name}");
            assert_eq!(refused(host.list(&path), &path), list, "{name}");
            assert_eq!(refused(host.set_mode(&path, 0o600), &path), read, "{name}");
            assert_eq!(refused(host.remove(&path), &path), read, "{name}");
            assert_eq!(refused(host.remove_dir(&path), &path), list, "{name}");
            assert_eq!(host.stat(&path).unwrap(), None, "{name}");
        }
        let (file, folder) = (place.at("f"), place.at("d"));
        assert_eq!(refused(host.read(&folder), &folder), ErrorKind::IsADirectory);
        assert_eq!(refused(host.remove(&folder), &folder), ErrorKind::IsADirectory);
        assert_eq!(refused(host.list(&file), &file), ErrorKind::NotADirectory);
        assert_eq!(refused(host.remove_dir(&file), &file), ErrorKind::NotADirectory);
        assert_eq!(place.names(), ["d", "f"]);
    }

    fn text_that_is_none_is_said_to_be_none(place) {
        let path = place.at("f");
        place.host().write_atomic(&path, &[0xff], 0o600, None).unwrap();
        assert_eq!(refused(place.host().read_to_string(&path), &path), ErrorKind::InvalidData);
    }

    fn new_folders_have_the_mode_and_old_ones_keep_theirs(place) {
        let host = place.host();
        host.create_dir(&place.at("a/b"), 0o777).unwrap();
        assert_eq!((place.mode("a"), place.mode("a/b")), (0o777, 0o777));
        host.create_dir(&place.at("a/b/c"), 0o700).unwrap();
        host.create_dir(&place.at("a/b"), 0o700).unwrap();
        assert_eq!((place.mode("a/b"), place.mode("a/b/c")), (0o777, 0o700));
        assert!(host.stat(&place.at("a")).unwrap().unwrap().is_dir);
        place.put("f", "", 0o600);
        for name in ["f", "f/below"] {
            let refused = host.create_dir(&place.at(name), 0o700).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::AlreadyExists, "{name}: {refused}");
        }
    }

    fn a_folder_tells_what_it_holds_itself_and_in_order(place) {
        for name in ["b", "a", ".c", "B"] {
            place.put(name, "", 0o600);
        }
        place.host().create_dir(&place.at("d/below"), 0o700).unwrap();
        assert_eq!(place.names(), [".c", "B", "a", "b", "d"]);
    }

    fn what_is_removed_is_gone(place) {
        let host = place.host();
        let path = place.put("f", "", 0o600);
        host.remove(&path).unwrap();
        assert_eq!(refused(host.remove(&path), &path), ErrorKind::NotFound);
        host.create_dir(&place.at("d/e"), 0o700).unwrap();
        let path = place.at("d");
        assert_eq!(refused(host.remove_dir(&path), &path), ErrorKind::DirectoryNotEmpty);
        host.remove_dir(&place.at("d/e")).unwrap();
        assert_eq!(place.names(), ["d"]);
        host.remove_dir(&path).unwrap();
        assert_eq!(place.names(), [""; 0]);
    }

    fn a_file_keeps_all_but_its_name_when_it_gets_another(place) {
        let host = place.host();
        let (from, to) = (place.put("from", "new", 0o640), place.put("to", "old", 0o600));
        let before = host.stat(&from).unwrap();
        host.rename(&from, &to).unwrap();
        assert_eq!((host.stat(&to).unwrap(), place.text("to")), (before, "new".into()));
        assert_eq!(place.names(), ["to"]);
    }

    fn a_name_that_cannot_be_given_leaves_the_file_where_it_is(place) {
        let host = place.host();
        let from = place.put("from", "x", 0o640);
        place.put("file", "", 0o600);
        host.create_dir(&place.at("folder"), 0o700).unwrap();
        for (to, kind) in [
            ("folder", ErrorKind::IsADirectory),
            ("no/f", ErrorKind::NotFound),
            ("file/f", ErrorKind::NotADirectory),
        ] {
            assert_eq!(host.rename(&from, &place.at(to)).unwrap_err().kind(), kind, "{to}");
        }
        assert_eq!(host.rename(&place.at("no"), &from).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!((place.text("from"), place.mode("from")), ("x".into(), 0o640));
    }

    fn a_mode_is_set_of_a_file_or_a_folder_and_changes_nothing_else(place) {
        let host = place.host();
        let path = place.put("f", "x", 0o600);
        host.set_mode(&path, 0o644).unwrap();
        assert_eq!((place.text("f").as_str(), place.mode("f")), ("x", 0o644));
        host.create_dir(&place.at("d"), 0o755).unwrap();
        host.set_mode(&place.at("d"), 0o700).unwrap();
        assert_eq!(place.mode("d"), 0o700);
    }

    fn a_written_file_is_as_new_as_the_clock_says(place) {
        let host = place.host();
        // File systems stamp with the last tick of the clock.
        let tick = Duration::from_secs(1);
        let before = host.now() - tick;
        let path = place.put("f", "", 0o600);
        let mtime = host.stat(&path).unwrap().unwrap().mtime;
        assert!(before <= mtime && mtime <= host.now() + tick, "{mtime:?}");
    }

    fn room_is_taken_by_a_new_file_of_our_own_and_given_back_with_it(place) {
        let host = place.host();
        let path = place.at("room");
        host.reserve(&path, 64 << 10).unwrap();
        let stat = host.stat(&path).unwrap().unwrap();
        assert_eq!((stat.mode, stat.len), (0o600, 64 << 10));
        assert_eq!(refused(host.reserve(&path, 1), &path), ErrorKind::AlreadyExists);
        host.remove(&path).unwrap();
        let nowhere = place.at("no/room");
        assert_eq!(refused(host.reserve(&nowhere, 1), &nowhere), ErrorKind::NotFound);
        let file = place.put("f", "kept", 0o600);
        assert_eq!(refused(host.reserve(&file, 1), &file), ErrorKind::AlreadyExists);
        assert_eq!((place.text("f"), place.names()), ("kept".into(), vec!["f".into()]));
    }

    fn free_space_is_that_of_the_nearest_folder_there_is(place) {
        let there = place.host().free_space(&place.folder).unwrap();
        assert!(there > 0);
        // Others write to the same disk meanwhile.
        assert!(place.host().free_space(&place.at("not/yet")).unwrap().abs_diff(there) < there / 2);
    }
}
