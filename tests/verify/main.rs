//! What `verify` says of hubs and user pools that are right, and of each way in which they are not.

#[path = "../kit/cognito.rs"]
mod cognito;
#[path = "../kit/mod.rs"]
mod kit;
#[path = "../kit/machine/mod.rs"]
mod machine;

mod certificates;
mod cognito_answers;
mod cognito_faults;
mod hub_faults;
mod public_address;
mod readiness;
mod world;
