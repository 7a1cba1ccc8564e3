//! HTTP: from a connection to the endpoint that answers it.

pub mod endpoint;
pub mod reply;
pub mod routes;
pub mod server;
