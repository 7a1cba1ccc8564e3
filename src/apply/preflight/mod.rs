//! What is known to work before anything is touched.

pub mod candidate;
pub mod certificate_files;
