//! The Cognito stand-in over real HTTP: each test is a fact about Cognito, as a client sees it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod kit;

mod authorize;
mod cli;
mod discovery;
mod faults;
mod login;
mod logout;
mod serving;
mod token;
mod token_claims;
mod userinfo;
