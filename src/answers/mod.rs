//! What a person decided: the model, its four sources, and the one door they all go through.

mod checks;
mod door;
mod file;
mod given;
mod https;
mod model;
mod nearest;
mod origin;
mod problem;
mod resolve;
mod save;
mod setting;
mod table;

pub use file::read_file;
pub(crate) use given::split_list;
pub use given::{
    FILE_VARIABLE, Gathered, Given, Item, Layer, SECRET_VARIABLE, from_environment, merge, misspelt_variables,
};
pub use https::{Https, HttpsMode};
pub use model::{Access, Allow, Answers, Cognito, Hub};
pub use origin::Origin;
pub use problem::{Problem, Problems};
pub use resolve::{Checked, resolve};
pub use save::{save, save_into};
pub use setting::{Choice, Fallback, Form, Key, Kind, Setting, When, check_one};
