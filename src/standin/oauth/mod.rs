//! The OAuth endpoints and their pages.

pub mod authorize;
pub mod claims;
pub mod discovery;
pub mod logout;
pub mod pages;
pub mod token;
pub mod userinfo;
