//! What can go wrong, and with which kind of operation.

use std::str::FromStr;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It does nothing and says so.
    Fails,
    /// It does its work, then says that it failed.
    FailsAfter,
    /// A program does nothing and never comes back.
    Hangs,
    /// A program does its work and never comes back, as `tljh-config reload` on a broken hub.
    HangsAfter,
    /// The disk is full for this one write.
    DiskFull,
    /// The disk is full from here on.
    DiskStaysFull,
    /// The process dies first.
    KilledBefore,
    /// The process dies right after.
    KilledAfter,
    /// A person presses Ctrl-C first.
    InterruptedBefore,
    /// A person presses Ctrl-C meanwhile.
    InterruptedAfter,
}

impl FromStr for Fault {
    type Err = UnknownFault;

    /// Reads the name as it stands in the code, `KilledAfter`.
    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let named = |fault: &Fault| format!("{fault:?}") == name;
        Self::ALL.into_iter().find(named).ok_or(UnknownFault)
    }
}

/// No fault has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no fault has this name")]
pub struct UnknownFault;

impl Fault {
    pub const ALL: [Fault; 10] = [
        Fault::Fails,
        Fault::FailsAfter,
        Fault::Hangs,
        Fault::HangsAfter,
        Fault::DiskFull,
        Fault::DiskStaysFull,
        Fault::KilledBefore,
        Fault::KilledAfter,
        Fault::InterruptedBefore,
        Fault::InterruptedAfter,
    ];

    /// Can this happen to such an operation? Files do not hang, and removing needs no space.
    pub fn can_hit(self, kind: Kind) -> bool {
        match self {
            Fault::Hangs | Fault::HangsAfter => kind == Kind::Program,
            Fault::DiskFull | Fault::DiskStaysFull => kind == Kind::Write,
            _ => true,
        }
    }
}

/// What kind of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Needs space: a file or folder is written.
    Write,
    /// Needs none: something is removed, or a mode set.
    Change,
    Program,
}
