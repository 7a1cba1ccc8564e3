//! What is true of AWS Cognito: domains, endpoints, patterns. Pure: nothing here touches the host.

mod claim;
mod client;
mod domain;
mod scope;

pub use claim::{GroupsClaim, UsernameClaim};
pub use client::ClientId;
pub(crate) use client::spelled;
pub use domain::CognitoDomain;
pub use scope::ScopeSet;
