//! The commands of a hub, one file each.

pub mod apply;
pub mod doctor;
pub mod install;
mod planned;
pub mod recovery;
pub mod rehearse;
pub mod render;
pub mod rollback;
pub mod verify;
pub mod wizard;
