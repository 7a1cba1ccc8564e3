use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Seek, Write};
use std::os::unix::fs::FileExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, OFlags, fcntl_setfl, memfd_create};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::{SystemHost, TICK};
use crate::host::{Environment, Exit, Finished, Interrupt, Invocation, Programs, RunError, Running};

/// What a program may print to one stream before we stop it.
const OUTPUT_LIMIT: u64 = 64 << 20;

/// Between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(2);

/// Searched after `PATH`: cron, systemd and cloud-init leave some of these out.
const SYSTEM_FOLDERS: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl Programs for SystemHost {
    fn find(&self, name: &str) -> Option<PathBuf> {
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        which::which_in(name, self.var("PATH"), &here)
            .or_else(|_| which::which_in(name, Some(SYSTEM_FOLDERS), &here))
            .ok()
    }

    fn run(&self, invocation: &Invocation) -> Result<Finished, RunError> {
        let mut child = self.spawn(invocation)?;
        let end = child.started + invocation.deadline;
        loop {
            if let Some(exit) = child
                .wait_until(end.min(Instant::now() + TICK))
                .map_err(child.broken())?
            {
                let took = child.started.elapsed();
                let (stdout, stderr) = child.output().map_err(child.broken())?;
                return Ok(Finished {
                    exit,
                    stdout,
                    stderr,
                    took,
                });
            }
            let interrupted = self.interrupt.is_due();
            let too_long = Instant::now() >= end;
            let too_much = child.printed().map_err(child.broken())? > OUTPUT_LIMIT;
            if !(interrupted || too_long || too_much) {
                continue;
            }
            child.stop(GRACE).map_err(child.broken())?;
            if too_much {
                return Err(RunError::TooMuchOutput { limit: OUTPUT_LIMIT });
            }
            let (stdout, stderr) = child.output().map_err(child.broken())?;
            return Err(if interrupted {
                RunError::Interrupted { stdout, stderr }
            } else {
                RunError::TimedOut {
                    after: invocation.deadline,
                    stdout,
                    stderr,
                }
            });
        }
    }

    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Running>, RunError> {
        Ok(Box::new(self.spawn(invocation)?))
    }

    fn kill(&self, process: u32) -> io::Result<()> {
        let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) else {
            return Ok(());
        };
        match kill_process(pid, Signal::KILL) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl SystemHost {
    /// All that the child gets: what is inherited, less what is hidden or removed, plus what is given.
    fn child_vars(&self, invocation: &Invocation) -> BTreeMap<OsString, OsString> {
        let mut vars = match &self.vars {
            Some(vars) => vars.clone(),
            None => std::env::vars_os().collect(),
        };
        let hidden = self.hidden_variables();
        vars.retain(|name, _| {
            let is_hidden = name.to_str().is_some_and(|name| hidden.contains(name));
            !is_hidden && !invocation.env_remove.contains(name)
        });
        vars.extend(invocation.env.iter().cloned());
        vars
    }

    fn spawn(&self, invocation: &Invocation) -> Result<Child, RunError> {
        let program = &invocation.program;
        let failed = |source| RunError::Spawn {
            program: program.clone(),
            source,
        };
        let stdout = output_file().map_err(failed)?;
        let stderr = output_file().map_err(failed)?;
        let mut command = duct::cmd(program, &invocation.args)
            .stdout_file(stdout.try_clone().map_err(failed)?)
            .stderr_file(stderr.try_clone().map_err(failed)?)
            .full_env(self.child_vars(invocation))
            // A group of its own: a deadline ends what the program started, too, and a Ctrl-C in the
            // terminal reaches us alone.
            .before_spawn(|command| {
                command.process_group(0);
                Ok(())
            })
            .unchecked();
        command = match &invocation.stdin {
            Some(bytes) => command.stdin_file(filled(bytes).map_err(failed)?),
            None => command.stdin_null(),
        };
        if let Some(folder) = &invocation.cwd {
            command = command.dir(folder);
        }
        let started = Instant::now();
        let handle = command.start().map_err(|source| {
            if source.kind() == ErrorKind::NotFound && !program.exists() {
                RunError::NotFound {
                    program: program.clone(),
                }
            } else {
                failed(source)
            }
        })?;
        let group = handle.pids().first().copied().unwrap_or(0);
        self.interrupt.add_group(group);
        let interrupt = self.interrupt.clone();
        Ok(Child {
            program: program.clone(),
            handle,
            group,
            stdout,
            stderr,
            started,
            interrupt,
        })
    }
}

/// A child process, leader of its own process group.
#[derive(Debug)]
struct Child {
    program: PathBuf,
    handle: duct::Handle,
    group: u32,
    stdout: File,
    stderr: File,
    started: Instant,
    interrupt: Interrupt,
}

impl Child {
    /// Wakes with SIGCHLD, so at once, not with the next tick.
    fn wait_until(&self, end: Instant) -> io::Result<Option<Exit>> {
        let exit = self
            .handle
            .wait_deadline(end)?
            .map(|output| exit_of(output.status));
        if exit.is_some() {
            self.interrupt.remove_group(self.group);
        }
        Ok(exit)
    }

    fn printed(&self) -> io::Result<u64> {
        Ok(self.stdout.metadata()?.len().max(self.stderr.metadata()?.len()))
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.group).ok().and_then(Pid::from_raw) {
            // Fails only when nobody is left in the group.
            let _ = kill_process_group(pid, signal);
        }
    }

    fn broken(&self) -> impl Fn(io::Error) -> RunError + use<> {
        let program = self.program.clone();
        move |source| RunError::Spawn {
            program: program.clone(),
            source,
        }
    }
}

impl Running for Child {
    fn pid(&self) -> u32 {
        self.group
    }

    fn poll(&mut self) -> io::Result<Option<Exit>> {
        self.wait_until(Instant::now())
    }

    fn output(&self) -> io::Result<(Vec<u8>, Vec<u8>)> {
        Ok((read_whole(&self.stdout)?, read_whole(&self.stderr)?))
    }

    fn stop(&mut self, grace: Duration) -> io::Result<Exit> {
        self.signal(Signal::TERM);
        let polite = self.wait_until(Instant::now() + grace)?;
        // Also when the leader went: what it started may not have.
        self.signal(Signal::KILL);
        match polite {
            Some(exit) => Ok(exit),
            None => {
                let exit = exit_of(self.handle.wait()?.status);
                self.interrupt.remove_group(self.group);
                Ok(exit)
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !matches!(self.poll(), Ok(Some(_))) {
            // Nobody is left to hear of a failure; the child is killed, then reaped by duct.
            let _ = self.stop(Duration::from_millis(500));
        }
    }
}

fn exit_of(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}

/// A nameless file in memory: it takes output also when the disk is full, leaves no secret on it, and
/// unlike a pipe nobody can hold us up by keeping it open. Kernels before 3.17 get one on disk.
fn scratch_file() -> io::Result<File> {
    match memfd_create("hubgate", MemfdFlags::CLOEXEC) {
        Ok(fd) => Ok(File::from(fd)),
        Err(_) => tempfile::tempfile(),
    }
}

fn output_file() -> io::Result<File> {
    let file = scratch_file()?;
    // A child that opens /dev/stderr anew writes behind what is there, not over it.
    fcntl_setfl(&file, OFlags::APPEND)?;
    Ok(file)
}

fn filled(bytes: &[u8]) -> io::Result<File> {
    let mut file = scratch_file()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// Reads without moving the offset, which the child shares with us.
fn read_whole(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    while (bytes.len() as u64) < OUTPUT_LIMIT {
        match file.read_at(&mut chunk, bytes.len() as u64)? {
            0 => break,
            n => bytes.extend_from_slice(&chunk[..n]),
        }
    }
    Ok(bytes)
}
