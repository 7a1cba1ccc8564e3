//! The hub that results, asked of real hubs' own Python: who gets in, and which setting comes from where.

#[path = "../kit/mod.rs"]
mod kit;

mod agreement;
mod case;
mod forks;
mod healthy;
mod hub;
mod judged;
mod leftovers;
mod not_run;
mod real;
mod taken_over;
