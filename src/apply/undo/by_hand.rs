//! What a person types when hubgate could not put everything back.

use std::path::Path;

use crate::apply::record::backup::copies_beside;
use crate::apply::record::journal::{Backup, Journal, Saved};
use crate::apply::record::marker::markers_of;
use crate::apply::record::state_dir::StateDir;
use crate::host::Host;
use crate::plan::StepKind;
use crate::render::shell_word;
use crate::tljh::HubFiles;

/// The commands that finish the undo of this run, in order.
pub fn by_hand(host: &dyn Host, journal: &Journal, state: &StateDir) -> Vec<String> {
    let files = HubFiles::new(&journal.prefix);
    let mut commands: Vec<String> = journal
        .backups
        .iter()
        .map(|backup| put_back(host, backup))
        .collect();
    let folder = word(&files.folder());
    match journal.folder_mode {
        Some(mode) => commands.push(format!("chmod {mode:04o} {folder}")),
        None => commands.push(format!("rm -f -d {folder}")),
    }
    let proxy = journal.began(|step| step.kind == StepKind::ReloadProxy);
    commands.extend(restart(&files, proxy));
    let mut gone = markers_of(host, state, &journal.id).unwrap_or_else(|_| vec![state.open_marker()]);
    gone.extend(copies_beside(host, &files).into_iter().map(|(copy, _)| copy));
    let words: Vec<String> = gone.iter().map(|path| word(path)).collect();
    commands.push(format!("rm -f {}", words.join(" ")));
    commands
}

/// The same for a run whose record is lost: what lies beside the files is what they were.
pub fn without_record(host: &dyn Host, state: &StateDir) -> Vec<String> {
    let files = HubFiles::new(state.prefix());
    let copies = copies_beside(host, &files).into_iter();
    let mut commands: Vec<String> = copies
        .map(|(copy, file)| format!("mv -f {} {}", word(&copy), word(&file)))
        .collect();
    commands.extend(restart(&files, true));
    commands.push(format!("rm -f {}", word(&state.open_marker())));
    commands
}

fn put_back(host: &dyn Host, backup: &Backup) -> String {
    let path = word(&backup.path);
    let is_there = |path: &Path| host.stat(path).is_ok_and(|stat| stat.is_some());
    match &backup.saved {
        None => format!("rm -f {path}"),
        // Needs no space on a full disk.
        Some(Saved { beside, .. }) if is_there(beside) => format!("mv -f {} {path}", word(beside)),
        Some(saved) => format!(
            "install -m {:04o} -o {} -g {} {} {path}",
            saved.mode,
            saved.owner.0,
            saved.owner.1,
            word(&saved.copy)
        ),
    }
}

fn restart(files: &HubFiles, proxy: bool) -> Vec<String> {
    let mut commands = vec!["systemctl reset-failed jupyterhub traefik".to_owned()];
    if proxy {
        commands.push(format!("{} reload proxy", word(&files.tljh_config())));
    }
    commands.push("systemctl restart jupyterhub".to_owned());
    commands
}

fn word(path: &Path) -> String {
    let text = path.to_string_lossy();
    shell_word(&text).unwrap_or_else(|_| text.into_owned())
}
