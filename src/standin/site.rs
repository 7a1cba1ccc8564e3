//! The stand-in behind its web server: configuration, memory, key, clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use ring::rand::SystemRandom;

use super::StandinError;
use super::fault::{Fault, Faults};
use super::jwt::Signer;
use super::log::{Observer, Seen};
use super::store::Store;
use crate::standin::pool::config::{Client, Config, Pool, User};
use crate::standin::web::reply::Failure;

/// What every handler works on.
pub(super) struct Site {
    /// `http://127.0.0.1:PORT` or the public URL, without a slash at its end.
    pub(super) base: String,
    pub(super) pool: Pool,
    pub(super) signer: Signer,
    pub(super) rng: SystemRandom,
    clients: Vec<Client>,
    faults: Mutex<Faults>,
    store: Mutex<Store>,
    seen: Mutex<Vec<Seen>>,
    observer: Option<Observer>,
    /// How far the stand-in's clock was moved ahead, in seconds.
    ahead: AtomicU64,
}

impl Site {
    pub(super) fn new(config: Config, base: String) -> Result<Self, StandinError> {
        Ok(Site {
            base,
            pool: config.pool,
            signer: Signer::new()?,
            rng: SystemRandom::new(),
            clients: config.clients,
            faults: Mutex::new(config.faults),
            store: Mutex::default(),
            seen: Mutex::default(),
            observer: config.observer,
            ahead: AtomicU64::new(0),
        })
    }

    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        self.clients
            .iter()
            .find(|client| client.id == id && !self.has(Fault::UnknownClient))
    }

    /// The person with exactly this user name.
    pub(super) fn user(&self, username: &str) -> Result<&User, Failure> {
        let found = self.pool.users.iter().find(|user| user.username == username);
        found.ok_or(Failure("a token names a user who is not there"))
    }

    pub(super) fn issuer(&self) -> String {
        format!("{}/{}", self.base, self.pool.id)
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        lock(&self.faults).has(fault)
    }

    pub(super) fn faults(&self) -> Faults {
        lock(&self.faults).clone()
    }

    pub(super) fn set_faults(&self, faults: Faults) {
        *lock(&self.faults) = faults;
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(super) fn note(&self, seen: Seen) {
        if let Some(observer) = &self.observer {
            observer(&seen);
        }
        lock(&self.seen).push(seen);
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    /// Seconds since 1970 by the stand-in's clock.
    pub(super) fn now(&self) -> u64 {
        let real = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        real.saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// A handler that panicked left nothing half done that matters to a stand-in.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
