//! The embedded templates and the rule that nothing can be injected through them.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior};
use thiserror::Error;

use super::quote;
use crate::told::Told;

/// Why a file could not be rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template met a value that it cannot write, or is itself wrong.
    #[error("cannot render {file}: {source}")]
    Template {
        /// The file that was asked for.
        file: &'static str,
        /// What minijinja says.
        source: Box<minijinja::Error>,
    },
    /// EC2 would refuse the user data.
    #[error("user-data.sh has {size} bytes, {over} more than EC2 takes (16384)")]
    UserDataTooLong {
        /// Its bytes.
        size: usize,
        /// How many too many.
        over: usize,
    },
    /// A value has no place in a document.
    #[error("cannot write {file}: {source}")]
    Json {
        /// The file that was asked for.
        file: &'static str,
        /// What serde says.
        source: serde_json::Error,
    },
}

impl Told for RenderError {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::UserDataTooLong { .. } => Some(
                "name fewer users and groups there (a Cognito group serves any number), or run hubgate install from the user data".to_owned(),
            ),
            Self::Template { .. } | Self::Json { .. } => None,
        }
    }
}

const USER_DATA: &str = include_str!("../../templates/tljh/user-data.sh.j2");

/// What stands around a secret that user data holds, in its line of the template.
pub(super) fn around_embedded_secret() -> Option<(&'static str, &'static str)> {
    let mut lines = USER_DATA.lines();
    lines.find_map(|line| line.split_once("{{ embedded_secret }}"))
}

/// Every template, under the name that others include it by.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "tljh/awscognito.py.j2",
        include_str!("../../templates/tljh/awscognito.py.j2"),
    ),
    (
        "tljh/commands.sh.j2",
        include_str!("../../templates/tljh/commands.sh.j2"),
    ),
    ("tljh/user-data.sh.j2", USER_DATA),
    (
        "review/REVIEW.md.j2",
        include_str!("../../templates/review/REVIEW.md.j2"),
    ),
];

/// Lines that hubgate writes whatever the answers are.
pub(super) fn known_lines() -> impl Iterator<Item = &'static str> {
    let lines = TEMPLATES.iter().flat_map(|(_, template)| template.lines());
    lines.filter(|line| !line.contains("{{") && !line.contains("{%"))
}

/// The templates, parsed once.
#[derive(Debug)]
pub struct Renderer {
    environment: Environment<'static>,
}

impl Renderer {
    /// Parses the embedded templates.
    ///
    /// # Errors
    /// When one is malformed, which the tests exclude.
    pub fn new() -> Result<Self, RenderError> {
        let fault = |file| {
            move |source| RenderError::Template {
                file,
                source: Box::new(source),
            }
        };
        let mut environment = environment().map_err(fault("the templates"))?;
        for (name, source) in TEMPLATES {
            environment.add_template(name, source).map_err(fault(name))?;
        }
        Ok(Self { environment })
    }

    /// Renders one template.
    ///
    /// # Errors
    /// When a value is undefined, or cannot be written in the template's language.
    pub fn render(&self, name: &'static str, context: &Value) -> Result<String, RenderError> {
        let rendered = self
            .environment
            .get_template(name)
            .and_then(|template| template.render(context.clone()));
        rendered.map_err(|source| RenderError::Template {
            file: name,
            source: Box::new(source),
        })
    }
}

/// `{{ x }}` emits a whole literal of the template's language; what has none is an error, and so is
/// an undefined value, an unknown language and every way around the rule.
fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(lines_of_their_own()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(language);
    environment.set_formatter(write_literal);
    for unsafe_filter in ["safe", "escape", "e"] {
        environment.remove_filter(unsafe_filter);
    }
    Ok(environment)
}

/// A line that holds only `{% … %}` leaves nothing behind, so templates read like what they render.
fn lines_of_their_own() -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
}

fn language(template: &str) -> AutoEscape {
    let language = match template
        .strip_suffix(".j2")
        .and_then(|name| name.rsplit('.').next())
    {
        Some("py") => "python",
        Some("sh") => "sh",
        Some("md") => "markdown",
        _ => "unknown",
    };
    AutoEscape::Custom(language.into())
}

fn write_literal(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    if value.is_undefined() {
        return Err(ErrorKind::UndefinedError.into());
    }
    let literal = match state.auto_escape() {
        AutoEscape::Custom(language) if language == "python" => quote::python(value),
        AutoEscape::Custom(language) if language == "sh" => quote::shell(value),
        AutoEscape::Custom(language) if language == "markdown" => quote::markdown(value),
        other => Err(quote::NotQuotable::Kind(format!(
            "a value under the rule {other:?}"
        ))),
    };
    let literal = literal.map_err(|error| minijinja::Error::new(ErrorKind::BadEscape, error.to_string()))?;
    Ok(out.write_str(&literal)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use minijinja::context;

    fn render(name: &str, source: &str) -> Result<String, minijinja::Error> {
        environment()
            .unwrap()
            .render_named_str(name, source, context! { x => "a b", n => Value::from(()) })
    }

    #[test]
    fn a_value_is_quoted_in_the_templates_language() {
        assert_eq!(render("a.py.j2", "x = {{ x }}").unwrap(), "x = \"a b\"");
        assert_eq!(render("a.sh.j2", "x={{ x }}").unwrap(), "x='a b'");
        assert_eq!(render("a.md.j2", "{{ x }}").unwrap(), "`a b`");
    }

    #[test]
    fn there_is_no_way_around_the_quoting() {
        for (name, source) in [
            ("a.txt.j2", "{{ x }}"),
            ("a.py", "{{ x }}"),
            ("a.py.j2", "{{ missing }}"),
            ("a.py.j2", "{{ n }}"),
            ("a.py.j2", "{{ {'a': 1} }}"),
            ("a.py.j2", "{{ x|safe }}"),
            ("a.py.j2", "{{ x|escape }}"),
            ("a.py.j2", "{% autoescape false %}{{ x }}{% endautoescape %}"),
            ("a.py.j2", "{% autoescape 'html' %}{{ x }}{% endautoescape %}"),
        ] {
            assert!(render(name, source).is_err(), "{name}: {source}");
        }
    }

    #[test]
    fn no_template_captures_text_that_would_be_quoted_twice() {
        for (name, source) in TEMPLATES {
            let captures =
                source.contains("{% set") && source.contains("{% endset") || source.contains("{% macro");
            assert!(!captures, "{name}");
        }
    }

    #[test]
    fn every_template_file_is_embedded() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        for folder in ["tljh", "review"] {
            for entry in std::fs::read_dir(root.join(folder)).unwrap() {
                let name = format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy());
                assert!(TEMPLATES.iter().any(|(known, _)| *known == name), "{name}");
            }
        }
    }
}
