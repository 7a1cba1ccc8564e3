//! What runs: a hub and a proxy that know the settings of their last start, no newer ones.

use std::path::Path;
use std::time::Duration;

use hubgate::host::Clock;
use hubgate::host::memory::MemoryHost;
use serde_json::Value;

use super::settings::{Loaded, config, load};

/// Settings as the proxy read them when it started.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proxy {
    pub https: Value,
}

/// What runs.
#[derive(Debug, Clone)]
pub struct Running {
    /// The hub's settings, or what its journal says, over and over.
    pub hub: Result<Loaded, String>,
    pub proxy: Proxy,
    /// How often the hub was started on request.
    pub starts: u32,
    /// When the hub was last started on request, in time since boot.
    pub started: Duration,
    /// Another program has the hub's port.
    pub port_taken: bool,
    /// systemd refuses to start traefik until `reset-failed`.
    pub traefik_given_up: bool,
    /// systemd refuses to start the hub until `reset-failed`.
    pub hub_given_up: bool,
    /// What systemd goes on counting from: the hub was waiting for its next start when it was asked to.
    pub counted_before: u64,
    /// How long a start takes.
    pub takes: Duration,
    /// Somebody stops the hub when it was started this often.
    pub stopped_after: Option<u32>,
    /// What systemd says of traefik and of the hub, unless somebody stopped it.
    pub states: [&'static str; 2],
    /// What stands in the journal of a hub that runs.
    pub said: String,
    /// What stands there of earlier starts.
    pub said_before: String,
}

impl Running {
    /// A host whose units run with the settings that are there.
    pub fn boot(host: &MemoryHost, prefix: &Path) -> Self {
        let mut running = Running {
            hub: Err("it was not started yet".to_owned()),
            proxy: Proxy::default(),
            starts: 0,
            started: Duration::ZERO,
            port_taken: false,
            traefik_given_up: false,
            hub_given_up: false,
            counted_before: 0,
            takes: Duration::ZERO,
            stopped_after: None,
            states: ["active"; 2],
            said: String::new(),
            said_before: String::new(),
        };
        running.start_proxy(host, prefix);
        running.start_hub(host, prefix);
        running
    }

    /// `systemctl restart jupyterhub`.
    pub fn start_hub(&mut self, host: &MemoryHost, prefix: &Path) {
        self.starts += 1;
        self.started = host.monotonic();
        self.hub = if self.port_taken {
            Err("OSError: [Errno 98] Address already in use".to_owned())
        } else {
            load(host, prefix)
        };
    }

    /// `tljh-config reload proxy`, which restarts the hub too: its unit requires traefik's.
    pub fn start_proxy(&mut self, host: &MemoryHost, prefix: &Path) {
        let config = config(host, prefix).unwrap_or_default();
        self.proxy.https = config.get("https").cloned().unwrap_or_default();
        self.start_hub(host, prefix);
    }

    /// How often systemd has started a hub again that cannot start.
    pub fn restarts(&self, now: Duration) -> u64 {
        let more = match &self.hub {
            Ok(_) => 0,
            Err(_) => now.saturating_sub(self.started).as_secs() / 2,
        };
        self.counted_before + more
    }

    /// Whether somebody stopped it.
    pub fn is_stopped(&self) -> bool {
        self.stopped_after == Some(self.starts)
    }

    /// What systemd says of a unit.
    pub fn state(&self, unit: &str) -> &'static str {
        match unit {
            "traefik" => self.states[0],
            _ if self.is_stopped() => "inactive",
            _ => self.states[1],
        }
    }

    /// What stands in the hub's journal: of its last start, or of the starts before it too.
    pub fn journal(&self, this_start: bool) -> String {
        let said = self.hub.as_ref().err().unwrap_or(&self.said);
        let before = if this_start { "" } else { &self.said_before };
        format!("{before}\n{said}\n")
    }

    /// Whether it can answer by now.
    pub fn is_up(&self, now: Duration) -> bool {
        !self.is_stopped() && now >= self.started + self.takes
    }

    /// Whether traefik takes https.
    pub fn is_https(&self) -> bool {
        self.proxy.https.get("enabled") == Some(&Value::Bool(true))
    }
}
